"""The flushes under way: one thread begins and settles them, a pool of workers reads, redacts and puts."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Final

from session_mirror.mirror.deps import Deps
from session_mirror.mirror.finishing import finish
from session_mirror.mirror.followed import Followed
from session_mirror.mirror.queues import drain
from session_mirror.mirror.work import Result, flush_once

WORKERS: Final = 8


class Flushing:
    """A collection of the names of sessions that are flushed now. `wake` is called, by a worker, when one ended."""

    def __init__(self, deps: Deps, min_bytes: int, wake: Callable[[], None]) -> None:
        """Leaves fewer new bytes than `min_bytes` for later."""
        self._deps = deps
        self._flush = partial(flush_once, deps, min_bytes=min_bytes)
        self._wake = wake
        self._running: dict[str, Future[None]] = {}
        self._results: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="mirror-worker")

    def __len__(self) -> int:
        return len(self._running)

    def __iter__(self) -> Iterator[str]:
        return iter(self._running)

    def __contains__(self, name: object) -> bool:
        return name in self._running

    def begin(self, item: Followed, *, ended: bool = False) -> None:
        """Flushes at most a part. `ended`: it is the last, so the session's end is noted and its lock given back."""
        item.is_flushing = True
        self._running[item.name] = self._pool.submit(self._work, item, ended=ended)

    def results(self) -> Iterator[Result]:
        """Of those that ended since the last time."""
        for result in drain(self._results):
            self._running.pop(result.name, None)
            yield result

    def finish(self, items: Iterable[Followed], deadline: float, *, ended: bool) -> dict[Future[bool], Followed]:
        """Begins the last flushes of all, after those under way; true when nothing of a session was left over.

        None can be begun afterwards. Those that find no time any more only give their locks back.
        """
        last = {
            self._pool.submit(finish, self._deps, item, self._running.get(item.name), deadline, ended=ended): item
            for item in items
        }
        self._pool.shutdown(wait=False)
        return last

    def _work(self, item: Followed, *, ended: bool) -> None:
        result = self._flush(item.mirror, item.name, ended=ended)
        if ended:
            item.mirror.release()
        self._results.put(result)
        self._wake()
