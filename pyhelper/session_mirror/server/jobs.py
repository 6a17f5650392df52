"""Blocking work off the event loop, in a bounded number of threads, cancelled where the editor asks for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from session_mirror.replay.right_of_way import RightOfWay

_T = TypeVar("_T")
_LET_GO_S = 2.0


class Jobs:
    """Threads of our own: nothing ever waits for them when the process ends."""

    def __init__(self, workers: int, name: str, way: RightOfWay | None = None) -> None:
        """`way` is taken from when work comes until its result is here."""
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self._way = way or RightOfWay()

    async def run(self, work: Callable[[], _T], *, stop: threading.Event | None = None) -> _T:
        """What `work` returns or raises, made in a thread.

        When the task is cancelled, work that has not begun never does. `stop` belongs to work that looks at it: it is
        set, and the work has two seconds to come to its own end; if that is a result after all, it is returned.
        """
        with self._way.taken():
            handle = self._pool.submit(work)
            future = asyncio.wrap_future(handle)
            future.add_done_callback(_forget_error)
            try:
                return await asyncio.shield(future)
            except asyncio.CancelledError:
                if handle.cancel() or stop is None:
                    raise
                stop.set()
                await asyncio.wait({future}, timeout=_LET_GO_S)
                if future.done() and not future.cancelled() and future.exception() is None:
                    return future.result()
                raise


def _forget_error(future: asyncio.Future[_T]) -> None:
    """asyncio logs errors that nobody fetched, and their text may quote a transcript."""
    if not future.cancelled():
        future.exception()
