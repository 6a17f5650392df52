"""What a transcript says of itself: its first header. A file tells it once, however often it is rewritten."""

from __future__ import annotations

import os
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final

import attrs

from session_mirror.harness.json_values import as_text, parse_object
from session_mirror.source.opening import read_head

_HEADS: Final = (4 << 10, 256 << 10, 16 << 20)
"""How much of a file's beginning is searched, in steps: the header is its first line, but anything may stand there."""
_MARK: Final = b'"session"'


@attrs.frozen
class Origin:
    """Where a session ran, and which version of the format its transcript has."""

    cwd: str
    version: str = ""


@attrs.frozen
class NotUnderstood:
    """Whole lines, and none of them tells where the session ran."""

    version: str = ""


@attrs.frozen
class _Silent:
    """A file that told nothing, as it was then: it is asked again once it has changed."""

    state: tuple[int, int]
    answer: NotUnderstood | None


_File = tuple[str, int]
"""A session's id with its folder, and the inode: putting a transcript away keeps both, beginning anew doesn't."""


class Origins:
    """Remembers what each file said."""

    def __init__(self) -> None:
        self._told: dict[_File, Origin] = {}
        self._silent: dict[_File, _Silent] = {}

    def of(self, path: str, file: _File) -> Origin | NotUnderstood | None:
        """What the file at a path says; None while it has no whole line.

        Raises:
            OSError: it can't be read.
            MirrorError: it is compressed, and nothing here can decompress it.
        """
        told = self._told.get(file)
        if told is not None:
            return told
        status = os.stat(path)  # noqa: PTH116  a Path for each of thousands costs more than the stat
        state = (status.st_size, status.st_mtime_ns)
        silent = self._silent.pop(file, None)
        if silent is None or silent.state != state:
            answer = _read(Path(path))
            if isinstance(answer, Origin):
                self._told[file] = answer
                return answer
            silent = _Silent(state, answer)
        self._silent[file] = silent
        return silent.answer

    def forget_all_but(self, files: AbstractSet[_File]) -> None:
        """Lets go of files that are gone."""
        for known in (self._told, self._silent):
            for file in known.keys() - files:
                del known[file]


def origin_in(lines: list[bytes]) -> Origin | NotUnderstood | None:
    """What the first header among whole lines says; None where there is no line at all."""
    for line in lines:
        if _MARK in line:
            header = parse_object(line)
            if header.get("type") == "session":
                return origin_of(header)
    return NotUnderstood() if lines else None


def origin_of(header: dict[str, object]) -> Origin | NotUnderstood:
    """What a header says."""
    number = header.get("version")
    version = str(number) if isinstance(number, int) else as_text(number)
    cwd = as_text(header.get("cwd"))
    return Origin(cwd, version) if cwd else NotUnderstood(version)


def _read(path: Path) -> Origin | NotUnderstood | None:
    answer: Origin | NotUnderstood | None = None
    for length in _HEADS:
        head = read_head(path, length)
        answer = origin_in(head.split(b"\n")[:-1])
        if isinstance(answer, Origin) or len(head) < length:
            break
    return answer
