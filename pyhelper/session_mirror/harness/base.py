"""What the rest of the program needs to know of a coding agent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import attrs

from session_mirror.protocol.mirror import Problem
from session_mirror.protocol.replay import ReplayEvent


@attrs.frozen
class FoundSession:
    """A session found on this machine's disk. `modified_ms` is the source's mtime, Unix epoch.

    `size` is what reading the source gives: of a compressed one, what it holds.
    """

    harness: str
    session_id: str
    path: Path
    cwd: str
    size: int
    modified_ms: int
    parent_id: str | None = None
    """The session whose agent began this one; None where a person did."""


@attrs.frozen
class ReadRecord:
    """One line of a transcript, normalised: the events in it, cut texts not yet cut."""

    time_ms: int | None
    model: str | None
    is_sidechain: bool
    events: tuple[ReplayEvent, ...]


class Harness(Protocol):
    """One file per agent implements this; `harness.registry` lists them."""

    @property
    def name(self) -> str:
        """The id used in bucket keys: `claude-code`."""
        ...

    @property
    def label(self) -> str:
        """The name people use: `Claude Code`."""
        ...

    def roots(self) -> Sequence[Path]:
        """Directories to watch recursively; they need not exist yet."""
        ...

    def discover(self, folders: Sequence[Path]) -> list[FoundSession]:
        """This machine's sessions that ran in one of the folders or below; cheap to repeat.

        Unreadable files are left out.
        """
        ...

    def problems(self) -> Sequence[Problem]:
        """What the last `discover` could not read, or found and did not understand."""
        ...

    def title(self, path: Path) -> str:
        """A title for people, at most 200 characters, never empty."""
        ...

    def title_of_lines(self, lines: Sequence[bytes]) -> str:
        """The same from the beginning of a stream, for sessions that exist only in a bucket."""
        ...

    def read_record(self, line: bytes) -> ReadRecord:
        """One line as events; never raises: what is not understood is an `opaque` event with the line as text."""
        ...
