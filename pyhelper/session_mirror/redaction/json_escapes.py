"""Where a match would cut a JSON escape in two."""

from __future__ import annotations

_HEX = frozenset(b"0123456789abcdefABCDEF")
_BACKSLASH = ord("\\")


def begins_inside_escape(data: bytes, start: int) -> bool:
    """Whether the byte at `start` is the second, third or fourth digit of a `\\uXXXX` escape.

    The text there then has another letter than its raw byte says: `\\u000AKIA...` is a line feed and `KIA...`.
    """
    for first_digit in range(start - 1, start - 4, -1):
        if first_digit >= 2 and data[first_digit - 2 : first_digit] == b"\\u":
            four = data[first_digit : first_digit + 4]
            # After an even number of backslashes the `u` is a plain letter.
            return len(four) == 4 and _HEX.issuperset(four) and _backslashes_before(data, first_digit - 1) % 2 == 1
    return False


def _backslashes_before(data: bytes, position: int) -> int:
    count = 0
    while position > count and data[position - 1 - count] == _BACKSLASH:
        count += 1
    return count
