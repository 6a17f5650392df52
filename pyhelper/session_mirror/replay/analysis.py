"""What a replay's lines are to each other, found out beside whoever reads them: a slice of time after the other."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Mapping

import attrs

from session_mirror.harness.arrangement import Arrangement
from session_mirror.harness.base import Account
from session_mirror.harness.tally import Spent
from session_mirror.protocol.statistics import Statistics
from session_mirror.replay.lines import Lines

_AT_ONCE = 256
"""Lines between two looks at the clock."""


@attrs.frozen
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


class Analysis:
    """Feeds an account with a session's lines. Used by one thread at a time."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._done = 0

    @property
    def done(self) -> int:
        """How many lines were looked at."""
        return self._done

    def advance(self, lines: Lines, budget_s: float) -> None:
        """Looks at further lines for about so long.

        Raises:
            MirrorError: they cannot be read; what was looked at before counts.
        """
        until = time.monotonic() + budget_s
        while self._done < len(lines) and time.monotonic() < until:
            for _, _, line in lines.read(self._done, min(len(lines), self._done + _AT_ONCE)):
                self._account.feed(line)
                self._done += 1

    def places(self) -> Places:
        """Where the lines looked at stand."""
        return Places(self._account.arrangement())

    def responses(self) -> Mapping[str, Spent]:
        """What each response of the model cost, by its identity."""
        return self._account.responses()

    def statistics(self, places: Places) -> Statistics:
        """What they add up to; turns begin at positions instead of lines."""
        found = self._account.statistics()
        lines = sorted({turn.line for turn in found.turns})
        positions = places.positions_of(lines)
        turns = tuple(attrs.evolve(turn, line=positions[bisect_left(lines, turn.line)]) for turn in found.turns)
        return attrs.evolve(found, turns=turns)
