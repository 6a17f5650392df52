"""The whole picture, for a status bar: counted from the followed sessions, never guessed."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Final, Literal

import attrs

from session_mirror.mirror.followed import Followed
from session_mirror.protocol.mirror import Health, MirrorPhase, Problem

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
    last_flush_at_ms=None,
    uploaded_bytes=0,
    redaction_count=0,
    watching="events",
    problem=None,
)
"""Before anything was looked at."""


class HealthBoard:
    """Keeps the newest `Health`. Thread-safe for readers; written by the follower's thread."""

    def __init__(self, destination_label: str, *, paused: bool) -> None:
        self._paused = paused
        self._looking: Problem | None = None
        self._uploaded = 0
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

    def flushed(self, size: int, redactions: int, now_ms: int) -> None:
        """A part became durable."""
        self._uploaded += size
        self._redactions += redactions
        self._last_flush_ms = now_ms

    def looked(self, problem: Problem | None) -> None:
        """Looking for sessions worked, or failed."""
        self._looking = problem

    def update(self, followed: Iterable[Followed], now_ms: int, watching: Literal["events", "polling"]) -> Health:
        """Counts anew; returns the new picture."""
        items = list(followed)
        states = [item.state(now_ms) for item in items]
        behind = [item for item, state in zip(items, states, strict=True) if state in ("behind", "error")]
        since = [item.behind_since_ms for item in behind if item.behind_since_ms is not None]
        problem = next((item.problem for item in items if item.problem is not None), self._looking)
        health = attrs.evolve(
            self.current(),
            phase=self._phase(problem, bool(behind)),
            session_count=len(items),
            live_count=sum(item.is_live(now_ms) for item in items),
            behind_count=len(behind),
            elsewhere_count=states.count("elsewhere"),
            error_count=states.count("error"),
            lag_bytes=sum(item.lag_bytes for item in behind),
            lag_ms=max(0, now_ms - min(since)) if since else 0,
            last_flush_at_ms=self._last_flush_ms,
            uploaded_bytes=self._uploaded,
            redaction_count=self._redactions,
            watching=watching,
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
