"""The notes that hooks leave: three lines of the script's own, then what the agent told it, as JSON.

All of it is data from outside. What doesn't look as it should is dropped.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Final

import attrs

from session_mirror.hooks.agents import AGENTS, END, EVENTS

_SESSION_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_LONGEST: Final = 4096
"""Characters of a path."""


@attrs.frozen(kw_only=True)
class Note:
    """A session of an agent began, or went on, or ended."""

    harness: str
    session_id: str
    ended: bool
    cwd: str
    """Where the agent was started."""
    transcript: str
    """Where the agent says that its transcript is or will be; may be empty or wrong."""
    home: str
    """The agent's home where its environment names one; else empty."""
    agent_pid: int | None
    told_at_ms: int
    """Unix epoch."""


def parse_note(data: bytes, told_at_ms: int) -> Note | None:
    """None for what no hook of ours would leave."""
    try:
        harness, pid, home, told = data.decode().split("\n", 3)
        fields = json.loads(told)
    except (ValueError, RecursionError):
        return None
    if harness not in AGENTS or not isinstance(fields, dict):
        return None
    event, session_id, cwd, transcript = (
        value if isinstance(value := fields.get(name), str) else ""
        for name in ("hook_event_name", "session_id", "cwd", "transcript_path")
    )
    if event not in EVENTS or not _SESSION_ID.fullmatch(session_id) or not _is_path(cwd):
        return None
    return Note(
        harness=harness,
        session_id=session_id,
        ended=event == END,
        cwd=cwd,
        transcript=transcript if _is_path(transcript) else "",
        home=home if _is_path(home) else "",
        agent_pid=int(pid) if pid.isascii() and pid.isdigit() and len(pid) < 10 else None,
        told_at_ms=told_at_ms,
    )


class Spool:
    """The directory that notes are left in. What is still being written has a dot before its name."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def is_empty(self) -> bool:
        """Whether nobody left anything; also when there is no such directory."""
        return not self._names()

    def take(self) -> list[Note]:
        """All notes in the order in which they were written; they are gone afterwards."""
        left: list[tuple[int, bytes]] = []
        for name in self._names():
            path = self._directory / name
            with suppress(OSError):
                left.append((path.stat().st_mtime_ns, path.read_bytes()))
            with suppress(OSError):
                path.unlink()
        notes = (parse_note(data, written_ns // 1_000_000) for written_ns, data in sorted(left))
        return [note for note in notes if note is not None]

    def _names(self) -> list[str]:
        try:
            return [path.name for path in self._directory.iterdir() if not path.name.startswith(".")]
        except OSError:
            return []


def _is_path(text: str) -> bool:
    return len(text) <= _LONGEST and "\0" not in text and Path(text).is_absolute()
