"""Where a transcript's session is at home, and whether it is one: what its records say.

A session is at home in the directory that it was started in: the first that its records name. Where the file lies in
another directory's project, it is a copy or was moved, and the first recorded directory that the project is named after
counts. A `relocated` record, the last one, overrules both, once the file is no longer where it was before: until then
it is the old directory's, so that it is never nobody's.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

import attrs

from session_mirror.harness.json_values import as_text, parse_object
from session_mirror.source.jsonl import read_lines
from session_mirror.source.opening import open_source, read_at

from .paths import names_directory
from .records import is_known

_BLOCK_BYTES: Final = 32 * 1024
_SEARCHED_BYTES: Final = 64 * 1024 * 1024
"""A file without any `cwd` in this much from its beginning is given up on until it is replaced."""
_TAIL_BYTES: Final = 64 * 1024
"""The agent repeats a session's metadata so often that the last ones are always in this much from the end."""
_LONGEST_LINE: Final = 32 * 1024 * 1024
_NO_MESSAGES: Final = frozenset({"system", "attachment", "progress"})
"""Records that say where they are from without anybody having said a word."""


@attrs.frozen
class Origin:
    """What was found in a file so far."""

    inode: int = 0
    searched: int = 0
    """Bytes from the beginning that need no second look."""
    ended: int = 0
    """Bytes from the beginning whose metadata was looked at."""
    size: int = 0
    """Of the file, when its end was looked at."""
    first_cwd: str | None = None
    own_cwd: str | None = None
    """The first directory that the file's project is named after."""
    relocated_cwd: str | None = None
    session_id: str = ""
    """The first one that a record names: of a sub-agent's file, its parent's."""
    has_message: bool = False
    strange_version: str | None = None
    """Of a file that isn't understood: the version that wrote it, empty where it doesn't tell."""

    @property
    def cwd(self) -> str | None:
        """Where the session is at home; None while no message was recorded."""
        return (self.own_cwd or self.relocated_cwd or self.first_cwd) if self.has_message else None

    @property
    def is_settled(self) -> bool:
        """Whether more of the beginning would tell nothing new."""
        return self.has_message and self.first_cwd is not None


class Origins:
    """Remembers what each file said; a file is read on only where it grew, or said nothing yet."""

    def __init__(self) -> None:
        self._files: dict[str, Origin] = {}

    def of(self, path: str, status: os.stat_result, project: str) -> Origin:
        """What the file says; `project` is the name of the project directory that it lies in.

        Raises:
            OSError: the file can't be read.
        """
        known = self._files.get(path)
        if known is None or known.inode != status.st_ino or status.st_size < known.ended:
            known = Origin(status.st_ino)
        if not known.is_settled and known.searched < min(status.st_size, _SEARCHED_BYTES):
            known = _search(Path(path), known, project)
        if known.is_settled and known.ended < status.st_size != known.size:
            known = _read_end(Path(path), known, status.st_size, project)
        self._files[path] = known
        return known

    def forget_all_but(self, paths: set[str]) -> None:
        """Lets go of files that are gone."""
        for path in self._files.keys() - paths:
            del self._files[path]


def _search(path: Path, known: Origin, project: str) -> Origin:
    """Reads on from the beginning until home is known, to the end of a block."""
    found, beginning = known, b""
    while (
        not found.is_settled
        and found.searched < _SEARCHED_BYTES
        and (piece := read_lines(path, found.searched, _BLOCK_BYTES)).data
    ):
        beginning = beginning or piece.data
        found = _with_lines(attrs.evolve(found, searched=piece.end, ended=piece.end), piece.data, project)
    if beginning:
        found = attrs.evolve(found, strange_version=None if found.is_settled else _strange_version(beginning))
    return found


def _read_end(path: Path, known: Origin, size: int, project: str) -> Origin:
    with open_source(path) as file:
        start = max(known.ended, size - _TAIL_BYTES)
        data = read_at(file, start, size - start)
    whole = data[: data.rfind(b"\n") + 1]
    return _with_lines(attrs.evolve(known, ended=start + len(whole), size=size), whole, project)


def _with_lines(found: Origin, data: bytes, project: str) -> Origin:
    lines = data.split(b"\n")
    same = _spelled(found.first_cwd)
    for line in lines:
        if found.is_settled and found.own_cwd is not None:
            break
        if b'"cwd"' in line and len(line) <= _LONGEST_LINE and not (found.is_settled and same in line):
            found = _with_line(found, line, project)
            same = _spelled(found.first_cwd)
    if b'"relocated"' in data:
        for line in reversed(lines):
            if b'"relocated"' in line and (record := parse_object(line)).get("type") == "relocated":
                return _relocated(found, as_text(record.get("relocatedCwd")) or None, project)
    return found


def _relocated(found: Origin, cwd: str | None, project: str) -> Origin:
    is_here = cwd is not None and names_directory(project, cwd)
    return attrs.evolve(found, relocated_cwd=cwd, own_cwd=cwd if is_here else found.own_cwd)


def _with_line(found: Origin, line: bytes, project: str) -> Origin:
    record = parse_object(line)
    cwd = as_text(record.get("cwd"))
    if not cwd:
        return found
    is_own = found.own_cwd is None and names_directory(project, cwd)
    return attrs.evolve(
        found,
        first_cwd=found.first_cwd or cwd,
        own_cwd=cwd if is_own else found.own_cwd,
        session_id=found.session_id or as_text(record.get("sessionId")),
        has_message=found.has_message or as_text(record.get("type")) not in _NO_MESSAGES,
    )


def _spelled(cwd: str | None) -> bytes:
    """How the agent writes it into each record: those have nothing new to tell."""
    return f'"cwd":{json.dumps(cwd, ensure_ascii=False)}'.encode("utf-8", "surrogatepass")


def _strange_version(beginning: bytes) -> str | None:
    """Which version wrote a beginning in which no session was found; None where there is just none yet."""
    lines = [line for line in beginning.split(b"\n") if line.strip() and len(line) <= _LONGEST_LINE]
    records = [parse_object(line) for line in lines]
    has_message = any(as_text(record.get("type")) in ("user", "assistant") for record in records)
    if not lines or (not has_message and any(map(is_known, records))):
        return None
    return next(filter(None, (as_text(record.get("version")) for record in records)), "")
