"""A hash of all of a source's bytes up to a position: what tells a rewritten middle, however well head and tail agree.

Appending feeds the running hash; looking again at what was mirrored means reading it again from the beginning.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from .opening import open_source, read_at

_BLOCK_BYTES: Final = 4 << 20


class PrefixHash:
    """SHA-256 of the first `length` bytes of something that grows."""

    def __init__(self) -> None:
        """Of nothing yet."""
        self._hash = hashlib.sha256()
        self.length = 0

    def grown_by(self, data: bytes) -> PrefixHash:
        """The hash of these bytes and `data` after them; this one stays as it is."""
        grown = PrefixHash()
        grown._hash = self._hash.copy()
        grown._hash.update(data)
        grown.length = self.length + len(data)
        return grown

    def hexdigest(self) -> str:
        """As it is journalled."""
        return self._hash.hexdigest()

    @classmethod
    def of(cls, path: Path, length: int) -> PrefixHash | None:
        """Of a file's first `length` bytes; None when it ends before.

        Raises:
            OSError: the file is missing or unreadable.
        """
        read = cls()
        with open_source(path) as file:
            while read.length < length:
                block = read_at(file, read.length, min(_BLOCK_BYTES, length - read.length))
                if not block:
                    return None
                read._hash.update(block)
                read.length += len(block)
        return read
