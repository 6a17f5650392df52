"""Where a stream's lines are shown."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from session_mirror.harness.arrangement import Arrangement
from session_mirror.harness.compact import count_on
from session_mirror.protocol.replay import RecordStanding


class Places:
    """Where lines stand. A position is where something is shown; both count from 0, and beyond the arranged ones they
    are equal. Never changes.
    """

    def __init__(self, arrangement: Arrangement | None = None) -> None:
        self.arrangement = arrangement or Arrangement()
        # Found before anybody asks: nobody who waits for a window waits for that.
        self._positions = self.arrangement.positions or _turned_round(self.arrangement.order)
        self._taken_back = _merged(self.arrangement.taken_back)

    def line_at(self, position: int) -> int:
        """The line that stands at a position."""
        order = self.arrangement.order
        return position if order is None or position >= len(order) else order[position]

    def position_of(self, line: int) -> int:
        """Where a line stands."""
        positions = self._positions
        return line if positions is None or line >= len(positions) else positions[line]

    def is_folded(self, line: int) -> bool:
        """Whether the line shows nothing by itself."""
        return line in self.arrangement.folded

    def standing_of(self, line: int) -> RecordStanding:
        """What the conversation makes of the line."""
        after = bisect_right(self._taken_back, line, key=lambda each: each.start)
        if after and line in self._taken_back[after - 1]:
            return "takenBack"
        return "copied" if line in self.arrangement.copied else "own"

    def run(self, start: int, stop: int) -> int:
        """Where the run of positions from `start` on ends whose lines follow each other, at most `stop`."""
        order = self.arrangement.order
        if order is None or start >= len(order):
            return stop
        end = start + 1
        while end < stop and self.line_at(end) == self.line_at(end - 1) + 1:
            end += 1
        return end

    def differs_before(self, other: Places, count: int) -> bool:
        """Whether the other shows the first `count` positions in another way."""
        if self.arrangement is other.arrangement:
            return False
        is_in_order = self.arrangement.order is None and other.arrangement.order is None
        if not is_in_order and self._first(count) != other._first(count):
            return True
        if self._marked(count) != other._marked(count):
            return True
        return self.arrangement.folded.below(count) != other.arrangement.folded.below(count)

    def _first(self, count: int) -> array[int]:
        """The lines at the first positions."""
        first = (self.arrangement.order or array("I"))[:count]
        count_on(first, count)
        return first

    def _marked(self, count: int) -> tuple[range, Sequence[range]]:
        """The copied ones of the first lines, and those taken back."""
        copied = range(min(len(self.arrangement.copied), count))
        return copied, [range(each.start, min(each.stop, count)) for each in self._taken_back if each.start < count]


def _turned_round(order: array[int] | None) -> array[int] | None:
    """By line, its place in an order."""
    if order is None:
        return None
    positions = array("I", bytes(order.itemsize * len(order)))
    for position, line in enumerate(order):
        positions[line] = position
    return positions


def _merged(ranges: Iterable[range]) -> Sequence[range]:
    """In order, and none within another."""
    merged: list[range] = []
    for each in sorted(ranges, key=lambda found: found.start):
        if merged and each.start <= merged[-1].stop:
            merged[-1] = range(merged[-1].start, max(merged[-1].stop, each.stop))
        else:
            merged.append(each)
    return merged
