"""Half a million identities in a few megabytes: what a session's account remembers for each of its lines."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Set

_FIRST_SLOTS = 1 << 6
_FREE = 0
_AT_ONCE = 1 << 13
"""Numbers that are made while no other thread comes to work: for less than a millisecond."""


class NumberByText:
    """A dictionary from texts to numbers from 0 to 2**32 - 1, in 16 to 24 bytes an entry however long its text is.

    Texts are told apart by Python's 64-bit hash, which nobody can aim at: it is keyed anew for each process. That two
    of a million are taken for one happens once in thirty million sessions.
    """

    def __init__(self) -> None:
        self._table = array("Q", bytes(8 * _FIRST_SLOTS)), array("I", bytes(4 * _FIRST_SLOTS))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, text: str) -> bool:
        text_hash, hashes = _hash(text), self._table[0]
        return hashes[_slot_of(hashes, text_hash)] != _FREE

    def __setitem__(self, text: str, number: int) -> None:
        text_hash, (hashes, numbers) = _hash(text), self._table
        slot = _slot_of(hashes, text_hash)
        if hashes[slot] == _FREE:
            self._take(slot, text_hash, number)
        else:
            numbers[slot] = number

    def get(self, text: str) -> int | None:
        """The number of a text; None of one that has none."""
        text_hash, (hashes, numbers) = _hash(text), self._table
        slot = _slot_of(hashes, text_hash)
        return numbers[slot] if hashes[slot] != _FREE else None

    def setdefault(self, text: str, number: int) -> int:
        """The number that a text has, which is this one where it had none."""
        text_hash, (hashes, numbers) = _hash(text), self._table
        slot = _slot_of(hashes, text_hash)
        if hashes[slot] != _FREE:
            return numbers[slot]
        self._take(slot, text_hash, number)
        return number

    def hashes(self) -> Iterator[tuple[int, int]]:
        """The hash of each text, and its number; in no order. Whoever adds meanwhile may go unnoticed."""
        hashes, numbers = self._table
        return ((text, number) for text, number in zip(hashes, numbers, strict=True) if text != _FREE)

    def number_of(self, text_hash: int) -> int | None:
        """The same by the hash that `hashes` tells."""
        hashes, numbers = self._table
        slot = _slot_of(hashes, text_hash)
        return numbers[slot] if hashes[slot] != _FREE else None

    def _take(self, slot: int, text_hash: int, number: int) -> None:
        hashes, numbers = self._table
        # In this order, for who reads meanwhile.
        numbers[slot] = number
        hashes[slot] = text_hash
        self._count += 1
        if 4 * self._count >= 3 * len(hashes):
            self._grow()

    def _grow(self) -> None:
        slots = len(self._table[0]) * 3 // 2
        hashes, numbers = array("Q", bytes(8 * slots)), array("I", bytes(4 * slots))
        for text_hash, number in self.hashes():
            slot = _slot_of(hashes, text_hash)
            hashes[slot], numbers[slot] = text_hash, number
        # A reader between the two would take one table's slot for the other's.
        self._table = hashes, numbers


class Texts:
    """A growing list of short texts, in their own bytes and eight more each."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q")

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> str:
        start = self._ends[number - 1] if number else 0
        return self._bytes[start : self._ends[number]].decode("utf-8", "surrogatepass")

    def append(self, text: str) -> None:
        """One more."""
        self._bytes += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._bytes))


class LineSet(Set[int]):
    """Numbers from 0, in a byte for each up to the largest."""

    def __init__(self, lines: Iterable[int] = (), *, marks: bytes | bytearray = b"") -> None:
        """`marks`: more of them, as `below` tells them."""
        self._marks = bytearray(marks)
        self._count = marks.count(1)
        for line in lines:
            self.add(line)

    def __contains__(self, line: object) -> bool:
        return isinstance(line, int) and 0 <= line < len(self._marks) and self._marks[line] != 0

    def __iter__(self) -> Iterator[int]:
        line = self._marks.find(1)
        while line >= 0:
            yield line
            line = self._marks.find(1, line + 1)

    def __len__(self) -> int:
        return self._count

    def add(self, line: int) -> None:
        """One more."""
        if line >= len(self._marks):
            self._marks.extend(bytes(line + 1 - len(self._marks)))
        self._count += not self._marks[line]
        self._marks[line] = 1

    def below(self, end: int) -> bytes:
        """A byte for each number up to the largest below `end`: 1 of those that are in it."""
        return bytes(self._marks[:end]).rstrip(b"\0")


def count_on(column: array[int], end: int) -> None:
    """Adds the numbers from a column's length up to `end`."""
    for begin in range(len(column), end, _AT_ONCE):
        column.extend(range(begin, min(end, begin + _AT_ONCE)))


def looked_up(column: array[int], places: array[int]) -> array[int]:
    """What stands at some places of a column."""
    found = array(column.typecode)
    for begin in range(0, len(places), _AT_ONCE):
        found.extend(map(column.__getitem__, places[begin : begin + _AT_ONCE]))
    return found


def _hash(text: str) -> int:
    return hash(text) & 0xFFFF_FFFF_FFFF_FFFF or 1


def _slot_of(hashes: array[int], text_hash: int) -> int:
    """Where a hash is, or would be."""
    slot = text_hash % len(hashes)
    while (found := hashes[slot]) != text_hash and found != _FREE:
        slot += 1
        if slot == len(hashes):
            slot = 0
    return slot
