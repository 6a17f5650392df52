"""The whole picture, for a status bar: counted from the followed sessions, never guessed."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Final, Literal

import attrs

from session_mirror.mirror.followed import Followed
from session_mirror.protocol.mirror import Health, MirrorPhase, Problem
from session_mirror.protocol.sessions import SessionState

STARTING: Final = Health(
    phase="starting",
    destination_label="",
    session_count=0,
    live_count=0,
    behind_count=0,
    elsewhere_count=0,
    error_count=0,
    lag_bytes=0,
    lag_ms=0,
    caught_up_bytes=0,
    last_flush_at_ms=None,
    uploaded_bytes=0,
    redaction_count=0,
    watching="events",
    watching_hint="",
    problem=None,
)
"""Before anything was looked at."""


@attrs.frozen
class _Share:
    """What one session adds to the picture."""

    state: SessionState
    is_live: bool
    lag_bytes: int
    behind_since_ms: int | None
    problem: Problem | None

    @property
    def is_behind(self) -> bool:
        return self.state in ("behind", "error")


class HealthBoard:
    """Keeps the newest `Health`. Thread-safe for readers; written by the follower's thread.

    Sessions are counted when they change; making a picture costs no more with thousands of quiet ones.
    """

    def __init__(self, destination_label: str, *, paused: bool) -> None:
        self._paused = paused
        self._looking: Problem | None = None
        self._shares: dict[str, _Share] = {}
        self._behind: dict[str, _Share] = {}
        self._problems: dict[str, Problem] = {}
        self._states: Counter[SessionState] = Counter()
        self._live_count = 0
        self._uploaded = 0
        self._caught_up = 0
        self._redactions = 0
        self._last_flush_ms: int | None = None
        self._lock = threading.Lock()
        self._health = attrs.evolve(
            STARTING, phase="paused" if paused else "starting", destination_label=destination_label
        )

    def current(self) -> Health:
        """The newest picture."""
        with self._lock:
            return self._health

    def flushed(self, *, source_bytes: int, uploaded_bytes: int, redactions: int, now_ms: int) -> None:
        """A part became durable."""
        self._caught_up += source_bytes
        self._uploaded += uploaded_bytes
        self._redactions += redactions
        self._last_flush_ms = now_ms

    def looked(self, problem: Problem | None) -> None:
        """Looking for sessions worked, or failed."""
        self._looking = problem

    def count(self, item: Followed, now_ms: int) -> None:
        """Takes a session into the picture as it is now."""
        self.forget(item.name)
        share = _Share(
            state=item.state(now_ms),
            is_live=item.is_live(now_ms),
            lag_bytes=item.lag_bytes,
            behind_since_ms=item.behind_since_ms,
            problem=item.problem,
        )
        self._shares[item.name] = share
        self._states[share.state] += 1
        self._live_count += share.is_live
        if share.is_behind:
            self._behind[item.name] = share
        if share.problem is not None:
            self._problems[item.name] = share.problem

    def forget(self, name: str) -> None:
        """Takes a session out of the picture."""
        share = self._shares.pop(name, None)
        if share is None:
            return
        self._states[share.state] -= 1
        self._live_count -= share.is_live
        self._behind.pop(name, None)
        self._problems.pop(name, None)

    def update(self, now_ms: int, *, watching: Literal["events", "polling"], hint: str) -> Health:
        """Makes a new picture, and returns it."""
        behind = self._behind.values()
        since = [share.behind_since_ms for share in behind if share.behind_since_ms is not None]
        problem = next(iter(self._problems.values()), self._looking)
        if not behind:
            self._caught_up = 0
        health = attrs.evolve(
            self.current(),
            phase=self._phase(problem, bool(behind)),
            session_count=len(self._shares),
            live_count=self._live_count,
            behind_count=len(behind),
            elsewhere_count=self._states["elsewhere"],
            error_count=self._states["error"],
            lag_bytes=sum(share.lag_bytes for share in behind),
            lag_ms=max(0, now_ms - min(since)) if since else 0,
            caught_up_bytes=self._caught_up,
            last_flush_at_ms=self._last_flush_ms,
            uploaded_bytes=self._uploaded,
            redaction_count=self._redactions,
            watching=watching,
            watching_hint=hint,
            problem=problem,
        )
        with self._lock:
            self._health = health
        return health

    def _phase(self, problem: Problem | None, behind: bool) -> MirrorPhase:
        if self._paused:
            return "paused"
        if problem is not None:
            return "error"
        return "mirroring" if behind else "watching"
