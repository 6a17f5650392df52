"""The mirror of this window: one follower at a time, replaced when folders or settings change."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import attrs

from session_mirror.errors import MirrorError, problem_of
from session_mirror.graph import build_deps
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.events import Listener
from session_mirror.mirror.follower import Follower
from session_mirror.mirror.library import Library
from session_mirror.mirror.roster import Scope
from session_mirror.protocol.mirror import (
    Destination,
    Health,
    MirrorConfigureParams,
    MirrorConfigureResult,
    MirrorPhase,
    Problem,
)
from session_mirror.protocol.sessions import SessionKey, SessionSummary

log = logging.getLogger(__name__)
_HAND_OVER_S = 2.0


@attrs.frozen
class Running:
    """A configured mirror."""

    params: MirrorConfigureParams
    deps: Deps
    library: Library
    follower: Follower
    gate: Gate


class Mirroring:
    """Thread-safe; `configure` and `close` block for a bounded time."""

    def __init__(self, listener: Listener, build: Callable[..., Deps] = build_deps) -> None:
        self._listener = listener
        self._build = build
        self._changing = threading.Lock()
        self._closing = threading.Event()
        self._running: Running | None = None
        self._health = _empty_health("starting", None)

    def configure(self, params: MirrorConfigureParams) -> MirrorConfigureResult:
        """Mirrors what the parameters say from now on; what was configured before ends first, and hands its locks over.

        A destination that is refused ends the old mirroring too: nothing goes where the user no longer wants it.

        Raises:
            MirrorError: the destination is refused.
        """
        with self._changing:
            old = self._running
            if old is not None and old.params == params:
                old.follower.look()
                old.follower.hurry()
                return _result(params.destination, old.deps)
            if old is not None:
                self._stop(old, _HAND_OVER_S)
            try:
                running = self._start(params, old)
            except MirrorError as error:
                log.warning("the destination is refused: %s", error.message)
                self._health = _empty_health("error", error.as_problem())
                self._listener.health_changed(self._health)
                raise
            log.info(
                "mirroring %d folders to %s%s",
                len(params.folders),
                running.deps.store.label,
                "" if params.enabled else " is paused",
            )
            return _result(params.destination, running.deps)

    @property
    def running(self) -> Running:
        """What is configured now.

        Raises:
            MirrorError: nothing is.
        """
        running = self._running
        if running is None:
            raise MirrorError(
                "Mirroring is not set up yet.", kind="conflict", hint="Check the destination in the settings."
            )
        return running

    def health(self) -> Health:
        """The present state of all."""
        running = self._running
        return self._health if running is None else running.follower.health()

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
        if self._closing.is_set():
            raise MirrorError("The helper is ending.", kind="conflict", hint="Reload the window.")
        if old is not None and _same_graph(old.params, params):
            deps, library = old.deps, old.library
        else:
            # The old store stays open: replays may still read from it. It goes with the last of them.
            roots = tuple(Path(root) for root in params.claude_config_dirs)
            deps = self._build(params.destination, redact=params.redact, claude_config_dirs=roots)
            library = Library(deps)
        scope = Scope(
            folders=tuple(Path(folder) for folder in params.folders),
            harnesses=tuple(deps.harnesses),
            upload=params.enabled,
        )
        gate = Gate(self._listener)
        follower = Follower(deps, scope, gate, interval_s=params.interval_ms / 1000)
        running = Running(params, deps, library, follower, gate)
        follower.start()
        self._running = running
        self._listener.health_changed(follower.health())
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

    def __init__(self, listener: Listener) -> None:
        self._listener: Listener | None = listener

    def close(self) -> None:
        self._listener = None

    def sessions_changed(self, changed: tuple[SessionSummary, ...], removed: tuple[SessionKey, ...]) -> None:
        """See `Listener`."""
        if (listener := self._listener) is not None:
            listener.sessions_changed(changed, removed)

    def health_changed(self, health: Health) -> None:
        """See `Listener`."""
        if (listener := self._listener) is not None:
            listener.health_changed(health)


def _same_graph(a: MirrorConfigureParams, b: MirrorConfigureParams) -> bool:
    return (a.destination, a.redact, a.claude_config_dirs) == (b.destination, b.redact, b.claude_config_dirs)


def _result(destination: Destination, deps: Deps) -> MirrorConfigureResult:
    return MirrorConfigureResult(
        destination_url=deps.store.url,
        destination_label=deps.store.label,
        is_default=not destination.url.strip(),
        is_local=deps.store.url.startswith("file:"),
    )


def _empty_health(phase: MirrorPhase, problem: Problem | None) -> Health:
    return Health(
        phase=phase,
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
        problem=problem,
    )
