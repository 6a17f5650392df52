"""From any thread into the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Mailbox:
    """Runs calls on the loop in the order they were posted; before it runs and after its end they are dropped."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self) -> None:
        """Called on the loop."""
        self._loop = asyncio.get_running_loop()

    def post(self, call: Callable[[], None], *, delay_s: float = 0.0) -> None:
        """Runs `call` on the loop, as soon as possible or after a delay."""
        loop = self._loop
        if loop is None:
            return
        try:
            loop.call_soon_threadsafe(loop.call_later, delay_s, call) if delay_s else loop.call_soon_threadsafe(call)
        except RuntimeError:
            self._loop = None  # closed: the process is ending
