"""Who waits for a window goes first: long work beside it stands still meanwhile, as threads share one interpreter."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_GIVES_WAY_S: Final = 0.05


class RightOfWay:
    """Thread-safe; any number may go first at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._going = 0
        self._free = threading.Event()
        self._free.set()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Goes first for the length of the block."""
        with self._lock:
            self._going += 1
            self._free.clear()
        try:
            yield
        finally:
            with self._lock:
                self._going -= 1
                if not self._going:
                    self._free.set()

    def give(self) -> None:
        """Lets whoever goes first go, but for so long only that the rest gets done; next to free where nobody does."""
        if self._going:
            self.wait_until_free(_GIVES_WAY_S)

    def wait_until_free(self, timeout_s: float) -> None:
        """Returns when nobody goes first, or after so long."""
        self._free.wait(timeout_s)
