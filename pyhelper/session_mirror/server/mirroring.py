"""The mirror of this window: one follower at a time, replaced when folders or settings change."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from pathlib import Path

import attrs

from session_mirror.errors import MirrorError, problem_of
from session_mirror.graph import build_deps
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.events import Listener
from session_mirror.mirror.follower import Follower
from session_mirror.mirror.health import STARTING
from session_mirror.mirror.library import Library
from session_mirror.mirror.roster import Scope
from session_mirror.protocol.mirror import (
    Destination,
    Health,
    MirrorConfigureParams,
    MirrorConfigureResult,
)
from session_mirror.protocol.sessions import SessionKey, SessionSummary

log = logging.getLogger(__name__)
_HAND_OVER_S = 2.0


@attrs.frozen
class Running:
    """A configured mirror. With a destination that was refused it still finds and lists what is on disk."""

    params: MirrorConfigureParams
    deps: Deps
    library: Library
    follower: Follower
    gate: Gate
    refused: MirrorError | None

    def health(self) -> Health:
        """The follower's picture; a refused destination is an error whatever the follower thinks."""
        return _with_refusal(self.follower.health(), self.refused)

    def require_destination(self) -> Deps:
        """What is needed to work with the bucket.

        Raises:
            MirrorError: the destination was refused.
        """
        if self.refused is not None:
            raise self.refused.with_traceback(None)
        return self.deps


class Mirroring:
    """Thread-safe; `configure` and `close` block for a bounded time."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._changing = threading.Lock()
        self._closing = threading.Event()
        self._running: Running | None = None

    def configure(self, params: MirrorConfigureParams) -> MirrorConfigureResult:
        """Mirrors what the parameters say from now on; what was configured before ends first, and hands its locks over.

        A destination that is refused ends the old mirroring too: nothing goes where the user no longer wants it.

        Raises:
            MirrorError: the destination is refused.
        """
        with self._changing:
            old = self._running
            if old is not None and old.params == params and old.refused is None:
                old.follower.look()
                old.follower.hurry()
                return _result(params.destination, old.deps)
            if old is not None:
                self._stop(old, _HAND_OVER_S)
            if self._closing.is_set():
                raise MirrorError("The helper is ending.", kind="conflict", hint="Reload the window.")
            running = self._running = self._start(params, old)
            if running.refused is not None:
                log.warning("the destination is refused: %s", running.refused.message)
                raise running.refused.with_traceback(None)
            log.info(
                "%s %d folder(s), to %s",
                "mirroring" if params.enabled else "paused: watching",
                len(params.folders),
                running.deps.store.label,
            )
            return _result(params.destination, running.deps)

    @property
    def running(self) -> Running:
        """What is configured now.

        Raises:
            MirrorError: nothing is yet.
        """
        running = self._running
        if running is None:
            raise MirrorError("Mirroring is not set up yet.", kind="conflict", hint="Try again in a moment.")
        return running

    def health(self) -> Health:
        """The present state of all."""
        running = self._running
        return STARTING if running is None else running.health()

    def close(self, timeout_s: float) -> None:
        """Flushes what is pending and gives all locks back; afterwards nothing is started any more."""
        self._closing.set()
        deadline = time.monotonic() + timeout_s
        if not self._changing.acquire(timeout=timeout_s):
            return
        try:
            if self._running is not None:
                self._stop(self._running, max(0.0, deadline - time.monotonic()))
        finally:
            self._changing.release()

    def _start(self, params: MirrorConfigureParams, old: Running | None) -> Running:
        refused = None
        if old is not None and old.refused is None and _same_graph(old.params, params):
            deps, library = old.deps, old.library
        else:
            # The old store stays open: replays may still read from it. It goes with the last of them.
            try:
                deps = _build(params, params.destination)
            except MirrorError as error:
                refused = error
                deps = _build(params, Destination())
            library = Library(deps)
        scope = Scope(
            folders=tuple(Path(folder) for folder in params.folders),
            harnesses=tuple(name for name in deps.harnesses if name not in params.ignored_agents),
            upload=params.enabled and refused is None,
            compact=params.auto_compact,
        )
        gate = Gate(self._listener, refused)
        follower = Follower(deps, scope, gate, interval_s=params.interval_ms / 1000)
        running = Running(params, deps, library, follower, gate, refused)
        follower.start()
        gate.health_changed(follower.health())
        return running

    def _stop(self, running: Running, timeout_s: float) -> None:
        self._running = None
        running.gate.close()
        try:
            if not running.follower.stop(timeout_s=timeout_s):
                log.info("something was still being uploaded; it is taken up again from the source")
        except Exception as error:
            log.warning("ending the mirror failed: %s", problem_of(error).message, exc_info=error)


class Gate:
    """Lets a follower's news through until the follower is replaced."""

    def __init__(self, listener: Listener, refused: MirrorError | None) -> None:
        self._listener: Listener | None = listener
        self._refused = refused

    def close(self) -> None:
        """From now on nothing passes."""
        self._listener = None

    def sessions_changed(self, changed: tuple[SessionSummary, ...], removed: tuple[SessionKey, ...]) -> None:
        """See `Listener`."""
        if (listener := self._listener) is not None:
            listener.sessions_changed(changed, removed)

    def health_changed(self, health: Health) -> None:
        """See `Listener`."""
        if (listener := self._listener) is not None:
            listener.health_changed(_with_refusal(health, self._refused))


def _with_refusal(health: Health, refused: MirrorError | None) -> Health:
    if refused is None:
        return health
    return attrs.evolve(health, phase="error", destination_label="", problem=refused.as_problem())


def _build(params: MirrorConfigureParams, destination: Destination) -> Deps:
    homes = {told.harness: [_folder(text) for text in told.folders] for told in params.homes}
    return build_deps(destination, redact=params.redact, homes=homes)


def _folder(text: str) -> Path:
    with suppress(RuntimeError):  # there is no such home
        return Path(text).expanduser()
    return Path(text)


def _same_graph(a: MirrorConfigureParams, b: MirrorConfigureParams) -> bool:
    return (a.destination, a.redact, a.homes) == (b.destination, b.redact, b.homes)


def _result(destination: Destination, deps: Deps) -> MirrorConfigureResult:
    return MirrorConfigureResult(
        destination_url=deps.store.url,
        destination_label=deps.store.label,
        is_default=not destination.url.strip(),
        is_local=deps.store.url.startswith("file:"),
    )
