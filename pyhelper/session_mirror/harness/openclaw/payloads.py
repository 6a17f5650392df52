"""Decompressing many small pieces at once: where there is no library, each run of the `zstd` program is a process."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from io import FileIO
from typing import IO

from session_mirror.errors import MirrorError
from session_mirror.source.zstandard import find_decoder


def decompressed(frame: bytes) -> bytes:
    """What one piece holds.

    Raises:
        MirrorError: of kind `source`: nothing here can decompress it, or it is damaged.
    """
    decoder = find_decoder()
    try:
        with tempfile.TemporaryFile(buffering=0) as packed, tempfile.TemporaryFile() as plain:
            packed.write(frame)
            packed.seek(0)
            with _reader(packed) as source:
                decoder.copy(source, plain)
            plain.seek(0)
            return plain.read()
    except OSError as error:
        raise MirrorError(
            f"A compressed row of OpenClaw's database can't be read: {error.strerror or error}.",
            kind="source",
            hint="What was mirrored before is safe; it is tried again by itself.",
        ) from error


def decompressed_all(frames: Sequence[bytes], sizes: Sequence[int]) -> list[bytes]:
    """What each of some pieces holds; `sizes` in bytes, as noted beside them.

    Raises:
        MirrorError: as above; also where the sizes are wrong.
    """
    data = decompressed(b"".join(frames)) if frames else b""
    if len(data) != sum(sizes):
        raise MirrorError(
            "A compressed row of OpenClaw's database holds something else than is noted beside it.",
            kind="source",
            hint="What was mirrored before is safe; it is tried again by itself.",
        )
    pieces, position = [], 0
    for size in sizes:
        pieces.append(data[position : position + size])
        position += size
    return pieces


def _reader(file: IO[bytes]) -> FileIO:
    return FileIO(os.dup(file.fileno()), "rb")
