"""What the names of OpenClaw's files say, and how its sessions are named among all of this machine's.

`<session>.jsonl` is a transcript in use, `<session>-topic-<topic>.jsonl` one of a channel's topic. One that was put
away bears `.reset.<time>` or `.deleted.<time>` behind that, one that went into the database
`<key>.` before it and `.imported-<time>` behind it; each of them may be compressed. Checkpoints, trajectories and
backups are copies, or no transcripts at all.
"""

from __future__ import annotations

import re
from typing import Final

import attrs

from .places import MAIN

_ID: Final = r"(?P<id>[A-Za-z0-9][A-Za-z0-9._-]{0,127}?(?:-topic-[A-Za-z0-9_.!~*'()%-]{1,300})?)"
_TIME: Final = r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:\.\d{3})?Z"
_TRANSCRIPT: Final = re.compile(
    rf"{_ID}\.jsonl(?:\.(?:reset|deleted)\.(?P<away>{_TIME})(?:\.[0-9a-f]{{32}})?(?P<zst>\.zst)?)?"
)
_IMPORTED: Final = re.compile(
    rf"(?:[^.]+\.)?{_ID}\.jsonl(?:\.(?:reset|deleted)\.{_TIME}(?:\.[0-9a-f]{{32}})?)?"
    r"\.imported-(?P<at>\d+)(?:\.\d+)?(?P<zst>\.zst)?"
)
_COPIES: Final = (".trajectory", ".checkpoint.", ".pre-doctor-")
_QUALIFIER: Final = "@"
"""In no session's and no agent's name."""


@attrs.frozen
class Transcript:
    """One file of a session."""

    path: str
    session_id: str
    """Unique within one agent."""
    put_away: str = ""
    """When, as its name spells it; empty while the session is in use. Later ones sort behind earlier ones."""
    is_compressed: bool = False

    @property
    def rank(self) -> tuple[bool, str, bool]:
        """Of several files of one session the highest is the session as it is now."""
        return not self.put_away, self.put_away, not self.is_compressed


def parse_transcript(path: str, name: str) -> Transcript | None:
    """What the name of the file at a path says, in a folder of sessions; None for anything else's."""
    return _parsed(_TRANSCRIPT.fullmatch(name), path, "away")


def parse_imported(path: str, name: str) -> Transcript | None:
    """The same in a folder of transcripts that went into the database."""
    return _parsed(_IMPORTED.fullmatch(name), path, "at")


def unique_id(session_id: str, agent: str, profile: str) -> str:
    """A session's id among all agents': plain for the agent `main` of the usual profile."""
    if agent == MAIN and not profile:
        return session_id
    return _QUALIFIER.join(filter(None, (session_id, agent, profile)))


def _parsed(found: re.Match[str] | None, path: str, put_away: str) -> Transcript | None:
    if found is None or any(mark in found["id"] for mark in _COPIES):
        return None
    return Transcript(path, found["id"], found[put_away] or "", found["zst"] is not None)
