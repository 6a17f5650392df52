"""One session that hooks told of, followed by the engine of the command line until it is over."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import attrs

from session_mirror.harness.registry import get_harness
from session_mirror.hooks.attention import Standing
from session_mirror.hooks.family import family_of
from session_mirror.hooks.told import Told
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.follower import Follower
from session_mirror.mirror.roster import Scope
from session_mirror.protocol.mirror import Health
from session_mirror.protocol.sessions import SessionKey, SessionSummary

log = logging.getLogger(__name__)
END_S: Final = 30.0
"""For the last uploads of a session that is over."""
_PROBLEMS: Final = ("behind", "error")


class Attended:
    """Follows the session and its sub-agents from the start on. Used by one thread."""

    def __init__(self, told: Told, deps: Deps, *, interval_s: float) -> None:
        self.told = told
        """To be replaced when more is told."""
        self.is_finished = False
        """Once it has ended: whether nothing was left over."""
        self._ears = _Ears()
        family = family_of(told, get_harness(told.harness, [Path(told.home)] if told.home else []))
        scope = Scope(folders=(Path(told.cwd),), harnesses=(told.harness,))
        own = attrs.evolve(deps, harnesses={told.harness: family})
        self._follower = Follower(own, scope, self._ears, interval_s=interval_s)
        self._ending: threading.Thread | None = None
        self._follower.start()

    @property
    def state(self) -> str:
        """For people: how its row stands; `awaited` before there is a transcript."""
        if self._ending is not None:
            return "ending"
        row = self._ears.rows().get(self.told.session_id)
        return "awaited" if row is None else row.state

    def standing(self, now_ms: int) -> Standing:
        """What there is to judge by."""
        told, rows = self.told, self._ears.rows().values()
        changed_ms = max((row.modified_at_ms for row in rows), default=None)
        return Standing(
            since_told=(now_ms - told.told_at_ms) / 1000,
            since_end=None if told.ended_at_ms is None else (now_ms - told.ended_at_ms) / 1000,
            quiet=None if changed_ms is None else (now_ms - changed_ms) / 1000,
            is_mirrored=all(row.state not in _PROBLEMS for row in rows),
            agent_runs=None if told.agent is None else told.agent.is_running,
        )

    def look(self) -> None:
        """Looks for the transcript now."""
        self._follower.look()

    def end(self, *, over: bool) -> None:
        """Begins to give the session up; `over` stamps its end."""

        def stop() -> None:
            self.is_finished = self._follower.stop(timeout_s=END_S, ended=over)

        self._ending = threading.Thread(target=stop, name="hooks-ending", daemon=True)
        self._ending.start()

    @property
    def is_ending(self) -> bool:
        """Whether `end` was called."""
        return self._ending is not None

    def has_ended(self, wait_s: float = 0.0) -> bool:
        """Whether it was given up, after waiting at most that long."""
        if self._ending is None:
            return False
        self._ending.join(wait_s)
        return not self._ending.is_alive()


class _Ears:
    """Remembers the rows; called from the follower's thread."""

    def __init__(self) -> None:
        self._rows: dict[str, SessionSummary] = {}
        self._problem = ""
        self._lock = threading.Lock()

    def rows(self) -> Mapping[str, SessionSummary]:
        with self._lock:
            return dict(self._rows)

    def sessions_changed(self, changed: tuple[SessionSummary, ...], removed: tuple[SessionKey, ...]) -> None:
        with self._lock:
            self._rows.update((row.session_id, row) for row in changed)
            for key in removed:
                self._rows.pop(key.session_id, None)

    def health_changed(self, health: Health) -> None:
        problem = f"{health.problem.message} {health.problem.hint}" if health.problem else ""
        if problem != self._problem:
            self._problem = problem
            log.warning("%s", problem or "working again")
