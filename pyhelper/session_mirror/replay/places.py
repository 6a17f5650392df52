"""Where a stream's lines are shown."""

from __future__ import annotations

from array import array

from session_mirror.harness.arrangement import Arrangement


class Places:
    """Where lines stand. A position is where something is shown; both count from 0, and beyond the arranged ones they
    are equal. Never changes.
    """

    def __init__(self, arrangement: Arrangement | None = None) -> None:
        self.arrangement = arrangement or Arrangement()
        self._positions: array[int] | None = None

    def line_at(self, position: int) -> int:
        """The line that stands at a position."""
        order = self.arrangement.order
        return position if order is None or position >= len(order) else order[position]

    def position_of(self, line: int) -> int:
        """Where a line stands."""
        order = self.arrangement.order
        if order is None or line >= len(order):
            return line
        if self._positions is None:
            positions = array("Q", bytes(8 * len(order)))
            for position, each in enumerate(order):
                positions[each] = position
            self._positions = positions
        return self._positions[line]

    def is_folded(self, line: int) -> bool:
        """Whether the line shows nothing by itself."""
        return line in self.arrangement.folded

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
        if self._first(count) != other._first(count):
            return True
        changed = self.arrangement.folded ^ other.arrangement.folded
        return any(line < count for line in changed)

    def _first(self, count: int) -> list[int]:
        """The lines at the first positions."""
        order = list(self.arrangement.order or ())
        return order[:count] + list(range(len(order), count))
