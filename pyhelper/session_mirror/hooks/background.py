"""The one background process of a user: it mirrors the sessions that hooks tell of, and ends with the last of them."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import attrs

from session_mirror.errors import problem_of
from session_mirror.hooks.attended import Attended
from session_mirror.hooks.attention import is_over
from session_mirror.hooks.configuration import HookConfiguration, read_configuration
from session_mirror.hooks.notes import Spool
from session_mirror.hooks.processes import agent_behind
from session_mirror.hooks.script import FOLDER, SPOOL
from session_mirror.hooks.told import Told, read_attendance, told_by, write_attendance
from session_mirror.journal.locks import SessionLock
from session_mirror.mirror.deps import Deps

log = logging.getLogger(__name__)
BEAT_S: Final = 0.5
LINGER_S: Final = 2.0
"""A session may begin where another ends."""
_WAIT_S: Final = 60.0
"""For the running one to see a note, or to end."""
_TERMINATED_S: Final = 3.0
_INTERVAL_S: Final = 5.0
_BUILD_AGAIN_S: Final = 30.0
_USELESS_S: Final = 600.0
"""Without a destination that works; the next hook begins anew, with the same sessions."""
Build = Callable[[HookConfiguration], Deps]


def background_lock(state: Path) -> SessionLock:
    """Held by the running background process."""
    return SessionLock(state, FOLDER, "background", "")


def is_running(state: Path) -> bool:
    """Whether there is one."""
    lock = background_lock(state)
    try:
        return not lock.acquire()
    finally:
        lock.release()


def attend(state: Path, build: Build, stopping: threading.Event) -> None:
    """Returns when no session is left, or `stopping` is set, or another process does the same work.

    A note is never left behind: whoever left it started one of these, which stays until the note was taken, or it has
    the lock itself.
    """
    lock, spool = background_lock(state), Spool(state / FOLDER / SPOOL)
    deadline = time.monotonic() + _WAIT_S
    while not lock.acquire():
        if spool.is_empty() or time.monotonic() > deadline or stopping.wait(BEAT_S / 2):
            return
    try:
        log.info("begins")
        Background(state, spool, build, lock).run(stopping)
        log.info("ends")
    finally:
        lock.release()


class Background:
    """Used by one thread."""

    def __init__(self, state: Path, spool: Spool, build: Build, lock: SessionLock) -> None:
        """Does nothing until `run`."""
        self._state = state
        self._spool = spool
        self._build = build
        self._lock = lock
        self._configuration: HookConfiguration | None = None
        self._deps: Deps | None = None
        self._build_at = 0.0
        self._told: dict[tuple[str, str], Told] = {}
        self._attended: dict[tuple[str, str], Attended] = {}
        self._over: dict[tuple[str, str], Told] = {}
        self._written: list[tuple[Told, str]] = []
        self._warned = ""

    def run(self, stopping: threading.Event) -> None:
        """Until nothing is left to do, or nothing can be done."""
        self._told = {told.key: told for told, _ in read_attendance(self._state).sessions}
        busy_at = useful_at = time.monotonic()
        while not stopping.is_set() and self._lock.held:
            for beat in (self._hear, self._configure, self._begin, self._judge, self._note):
                self._guarded(beat)
            now = time.monotonic()
            busy_at = now if self._told or not self._spool.is_empty() else busy_at
            useful_at = now if self._deps is not None else useful_at
            if self._configuration is None or now - busy_at > LINGER_S or now - useful_at > _USELESS_S:
                break
            stopping.wait(BEAT_S)
        self._end_all()
        if self._lock.held:
            self._guarded(self._note)

    def _hear(self) -> None:
        for note in self._spool.take():
            key = (note.harness, note.session_id)
            told = self._told[key] = told_by(note, agent_behind(note.agent_pid), self._told.get(key))
            log.info("%s/%s %s", *key, "ended" if note.ended else "began")
            attended = self._attended.get(key)
            if attended is not None:
                attended.told = told
                attended.look()

    def _configure(self) -> None:
        """What is chosen anew counts at once; without any configuration, the hooks were removed."""
        new, old = read_configuration(self._state), self._configuration
        if new is None:
            self._told.clear()
        is_same = new and old and (new.destination, new.redact) == (old.destination, old.redact)
        if is_same and (self._deps is not None or time.monotonic() < self._build_at):
            return
        self._end_all()
        self._configuration, self._deps = new, None
        self._build_at = time.monotonic() + _BUILD_AGAIN_S
        if new is not None:
            self._deps = self._build(new)

    def _begin(self) -> None:
        if self._deps is not None:
            for key in self._told.keys() - self._attended.keys():
                self._attended[key] = Attended(self._told[key], self._deps, interval_s=_INTERVAL_S)

    def _judge(self) -> None:
        now_ms = time.time_ns() // 1_000_000
        for key, attended in tuple(self._attended.items()):
            if attended.has_ended():
                self._give_up(key, attended)
            elif not attended.is_ending:
                standing = attended.standing(now_ms)
                if is_over(standing):
                    self._over[key] = attended.told
                    attended.end(over=standing.is_mirrored)

    def _give_up(self, key: tuple[str, str], attended: Attended) -> None:
        """For good, unless it was told meanwhile that the session goes on, or a line came in the last moment."""
        log.info("%s/%s is %s", *key, "mirrored" if attended.is_finished else "left unfinished")
        is_news = self._told.get(key) is not self._over.pop(key, None)
        is_hopeless = is_over(attrs.evolve(attended.standing(time.time_ns() // 1_000_000), is_mirrored=False))
        del self._attended[key]
        if not is_news and (attended.is_finished or is_hopeless):
            self._told.pop(key, None)

    def _note(self) -> None:
        attended = self._attended
        now = [
            (told, attended[key].state if key in attended else "waiting") for key, told in sorted(self._told.items())
        ]
        if now != self._written:
            write_attendance(self._state, os.getpid(), now)
            self._written = now

    def _end_all(self) -> None:
        """Hands over without stamping any end."""
        deadline = time.monotonic() + _TERMINATED_S
        for attended in self._attended.values():
            if not attended.is_ending:
                attended.end(over=False)
        for attended in self._attended.values():
            attended.has_ended(max(0.0, deadline - time.monotonic()))
        self._attended.clear()

    def _guarded(self, beat: Callable[[], None]) -> None:
        """Nothing that fails in one beat keeps the next from being made."""
        try:
            beat()
        except Exception as error:  # noqa: BLE001  whatever it was
            problem = problem_of(error)
            words = f"{problem.message} {problem.hint} ({type(error).__name__})"
            if words != self._warned:
                log.warning("%s", words)
            self._warned = words
