"""Opening an agent's file for one short read.

A handle lives for one read only: on Windows an open file cannot be renamed or deleted by its owner, since Python opens
without the delete share mode.
"""

from __future__ import annotations

import os
import stat
from io import FileIO
from pathlib import Path


def open_source(path: Path) -> FileIO:
    """Opens a regular file unbuffered, for reading.

    Raises:
        OSError: it is missing, unreadable, or not a regular file.
    """
    return FileIO(path, "rb", opener=_open_regular)


def read_at(file: FileIO, start: int, length: int) -> bytes:
    """Bytes `[start, start + length)`, fewer where the file ends before."""
    file.seek(start)
    pieces: list[bytes] = []
    while length > 0 and (piece := file.read(length)):
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)


def _open_regular(path: str, flags: int) -> int:
    # Without O_NONBLOCK, opening a named pipe that somebody left there would hang for ever.
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError("not a regular file")
