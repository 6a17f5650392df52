"""Who waits for a window goes first: long work beside it stands still meanwhile, as threads share one interpreter."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_GIVES_WAY_S: Final = 0.05
_MOMENT_S: Final = 1.0


class RightOfWay:
    """Thread-safe; any number may go first at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._going = 0
        self._free = threading.Event()
        self._free.set()
        self._looked_at_s = float("-inf")

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

    def note_look(self) -> None:
        """Somebody looks at records: what draws them needs the processor, too."""
        self._looked_at_s = time.monotonic()

    @property
    def is_read(self) -> bool:
        """Whether somebody looked at records a moment ago."""
        return time.monotonic() - self._looked_at_s < _MOMENT_S

    def give(self) -> None:
        """Lets whoever goes first go, but for so long only that the rest gets done; next to free where nobody does."""
        if self._going:
            self.wait_until_free(_GIVES_WAY_S)

    def wait_until_free(self, timeout_s: float) -> None:
        """Returns when nobody goes first, or after so long."""
        self._free.wait(timeout_s)
