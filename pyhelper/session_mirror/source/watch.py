"""Wakes us up when transcripts change.

Events are only hints: operating systems lose them, and some say nothing about files that are held open. Whoever listens
must look by itself now and then.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from .file_systems import must_poll

log = logging.getLogger(__name__)

STEP_MS: Final = 50
"""Changes that follow one another faster than this come together..."""
DEBOUNCE_MS: Final = 200
"""...but never later than this."""
TICK_S: Final = 0.5
"""How often roots are looked at for having appeared, vanished or been replaced."""
POLL_S: Final = 2.0
RETRY_S: Final = 60.0
"""How long to poll after events failed before trying them again."""
RENEW_S: Final = 300.0
"""How long a watch stands before it is made anew: directories that came while events overflowed, or while no watch was
to be had for them, are not in it, and nothing tells."""

_Present = Mapping[Path, tuple[int, int]]


class Watcher:
    """One thread that watches a few directories and all below them; they may appear and vanish at any time."""

    def __init__(
        self,
        roots: Sequence[Path],
        on_paths: Callable[[Iterable[Path]], None],
        on_unknown: Callable[[], None],
        *,
        polls: Callable[[Path], bool] = must_poll,
    ) -> None:
        """`on_paths` is told what changed, `on_unknown` that anything may have; both run on the watcher's thread.

        `polls` decides by a root's file system whether its events can be trusted.
        """
        self._roots = tuple(roots)
        self._on_paths = on_paths
        self._on_unknown = on_unknown
        self._polls = polls
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
        self._mode: Literal["events", "polling"] = "events"
        self._hint = ""
        self._events_from = 0.0

    @property
    def mode(self) -> Literal["events", "polling"]:
        """`polling` while events of at least one root can't be had."""
        return self._mode

    @property
    def hint(self) -> str:
        """What can be done to have events again; empty when there is nothing to do."""
        return self._hint

    def start(self) -> None:
        """Begins watching; only once."""
        self._thread.start()

    def stop(self) -> None:
        """Ends within a second, started or not; afterwards nothing is called any more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=1.0)

    def _run(self) -> None:
        while not self._stop.is_set():
            present = self._present()
            silent = {root for root in present if self._polls(root)}
            audible = present.keys() - silent if time.monotonic() >= self._events_from else set()
            self._mode = "polling" if audible != present.keys() else "events"
            if audible:
                self._listen(audible, present)
            else:
                self._look(present)
            if not self._stop.is_set():
                self._tell_unknown()

    def _listen(self, audible: Iterable[Path], present: _Present) -> None:
        """Passes events on until the roots change, the watch is old, or events fail."""
        try:
            try:
                self._pass_on(audible, present, ignore_denied=False)
            except PermissionError:
                # Only now: the library would keep silent about the limit on watches as well.
                self._pass_on(audible, present, ignore_denied=True)
        except FileNotFoundError:
            # A root vanished before it could be watched.
            self._stop.wait(TICK_S)
        except (ImportError, OSError, RuntimeError) as error:
            reason, self._hint = _explained(error)
            log.warning("file events are not available, polling instead: %s", reason)
            self._events_from = time.monotonic() + RETRY_S

    def _pass_on(self, audible: Iterable[Path], present: _Present, *, ignore_denied: bool) -> None:
        # Imported late: it is native code that may be missing for a platform.
        from watchfiles import watch  # noqa: PLC0415

        checks, polls, renewal = _Every(TICK_S), _Every(POLL_S), _Every(RENEW_S)
        fresh = True
        for changes in watch(
            *audible,
            watch_filter=None,
            debounce=DEBOUNCE_MS,
            step=STEP_MS,
            rust_timeout=int(TICK_S * 1000),
            yield_on_timeout=True,
            stop_event=self._stop,
            raise_interrupt=False,
            force_polling=False,
            ignore_permission_denied=ignore_denied,
        ):
            self._hint = ""
            if changes:
                self._tell_paths({Path(path) for _, path in changes})
            if fresh or (self._mode == "polling" and polls.due()):
                # What changed before the watch stood was not reported.
                self._tell_unknown()
                fresh = False
            if renewal.due() or (checks.due() and self._present() != present):
                return

    def _look(self, present: _Present) -> None:
        """Waits until something may have changed, or the roots have."""
        until = time.monotonic() + (POLL_S if present else float("inf"))
        while not self._stop.wait(TICK_S) and time.monotonic() < until:
            if self._present() != present:
                return

    def _present(self) -> _Present:
        """The roots that exist, each with what tells it from a successor of the same name."""
        found = {}
        for root in self._roots:
            try:
                status = root.stat()
            except OSError:
                continue
            found[root] = (status.st_dev, status.st_ino)
        return found

    def _tell_paths(self, paths: set[Path]) -> None:
        try:
            self._on_paths(paths)
        except Exception as error:  # noqa: BLE001  a listener's failure must not end the watch
            log.warning("a listener to changed paths failed: %s", type(error).__name__)

    def _tell_unknown(self) -> None:
        try:
            self._on_unknown()
        except Exception as error:  # noqa: BLE001  a listener's failure must not end the watch
            log.warning("a listener to unknown changes failed: %s", type(error).__name__)


class _Every:
    """Says at most once per period that it is time."""

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._at = time.monotonic() + period_s

    def due(self) -> bool:
        now = time.monotonic()
        if now < self._at:
            return False
        self._at = now + self._period_s
        return True


def _explained(error: Exception) -> tuple[str, str]:
    """Why there are no events, and what can be done about it."""
    if isinstance(error, ImportError):
        return "the events library does not load on this system", ""
    text = str(error).lower()
    if "no space left" in text or "file watch limit" in text:
        return "the limit on watches is reached", _raise_limit("fs.inotify.max_user_watches")
    if "too many open files" in text:
        return "the limit on watchers is reached", _raise_limit("fs.inotify.max_user_instances")
    return type(error).__name__, ""


def _raise_limit(setting: str) -> str:
    return f"The system's limit on watching files is reached: raise the sysctl {setting}."
