"""Which rows only repeat others, because Hermes compacted the conversation.

Compaction archives every row in the model's sight, and inserts a summary between copies of the first few and the last
few of them, with new ids and mostly with new times; results of calls are shortened on the way. People typed such things
once. But they may also type "go on" twice, so rows that say the same are the same only if something else speaks for it:
the same time, the id of a call, a moment in which nobody types, or the place beside a summary.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from .words import NO_MOMENT, Words

_INSTANT_S: Final = 20e-6
"""Rows inserted together are dated a microsecond apart."""
_MOST_KEPT: Final = 2000
"""So many rows beside a summary are compared."""
_SLOTS: Final = 8
"""For each value; one in sixteen finds its slot taken by another."""


def without_clones(words: Words) -> array[int]:
    """The lines of the visible rows that don't only say what an earlier one says, in the order of the rows."""
    rows = words.visible()
    beside = _beside_summaries(words, rows)
    said_again = _told_again(_sayings(words, rows), len(rows)) if any(map(words.is_archived, rows)) else set()
    dated_again = _told_again(filter(NO_MOMENT.__ne__, map(words.moments.__getitem__, rows)), len(rows))
    archived: set[int] = set()
    dated: set[int] = set()
    found = array("I")
    for at, row in enumerate(rows):
        identity, likeness, moment = words.identities[row], words.likenesses[row], words.moments[row]
        called = identity in archived and words.is_of_call(row)
        placed = likeness in archived and (beside[at] or _is_instant(words, rows, at))
        if not (moment in dated or called or placed):
            found.append(words.lines[row])
        if words.is_archived(row):
            archived.update(said_again.intersection((identity, likeness)))
        if moment in dated_again:
            dated.add(moment)
    return found


def _told_again(values: Iterable[int], count: int) -> set[int]:
    """Those that come more than once, and few others: all of them in a set would take eighty bytes each, not eight."""
    slots = bytearray(_SLOTS * count + 1)
    found = set()
    for value in values:
        slot = value % len(slots)
        if slots[slot]:
            found.add(value)
        slots[slot] = 1
    return found


def _sayings(words: Words, rows: Iterable[int]) -> Iterator[int]:
    for row in rows:
        identity, likeness = words.identities[row], words.likenesses[row]
        yield identity
        if likeness != identity:
            yield likeness


def _is_instant(words: Words, rows: Sequence[int], at: int) -> bool:
    """Whether a row was inserted in one go with the one before it or after it."""
    return any(
        abs(words.times_s[rows[at]] - words.times_s[rows[other]]) < _INSTANT_S
        for other in (at - 1, at + 1)
        if 0 <= other < len(rows)
    )


def _beside_summaries(words: Words, rows: Sequence[int]) -> bytearray:
    """1 at the places of rows that repeat, just before a summary, how the conversation began, or, after it, its end.

    Nothing is said of summaries whose neighbours' times tell.
    """
    found = bytearray(len(rows))
    for at, row in enumerate(rows):
        if not words.is_summary(row) or _is_instant(words, rows, at):
            continue
        head = _longest_head(words, rows, at)
        tail = _longest_tail(words, rows, at, at - head)
        found[at - head : at] = b"\1" * head
        found[at + 1 : at + 1 + tail] = b"\1" * tail
    return found


def _longest_head(words: Words, rows: Sequence[int], summary: int) -> int:
    for length in range(min(summary // 2, _MOST_KEPT), 0, -1):
        if _same(words, rows[:length], rows[summary - length : summary]):
            return length
    return 0


def _longest_tail(words: Words, rows: Sequence[int], summary: int, end: int) -> int:
    """`end`: where what was there before the compaction ends."""
    for length in range(min(end, len(rows) - summary - 1, _MOST_KEPT), 0, -1):
        if _same(words, rows[end - length : end], rows[summary + 1 : summary + 1 + length]):
            return length
    return 0


def _same(words: Words, some: Sequence[int], others: Sequence[int]) -> bool:
    return all(
        words.likenesses[one] == words.likenesses[other] and words.is_archived(one)
        for one, other in zip(some, others, strict=True)
    )
