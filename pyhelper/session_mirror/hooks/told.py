"""What hooks told of a session, and the file that keeps it: it outlives the background process."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import attrs
import cattrs

from session_mirror.hooks.configuration import write_private
from session_mirror.hooks.notes import Note
from session_mirror.hooks.processes import Process
from session_mirror.hooks.script import FOLDER

_NAME: Final = "sessions.json"


@attrs.frozen(kw_only=True)
class Told:
    """A session as hooks told of it. Times in Unix epoch milliseconds."""

    harness: str
    session_id: str
    cwd: str
    transcript: str
    home: str
    agent: Process | None
    told_at_ms: int
    ended_at_ms: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What it is known by."""
        return self.harness, self.session_id


def told_by(note: Note, agent: Process | None, before: Told | None) -> Told:
    """What is known after a note; a session that goes on has not ended any more."""
    return Told(
        harness=note.harness,
        session_id=note.session_id,
        # An agent may have been sent elsewhere by the time it ends.
        cwd=before.cwd if before and note.ended else note.cwd,
        transcript=note.transcript or (before.transcript if before else ""),
        home=before.home if before and note.ended else note.home,
        agent=agent or (before.agent if before else None),
        told_at_ms=note.told_at_ms,
        ended_at_ms=note.told_at_ms if note.ended else None,
    )


@attrs.frozen(kw_only=True)
class Attendance:
    """The sessions that a background process has, each with its state in a word."""

    pid: int
    sessions: tuple[tuple[Told, str], ...]


def read_attendance(state: Path) -> Attendance:
    """As last written; empty where nothing is, or nothing that can be understood."""
    try:
        return cattrs.structure(json.loads((state / FOLDER / _NAME).read_bytes()), Attendance)
    except (OSError, ValueError, RecursionError, cattrs.BaseValidationError):
        return Attendance(pid=0, sessions=())


def write_attendance(state: Path, pid: int, sessions: Iterable[tuple[Told, str]]) -> None:
    """Keeps them for `status`, and for the next background process should this one be killed.

    Raises:
        MirrorError: the disk refuses.
    """
    attendance = Attendance(pid=pid, sessions=tuple(sessions))
    if attendance.sessions:
        data = json.dumps(cattrs.unstructure(attendance), indent=2).encode() + b"\n"
        write_private(state / FOLDER / _NAME, data)
    else:
        (state / FOLDER / _NAME).unlink(missing_ok=True)
