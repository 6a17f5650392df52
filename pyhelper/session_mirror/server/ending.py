"""The process' end: graceful for a bounded time, and then certain, whatever hangs."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

GRACE_S = 2.5
HARD_S = 3.0
"""Together with noticing the parent's death (at most half a second) less than four seconds."""


class Ending:
    """Thread-safe, usable in signal handlers; only the first call counts."""

    def __init__(self, close: Callable[[float], None], end: Callable[[int], None] = os._exit) -> None:
        """`close` gets the seconds it may take. `end` must not return or wait for threads: some may never end."""
        self._close = close
        self._end = end
        self._begun = threading.Event()

    def begin(self, code: int = 0) -> None:
        """Begins the end in the background, and returns."""
        if self._begun.is_set():
            return
        self._begun.set()
        threading.Thread(target=self._run, args=(code,), name="ending", daemon=True).start()

    def _run(self, code: int) -> None:
        closing = threading.Thread(target=self._close, args=(GRACE_S,), name="closing", daemon=True)
        closing.start()
        closing.join(HARD_S)
        self._end(code)
