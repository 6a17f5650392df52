"""Opening an agent's file for one short read.

A handle lives for one read only: on Windows an open file cannot be renamed or deleted by its owner, since Python opens
without the delete share mode. A compressed file reads as what it holds.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import Final

from .compressed import Copies, is_compressed
from .zstandard import find_decoder

_COPIES: Final = Copies()
_CHUNK_BYTES: Final = 1 << 20


def open_source(path: Path) -> FileIO:
    """Opens a regular file unbuffered, for reading.

    Raises:
        OSError: it is missing, unreadable, or not a regular file.
        MirrorError: it is compressed, and nothing here can decompress it.
    """
    file = _open(path)
    if not is_compressed(path):
        return file
    with file:
        return _COPIES.open(path, file)


def open_plain(path: Path) -> FileIO:
    """Opens a regular file as it is, for reading; a link is not followed.

    Raises:
        FileNotFoundError: there is no regular file of this name.
        OSError: it cannot be read.
    """
    if not stat.S_ISREG(path.lstat().st_mode):
        raise FileNotFoundError(path)
    return FileIO(path, "rb", opener=_open_unlinked)


def read_at(file: FileIO, start: int, length: int) -> bytes:
    """Bytes `[start, start + length)`, fewer where the file ends before."""
    file.seek(start)
    pieces: list[bytes] = []
    while length > 0 and (piece := file.read(length)):
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)


def read_chunks(file: FileIO) -> Iterator[bytes]:
    """All of a file from its beginning, at most 1 MiB at a time."""
    file.seek(0)
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk


def read_head(path: Path, length: int) -> bytes:
    """The first bytes of a source; a compressed one is not decompressed any further.

    Raises:
        OSError: it is missing, unreadable, damaged, or not a regular file.
        MirrorError: it is compressed, and nothing here can decompress it.
    """
    with _open(path) as file:
        return find_decoder().head(file, length) if is_compressed(path) else read_at(file, 0, length)


def source_size(path: Path, status: os.stat_result) -> int:
    """How many bytes reading a source gives; `status` is its present one.

    Raises:
        OSError: it is compressed and cannot be read.
        MirrorError: it is compressed, doesn't tell, and nothing here can decompress it.
    """
    if not is_compressed(path):
        return status.st_size
    known = _COPIES.known_size(path, status)
    if known is not None:
        return known
    with _open(path) as file:
        return _COPIES.size(path, file)


def _open(path: Path) -> FileIO:
    return FileIO(path, "rb", opener=_open_regular)


def _open_unlinked(path: str, flags: int) -> int:
    return _open_regular(path, flags | getattr(os, "O_NOFOLLOW", 0))


def _open_regular(path: str, flags: int) -> int:
    # Without O_NONBLOCK, opening a named pipe that somebody left there would hang for ever.
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError("not a regular file")
