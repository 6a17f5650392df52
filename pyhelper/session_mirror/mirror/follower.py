"""Follows many sessions at once: one thread decides what is flushed and when.

Events from the watcher are hints that wake the deciding thread; a stat sweep finds what events missed.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import wait
from contextlib import suppress
from functools import partial
from pathlib import Path

from session_mirror.errors import problem_of
from session_mirror.harness.base import FoundSession
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.events import Listener
from session_mirror.mirror.finishing import unfinished
from session_mirror.mirror.flushing import WORKERS, Flushing
from session_mirror.mirror.followed import Followed, session_name
from session_mirror.mirror.health import HealthBoard
from session_mirror.mirror.jumps import Jumps
from session_mirror.mirror.queues import drain, taken
from session_mirror.mirror.roster import Roster, Scope
from session_mirror.mirror.rounds import SWEEP_S, Rounds
from session_mirror.mirror.schedule import Schedule
from session_mirror.mirror.tidying import Tidying
from session_mirror.mirror.work import STORE_AWAY, Result
from session_mirror.protocol.mirror import Health
from session_mirror.protocol.sessions import SessionSummary
from session_mirror.source.directories import Directories
from session_mirror.source.watch import Watcher

log = logging.getLogger(__name__)
PUBLISH_S = 0.25
BACKLOG_WORKERS = 5
"""The rest is kept free, so that a live session never waits behind the backlog."""
COMPACTION_AT_END_S = 5.0
"""What is not compacted by then is left to the next process that meets the session."""


class Follower:
    """Start once; stopping again does nothing. All public methods are thread-safe and quick, except `stop`."""

    def __init__(self, deps: Deps, scope: Scope, listener: Listener, *, interval_s: float = 5.0) -> None:
        """Does nothing until `start`."""
        self._deps = deps
        self._scope = scope
        self._listener = listener
        self._schedule = Schedule(interval_s)
        self._roster = Roster(deps, scope, self._mark)
        self._board = HealthBoard(deps.store.label, paused=not scope.upload)
        self._rounds = Rounds()
        self._tidying = Tidying(deps, self._roster, self._ask, enabled=scope.upload, compacts=scope.compact)
        self._paths: queue.SimpleQueue[Path] = queue.SimpleQueue()
        self._requests: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._wake = threading.Event()
        self._unknown = threading.Event()
        self._find = threading.Event()
        self._looked = threading.Event()
        self._stopping = threading.Event()
        self._flushing = Flushing(deps, scope.min_bytes, self._wake.set)
        self._thread = threading.Thread(target=self._run, name="mirror-follower", daemon=True)
        roots = [root for name in scope.harnesses for root in deps.harnesses[name].roots()]
        self._directories = Directories(roots)
        self._watcher = Watcher(roots, self._on_paths, self._on_unknown)

    def start(self) -> None:
        """Begins in the background; the listener hears of every session found."""
        self._watcher.start()
        self._thread.start()

    def stop(self, *, timeout_s: float, ended: bool = False) -> bool:
        """Flushes what is pending, at most about a part for each session, and gives all locks back.

        The backlog is left where it is. `ended` stamps `ended_at`, and compacts as far as there is time. Returns False
        when something is left over: time ran out, an upload failed, or there was a backlog; it is still in the source.
        """
        if self._stopping.is_set():
            return True
        deadline = time.monotonic() + timeout_s
        self._stopping.set()
        self._wake.set()
        self._watcher.stop()
        self._tidying.cancel()
        self._thread.join(max(0.0, deadline - time.monotonic()))
        self._tidying.cancel()  # it may just have begun another
        if self._thread.is_alive():
            return False
        pending, left = unfinished(self._roster, self._flushing, self._schedule.is_backlog)
        last = self._flushing.finish(pending if self._scope.upload else (), deadline, ended=ended)
        ended_in_time, late = wait(last, timeout=max(0.0, deadline - time.monotonic()))
        if ended and not late:
            whole = [item for future, item in last.items() if future.result()]
            with suppress(KeyboardInterrupt):  # who is in a hurry can do without
                self._tidying.finish(whole, min(deadline, time.monotonic() + COMPACTION_AT_END_S))
        return not left and not late and all(future.result() for future in ended_in_time)

    def rows(self, *, wait_s: float = 0.0) -> tuple[SessionSummary, ...]:
        """The sessions in scope, newest first; waits that long for the first look around."""
        self._looked.wait(wait_s)
        return self._roster.rows()

    def found(self, harness: str, session_id: str, *, wait_s: float = 0.0) -> FoundSession | None:
        """The session on this machine's disk, as last found; waits that long for the first look around."""
        self._looked.wait(wait_s)
        return self._roster.found(harness, session_id)

    def family(self, harness: str, session_id: str) -> tuple[str, ...]:
        """The ids of a session, of who began it, and so on to the one that a person began."""
        return self._roster.family(harness, session_id)

    def health(self) -> Health:
        """The present state of all."""
        return self._board.current()

    @property
    def is_compacting(self) -> bool:
        """Whether a compaction is under way by itself: it may be given up at any time, and outlive `stop`."""
        return self._tidying.is_busy

    def look(self) -> None:
        """Looks at all sessions and for new ones now."""
        self._find.set()
        self._wake.set()

    def hurry(self) -> None:
        """Tries at once what waits after an error."""
        self._ask(self._schedule.hurry)

    def refresh(self, harness: str, session_id: str) -> None:
        """Something else changed this session's journal: its parts were compacted, it was stopped or resumed."""
        self._ask(lambda: self._reload(session_name(harness, session_id)))

    def _ask(self, request: Callable[[], None]) -> None:
        self._requests.put(request)
        self._wake.set()

    def _on_paths(self, paths: Iterable[Path]) -> None:
        for path in paths:
            self._paths.put(path)
        self._wake.set()

    def _on_unknown(self) -> None:
        self._unknown.set()
        self._wake.set()

    def _run(self) -> None:
        publish_at = 0.0
        jumps = Jumps(time.monotonic(), self._deps.now_ms())
        while not self._stopping.is_set():
            self._wake.clear()
            now = time.monotonic()
            if jumps.happened(now, self._deps.now_ms(), expected_s=SWEEP_S):
                self._wake_up()
            for request in drain(self._requests):
                self._guarded(request)
            self._look_around(now)
            for result in self._flushing.results():
                self._settle(result, now)
            self._dispatch(now)
            if now >= publish_at:
                self._publish()
                publish_at = now + PUBLISH_S
                self._looked.set()
                next_at = min(self._rounds.next_at(), self._next_due())
            else:
                next_at = min(publish_at, self._next_due())
            self._wake.wait(max(0.0, next_at - time.monotonic()))

    def _wake_up(self) -> None:
        """The machine slept, or its clock was set: nothing that was seen or put off before counts any more."""
        log.info("time went by unseen; looking at everything")
        self._rounds.want_all()
        self._schedule.hurry()
        self._roster.clock_jumped()

    def _look_around(self, now: float) -> None:
        rounds, polling = self._rounds, self._watcher.mode == "polling"
        if taken(self._unknown):
            rounds.want_look()
        if taken(self._find):
            rounds.want_all()
        if self._roster.look_at_paths(set(drain(self._paths))):
            rounds.want_find()
        if rounds.check_due(now, polling=polling) and self._directories.changed():
            rounds.want_find()
        if rounds.sweep_due(now):
            self._guarded(partial(self._sweep, everything=rounds.full_due(now, polling=polling)))
        if rounds.find_due(now):
            begun = time.monotonic()
            self._guarded(self._discover)
            rounds.found(begun, time.monotonic())

    def _next_due(self) -> float:
        if len(self._flushing) >= WORKERS:
            return float("inf")
        # What has no worker to wait for is woken by the end of what runs, not by the clock.
        at = self._schedule.next_at(backlog=self._backlog_running() < BACKLOG_WORKERS)
        return float("inf") if at is None else at

    def _backlog_running(self) -> int:
        return sum(self._schedule.is_backlog(name) for name in self._flushing)

    def _guarded(self, work: Callable[[], None]) -> None:
        """One failed look around must not end the following; it is shown, and made again."""
        try:
            work()
        except Exception as error:  # noqa: BLE001  whatever it was
            log.warning("looking for sessions failed: %s (%s)", problem_of(error).message, type(error).__name__)
            self._board.looked(problem_of(error))
        else:
            self._board.looked(self._deps.journal.problem(), self._roster.findings())

    def _discover(self) -> None:
        self._end_stopped()
        self._roster.discover()

    def _sweep(self, *, everything: bool) -> None:
        self._end_stopped()
        if self._roster.sweep(everything=everything):
            self._rounds.want_find()
        away, behind = self._schedule.is_away, self._backlog_running() > 0
        untidy = self._tidying.look(time.monotonic(), away=away, behind=behind, flushing=self._flushing)
        if untidy is not None:
            self._mark(untidy, True)  # noqa: FBT003  backlog

    def _mark(self, item: Followed, backlog: bool) -> None:
        if self._scope.upload and not item.stopped and not item.is_over:
            self._schedule.changed(item.name, time.monotonic(), backlog=backlog)

    def _dispatch(self, now: float) -> None:
        in_backlog = self._backlog_running()
        while len(self._flushing) < WORKERS:
            name = self._schedule.due(now, backlog=in_backlog < BACKLOG_WORKERS)
            if name is None:
                return
            item = self._roster.get(name)
            if item is None or item.stopped or item.is_over:
                self._schedule.forget(name)
                continue
            in_backlog += self._schedule.is_backlog(name)
            self._schedule.started(name, now)
            self._flushing.begin(item)

    def _settle(self, result: Result, now: float) -> None:
        item = self._roster.get(result.name)
        if item is None:
            return
        item.settle(result, self._deps.now_ms())
        self._roster.touch(item)
        if result.problem is not None:
            away = result.problem.kind in STORE_AWAY
            self._schedule.failed(result.name, now, retry_after_s=result.retry_after_s, away=away)
        elif result.outcome.status == "elsewhere":
            self._schedule.held_elsewhere(result.name, now, result.retry_after_s)
        else:
            stored = result.outcome.status == "flushed"
            self._schedule.finished(result.name, now, more=result.outcome.more, stored=stored)
            if result.meta_due_ms is not None:
                self._schedule.remind(result.name, now + result.meta_due_ms / 1000)
        self._end_if_stopped(item)
        if result.outcome.status == "flushed":
            self._board.flushed(
                source_bytes=result.outcome.source_bytes,
                uploaded_bytes=result.outcome.uploaded_bytes,
                redactions=sum(result.outcome.redactions.values()),
                now_ms=self._deps.now_ms(),
            )

    def _reload(self, name: str) -> None:
        item = self._roster.get(name)
        if item is not None:
            self._end_stopped()
            self._roster.reload(item)
            self._mark(item, False)  # noqa: FBT003  not backlog

    def _end_stopped(self) -> None:
        """Sessions the user stopped, here or in another process."""
        self._roster.note_stops()
        for item in self._roster.awake:
            self._end_if_stopped(item)

    def _end_if_stopped(self, item: Followed) -> None:
        """One last flush of at most a part; only then it is shown as stopped, since nothing is read of it any more."""
        if item.stopped and item.mirror.owned and item.name not in self._flushing:
            self._tidying.ended(item)
            self._schedule.started(item.name, time.monotonic())
            self._flushing.begin(item, ended=True)

    def _publish(self) -> None:
        changes = self._roster.changes()
        now_ms = self._deps.now_ms()
        for item in changes.touched:
            self._board.count(item, now_ms, self._roster.conversation(item))
            self._tidying.note(item)
        for key in changes.removed:
            name = session_name(key.harness, key.session_id)
            self._schedule.forget(name)
            self._board.forget(name)
            self._tidying.forget(name)
        if changes.rows or changes.removed:
            self._listener.sessions_changed(changes.rows, changes.removed)
        before = self._board.current()
        after = self._board.update(now_ms, watching=self._watcher.mode, hint=self._watcher.hint)
        if after != before:
            self._listener.health_changed(after)
