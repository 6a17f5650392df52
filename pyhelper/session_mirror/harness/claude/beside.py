"""What lies beside a session in a directory of its own: its sub-agents' transcripts and tool output too long for it.

    <session id>/subagents/agent-<agent id>.jsonl, agent-<agent id>.meta.json
    <session id>/subagents/workflows/<run id>/agent-<agent id>.jsonl
    <session id>/tool-results/<name>

Links are not followed here: what is mirrored is what the agent wrote.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import attrs

from session_mirror.errors import MirrorError
from session_mirror.harness.base import Attachment
from session_mirror.harness.json_values import as_text, one_line, parse_object
from session_mirror.harness.listing import Listing
from session_mirror.source.opening import read_head

from .projects import SETTLED_S, SUB_AGENT, SUFFIX

_SIDECAR: Final = ".meta.json"
_LONGEST_SIDECAR: Final = 1024 * 1024
_LABEL_LENGTH: Final = 200


@attrs.frozen
class SubAgent:
    """A sub-agent's file. `label` is its kind and its task on one line, empty where nothing tells."""

    path: str
    agent_id: str
    sidecar: Path | None
    label: str


@attrs.frozen
class Belongings:
    """What was found beside one session."""

    sub_agents: tuple[SubAgent, ...] = ()
    results: tuple[Attachment, ...] = ()
    """Spilled tool output as it was when it was found."""

    def attachments(self) -> tuple[Attachment, ...]:
        """The spilled output as it is now; what has gone meanwhile is left out."""
        return tuple(attachment for found in self.results if (attachment := _as_it_is(found)) is not None)


@attrs.frozen
class _Look:
    marks: dict[str, tuple[int, int]]
    """Inode and date of each directory that was listed."""
    belongings: Belongings


class Beside:
    """Remembers what directories hold, as long as their dates stay: a repeat costs a stat for each."""

    def __init__(self) -> None:
        self._looks: dict[str, _Look] = {}

    def of(self, directory: str, listing: Listing) -> Belongings:
        """What is in a session's own directory."""
        known = self._looks.get(directory)
        if known is not None and all(_mark(path) == mark for path, mark in known.marks.items()):
            return known.belongings
        reading = _Reading(listing)
        belongings = reading.read(directory)
        if reading.is_settled:
            self._looks[directory] = _Look(reading.marks, belongings)
        else:
            self._looks.pop(directory, None)
        return belongings

    def forget_all_but(self, directories: set[str]) -> None:
        """Lets go of directories that are gone."""
        for directory in self._looks.keys() - directories:
            del self._looks[directory]


class _Reading:
    """One look into a session's directory."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self.marks: dict[str, tuple[int, int]] = {}
        self.is_settled = True
        """False when the same dates may hide a later change."""

    def read(self, directory: str) -> Belongings:
        entries = {entry.name: entry for entry in self._entries(directory)}
        sub_agents: list[SubAgent] = []
        results: tuple[Attachment, ...] = ()
        if (place := entries.get("subagents")) and _is_own_directory(place):
            sub_agents += self._sub_agents(place.path)
        if (place := entries.get("tool-results")) and _is_own_directory(place):
            found = [entry for entry in self._entries(place.path) if _is_own_file(entry) and _is_name(entry.name)]
            found.sort(key=lambda entry: entry.name)
            results = tuple(Attachment(entry.name, Path(entry.path), 0, 0) for entry in found)
        return Belongings(tuple(sub_agents), Belongings(results=results).attachments())

    def _sub_agents(self, directory: str) -> Iterator[SubAgent]:
        entries = self._entries(directory)
        yield from self._among(entries)
        workflows = next((entry for entry in entries if entry.name == "workflows" and _is_own_directory(entry)), None)
        for run in self._entries(workflows.path) if workflows else ():
            if _is_own_directory(run):
                yield from self._among(self._entries(run.path))

    def _among(self, entries: Sequence[os.DirEntry[str]]) -> Iterator[SubAgent]:
        for sub_agent in sub_agents_among(entries):
            # A sidecar that was just made may still be empty.
            self.is_settled = self.is_settled and not (sub_agent.sidecar and not sub_agent.label)
            yield sub_agent

    def _entries(self, directory: str) -> Sequence[os.DirEntry[str]]:
        mark = _mark(directory)
        self.marks[directory] = mark
        self.is_settled = self.is_settled and time.time() - mark[1] / 1e9 > SETTLED_S
        return self._listing.entries(Path(directory))


def sub_agents_among(entries: Sequence[os.DirEntry[str]]) -> Iterator[SubAgent]:
    """Sub-agents' transcripts in a directory, with their sidecars."""
    sidecars = {entry.name: entry for entry in entries if entry.name.endswith(_SIDECAR) and _is_own_file(entry)}
    for entry in entries:
        if entry.name.startswith(SUB_AGENT) and entry.name.endswith(SUFFIX) and _is_own_file(entry):
            stem = entry.name[: -len(SUFFIX)]
            sidecar = sidecars.get(stem + _SIDECAR)
            path = Path(sidecar.path) if sidecar else None
            yield SubAgent(entry.path, stem[len(SUB_AGENT) :], path, label_of(path) if path else "")


def label_of(sidecar: Path) -> str:
    """The kind and the task of a sub-agent, by its sidecar."""
    fields = _read_object(sidecar)
    told = (as_text(fields.get("agentType")), as_text(fields.get("description")))
    return one_line(": ".join(filter(None, told)), _LABEL_LENGTH)


def sidecar_of(transcript: Path) -> Path:
    """Where a sub-agent's sidecar would be."""
    return transcript.with_name(transcript.name[: -len(SUFFIX)] + _SIDECAR)


def custom_title_beside(transcript: Path) -> str:
    """What a person renamed the session to, as the agent keeps it beside it; empty where it doesn't."""
    return as_text(_read_object(transcript.with_suffix("") / "custom-title.json").get("customTitle"))


def _read_object(path: Path) -> dict[str, object]:
    try:
        return parse_object(read_head(path, _LONGEST_SIDECAR))
    except (OSError, MirrorError):
        return {}


def _mark(directory: str) -> tuple[int, int]:
    try:
        status = os.stat(directory)  # noqa: PTH116  as in `Discovery`
    except OSError:
        return (0, 0)
    return (status.st_ino, status.st_mtime_ns)


def _is_own_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _is_own_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file(follow_symlinks=False)
    except OSError:
        return False


def _is_name(name: str) -> bool:
    """Whether a file's name is good as one segment of a key: no control characters, no other system's separator."""
    return name.isprintable() and "\\" not in name


def _as_it_is(found: Attachment) -> Attachment | None:
    try:
        status = os.lstat(found.path)
    except OSError:
        return None
    if (status.st_size, status.st_mtime_ns) == (found.size, found.modified_ns):
        return found
    is_own = stat.S_ISREG(status.st_mode)
    return attrs.evolve(found, size=status.st_size, modified_ns=status.st_mtime_ns) if is_own else None
