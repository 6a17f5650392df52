"""Taking what other threads have left, without waiting."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import TypeVar

_T = TypeVar("_T")


def drain(source: queue.SimpleQueue[_T]) -> Iterator[_T]:
    """All that is there, oldest first."""
    while True:
        try:
            yield source.get_nowait()
        except queue.Empty:
            return


def taken(event: threading.Event) -> bool:
    """Whether it was set; it is not afterwards."""
    if not event.is_set():
        return False
    event.clear()
    return True
