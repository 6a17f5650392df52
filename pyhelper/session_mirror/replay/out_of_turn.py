"""A stream's bytes before their turn: whoever asks for a line in the middle does not wait for all that precedes it."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

from session_mirror.bucket.cover import Cover
from session_mirror.bucket.line_index import ListedIndex, decode_index
from session_mirror.bucket.ranges import RangeReader
from session_mirror.bucket.reader import ReadCancelled, Wait
from session_mirror.bucket.store import Store
from session_mirror.errors import MirrorError
from session_mirror.replay.blocks import Blocks
from session_mirror.replay.told_lines import ToldLines

_AT_ONCE_BYTES: Final = 4 << 20
_TAIL_BYTES: Final = 16 << 20
"""What the stream has beyond its index is looked through first, up to so much: the end is what many want to see."""


class OutOfTurn:
    """Thread-safe. Requests are made one after the other; only who brings bytes waits for them."""

    def __init__(self, store: Store, prefix: str, cover: Cover, directory: Path | None, *, wait: Wait) -> None:
        """`cover`: as listed; `directory` holds a temporary file; `wait` cancels all."""
        self._store = store
        self._end = cover.end
        self._ranges = RangeReader(store, prefix, cover, wait=wait)
        self._requests = threading.Lock()
        self._blocks = Blocks(directory)
        self._lock = threading.Lock()
        self._is_closed = False
        self._looked = threading.Event()
        self.told: ToldLines | None = None
        """Where lines end, once it is known."""

    def learn(self, index: ListedIndex) -> None:
        """Begins to fetch the index beside whoever goes on."""
        threading.Thread(target=self._learn, args=(index,), name="replay-index", daemon=True).start()

    def wait_for_index(self, timeout_s: float) -> None:
        """Returns when it is known, or known not to be of use, or after so long."""
        self._looked.wait(timeout_s)

    def first(self, count: int) -> bytes:
        """The stream's first bytes, which are not kept; fewer if it is shorter.

        Raises:
            MirrorError: they cannot be fetched.
            ReadCancelled: `wait` reported a cancellation.
        """
        with self._requests:
            return self._ranges.read(0, min(count, self._end))

    def bring(self, start: int, end: int) -> None:
        """Fetches what is lacking of `[start, end)`.

        Raises:
            MirrorError: it cannot be fetched; what came before that is kept.
            ReadCancelled: `wait` reported a cancellation, or this was closed.
            OSError: the disk is full.
        """
        with self._requests:
            while run := self._missing(start, end):
                begin, until = run[0], min(run[1], run[0] + _AT_ONCE_BYTES)
                body = self._ranges.read(begin, until)
                with self._lock:
                    if self._is_closed:
                        raise ReadCancelled
                    self._blocks.put(begin, body)

    def read(self, start: int, end: int) -> bytes | None:
        """The bytes `[start, end)`, if they were brought.

        Raises:
            OSError: the temporary file cannot be read.
        """
        with self._lock:
            return None if self._is_closed else self._blocks.read(start, end)

    def forget(self, end: int) -> None:
        """The stream's first `end` bytes are kept elsewhere by now."""
        with self._lock:
            self._blocks.forget(end)

    def close(self) -> None:
        """Drops what was brought; closing twice is fine."""
        with self._lock:
            self._is_closed = True
            self._blocks.close()

    def _missing(self, start: int, end: int) -> tuple[int, int] | None:
        with self._lock:
            return self._blocks.missing(start, min(end, self._end), self._end)

    def _learn(self, index: ListedIndex) -> None:
        # Nobody is told of a failure: then all is as without an index.
        with suppress(MirrorError):
            ends = decode_index(index.key.rpartition("/")[2], self._store.get(index.key))
            self.told = None if ends is None else ToldLines(ends)
        self._looked.set()
        with suppress(MirrorError, ReadCancelled, OSError):
            self._learn_tail()

    def _learn_tail(self) -> None:
        told = self.told
        if told is None or not 0 < self._end - told.end <= _TAIL_BYTES:
            return
        start = max(0, told.end - 1)
        self.bring(start, self._end)
        tail = self.read(start, self._end)
        if tail is not None:
            told.compare(start, tail)
            told.add(tail[told.end - start :])
