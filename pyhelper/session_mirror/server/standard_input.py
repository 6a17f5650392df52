"""Messages on their way in, each with as few changes of threads as can be: every one waits for the interpreter."""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import suppress
from typing import BinaryIO, Final

_AT_ONCE: Final = 64 << 10
_LONGEST_LINE: Final = 1 << 30


class StandardInput:
    """What pygls reads from. Made on the loop; a thread of its own waits for bytes, which nothing has to wait for."""

    def __init__(self, stdin: BinaryIO) -> None:
        """Nobody else may read `stdin` from now on."""
        self._descriptor = stdin.fileno()
        self._loop = asyncio.get_running_loop()
        self._arrived = asyncio.StreamReader(_LONGEST_LINE)
        threading.Thread(target=self._receive, name="stdin", daemon=True).start()

    async def readline(self) -> bytes:
        """The next line with its line feed; without one at the end, and empty after that."""
        return await self._arrived.readline()

    async def readexactly(self, n: int) -> bytes:
        """So many bytes, fewer at the end."""
        try:
            return await self._arrived.readexactly(n)
        except asyncio.IncompleteReadError as error:
            return error.partial

    def _receive(self) -> None:
        with suppress(RuntimeError):  # when the loop is closed, the process is ending
            with suppress(OSError):  # as good as the end
                while data := os.read(self._descriptor, _AT_ONCE):
                    self._loop.call_soon_threadsafe(self._arrived.feed_data, data)
            self._loop.call_soon_threadsafe(self._arrived.feed_eof)
