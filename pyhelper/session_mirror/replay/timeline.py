"""A session on a time axis: when each record is played, how long pauses are, and what lies where.

Times invert and are missing, so a record is never played before the one shown before it. A pause longer than
`IDLE_MS` is played as one of that length: what is left out is told.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from typing import Final

from session_mirror.protocol.timeline import Bucket, Mark, MarkKind, Pause, TimelineResult
from session_mirror.replay.event_index import ANY_KIND, BIT, FAILED, KINDS, SIDECHAIN, UNTIMED, EventIndex, kind_number
from session_mirror.replay.places import Places
from session_mirror.replay.right_of_way import RightOfWay

IDLE_MS: Final = 10_000
UNTIMED_MS: Final = 1_000
"""Between records of a session that tells no times at all."""
_FAILED_LOOK: Final = 0x80
_MOST_MARKS: Final = 500
_MOST_PAUSES: Final = 200


class Axis:
    """What stands where on the axis. Grows with the lines that are looked at; what it told once stays true of it."""

    def __init__(self, index: EventIndex, places: Places, way: RightOfWay) -> None:
        self.places = places
        self.is_timed = index.is_timed
        self.played = array("q")
        """By position, in milliseconds."""
        self.shown = array("I")
        """The positions that show something, ascending."""
        self.looks = bytearray()
        """Of each of those: its kind's number in `KINDS`, and `_FAILED_LOOK`."""
        self.marks: list[Mark] = []
        self.pauses: dict[int, int] = {}
        """By position: the real pause before it, where that is longer than it is played."""
        self._told: Counter[MarkKind] = Counter()
        self._index = index
        self._way = way
        self._at = 0
        self._first: int | None = None
        self._latest = 0

    @property
    def duration_ms(self) -> int:
        """Until the last record is shown."""
        return self._at

    @property
    def real_ms(self) -> int:
        """From the first to the latest time told."""
        return self._latest - self._first if self._first is not None else 0

    def grow(self) -> None:
        """Takes in the lines that were looked at since."""
        index, line_at, is_folded = self._index, self.places.line_at, self.places.is_folded
        for position in range(len(self.played), len(index)):
            line = line_at(position)
            mask = index.masks[line]
            if mask & ANY_KIND and not is_folded(line):
                self._show(position, index.times[line], mask)
            self.played.append(self._at)
            self._way.give()

    def _show(self, position: int, time_ms: int, mask: int) -> None:
        if not self.is_timed:
            self._at = len(self.shown) * UNTIMED_MS
        elif time_ms != UNTIMED:
            passed = 0 if self._first is None else max(0, time_ms - self._latest)
            self._first = time_ms if self._first is None else self._first
            self._latest = max(self._latest, time_ms)
            self._at += min(passed, IDLE_MS)
            if passed > IDLE_MS:
                self.pauses[position] = passed
        self.shown.append(position)
        self.looks.append(kind_number(mask) | (_FAILED_LOOK if mask & FAILED else 0))
        mark = _mark_of(mask)
        if mark is not None and self._told[mark] < _MOST_MARKS:
            self._told[mark] += 1
            self.marks.append(Mark(index=position, at_ms=self._at, kind=mark))


class Timeline:
    """Of an index. One thread keeps it up with the index; others may ask it meanwhile."""

    def __init__(self, index: EventIndex, way: RightOfWay | None = None) -> None:
        """`way`: whoever takes it is let go first."""
        self._index = index
        self._way = way or RightOfWay()
        self._axis = Axis(index, Places(), self._way)

    def catch_up(self, places: Places, *, at_last: bool) -> None:
        """Takes in the lines looked at since.

        After a rearrangement all is measured anew: `at_last`, otherwise not before there are half as many lines again.
        """
        axis = self._axis
        if self._fits(axis, places):
            axis.places = places
            axis.grow()
        elif at_last or 2 * len(self._index) >= 3 * len(axis.played):
            axis = Axis(self._index, places, self._way)
            axis.grow()
            self._axis = axis

    def played_at(self, position: int) -> int | None:
        """When a record is played; None of one that was not looked at yet."""
        played = self._axis.played
        return played[position] if position < len(played) else None

    def position_at(self, at_ms: int) -> int:
        """The last record that shows something and is played at or before a time; 0 before the first."""
        axis = self._axis
        after = bisect_right(axis.shown, at_ms, key=axis.played.__getitem__)
        return axis.shown[max(0, after - 1)] if axis.shown else 0

    def told(self, buckets: int, *, is_complete: bool) -> TimelineResult:
        """The axis in so many buckets, with what is worth going to."""
        axis = self._axis
        pauses = sorted(axis.pauses.copy().items(), key=lambda pause: -pause[1])[:_MOST_PAUSES]
        return TimelineResult(
            duration_ms=axis.duration_ms,
            real_ms=axis.real_ms,
            buckets=_buckets(axis, buckets),
            marks=tuple(axis.marks),
            pauses=tuple(
                Pause(index=position, at_ms=axis.played[position], pause_ms=pause_ms)
                for position, pause_ms in sorted(pauses)
            ),
            record_count=len(axis.played),
            is_complete=is_complete,
        )

    def _fits(self, axis: Axis, places: Places) -> bool:
        """Whether the axis is right as far as it goes."""
        if axis.is_timed != self._index.is_timed:
            return False
        return axis.places.arrangement is places.arrangement or not axis.places.differs_before(places, len(axis.played))


def _buckets(axis: Axis, count: int) -> tuple[Bucket, ...]:
    found = []
    width = (axis.duration_ms + 1) / count
    begin = 0
    for number in range(count):
        end = bisect_left(axis.shown, width * (number + 1), begin, key=axis.played.__getitem__)
        found.append(_bucket(axis, begin, end))
        begin = end
    return tuple(found)


def _bucket(axis: Axis, begin: int, end: int) -> Bucket:
    looks = axis.looks[begin:end]
    failed = [looks.count(number | _FAILED_LOOK) for number in range(len(KINDS))]
    counts = [looks.count(number) + failed[number] for number in range(len(KINDS))]
    most = max(range(len(KINDS)), key=counts.__getitem__)
    return Bucket(
        index=axis.shown[min(begin, len(axis.shown) - 1)] if axis.shown else 0,
        kind=KINDS[most] if counts[most] else None,
        records=end - begin,
        errors=sum(failed),
        compactions=counts[KINDS.index("compaction")],
    )


def _mark_of(mask: int) -> MarkKind | None:
    if mask & FAILED:
        return "error"
    if mask & BIT["compaction"]:
        return "compaction"
    return "prompt" if mask & BIT["prompt"] and not mask & SIDECHAIN else None
