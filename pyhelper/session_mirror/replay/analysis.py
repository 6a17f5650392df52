"""What a replay's lines are, and are to each other, found out beside whoever reads them: a slice after the other."""

from __future__ import annotations

import time
from collections.abc import Mapping

import attrs

from session_mirror.harness.base import Account
from session_mirror.harness.tally import Spent
from session_mirror.protocol.statistics import Statistics
from session_mirror.replay.event_index import EventIndex
from session_mirror.replay.lines import Lines
from session_mirror.replay.places import Places
from session_mirror.replay.right_of_way import RightOfWay

_AT_ONCE = 256
"""Lines between two looks at the clock."""
_GIVES_WAY_S = 0.05


class Analysis:
    """Feeds an account and an index with a session's lines. Used by one thread at a time."""

    def __init__(self, account: Account, way: RightOfWay) -> None:
        """`way`: whoever takes it is let go first."""
        self._way = way
        self._account = account
        self._summed: tuple[int, Places, Statistics] | None = None
        self.index = EventIndex()

    @property
    def done(self) -> int:
        """How many lines were looked at."""
        return len(self.index)

    def advance(self, lines: Lines, budget_s: float) -> None:
        """Looks at further lines for about so long.

        Raises:
            MirrorError: they cannot be read; what was looked at before counts.
        """
        until = time.monotonic() + budget_s
        while self.done < lines.here and time.monotonic() < until:
            for _, _, line in lines.read(self.done, min(lines.here, self.done + _AT_ONCE)):
                if self._way.is_taken:
                    # Not for ever: who keeps reading would keep the rest from being known.
                    self._way.wait_until_free(_GIVES_WAY_S)
                self.index.add(self._account.feed(line))

    def places(self) -> Places:
        """Where the lines looked at stand."""
        return Places(self._account.arrangement())

    def responses(self) -> Mapping[str, Spent]:
        """What each response of the model cost, by its identity."""
        return self._account.responses()

    def statistics(self, places: Places) -> Statistics:
        """What they add up to; turns begin at positions instead of lines."""
        summed = self._summed
        if summed is None or summed[0] != self.done or summed[1].arrangement is not places.arrangement:
            summed = self._summed = self.done, places, self._added_up(places)
        return summed[2]

    def _added_up(self, places: Places) -> Statistics:
        found = self._account.statistics()
        if places.arrangement.order is None:
            return found
        turns = tuple(attrs.evolve(turn, line=places.position_of(turn.line)) for turn in found.turns)
        return attrs.evolve(found, turns=turns)
