"""Large blocks of memory are given back as soon as they are freed, where the C library would rather keep them.

glibc takes ever larger blocks from its heap once such have been freed. Columns of numbers that grow to megabytes leave
holes there, which cost a fifth of the memory when a session of 1 GB is open.
"""

from __future__ import annotations

import sys
from typing import Final

_MMAP_THRESHOLD: Final = -3
"""`M_MMAP_THRESHOLD` of glibc's `malloc.h`; setting it ends its adjusting by itself."""
_LARGE_BYTES: Final = 256 << 10
_ARENA_MAX: Final = -8
"""`M_ARENA_MAX`: threads that take turns with one interpreter need no heap each, with holes of its own."""


def give_back_large_blocks() -> bool:
    """To be called once, before the first of them; False where the C library has no such setting."""
    if sys.platform != "linux":
        return False
    try:
        import ctypes  # noqa: PLC0415  needed on Linux only, and some builds of Python lack it

        mallopt = ctypes.CDLL(None).mallopt
        return bool(mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)) and bool(mallopt(_ARENA_MAX, 1))
    except (ImportError, OSError, AttributeError):
        return False
