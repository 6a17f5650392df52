"""How much of what was read and could not be uploaded is kept in memory: a few parts in all, however many sessions.

The transcript is the queue: bytes that are not kept are read and redacted again. Keeping them helps only where an agent
destroys its transcript while the store is away.
"""

from __future__ import annotations

import threading
from typing import Final

KEPT_BYTES: Final = 64 << 20


class Pending:
    """A budget that all sessions of a process share. Thread-safe."""

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        """`limit`: bytes kept in all, at most."""
        self._left = limit
        self._lock = threading.Lock()

    def keep(self, size: int) -> bool:
        """Whether there is room for so many bytes; they count until `drop`."""
        with self._lock:
            if size > self._left:
                return False
            self._left -= size
            return True

    def drop(self, size: int) -> None:
        """Bytes that were kept are not any more."""
        with self._lock:
            self._left += size
