"""One search through project directories: which sessions, and which sub-agents, are at home in some folders."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Final

import attrs

from session_mirror.errors import MirrorError
from session_mirror.harness.base import FoundSession
from session_mirror.harness.folders import Folders
from session_mirror.harness.listing import Listing

from .beside import Belongings, Beside, SubAgent, sub_agents_among
from .origins import Origin, Origins
from .paths import names_directory
from .projects import SUFFIX, Project, is_transcript

HARNESS: Final = "claude-code"
LABEL: Final = "Claude Code"
_MEMORY: Final = "memory"
"""A directory among those that are named after sessions."""
_SESSION_ID: Final = re.compile(r"[^/\\\x00-\x1f]{1,200}")
_NOTHING: Final = Belongings()


@attrs.frozen
class _Met:
    """A file's present state, and what its records say."""

    status: os.stat_result
    origin: Origin


@attrs.frozen(order=True)
class Strange:
    """A file that isn't understood: when it was written last, where it is, and by which version."""

    modified_ns: int
    path: str
    version: str


class Search:
    """Collects what it finds by id, and notes what it met, so that others can let go of the rest."""

    def __init__(
        self, origins: Origins, beside: Beside, listing: Listing, told_before: dict[str, FoundSession]
    ) -> None:
        """`told_before` is what the last search told, by path."""
        self._origins = origins
        self._beside = beside
        self._listing = listing
        self._told_before = told_before
        self.found: dict[str, FoundSession] = {}
        self.told: dict[str, FoundSession] = {}
        self.files: set[str] = set()
        self.directories: set[str] = set()
        self.strange: list[Strange] = []
        """Files that look like transcripts and aren't understood."""

    def look_through(self, project: Project, wanted: Folders) -> None:
        """Takes what lies in a project directory and is at home in the wanted folders."""
        own = {entry.name: entry.path for entry in project.entries if entry.name != _MEMORY and _is_directory(entry)}
        homes: dict[str, str | None] = {}
        """By session id: its home, if it is one of ours."""
        for entry in project.entries:
            if is_transcript(entry.name):
                session_id = entry.name[: -len(SUFFIX)]
                homes[session_id] = self._take(entry.path, session_id, own.get(session_id), project, wanted)
        for session_id in own.keys() - homes.keys():
            # Sub-agents may outlive their session's transcript.
            for sub_agent in self._belongings(own[session_id]).sub_agents:
                self._take_by_itself(sub_agent, session_id, project, wanted)
        for sub_agent in sub_agents_among(project.entries):
            self._take_old(sub_agent, homes, project, wanted)

    def _take(self, path: str, session_id: str, directory: str | None, project: Project, wanted: Folders) -> str | None:
        """A session; returns its home if it is one of ours."""
        met = self._met(path, project)
        cwd = met and _home(met.origin, project, wanted)
        if not met or not cwd:
            return None
        belongings = self._belongings(directory) if directory else _NOTHING
        known = self._told_before.get(path)
        attachments = belongings.attachments()
        if known is None or not _is_same(known, met.status, cwd) or known.attachments != attachments:
            known = _session(session_id, path, met.status, cwd)
            known = attrs.evolve(known, attachments=attachments) if attachments else known
        self._tell(path, known)
        for sub_agent in belongings.sub_agents:
            self._take_sub_agent(sub_agent, session_id, cwd)
        return cwd

    def _take_sub_agent(self, sub_agent: SubAgent, parent_id: str, cwd: str) -> None:
        try:
            status = os.stat(sub_agent.path)  # noqa: PTH116  as in `_met`
        except OSError:
            return
        if status.st_size == 0:
            return
        known = self._told_before.get(sub_agent.path)
        if (
            known is None
            or not _is_same(known, status, cwd)
            or (known.parent_id, known.agent, known.sidecar) != (parent_id, sub_agent.label, sub_agent.sidecar)
        ):
            known = attrs.evolve(
                _session(f"{parent_id}~agent-{sub_agent.agent_id}", sub_agent.path, status, cwd),
                parent_id=parent_id,
                agent=sub_agent.label,
                sidecar=sub_agent.sidecar,
            )
        self._tell(sub_agent.path, known)

    def _take_by_itself(self, sub_agent: SubAgent, parent_id: str, project: Project, wanted: Folders) -> None:
        """A sub-agent without its session: where it is at home is what its own records say."""
        met = self._met(sub_agent.path, project)
        cwd = met and _home(met.origin, project, wanted)
        if cwd:
            self._take_sub_agent(sub_agent, parent_id, cwd)

    def _take_old(self, sub_agent: SubAgent, homes: dict[str, str | None], project: Project, wanted: Folders) -> None:
        """A sub-agent beside the sessions, as versions up to 2.0 wrote them: its records name the session."""
        met = self._met(sub_agent.path, project)
        parent_id = met.origin.session_id if met else ""
        if not _SESSION_ID.fullmatch(parent_id):
            return
        if parent_id not in homes:
            self._take_by_itself(sub_agent, parent_id, project, wanted)
        elif cwd := homes[parent_id]:
            self._take_sub_agent(sub_agent, parent_id, cwd)

    def _met(self, path: str, project: Project) -> _Met | None:
        """None for what is no readable file."""
        self.files.add(path)
        try:
            # Not the entry's own stat: on Windows that one is as old as the directory's last update. And no Path: one
            # for each of thousands of files costs more than the stat.
            status = os.stat(path)  # noqa: PTH116
            if not stat.S_ISREG(status.st_mode):
                return None
            origin = self._origins.of(path, status, project.name)
            if origin.strange_version is not None:
                self.strange.append(Strange(status.st_mtime_ns, path, origin.strange_version))
            return _Met(status, origin)
        except (FileNotFoundError, MirrorError):
            return None
        except OSError as error:
            self._listing.note(path, error)
            return None

    def _belongings(self, directory: str) -> Belongings:
        self.directories.add(directory)
        return self._beside.of(directory, self._listing)

    def _tell(self, path: str, session: FoundSession) -> None:
        self.told[path] = session
        known = self.found.get(session.session_id)
        self.found[session.session_id] = session if known is None else max(session, known, key=_preference)


def _home(origin: Origin, project: Project, wanted: Folders) -> str | None:
    """A session's home, if it is one of ours."""
    cwd = origin.cwd
    if cwd is None or wanted.hold(cwd):
        return cwd
    return cwd if project.is_adopted and names_directory(project.name, cwd) else None


def _session(session_id: str, path: str, status: os.stat_result, cwd: str) -> FoundSession:
    return FoundSession(
        harness=HARNESS,
        session_id=session_id,
        path=Path(path),
        cwd=cwd,
        size=status.st_size,
        modified_ms=status.st_mtime_ns // 1_000_000,
    )


def _is_same(known: FoundSession, status: os.stat_result, cwd: str) -> bool:
    return (known.cwd, known.size, known.modified_ms) == (cwd, status.st_size, status.st_mtime_ns // 1_000_000)


def _preference(session: FoundSession) -> tuple[int, int, str]:
    """Of two files with one session id the newest counts, then the longest."""
    return session.modified_ms, session.size, str(session.path)


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False
