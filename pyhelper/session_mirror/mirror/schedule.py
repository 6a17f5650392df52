"""When each session is flushed next. Pure: time is an argument, in seconds of a monotonic clock."""

from __future__ import annotations

import heapq
import random

import attrs

SETTLE_S = 0.1
SETTLE_LIMIT_S = 0.25
BACKOFF_FIRST_S = 1.0
BACKOFF_LIMIT_S = 60.0
TAKEOVER_S = 1.0
"""How often a session of another process is tried: its end must be noticed within three seconds."""

_NEVER = float("inf")


@attrs.define
class _Entry:
    changed_at: float = 0.0
    dirty_since: float | None = None
    flushed_at: float = -1e9
    not_before: float = -1e9
    failures: int = 0
    running: bool = False
    backlog: bool = False
    reminder: float | None = None
    queued: tuple[bool, float] | None = None
    """Its lane and its time there, which is never later than the time it is due."""


class Schedule:
    """Leading-edge flushes, one per interval and session, backlog behind live ones, errors backed off with jitter.

    Asking what is due costs no more with thousands of sessions than with one: each waits in a heap, and is looked at
    again when it comes to the top. While the store is away one session tries it for all: neither requests nor bytes
    that wait to be sent pile up.
    """

    def __init__(self, interval_s: float, rng: random.Random | None = None) -> None:
        self.interval_s = interval_s
        self._entries: dict[str, _Entry] = {}
        self._lanes: dict[bool, list[tuple[float, str]]] = {False: [], True: []}
        self._running_count = 0
        self._away_until: float | None = None
        self._away_failures = 0
        self._rng = rng or random.Random()  # noqa: S311  jitter, not secrets

    def changed(self, session: str, now: float, *, backlog: bool = False) -> None:
        """The source has something new. `backlog`: old bytes, which may wait until live sessions are done."""
        entry = self._entries.setdefault(session, _Entry())
        if entry.dirty_since is None:
            entry.dirty_since = now
            entry.backlog = backlog
        entry.backlog = entry.backlog and backlog
        entry.changed_at = now
        self._queue(session, entry)

    def remind(self, session: str, at: float) -> None:
        """Something besides new bytes will be due then: a `meta.json` that is behind."""
        entry = self._entries.get(session)
        if entry is not None:
            entry.reminder = at
            self._queue(session, entry)

    def forget(self, session: str) -> None:
        """The session is not followed any more."""
        entry = self._entries.pop(session, None)
        if entry is not None and entry.running:
            self._running_count -= 1

    def due(self, now: float, *, backlog: bool = True) -> str | None:
        """Whom to flush now: a live session first, then whoever has waited longest. `backlog` False: no old bytes."""
        if self._away_until is not None and (self._running_count or now < self._away_until):
            return None
        for lane in (False, True) if backlog else (False,):
            first = self._first(lane)
            if first is not None and first[0] <= now:
                return first[1]
        return None

    def is_backlog(self, session: str) -> bool:
        """Whether what the session waits with is old."""
        entry = self._entries.get(session)
        return entry is not None and entry.backlog

    @property
    def is_away(self) -> bool:
        """Whether the store took nothing when it was last tried."""
        return self._away_until is not None

    def next_at(self, *, backlog: bool = True) -> float | None:
        """When something becomes due; None when nothing is waiting. `backlog` False: old bytes don't count."""
        lanes = (False, True) if backlog else (False,)
        at = min((first[0] for first in map(self._first, lanes) if first is not None), default=None)
        if at is None or self._away_until is None:
            return at
        return None if self._running_count else max(at, self._away_until)

    def started(self, session: str, now: float) -> None:
        """A flush began; changes from now on need another one."""
        entry = self._entries.setdefault(session, _Entry())
        entry.running = True
        self._running_count += 1
        entry.flushed_at = now
        entry.dirty_since = None
        entry.reminder = None

    def finished(self, session: str, now: float, *, more: bool, stored: bool = False) -> None:
        """A flush succeeded. `more`: whole lines are still waiting, so go on at once, after who has waited longer.

        `stored`: the store took something, so it is there.
        """
        if stored and self._away_until is not None:
            self.hurry()
            self._away_until = None
        entry = self._ended(session)
        if entry is None:
            return
        entry.failures = 0
        entry.not_before = -1e9
        if more:
            entry.flushed_at = -1e9
            entry.dirty_since = entry.changed_at = now - SETTLE_LIMIT_S
        self._queue(session, entry)

    def failed(self, session: str, now: float, *, retry_after_s: float | None = None, away: bool = False) -> None:
        """A flush failed; the source is the queue, so it stays due, later and later.

        `away`: it was the store, so the others wait until it has taken something from one.
        """
        if away and (self._away_until is None or now >= self._away_until):
            self._away_until = now + self._back_off(self._away_failures, retry_after_s)
            self._away_failures += 1
        entry = self._ended(session)
        if entry is None:
            return
        delay_s = self._back_off(entry.failures, retry_after_s)
        entry.failures += 1
        self._postpone(session, entry, now, delay_s)

    def held_elsewhere(self, session: str, now: float, retry_after_s: float | None = None) -> None:
        """Another process has the lock: look again soon, or when another machine may be done."""
        entry = self._ended(session)
        if entry is not None:
            self._postpone(session, entry, now, retry_after_s or TAKEOVER_S)

    def hurry(self) -> None:
        """Forgets all waiting: the network came back, the user asked, or the settings changed."""
        self._away_failures = 0
        if self._away_until is not None:
            self._away_until = -1e9
        for session, entry in self._entries.items():
            entry.not_before = -1e9
            entry.failures = 0
            self._queue(session, entry)

    def _ended(self, session: str) -> _Entry | None:
        """A session whose flush is over."""
        entry = self._entries.get(session)
        if entry is not None and entry.running:
            entry.running = False
            self._running_count -= 1
        return entry

    def _back_off(self, failures: int, retry_after_s: float | None) -> float:
        window = min(BACKOFF_LIMIT_S, BACKOFF_FIRST_S * 2.0 ** min(failures, 16))
        return max(window * self._rng.uniform(0.5, 1.0), retry_after_s or 0.0)

    def _postpone(self, session: str, entry: _Entry, now: float, delay_s: float) -> None:
        entry.not_before = now + delay_s
        if entry.dirty_since is None:
            entry.dirty_since = now
        self._queue(session, entry)

    def _queue(self, session: str, entry: _Entry) -> None:
        """Sees to it that the entry waits in its lane, with a time that is not too late."""
        at = self._due_at(entry)
        if at == _NEVER:
            return
        if entry.queued is None or entry.queued[0] != entry.backlog or at < entry.queued[1]:
            entry.queued = (entry.backlog, at)
            heapq.heappush(self._lanes[entry.backlog], (at, session))

    def _first(self, backlog: bool) -> tuple[float, str] | None:
        """Who is due first in a lane, and when."""
        lane = self._lanes[backlog]
        while lane:
            at, session = lane[0]
            entry = self._entries.get(session)
            if entry is None or entry.queued != (backlog, at):
                heapq.heappop(lane)
            elif self._due_at(entry) == at:
                return at, session
            else:
                heapq.heappop(lane)
                entry.queued = None
                self._queue(session, entry)
        return None

    def _due_at(self, entry: _Entry) -> float:
        if entry.running:
            return _NEVER
        if entry.dirty_since is None:
            return _NEVER if entry.reminder is None else max(entry.reminder, entry.not_before)
        settled = min(entry.changed_at + SETTLE_S, entry.dirty_since + SETTLE_LIMIT_S)
        return max(settled, entry.flushed_at + self.interval_s, entry.not_before)
