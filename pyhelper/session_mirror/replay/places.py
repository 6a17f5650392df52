"""Where a stream's lines are shown."""

from __future__ import annotations

import attrs

from session_mirror.harness.arrangement import Arrangement


@attrs.frozen(eq=False)
class Places:
    """Where lines stand. A position is where something is shown; both count from 0, and beyond `order` are equal."""

    arrangement: Arrangement = attrs.field(factory=Arrangement)

    def line_at(self, position: int) -> int:
        """The line that stands at a position."""
        order = self.arrangement.order
        return position if order is None or position >= len(order) else order[position]

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

    def positions_of(self, lines: list[int]) -> list[int]:
        """Where ascending lines stand."""
        order = self.arrangement.order
        if order is None:
            return lines
        places = dict.fromkeys(lines, -1)
        for position, line in enumerate(order):
            if line in places:
                places[line] = position
        return [line if places[line] < 0 else places[line] for line in lines]

    def _first(self, count: int) -> list[int]:
        """The lines at the first positions."""
        order = list(self.arrangement.order or ())
        return order[:count] + list(range(len(order), count))
