"""What a replay's lines are, and are to each other, found out beside whoever reads them: a slice after the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Final

import attrs

from session_mirror.harness.base import Account
from session_mirror.harness.tally import Spent
from session_mirror.protocol.statistics import Statistics
from session_mirror.replay.event_index import EventIndex
from session_mirror.replay.lines import Lines
from session_mirror.replay.places import Places
from session_mirror.replay.right_of_way import RightOfWay

_AT_ONCE: Final = 256
"""Lines between two looks at the clock."""
_ARRANGED_SHARE: Final = 0.1
"""Of the time that lines are looked at, so much goes to where they stand, unless that is asked for at last."""


class Analysis:
    """Feeds an account and an index with a session's lines. One thread does that; others may ask it meanwhile."""

    def __init__(self, account: Account, way: RightOfWay) -> None:
        """`way`: whoever takes it is let go first."""
        self._way = way
        self._account = account
        self._telling = threading.Lock()
        """Held while the account takes a line, or tells something."""
        self._places = Places()
        self._owed_s = 0.0
        """Time to be spent on lines before they are arranged again."""
        self.index = EventIndex()

    @property
    def done(self) -> int:
        """How many lines were looked at."""
        return len(self.index)

    def advance(self, lines: Lines, budget_s: float) -> None:
        """Looks at further lines that are here for about so long.

        Raises:
            MirrorError: they cannot be read; what was looked at before counts.
        """
        began = time.monotonic()
        until = began + budget_s
        while self.done < lines.here and time.monotonic() < until:
            for _, _, line in lines.read(self.done, min(lines.here, self.done + _AT_ONCE)):
                self._way.give()
                with self._telling:
                    glance = self._account.feed(line)
                self.index.add(glance)
        self._owed_s -= time.monotonic() - began

    def places(self, *, at_last: bool) -> Places:
        """Where the lines looked at stand; unless at last, as it was a little while ago if that takes long to find."""
        if at_last or self._owed_s <= 0:
            began = time.monotonic()
            with self._telling:
                arrangement = self._account.arrangement()
            if arrangement is not self._places.arrangement:
                self._places = Places(arrangement)
            self._owed_s = (time.monotonic() - began) / _ARRANGED_SHARE
        return self._places

    def responses(self) -> Mapping[str, Spent]:
        """What each response of the model cost, by its identity."""
        return self._account.responses()

    def statistics(self, places: Places, turns: slice) -> Statistics:
        """What they add up to, with some of the turns; those begin at positions instead of lines."""
        with self._telling:
            found = self._account.statistics(turns)
        if places.arrangement.order is None:
            return found
        told = tuple(attrs.evolve(turn, line=places.position_of(turn.line)) for turn in found.turns)
        return attrs.evolve(found, turns=told)

    def turn_count(self) -> int:
        """How many turns there are."""
        with self._telling:
            return self._account.turn_count()
