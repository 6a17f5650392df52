"""Titles of files, each byte scanned once; what makes a title is each agent's own affair."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Final, Generic, Protocol, TypeVar

import attrs

from session_mirror.errors import MirrorError
from session_mirror.harness.json_values import one_line
from session_mirror.source.jsonl import read_lines
from session_mirror.source.opening import source_size

TITLE_LENGTH: Final = 200
_BLOCK_BYTES: Final = 1024 * 1024
_END_BYTES: Final = 8 * 1024 * 1024
"""Of a file that is new to us, this much at either end is scanned: titles are repeated near the end."""
_MOST_FILES: Final = 4096


class Scan(Protocol):
    """What was found so far in one session. Its memory is bounded, however long the session."""

    def feed(self, data: bytes) -> None:
        """Takes the next whole lines."""
        ...

    def title(self) -> str:
        """The best so far, on one line of at most 200 characters; empty without any."""
        ...


S = TypeVar("S", bound=Scan)


@attrs.define
class _Scanned(Generic[S]):
    inode: int
    end: int
    scan: S


def title_of_lines(scan: Scan, lines: Sequence[bytes]) -> str:
    """What a scan finds in the lines that are at hand; never empty."""
    scan.feed(b"\n".join(lines))
    return scan.title() or "Untitled session"


class Titles(Generic[S]):
    """Remembers what was scanned; usable from several threads."""

    def __init__(self, begin: Callable[[], S]) -> None:
        """`begin` makes the scan of a session."""
        self._begin = begin
        self._files: OrderedDict[Path, _Scanned[S]] = OrderedDict()
        self._lock = Lock()

    def of(self, path: Path) -> str:
        """The title, or one made of the file's name; an unreadable file gets the latter too."""
        scan = self.scan_of(path)
        return (scan and scan.title()) or f"Session {one_line(path.stem, 40)}"

    def scan_of(self, path: Path) -> S | None:
        """What was found in a file; None for an unreadable one."""
        with self._lock:
            try:
                return self._scanned(path)
            except (OSError, MirrorError):
                return None

    def _scanned(self, path: Path) -> S:
        status = path.stat()
        size = source_size(path, status)
        known = self._files.pop(path, None)
        if known is None or known.inode != status.st_ino or known.end > size:
            known = _Scanned(status.st_ino, 0, self._begin())
        if known.end == 0:
            self._read_on(path, known, min(size, _END_BYTES))
            known.end = max(known.end, _line_start(path, size - _END_BYTES))
        if known.end < size:
            self._read_on(path, known, size)
        self._files[path] = known
        if len(self._files) > _MOST_FILES:
            self._files.popitem(last=False)
        return known.scan

    @staticmethod
    def _read_on(path: Path, known: _Scanned[S], limit: int) -> None:
        while known.end < limit and (piece := read_lines(path, known.end, _BLOCK_BYTES)).data:
            known.scan.feed(piece.data)
            known.end = piece.end


def _line_start(path: Path, position: int) -> int:
    """Where the first line begins at or after a position; 0 for a position before the file."""
    if position <= 0:
        return 0
    return read_lines(path, position, 1).end
