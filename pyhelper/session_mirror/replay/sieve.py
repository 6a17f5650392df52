"""Leaves lines out of a search by their bytes alone, without ever leaving out one that has a hit.

The letters of an event's text are those of its line: JSON may escape them, and the few words that are not from the
line are known. So the longest run of letters in a query must stand in the line, or something that could be such a
letter in another spelling. Lines whose output lies in a file beside the session always pass: that may have it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from session_mirror.harness.own_words import OWN_WORDS
from session_mirror.harness.spilled import SPILL_SIGNS

_ASCII_RUN: Final = re.compile("[A-Za-z]{2,}")
_ESCAPE: Final = b"\\u"
_ESCAPED_ASCII: Final = b"\\u00"
_ALIKE: Final = {"i": "\u0130\u0131", "s": "\u017f", "k": "\u212a"}
"""What equals an ASCII letter when case doesn't matter, beyond the letter itself."""


class Sieve:
    """For one query, which is looked for as it stands."""

    def __init__(self, query: str, *, match_case: bool) -> None:
        """Lets all lines pass where the query has nothing to hold on to."""
        self._lower = not match_case
        signs = _ascii_signs(query, match_case=match_case) or _other_signs(query)
        spilled = [sign.lower() if self._lower else sign for sign in SPILL_SIGNS]
        self._signs = signs and [*signs, *spilled]

    def lines(self, lengths: Sequence[int], body: bytes) -> Iterator[int]:
        """Which of some lines may have a hit, by their place among them; `body` has all of them, and line feeds."""
        if not self._signs:
            yield from range(len(lengths))
            return
        body = body.lower() if self._lower else body
        begins = list(accumulate((length + 1 for length in lengths), initial=0))
        signs = self._signs if _ESCAPE in body else [sign for sign in self._signs if not sign.startswith(_ESCAPE)]
        signs = [sign for sign in signs if sign.isascii()] if body.isascii() else signs
        found = [body.find(sign) for sign in signs]
        at = 0
        while True:
            for number, place in enumerate(found):
                if 0 <= place < at:
                    found[number] = body.find(signs[number], at)
            ahead = [place for place in found if place >= 0]
            if not ahead:
                return
            line = bisect_right(begins, min(ahead)) - 1
            yield line
            at = begins[line + 1]


def _ascii_signs(query: str, *, match_case: bool) -> list[bytes]:
    runs = [run for run in _ASCII_RUN.findall(query) if not any(run.lower() in word for word in OWN_WORDS)]
    if not runs:
        return []
    longest = max(runs, key=len)
    if match_case:
        return [longest.encode(), _ESCAPED_ASCII]
    alike = "".join(_ALIKE.get(char, "") for char in set(longest.lower()))
    escapes = {f"\\u{ord(char):04x}".encode() for char in alike}
    return [longest.lower().encode(), _ESCAPED_ASCII, *sorted(escapes), *(char.encode() for char in alike)]


def _other_signs(query: str) -> list[bytes]:
    """Letters of scripts without case are in the line's UTF-8, or escaped."""
    runs = "".join(char if _has_no_case(char) else " " for char in query).split()
    return [max(runs, key=len).encode(), b"\\u"] if runs else []


def _has_no_case(char: str) -> bool:
    return not char.isascii() and char.isalpha() and char.lower() == char.upper() == char.casefold() == char
