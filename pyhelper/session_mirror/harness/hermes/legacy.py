"""Transcripts that lie beside a database: from before there was one, or written while it was being replaced."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs

from session_mirror.harness.base import FoundSession
from session_mirror.harness.json_values import as_text, parse_object
from session_mirror.harness.listing import Listing

_ENDING: Final = ".jsonl"
_FIRST_LINE_BYTES: Final = 1024 * 1024


@attrs.frozen
class Transcript:
    """A file named by its session. `cwd` is what its first line tells of it, mostly nothing."""

    session_id: str
    path: Path
    cwd: str
    size: int
    modified_ms: int

    def found(self, harness: str, cwd: str) -> FoundSession:
        """As a session that ran in a directory."""
        return FoundSession(
            harness=harness,
            session_id=self.session_id,
            path=self.path,
            cwd=cwd,
            size=self.size,
            modified_ms=self.modified_ms,
        )


class Transcripts:
    """Those of one directory. A repeat costs a listing, and a stat for each file; each is opened once."""

    def __init__(self, directory: Path) -> None:
        """It need not exist."""
        self._directory = directory
        self._cwds: dict[str, str] = {}

    def find(self, listing: Listing) -> Iterator[Transcript]:
        """All that can be read."""
        for entry in listing.entries(self._directory):
            session_id = entry.name.removesuffix(_ENDING)
            if not session_id or session_id == entry.name:
                continue
            try:
                yield self._read(entry, session_id)
            except FileNotFoundError:
                continue
            except OSError as error:
                listing.note(entry, error)

    def _read(self, entry: os.DirEntry[str], session_id: str) -> Transcript:
        status = entry.stat()
        if status.st_size and session_id not in self._cwds:
            self._cwds[session_id] = _first_cwd(entry.path)
        return Transcript(
            session_id=session_id,
            path=Path(entry.path),
            cwd=self._cwds.get(session_id, ""),
            size=status.st_size,
            modified_ms=status.st_mtime_ns // 1_000_000,
        )


def _first_cwd(path: str) -> str:
    with open(path, "rb") as file:  # noqa: PTH123  thousands of Path objects cost more than the look itself
        return as_text(parse_object(file.readline(_FIRST_LINE_BYTES)).get("cwd"))
