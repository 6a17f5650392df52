"""Which project directories may hold sessions of some folders, told by their names wherever that can be.

A name tells nothing where a host dictated it (`CLAUDE_CODE_PROJECT_DIR_NAME`). Whether it did is found by looking once
into one transcript of each directory whose name says that it is another project's.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import attrs

from session_mirror.errors import MirrorError
from session_mirror.harness.folders import Folders
from session_mirror.harness.listing import Listing
from session_mirror.source.opening import read_head

from .origins import Origins
from .paths import may_hold, names_directory, names_of

SUFFIX: Final = ".jsonl"
SUB_AGENT: Final = "agent-"
SETTLED_S: Final = 2.5
"""A directory that changed more recently may change again without a new date: some file systems count in twos."""
_ALIASES: Final = ".session-aliases"
_LONGEST_ALIASES: Final = 64 * 1024
_MOST_PROBED: Final = 8


@attrs.frozen
class Project:
    """A project directory and what is in it. `is_adopted`: it is a former directory of a wanted folder's project."""

    name: str
    entries: Sequence[os.DirEntry[str]]
    is_adopted: bool = False


@attrs.frozen
class _Verdict:
    mark: tuple[int, int] | None
    """Inode and date while there is no transcript in it; None once it is known whose name it is."""
    is_dictated: bool


class Projects:
    """Remembers which directories are named after their sessions' own directory."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = roots
        self._verdicts: dict[str, _Verdict] = {}
        self._origins = Origins()
        """Of the few files that were looked into for their directories' sake."""

    def of(self, wanted: Folders, listing: Listing) -> Iterator[Project]:
        """Each directory once, however many roots reach it."""
        names = frozenset().union(*(names_of(folder) for folder in wanted.spellings))
        visited: set[str] = set()
        for root in self._roots:
            entries = listing.entries(root)
            former: list[os.DirEntry[str]] = []
            others: list[os.DirEntry[str]] = []
            for entry in entries:
                if not may_hold(entry.name, names):
                    others.append(entry)
                elif project := _listed(entry, visited, listing):
                    yield project
                    former += _aliases(project, wanted, entries)
            for entry in former:
                if project := _listed(entry, visited, listing):
                    yield attrs.evolve(project, is_adopted=True)
            for entry in others:
                if self._is_dictated(entry, listing) and (project := _listed(entry, visited, listing)):
                    yield project

    def _is_dictated(self, entry: os.DirEntry[str], listing: Listing) -> bool:
        """Whether a directory with the name of another folder's project isn't that."""
        known = self._verdicts.get(entry.path)
        if known is not None and known.mark is None:
            return known.is_dictated
        try:
            status = os.stat(entry.path)  # noqa: PTH116  as in `Discovery`
        except OSError:
            return False
        mark = (status.st_ino, status.st_mtime_ns)
        if known is not None and known.mark == mark:
            return False
        transcripts = _transcripts(entry, listing)
        cwd = self._probe(transcripts[:_MOST_PROBED], entry.name)
        if cwd:
            self._verdicts[entry.path] = _Verdict(None, not names_directory(entry.name, cwd))
            return self._verdicts[entry.path].is_dictated
        if not transcripts and time.time() - status.st_mtime > SETTLED_S:
            self._verdicts[entry.path] = _Verdict(mark, is_dictated=False)
        return False

    def _probe(self, transcripts: Sequence[os.DirEntry[str]], project: str) -> str:
        """The directory that one of the sessions was started in; empty where none tells yet."""
        for entry in transcripts:
            try:
                origin = self._origins.of(entry.path, os.stat(entry.path), project)  # noqa: PTH116
            except (OSError, MirrorError):
                continue
            if origin.first_cwd:
                return origin.own_cwd or origin.first_cwd
        return ""


def is_transcript(name: str) -> bool:
    """Whether a file of this name in a project directory is a session's own."""
    return name.endswith(SUFFIX) and name != SUFFIX and not name.startswith(SUB_AGENT)


def _listed(entry: os.DirEntry[str], visited: set[str], listing: Listing) -> Project | None:
    place = os.path.realpath(entry.path)
    if place in visited or not listing.is_dir(entry):
        return None
    visited.add(place)
    return Project(entry.name, listing.entries(entry))


def _transcripts(directory: os.DirEntry[str], listing: Listing) -> list[os.DirEntry[str]]:
    if not listing.is_dir(directory):
        return []
    return [entry for entry in listing.entries(directory) if is_transcript(entry.name)]


def _aliases(project: Project, wanted: Folders, siblings: Sequence[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
    """The former directories that a wanted folder's own project names, as far as they lie beside it."""
    note = next((entry for entry in project.entries if entry.name == _ALIASES), None)
    if note is None or not any(names_directory(project.name, folder) for folder in wanted.spellings):
        return []
    try:
        text = os.fsdecode(read_head(Path(note.path), _LONGEST_ALIASES))
    except (OSError, MirrorError):
        return []
    named = {os.path.normpath(line.strip()) for line in text.split("\n") if line.strip()}
    return [entry for entry in siblings if entry.path in named or os.path.realpath(entry.path) in named]
