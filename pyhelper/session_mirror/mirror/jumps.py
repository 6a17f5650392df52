"""Noticing that time went by unseen: the machine slept, or its clock was set. Pure."""

from __future__ import annotations

JUMP_S = 5.0
"""How far wall clock and monotonic clock may part between two looks: corrections of a clock are smaller."""


class Jumps:
    """Compares two clocks, of which some systems stop one during sleep and some both."""

    def __init__(self, now: float, now_ms: int) -> None:
        """`now` in seconds of a monotonic clock, `now_ms` in Unix epoch milliseconds."""
        self._seen = now
        self._apart = now_ms / 1000 - now

    def happened(self, now: float, now_ms: int, *, expected_s: float) -> bool:
        """Whether a clock jumped since the last question, or that is far longer ago than `expected_s`."""
        apart = now_ms / 1000 - now
        jumped = abs(apart - self._apart) > JUMP_S or now - self._seen > expected_s + JUMP_S
        self._seen, self._apart = now, apart
        return jumped
