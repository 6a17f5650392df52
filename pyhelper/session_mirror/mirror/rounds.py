"""When to look around, and how far. Pure: time is an argument, in seconds of a monotonic clock."""

from __future__ import annotations

import attrs

SWEEP_S = 2.0
"""How often active sessions are looked at."""
CHECK_S = 10.0
"""How often directories are looked at for files that no event told of."""
CHECK_POLLING_S = 2.0
FULL_S = 60.0
"""How often everything is looked at and looked for, whatever events, directories and dates say."""
FULL_POLLING_S = 10.0
FIND_SHARE = 0.05
"""Looking for sessions because of events takes at most this share of a core, however many events there are."""
FIND_GAP_LIMIT_S = 2.0


@attrs.define
class Rounds:
    """Each `..._due` answers True once per turn. Everything is due at first."""

    _sweep_at: float = 0.0
    _check_at: float = 0.0
    _full_at: float = 0.0
    _is_sweep_for_all: bool = True
    _is_find_wanted: bool = True
    _find_from: float = 0.0

    def want_find(self) -> None:
        """Something may have appeared or gone."""
        self._is_find_wanted = True

    def want_look(self) -> None:
        """Anything may have changed, wherever."""
        self._sweep_at = self._check_at = 0.0
        self._is_sweep_for_all = True

    def want_all(self) -> None:
        """Nothing that was seen before counts."""
        self.want_look()
        self._is_find_wanted = True

    def check_due(self, now: float, *, polling: bool) -> bool:
        """Whether to look at directories."""
        due = now >= self._check_at
        if due:
            self._check_at = now + (CHECK_POLLING_S if polling else CHECK_S)
        return due

    def sweep_due(self, now: float) -> bool:
        """Whether to look at active sessions."""
        due = now >= self._sweep_at
        if due:
            self._sweep_at = now + SWEEP_S
        return due

    def full_due(self, now: float, *, polling: bool) -> bool:
        """Whether a sweep that is due is for all sessions."""
        if now >= self._full_at:
            self._full_at = now + (FULL_POLLING_S if polling else FULL_S)
            self._is_sweep_for_all = self._is_find_wanted = True
        full, self._is_sweep_for_all = self._is_sweep_for_all, False
        return full

    def find_due(self, now: float) -> bool:
        """Whether to look for sessions."""
        return self._is_find_wanted and now >= self._find_from

    def found(self, begun: float, ended: float) -> None:
        """Sessions were looked for; the longer that took, the longer the next time waits."""
        self._is_find_wanted = False
        self._find_from = ended + min(FIND_GAP_LIMIT_S, (ended - begun) / FIND_SHARE)

    def next_at(self) -> float:
        """When something is due next."""
        times = [self._sweep_at, self._check_at]
        if self._is_find_wanted:
            times.append(self._find_from)
        return min(times)
