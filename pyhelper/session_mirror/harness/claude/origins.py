"""Which directory a transcript's session was started in: the first `cwd` in its records."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import attrs

from session_mirror.harness.json_values import as_text, parse_object
from session_mirror.source.jsonl import read_lines

_BLOCK_BYTES: Final = 256 * 1024
_SEARCHED_BYTES: Final = 64 * 1024 * 1024
"""A file without any `cwd` in this much from its beginning is given up on until it is replaced."""
_LONGEST_LINE: Final = 32 * 1024 * 1024


@attrs.frozen
class _Origin:
    inode: int
    searched: int
    """Bytes from the beginning that need no second look."""
    cwd: str | None


class Origins:
    """Remembers what each file said; a repeat costs nothing, and a file that said nothing yet is read on."""

    def __init__(self) -> None:
        self._files: dict[str, _Origin] = {}

    def cwd_of(self, path: str, status: os.stat_result) -> str | None:
        """The first working directory; None while no record tells one, as in files that hold metadata only.

        Raises:
            OSError: the file can't be read.
        """
        known = self._files.get(path)
        if known is None or known.inode != status.st_ino or status.st_size < known.searched:
            known = _Origin(status.st_ino, 0, None)
        if known.cwd is None and known.searched < min(status.st_size, _SEARCHED_BYTES):
            known = _search(Path(path), known)
        self._files[path] = known
        return known.cwd

    def forget_all_but(self, paths: set[str]) -> None:
        """Lets go of files that are gone."""
        for path in self._files.keys() - paths:
            del self._files[path]


def _search(path: Path, known: _Origin) -> _Origin:
    searched = known.searched
    while searched < _SEARCHED_BYTES and (piece := read_lines(path, searched, _BLOCK_BYTES)).data:
        for line in piece.data.split(b"\n"):
            if b'"cwd"' in line and len(line) <= _LONGEST_LINE and (cwd := _cwd_in(line)):
                return attrs.evolve(known, searched=piece.end, cwd=cwd)
        searched = piece.end
    return attrs.evolve(known, searched=searched)


def _cwd_in(line: bytes) -> str:
    return as_text(parse_object(line).get("cwd"))
