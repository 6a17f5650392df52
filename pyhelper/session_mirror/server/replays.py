"""The sessions that are open for replay, and news about them: only what is open is ever looked at."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import attrs

from session_mirror.bucket.meta import ReadMeta
from session_mirror.bucket.names import is_exact
from session_mirror.bucket.reader import ReadCancelled
from session_mirror.errors import MirrorError
from session_mirror.harness.base import Attachment, FoundSession, Harness
from session_mirror.journal.state_dir import ensure_private
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.library import source_size
from session_mirror.mirror.stream import bucket_id
from session_mirror.protocol.replay import (
    ReplayChanged,
    ReplayOpenParams,
    ReplayOpenResult,
    ReplayOrigin,
    ReplayStanding,
)
from session_mirror.replay.any_file import open_any_file
from session_mirror.replay.handles import ReplaySessions
from session_mirror.replay.opening import Opened, open_from_bucket, open_from_disk
from session_mirror.replay.right_of_way import RightOfWay
from session_mirror.replay.session import Replay
from session_mirror.server.mirroring import Running

log = logging.getLogger(__name__)
_DISK_EVERY_S = 0.75
_LIVE_BUCKET_EVERY_S = 5.0
_QUIET_BUCKET_EVERY_S = 60.0
_FIRST_LOOK_S = 20.0
_BETWEEN_SLICES_S = 0.05
"""Looking at the lines of a large session leaves others room."""
_BESIDE_READERS_S = 0.45
"""More room for an editor that draws what somebody looks at, or did a moment ago."""
_SPOOL = "spool"


class Replays:
    """Thread-safe; all but `close` and `close_all` may block on disk or network."""

    def __init__(self, changed: Callable[[ReplayChanged], None]) -> None:
        """`changed` is called from a polling thread."""
        self.way: Final = RightOfWay()
        """Taken by who has an editor waiting for an answer about any of them."""
        self._homes: dict[ReplayOrigin, _Home] = {
            "disk": _Home("disk", changed, self.way, live_every_s=_DISK_EVERY_S, quiet_every_s=_DISK_EVERY_S),
            "bucket": _Home(
                "bucket", changed, self.way, live_every_s=_LIVE_BUCKET_EVERY_S, quiet_every_s=_QUIET_BUCKET_EVERY_S
            ),
        }

    def open(
        self,
        running: Running,
        params: ReplayOpenParams,
        stop: threading.Event,
        progress: Callable[[int, int], None],
    ) -> ReplayOpenResult:
        """Opens a session where the parameters say.

        Raises:
            MirrorError: it is not there, or cannot be read.
            ReadCancelled: `stop` was set.
        """
        if params.path is not None:
            return self._open_file(running, Path(params.path))
        harness = running.deps.harnesses.get(params.harness)
        if harness is None:
            raise MirrorError(
                f"This version cannot replay sessions of {params.harness[:80]!a}.",
                kind="notFound",
                hint="Update Session Mirror.",
            )
        opened = self._from_disk(running, params, harness)
        if opened is None:
            deps = running.require_destination()
            try:
                opened = open_from_bucket(
                    self._homes["bucket"].new_id(),
                    deps.store,
                    harness,
                    bucket_id(deps, params.harness, params.session_id),
                    directory=ensure_private(deps.state / _SPOOL),
                    wait=stop.wait,
                    progress=progress,
                    way=self.way,
                )
            except MirrorError as error:
                raise _nowhere(error, params) from error
            opened = attrs.evolve(opened, answer=_with_standing(opened, deps, params.session_id))
        if stop.is_set():
            opened.replay.close()
            raise ReadCancelled
        self._homes[opened.replay.origin].add(opened)
        return opened.answer

    def get(self, replay_id: str) -> Replay:
        """The open replay of this id.

        Raises:
            MirrorError: of kind `notFound`.
        """
        return self._home(replay_id).sessions.get(replay_id)

    def close(self, replay_id: str) -> None:
        """Closes a replay; an unknown id is fine."""
        self._home(replay_id).close(replay_id)

    def close_all(self) -> None:
        """Closes every replay."""
        for home in self._homes.values():
            home.sessions.close_all()

    def _home(self, replay_id: str) -> _Home:
        return self._homes["bucket" if replay_id.startswith("bucket-") else "disk"]

    def _open_file(self, running: Running, path: Path) -> ReplayOpenResult:
        opened = open_any_file(self._homes["disk"].new_id(), path, running.deps.harnesses, way=self.way)
        self._homes["disk"].add(opened)
        return opened.answer

    def _from_disk(self, running: Running, params: ReplayOpenParams, harness: Harness) -> Opened | None:
        """None when the bucket is to be asked."""
        if params.origin == "bucket":
            return None
        found = _on_disk(running, params)
        if found is not None:
            try:
                told = partial(_attachments, running, found)
                return open_from_disk(self._homes["disk"].new_id(), found, harness, told, way=self.way)
            except MirrorError:
                if params.origin == "disk":
                    raise
        elif params.origin == "disk":
            raise MirrorError(
                "This session's transcript is not on this machine (any more).",
                kind="source",
                hint="Open the session's mirror instead.",
            )
        return None


class _Home:
    """The open replays of one origin, and the thread that looks for their news."""

    def __init__(
        self,
        origin: ReplayOrigin,
        changed: Callable[[ReplayChanged], None],
        way: RightOfWay,
        *,
        live_every_s: float,
        quiet_every_s: float,
    ) -> None:
        self.sessions = ReplaySessions()
        self._way = way
        self._origin = origin
        self._changed = changed
        self._live_every_s = live_every_s
        self._quiet_every_s = quiet_every_s
        self._lock = threading.Lock()
        self._live: dict[str, bool] = {}
        self._news = threading.Event()
        self._thread: threading.Thread | None = None

    def new_id(self) -> str:
        return f"{self._origin}-{self.sessions.new_id()}"

    def add(self, opened: Opened) -> None:
        self.sessions.add(opened.replay)
        with self._lock:
            self._live[opened.answer.replay_id] = opened.answer.is_live
            if self._thread is None:
                self._thread = threading.Thread(target=self._poll, name=f"replay-{self._origin}", daemon=True)
                self._thread.start()
        self._news.set()

    def close(self, replay_id: str) -> None:
        self.sessions.close(replay_id)
        with self._lock:
            self._live.pop(replay_id, None)

    def _poll(self) -> None:
        failing: set[tuple[str, str]] = set()
        looked_at = time.monotonic()
        while True:
            self._news.clear()
            pause_s = self._pause_s()
            left_s = None if pause_s is None else max(0.0, looked_at + pause_s - time.monotonic())
            is_unfinished = bool(left_s) and not failing and self.sessions.has_unfinished
            if self._news.wait(self._between_slices_s() if is_unfinished else left_s):
                continue  # another one is open now: the pause may be shorter
            news, problems = self.sessions.poll(look=not is_unfinished)
            if not is_unfinished:
                looked_at = time.monotonic()
            for change in news:
                with self._lock:
                    if change.replay_id in self._live:
                        self._live[change.replay_id] = change.is_live
                self._changed(change)
            told, failing = failing, {(replay_id, problem.message) for replay_id, problem in problems}
            for _, message in failing - told:
                log.warning("an open replay cannot be kept current: %s", message)

    def _between_slices_s(self) -> float:
        return _BESIDE_READERS_S if self._way.is_read else _BETWEEN_SLICES_S

    def _pause_s(self) -> float | None:
        with self._lock:
            if not self._live:
                return None
            return self._live_every_s if any(self._live.values()) else self._quiet_every_s


def _nowhere(error: MirrorError, params: ReplayOpenParams) -> MirrorError:
    """What to do about a session that is in neither place; a link may name any."""
    if error.kind != "notFound" or params.origin != "auto":
        return error
    hint = "It is not among this folder's sessions either: open the folder it ran in, or the bucket it is mirrored to."
    return MirrorError(str(error), kind="notFound", hint=hint)


def _with_standing(opened: Opened, deps: Deps, session_id: str) -> ReplayOpenResult:
    """Without a source nothing goes on, however lately it was mirrored; should it come back, the growth tells."""
    standing = _standing(deps, session_id, opened.meta)
    if standing == "onlyInBucket":
        opened.replay.rest()
    return attrs.evolve(opened.answer, standing=standing, is_live=opened.replay.is_live)


def _standing(deps: Deps, session_id: str, meta: ReadMeta) -> ReplayStanding:
    if is_exact(session_id):
        return "earlier"
    if meta.machine_id is None:
        return "current"
    if meta.machine_id != deps.machine.id:
        return "otherMachine"
    return "current" if source_size(deps, meta) is not None else "onlyInBucket"


def _on_disk(running: Running, params: ReplayOpenParams) -> FoundSession | None:
    """The source that the id means; a generation's own id means the mirror. Paths told by a bucket are not trusted."""
    if is_exact(params.session_id):
        return None
    return running.follower.found(params.harness, params.session_id, wait_s=_FIRST_LOOK_S)


def _attachments(running: Running, opened: FoundSession) -> Iterator[Attachment]:
    """Those of the session as it is now, then those of whoever began it: a sub-agent's lie there."""
    for session_id in running.follower.family(opened.harness, opened.session_id):
        found = running.follower.found(opened.harness, session_id)
        yield from found.attachments if found else ()
