"""Stands in for the agent of a file that none known here wrote: each line is shown as it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from session_mirror.harness.base import FoundSession, ReadRecord
from session_mirror.harness.json_values import parse_object
from session_mirror.harness.opaque import opaque_event
from session_mirror.harness.plain import PlainFiles
from session_mirror.protocol.mirror import Problem


class Unknown(PlainFiles):
    """Finds no sessions; not in the registry."""

    name = ""
    label = ""

    def roots(self) -> Sequence[Path]:
        """None."""
        return ()

    def discover(self, folders: Sequence[Path]) -> list[FoundSession]:  # noqa: ARG002  there are none anywhere
        """None."""
        return []

    def problems(self) -> Sequence[Problem]:
        """None."""
        return ()

    def title(self, path: Path) -> str:
        """The file's name."""
        return path.name

    def title_of_lines(self, lines: Sequence[bytes]) -> str:  # noqa: ARG002  they tell none
        """Nothing is known of it."""
        return "Unknown"

    def read_record(self, line: bytes) -> ReadRecord:
        """The line; nothing for one of blanks."""
        events = (opaque_event(line, is_object=bool(parse_object(line)), label=""),) if line.strip() else ()
        return ReadRecord(time_ms=None, model=None, is_sidechain=False, events=events)
