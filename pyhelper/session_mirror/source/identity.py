"""Whether a file still begins with the bytes that were mirrored from it.

Agents truncate, rewrite, move and restore their transcripts, so neither a path nor an inode says that a position in a
file still means what it meant. The bytes before it do: hashes of the file's head and of the block before the position.
"""

from __future__ import annotations

import hashlib
import json
import os
from io import FileIO
from pathlib import Path
from typing import Final, Literal

import attrs

from .opening import open_source, read_at

Verdict = Literal["same", "shorter", "changed", "missing", "unreadable"]
"""`same`: reading may go on at the position, wherever the file lies now; `shorter`: it ends before the position, and
nothing speaks against its bytes being a prefix of what was there; `changed`: other bytes before the position."""

BLOCK_BYTES: Final = 4096
_COARSE_NS: Final = 2_000_000_000
_FINE_NS: Final = 20_000_000


@attrs.frozen(kw_only=True)
class Stamp:
    """What the file system tells of a file: equal stamps mean the same bytes, unless the clock was too coarse."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of_open(cls, file: FileIO) -> Stamp:
        """Of an open file.

        Raises:
            OSError: the system does not tell.
        """
        status = os.fstat(file.fileno())
        return cls(
            device=status.st_dev,
            inode=status.st_ino,
            size=status.st_size,
            modified_ns=status.st_mtime_ns,
            changed_ns=status.st_ctime_ns,
        )

    @property
    def touched_ms(self) -> int:
        """The newest of its dates, Unix epoch milliseconds: the bytes', or the inode's, which nobody can set back."""
        return max(self.modified_ns, self.changed_ns) // 1_000_000

    def is_fresh(self, now_ns: int) -> bool:
        """Whether another write, a moment later, could have left this very stamp: then it proves nothing.

        Some file systems date by two seconds, the others by the tick of a clock.
        """
        grain = _FINE_NS if self.modified_ns % 1_000_000_000 else _COARSE_NS
        return abs(now_ns - self.modified_ns) < grain

    def grew_from(self, before: Stamp) -> bool:
        """Whether it is the same file, longer than it was: an append, as far as can be told from outside."""
        same_file = (self.device, self.inode) == (before.device, before.inode)
        return same_file and self.size > before.size


@attrs.frozen(kw_only=True)
class Fingerprint:
    """A file up to a position: the first bytes and the last bytes before it, at most 4096 each, as SHA-256.

    Device and inode are kept for diagnosis; the bytes alone decide.
    """

    device: int
    inode: int
    head_length: int
    head_hash: str
    tail_length: int
    tail_hash: str

    @classmethod
    def of(cls, path: Path, cursor: int) -> Fingerprint:
        """The file's fingerprint at a position.

        Raises:
            OSError: the file is missing or unreadable.
            ValueError: it ends before the position.
        """
        with open_source(path) as file:
            return cls.of_open(file, cursor)

    @classmethod
    def of_open(cls, file: FileIO, cursor: int) -> Fingerprint:
        """The same of an open file."""
        length = min(BLOCK_BYTES, cursor)
        head, tail = read_at(file, 0, length), read_at(file, cursor - length, length)
        if len(tail) < length or len(head) < length:
            raise ValueError("the file ends before the position")
        status = os.fstat(file.fileno())
        return cls(
            device=status.st_dev,
            inode=status.st_ino,
            head_length=length,
            head_hash=hash_of(head),
            tail_length=length,
            tail_hash=hash_of(tail),
        )

    def to_json(self) -> str:
        """One short line."""
        return json.dumps(attrs.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Fingerprint:
        """Reads what `to_json` wrote.

        Raises:
            ValueError: the text is something else.
        """
        try:
            return cls(**json.loads(text))
        except TypeError as error:
            raise ValueError("not a fingerprint") from error


def compare(path: Path, fingerprint: Fingerprint, cursor: int) -> Verdict:
    """Whether the file still has, before `cursor`, the bytes that the fingerprint was taken of there."""
    try:
        with open_source(path) as file:
            return compare_open(file, fingerprint, cursor)
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "unreadable"


def compare_open(file: FileIO, fingerprint: Fingerprint, cursor: int) -> Verdict:
    """The same of an open file: never `missing` or `unreadable`.

    Raises:
        OSError: reading failed.
    """
    head = read_at(file, 0, fingerprint.head_length)
    if len(head) == fingerprint.head_length and hash_of(head) != fingerprint.head_hash:
        return "changed"
    tail = read_at(file, cursor - fingerprint.tail_length, fingerprint.tail_length)
    if len(head) < fingerprint.head_length or len(tail) < fingerprint.tail_length:
        return "shorter"
    return "same" if hash_of(tail) == fingerprint.tail_hash else "changed"


def hash_of(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
