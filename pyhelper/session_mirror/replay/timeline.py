"""A session on a time axis: when each record is played, how long pauses are, and what lies where.

Times invert and are missing, so a record is never played before the one shown before it. A pause longer than
`IDLE_MS` is played as one of that length: what is left out is told.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from typing import Final

import attrs

from session_mirror.protocol.timeline import Bucket, Mark, MarkKind, Pause, TimelineResult
from session_mirror.replay.event_index import BIT, FAILED, SIDECHAIN, UNTIMED, EventIndex
from session_mirror.replay.places import Places

IDLE_MS: Final = 10_000
UNTIMED_MS: Final = 1_000
"""Between records of a session that tells no times at all."""
_MOST_MARKS: Final = 500
_MOST_PAUSES: Final = 200


@attrs.frozen
class _Axis:
    """By position: when it is played, and the real pause before it where that is longer; both in milliseconds."""

    played: array[int]
    shown: array[int]
    """The positions that show something, ascending."""
    pauses: dict[int, int]
    real_ms: int

    @property
    def duration_ms(self) -> int:
        """Until the last record is shown."""
        return self.played[-1] if self.played else 0


class Timeline:
    """Of an index; the axis is made again when it is asked for after lines came or were rearranged."""

    def __init__(self, index: EventIndex) -> None:
        self._index = index
        self._known: tuple[int, Places, _Axis] | None = None

    def played_at(self, places: Places, position: int) -> int | None:
        """When a record is played; None of one that was not looked at yet."""
        played = self._axis(places).played
        return played[position] if position < len(played) else None

    def position_at(self, places: Places, at_ms: int) -> int:
        """The last record that shows something and is played at or before a time; 0 before the first."""
        axis = self._axis(places)
        after = bisect_right(axis.shown, at_ms, key=axis.played.__getitem__)
        return axis.shown[max(0, after - 1)] if axis.shown else 0

    def told(self, places: Places, buckets: int, *, is_complete: bool) -> TimelineResult:
        """The axis in so many buckets, with what is worth going to."""
        axis = self._axis(places)
        pauses = sorted(axis.pauses.items(), key=lambda pause: -pause[1])[:_MOST_PAUSES]
        return TimelineResult(
            duration_ms=axis.duration_ms,
            real_ms=axis.real_ms,
            buckets=self._buckets(axis, places, buckets),
            marks=self._marks(axis, places),
            pauses=tuple(
                Pause(index=position, at_ms=axis.played[position], pause_ms=pause_ms)
                for position, pause_ms in sorted(pauses)
            ),
            is_complete=is_complete,
        )

    def _axis(self, places: Places) -> _Axis:
        known = self._known
        if known is None or known[0] != len(self._index) or known[1].arrangement is not places.arrangement:
            known = self._known = len(self._index), places, self._measured(places)
        return known[2]

    def _measured(self, places: Places) -> _Axis:
        played, shown = array("q"), array("q")
        pauses: dict[int, int] = {}
        is_timed = max(self._index.times, default=UNTIMED) != UNTIMED
        at = latest = 0
        first: int | None = None
        for position in range(len(self._index)):
            line = places.line_at(position)
            if self._shows(line, places):
                time_ms = self._index.times[line]
                if not is_timed:
                    at = len(shown) * UNTIMED_MS
                elif time_ms != UNTIMED:
                    passed = 0 if first is None else max(0, time_ms - latest)
                    first = time_ms if first is None else first
                    latest = max(latest, time_ms)
                    at += min(passed, IDLE_MS)
                    if passed > IDLE_MS:
                        pauses[position] = passed
                shown.append(position)
            played.append(at)
        return _Axis(played, shown, pauses, latest - first if first is not None else 0)

    def _shows(self, line: int, places: Places) -> bool:
        return self._index.kind(line) is not None and not places.is_folded(line)

    def _buckets(self, axis: _Axis, places: Places, count: int) -> tuple[Bucket, ...]:
        found = []
        width = (axis.duration_ms + 1) / count
        begin = 0
        for number in range(count):
            end = bisect_left(axis.shown, width * (number + 1), begin, key=axis.played.__getitem__)
            found.append(self._bucket(axis, places, begin, end))
            begin = end
        return tuple(found)

    def _bucket(self, axis: _Axis, places: Places, begin: int, end: int) -> Bucket:
        lines = [places.line_at(position) for position in axis.shown[begin:end]]
        kinds = Counter(map(self._index.kind, lines))
        index = axis.shown[min(begin, len(axis.shown) - 1)] if axis.shown else 0
        return Bucket(
            index=index,
            kind=kinds.most_common(1)[0][0] if kinds else None,
            records=len(lines),
            errors=sum(self._index.masks[line] & FAILED != 0 for line in lines),
            compactions=kinds["compaction"],
        )

    def _marks(self, axis: _Axis, places: Places) -> tuple[Mark, ...]:
        marks: list[Mark] = []
        told: Counter[MarkKind] = Counter()
        for position in axis.shown:
            kind = _mark_of(self._index.masks[places.line_at(position)])
            if kind is not None and told[kind] < _MOST_MARKS:
                told[kind] += 1
                marks.append(Mark(index=position, at_ms=axis.played[position], kind=kind))
        return tuple(marks)


def _mark_of(mask: int) -> MarkKind | None:
    if mask & FAILED:
        return "error"
    if mask & BIT["compaction"]:
        return "compaction"
    return "prompt" if mask & BIT["prompt"] and not mask & SIDECHAIN else None
