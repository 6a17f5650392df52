"""The open replays, by the random ids that pages know them by."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable

from session_mirror.errors import MirrorError, problem_of
from session_mirror.protocol.mirror import Problem
from session_mirror.protocol.replay import ReplayChanged
from session_mirror.replay.session import Replay

IDLE_S = 6 * 3600.0
MAX_OPEN = 64


class ReplaySessions:
    """Closes a replay that nobody asked for hours, and the longest unused one when too many are open; its page then
    opens it again. Thread-safe."""

    def __init__(
        self,
        *,
        idle_s: float = IDLE_S,
        max_open: int = MAX_OPEN,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._idle_s = idle_s
        self._max_open = max_open
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[str, Replay] = {}  # longest unused first
        self._used_at: dict[str, float] = {}

    def new_id(self) -> str:
        """An id for a replay about to be made."""
        return secrets.token_urlsafe(12)

    def add(self, replay: Replay) -> None:
        """Keeps an open replay under its id."""
        with self._lock:
            self._open[replay.replay_id] = replay
            self._used_at[replay.replay_id] = self._clock()
            excess = [self._take(next(iter(self._open))) for _ in range(len(self._open) - self._max_open)]
        _close_all(excess)

    def get(self, replay_id: str) -> Replay:
        """The replay of this id; being asked for counts as use.

        Raises:
            MirrorError: of kind `notFound`: it was closed.
        """
        with self._lock:
            replay = self._open.pop(replay_id, None)
            if replay is None:
                raise MirrorError("This replay was closed.", kind="notFound", hint="Open the session again.")
            self._open[replay_id] = replay
            self._used_at[replay_id] = self._clock()
            return replay

    def close(self, replay_id: str) -> None:
        """Closes a replay; an unknown id is fine."""
        with self._lock:
            closed = [self._take(replay_id)] if replay_id in self._open else []
        _close_all(closed)

    def close_all(self) -> None:
        """Closes every replay."""
        with self._lock:
            closed = [self._take(replay_id) for replay_id in list(self._open)]
        _close_all(closed)

    @property
    def has_unfinished(self) -> bool:
        """Whether an open replay has lines that were not looked at, or are on their way."""
        with self._lock:
            return not all(replay.is_complete for replay in self._open.values())

    def poll(self, *, look: bool = True) -> tuple[list[ReplayChanged], list[tuple[str, Problem]]]:
        """The news of all open replays, and what kept some from being looked at; closes idle ones first.

        `look` False: only lines that are known are looked at further.
        """
        oldest = self._clock() - self._idle_s
        with self._lock:
            idle = [self._take(replay_id) for replay_id, used in list(self._used_at.items()) if used < oldest]
            replays = list(self._open.values())
        _close_all(idle)
        news: list[ReplayChanged] = []
        problems: list[tuple[str, Problem]] = []
        for replay in replays:
            try:
                changed = replay.poll(look=look)
            except MirrorError as error:
                problems.append((replay.replay_id, problem_of(error)))
            else:
                news += [changed] if changed else []
        return news, problems

    def _take(self, replay_id: str) -> Replay:
        del self._used_at[replay_id]
        return self._open.pop(replay_id)


def _close_all(replays: list[Replay]) -> None:
    for replay in replays:
        replay.close()
