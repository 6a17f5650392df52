"""Zstandard from whichever library this Python has."""

from __future__ import annotations

import importlib
import io
import sys

LIBRARY = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
_zstd = importlib.import_module(LIBRARY)


def compressed(data: bytes) -> bytes:
    """One frame that tells its content's size, as Codex writes it."""
    result: bytes = _zstd.compress(data, 3)
    return result


def compressed_without_size(data: bytes) -> bytes:
    """One frame that doesn't, as a pipe makes it."""
    target = io.BytesIO()
    with _zstd.open(target, "wb") as file:
        file.write(data)
    return target.getvalue()
