"""The whole picture, for a status bar: counted from the followed sessions, never guessed."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from typing import Final, Literal

import attrs

from session_mirror.mirror.followed import Followed
from session_mirror.protocol.mirror import Finding, Health, MirrorPhase, Problem
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
    """What one session adds to the picture: sub-agents count as a part of their conversation."""

    conversation: str
    state: SessionState
    is_live: bool
    lag_bytes: int
    behind_since_ms: int | None
    problem: Problem | None

    @property
    def is_behind(self) -> bool:
        return self.state in ("behind", "error")


class _Conversations:
    """Counts conversations, each once, however many of its sessions are added."""

    def __init__(self) -> None:
        self._sessions: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._sessions)

    def add(self, name: str) -> None:
        self._sessions[name] += 1

    def remove(self, name: str) -> None:
        self._sessions[name] -= 1
        if not self._sessions[name]:
            del self._sessions[name]


class HealthBoard:
    """Keeps the newest `Health`. Thread-safe for readers; written by the follower's thread.

    Sessions are counted when they change; making a picture costs no more with thousands of quiet ones.
    """

    def __init__(self, destination_label: str, *, paused: bool) -> None:
        self._paused = paused
        self._looking: Problem | None = None
        self._findings: tuple[Finding, ...] = ()
        self._shares: dict[str, _Share] = {}
        self._behind: dict[str, _Share] = {}
        self._problems: dict[str, Problem] = {}
        self._all = _Conversations()
        self._live = _Conversations()
        self._in_state: defaultdict[SessionState, _Conversations] = defaultdict(_Conversations)
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

    def looked(self, problem: Problem | None, findings: tuple[Finding, ...] = ()) -> None:
        """Looking for sessions worked, came upon something, or failed."""
        self._looking = problem
        self._findings = findings

    def count(self, item: Followed, now_ms: int, conversation: str) -> None:
        """Takes a session into the picture as it is now; `conversation`: the name of the one that a person began."""
        self.forget(item.name)
        share = _Share(
            conversation=conversation,
            state=item.state(now_ms),
            is_live=item.is_live(now_ms),
            lag_bytes=item.lag_bytes,
            behind_since_ms=item.behind_since_ms,
            problem=item.problem,
        )
        self._shares[item.name] = share
        for counted in self._counted(share):
            counted.add(share.conversation)
        if share.is_behind:
            self._behind[item.name] = share
        if share.problem is not None:
            self._problems[item.name] = share.problem

    def forget(self, name: str) -> None:
        """Takes a session out of the picture."""
        share = self._shares.pop(name, None)
        if share is None:
            return
        for counted in self._counted(share):
            counted.remove(share.conversation)
        self._behind.pop(name, None)
        self._problems.pop(name, None)

    def _counted(self, share: _Share) -> tuple[_Conversations, ...]:
        always = (self._all, self._in_state[share.state])
        return (*always, self._live) if share.is_live else always

    def update(self, now_ms: int, *, watching: Literal["events", "polling"], hint: str) -> Health:
        """Makes a new picture, and returns it."""
        behind = self._behind.values()
        since = [share.behind_since_ms for share in behind if share.behind_since_ms is not None]
        of_agents = (finding.problem for finding in self._findings)
        problem = next(iter(self._problems.values()), None) or self._looking or next(of_agents, None)
        if not behind:
            self._caught_up = 0
        health = attrs.evolve(
            self.current(),
            phase=self._phase(problem, bool(behind)),
            session_count=len(self._all),
            live_count=len(self._live),
            behind_count=len({share.conversation for share in behind}),
            elsewhere_count=len(self._in_state["elsewhere"]),
            error_count=len(self._in_state["error"]),
            lag_bytes=sum(share.lag_bytes for share in behind),
            lag_ms=max(0, now_ms - min(since)) if since else 0,
            caught_up_bytes=self._caught_up,
            last_flush_at_ms=self._last_flush_ms,
            uploaded_bytes=self._uploaded,
            redaction_count=self._redactions,
            watching=watching,
            watching_hint=hint,
            problem=problem,
            findings=self._findings,
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
