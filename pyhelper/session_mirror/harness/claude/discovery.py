"""Finding the sessions of some folders among all of Claude Code's transcripts on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Final

from session_mirror.harness.base import FoundSession
from session_mirror.harness.folders import Folders
from session_mirror.harness.listing import Listing
from session_mirror.protocol.mirror import Problem

from .origins import Origins
from .paths import may_hold, names_of

HARNESS: Final = "claude-code"
_SUFFIX: Final = ".jsonl"
_SUB_AGENT: Final = "agent-"


class Discovery:
    """Looks through `projects` directories; a repeat costs a listing and a stat per file. Thread-safe."""

    def __init__(self, projects: Sequence[Path]) -> None:
        self._projects = projects
        self._origins = Origins()
        self._told: dict[str, FoundSession] = {}
        self._listing = Listing()
        self._lock = Lock()

    def find(self, folders: Sequence[Path]) -> list[FoundSession]:
        """Sessions started in one of the folders or below it, each id once, by path."""
        with self._lock:
            self._listing = Listing()
            wanted = Folders(folders)
            names = frozenset().union(*(names_of(folder) for folder in wanted.spellings))
            found: dict[str, FoundSession] = {}
            told: dict[str, FoundSession] = {}
            seen: set[str] = set()
            for entry in self._transcripts(names):
                seen.add(entry.path)
                session = self._confirmed(entry, wanted)
                if session is not None:
                    told[entry.path] = session
                    known = found.get(session.session_id)
                    found[session.session_id] = session if known is None else max(session, known, key=_preference)
            self._origins.forget_all_but(seen)
            self._told = told
            return sorted(found.values(), key=lambda session: str(session.path))

    def problems(self) -> list[Problem]:
        """What the last search could not read."""
        with self._lock:
            return [_problem(path, reason) for path, reason in self._listing.unreadable.items()]

    def _transcripts(self, names: frozenset[str]) -> Iterator[os.DirEntry[str]]:
        visited: set[str] = set()
        for root in self._projects:
            for project in self._listing.entries(root):
                # One directory may be reached by several roots.
                place = os.path.realpath(project.path)
                if place not in visited and may_hold(project.name, names) and self._listing.is_dir(project):
                    visited.add(place)
                    yield from (entry for entry in self._listing.entries(project) if _is_transcript(entry.name))

    def _confirmed(self, entry: os.DirEntry[str], wanted: Folders) -> FoundSession | None:
        try:
            if not entry.is_file():
                return None
            # Not the entry's own stat: on Windows that one is as old as the directory's last update. And no Path: one
            # for each of thousands of files costs more than the stat.
            status = os.stat(entry.path)  # noqa: PTH116
            cwd = self._origins.cwd_of(entry.path, status)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._listing.note(entry.path, error)
            return None
        if cwd is None or not wanted.hold(cwd):
            return None
        size, modified_ms = status.st_size, status.st_mtime_ns // 1_000_000
        told = self._told.get(entry.path)
        if told is not None and (told.cwd, told.size, told.modified_ms) == (cwd, size, modified_ms):
            return told
        return FoundSession(
            harness=HARNESS,
            session_id=entry.name[: -len(_SUFFIX)],
            path=Path(entry.path),
            cwd=cwd,
            size=size,
            modified_ms=modified_ms,
        )


def _is_transcript(name: str) -> bool:
    return name.endswith(_SUFFIX) and name != _SUFFIX and not name.startswith(_SUB_AGENT)


def _preference(session: FoundSession) -> tuple[int, int, str]:
    """Of two files with one session id the newest counts, then the longest."""
    return session.modified_ms, session.size, str(session.path)


def _problem(path: Path, reason: str) -> Problem:
    return Problem(
        kind="source",
        message=f"Claude Code's transcripts can't be read: {path} ({reason}).",
        hint="Check that your user may read this path; it is tried again by itself.",
        retryable=True,
    )
