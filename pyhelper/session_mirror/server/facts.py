"""Facts on their way to the editor: at most four messages of a kind per second, the newest word wins."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import attrs

from session_mirror.protocol.mirror import Health
from session_mirror.protocol.replay import ReplayChanged
from session_mirror.protocol.sessions import SessionKey, SessionsChanged, SessionSummary
from session_mirror.server.mailbox import Mailbox
from session_mirror.server.progress import Notify
from session_mirror.server.wire import to_wire

EVERY_S = 0.25
_Name = tuple[str, str]


class Facts:
    """Thread-safe; a follower's listener."""

    def __init__(self, notify: Notify, mailbox: Mailbox, clock: Callable[[], float] = time.monotonic) -> None:
        self._notify = notify
        self._mailbox = mailbox
        self._clock = clock
        self._lock = threading.Lock()
        self._health: Health | None = None
        self._sessions: dict[_Name, SessionSummary | None] = {}
        self._replays: dict[str, ReplayChanged] = {}
        self._scheduled = False
        self._sent_at = 0.0

    def health_changed(self, health: Health) -> None:
        """The whole picture looks different now."""
        with self._lock:
            self._health = health
            self._schedule()

    def sessions_changed(self, changed: tuple[SessionSummary, ...], removed: tuple[SessionKey, ...]) -> None:
        """These rows look different now, and those went."""
        with self._lock:
            self._sessions.update({(row.harness, row.session_id): row for row in changed})
            self._sessions.update({(key.harness, key.session_id): None for key in removed})
            self._schedule()

    def replay_changed(self, change: ReplayChanged) -> None:
        """A session that is open for replay looks different; a restart that was not sent yet is not forgotten."""
        with self._lock:
            waiting = self._replays.get(change.replay_id)
            if waiting is not None and waiting.restarted:
                change = attrs.evolve(change, restarted=True)
            self._replays[change.replay_id] = change
            self._schedule()

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._mailbox.post(self._send, delay_s=max(0.0, self._sent_at + EVERY_S - self._clock()))

    def _send(self) -> None:
        with self._lock:
            health, self._health = self._health, None
            sessions, self._sessions = self._sessions, {}
            replays, self._replays = self._replays, {}
            self._scheduled = False
            self._sent_at = self._clock()
        if sessions:
            fact = SessionsChanged(
                changed=tuple(row for row in sessions.values() if row is not None),
                removed=tuple(
                    SessionKey(harness=harness, session_id=session_id)
                    for (harness, session_id), row in sessions.items()
                    if row is None
                ),
            )
            self._notify("sessionMirror/sessions/didChange", to_wire(fact))
        if health is not None:
            self._notify("sessionMirror/mirror/didChangeHealth", to_wire(health))
        for change in replays.values():
            self._notify("sessionMirror/replay/didChange", to_wire(change))
