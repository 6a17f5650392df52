"""Stretches of a stream that were fetched out of turn: blocks of one size, in a private file without a name."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

BLOCK_BYTES: Final = 256 << 10
"""As much as is fetched for one line at least: a request takes about as long as these bytes."""


class Blocks:
    """Which bytes are here, and where in the file. Used by one thread at a time.

    A file of its own, instead of the place in the copy where they belong: not every system has files with holes.
    """

    def __init__(self, directory: Path | None, block_bytes: int = BLOCK_BYTES) -> None:
        """`directory` holds the file, which is made when first needed: the system's default without it."""
        self._directory = directory
        self._size = block_bytes
        self._file: IO[bytes] | None = None
        self._held: dict[int, tuple[int, int]] = {}  # by the block's number: its place in the file, its length
        self._free: list[int] = []
        self.places = 0
        """How many blocks the file has room for."""

    def missing(self, start: int, end: int, stream_end: int) -> tuple[int, int] | None:
        """The first run of whole blocks that has to be fetched for `[start, end)` of a stream with this end; None when
        all of it is here."""
        numbers = range(start // self._size, (end + self._size - 1) // self._size) if start < end else range(0)
        lacking = [number for number in numbers if not self._reaches(number, min(end, (number + 1) * self._size))]
        if not lacking:
            return None
        first = last = lacking[0]
        while last + 1 in lacking:
            last += 1
        return first * self._size, min(stream_end, (last + 1) * self._size)

    def put(self, start: int, body: bytes) -> None:
        """Keeps bytes that begin with a block; the last block may be short.

        Raises:
            OSError: the disk is full.
        """
        file = self._file = self._file or tempfile.TemporaryFile(dir=self._directory, buffering=0)  # noqa: SIM115
        for at in range(0, len(body), self._size):
            number, block = (start + at) // self._size, memoryview(body)[at : at + self._size]
            place, _ = self._held.get(number) or (self._free.pop() if self._free else self._new_place(), 0)
            file.seek(place * self._size)
            while block:
                block = block[file.write(block) :]
            self._held[number] = place, min(self._size, len(body) - at)

    def read(self, start: int, end: int) -> bytes | None:
        """The bytes `[start, end)`; None when some are not here.

        Raises:
            OSError: the file cannot be read.
        """
        if self.missing(start, end, end) is not None:
            return None
        return b"".join(self._pieces(start, end))

    def forget(self, end: int) -> None:
        """Blocks of the stream's first `end` bytes are not needed any more."""
        for number in [number for number in self._held if (number + 1) * self._size <= end]:
            self._free.append(self._held.pop(number)[0])

    def close(self) -> None:
        """Drops the file; closing twice is fine."""
        self._held.clear()
        if self._file is not None:
            self._file.close()

    def _reaches(self, number: int, end: int) -> bool:
        held = self._held.get(number)
        return held is not None and number * self._size + held[1] >= end

    def _new_place(self) -> int:
        self.places += 1
        return self.places - 1

    def _pieces(self, start: int, end: int) -> Iterator[bytes]:
        file = self._file
        while file is not None and start < end:
            number, at = divmod(start, self._size)
            file.seek(self._held[number][0] * self._size + at)
            piece = file.read(min(self._size - at, end - start))
            yield piece
            start += len(piece)
