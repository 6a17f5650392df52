"""A transcript on disk as replay reads it: the agent may append to it, cut it or replace it at any time."""

from __future__ import annotations

import os
from io import FileIO
from pathlib import Path

import attrs

from session_mirror.errors import MirrorError
from session_mirror.protocol.replay import ReplayOrigin
from session_mirror.replay.source import Refresh
from session_mirror.replay.told_lines import ToldLines
from session_mirror.source.identity import Fingerprint, compare_open
from session_mirror.source.opening import open_source, read_at


@attrs.frozen
class _Known:
    size: int
    modified_ns: int
    fingerprint: Fingerprint


class DiskSource:
    """A file, opened for each read."""

    origin: ReplayOrigin = "disk"
    is_arriving = False
    missing_bytes = 0
    own_start: int = 0
    problem: MirrorError | None = None
    told_lines: ToldLines | None = None

    def __init__(self, path: Path) -> None:
        """Raises MirrorError of kind `source` when the file cannot be read."""
        self._path = path
        try:
            with open_source(path) as file:
                self._known = _look(file)
        except OSError as error:
            raise _unreadable(error) from error
        self._next: _Known | None = None

    @property
    def label(self) -> str:
        return str(self._path)

    @property
    def size(self) -> int:
        return self._known.size

    @property
    def modified_ms(self) -> int:
        return self._known.modified_ns // 1_000_000

    def read(self, start: int, length: int) -> bytes:
        try:
            with open_source(self._path) as file:
                body = read_at(file, start, length)
        except OSError as error:
            raise _unreadable(error) from error
        if len(body) < length:
            raise _cut()
        return body

    def bring(self, start: int, length: int) -> None:
        """All there is is here."""

    def refresh(self) -> Refresh:
        known = self._known
        try:
            with open_source(self._path) as file:
                status = os.fstat(file.fileno())
                if (status.st_size, status.st_mtime_ns) == (known.size, known.modified_ns):
                    return "same"
                new = _look(file)
                same_bytes = compare_open(file, known.fingerprint, known.size) == "same"
        except FileNotFoundError:
            return "same"  # what was shown stays shown; reading it tells what happened
        except OSError as error:
            raise _unreadable(error) from error
        if not same_bytes:
            self._next = new
            return "restarted"
        self._known = new
        return "grew" if new.size > known.size else "same"

    def restart(self) -> None:
        if self._next is not None:
            self._known, self._next = self._next, None

    def close(self) -> None:
        """Nothing is held open."""


def _look(file: FileIO) -> _Known:
    status = os.fstat(file.fileno())
    try:
        fingerprint = Fingerprint.of_open(file, status.st_size)
    except ValueError as error:
        raise _cut() from error
    return _Known(status.st_size, status.st_mtime_ns, fingerprint)


def _cut() -> MirrorError:
    return MirrorError(
        "The transcript was cut or rewritten while it was read.",
        kind="source",
        hint="It is read anew in a moment.",
    )


def _unreadable(error: OSError) -> MirrorError:
    return MirrorError(
        f"The transcript cannot be read: {error.strerror or type(error).__name__}.",
        kind="source",
        hint="If it was deleted or moved, open the session's mirror instead.",
    )
