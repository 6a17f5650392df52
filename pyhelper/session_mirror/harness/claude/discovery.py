"""Finding the sessions of some folders among all of Claude Code's transcripts on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from threading import Lock

from session_mirror.harness.base import FoundSession
from session_mirror.harness.folders import Folders
from session_mirror.harness.listing import Listing
from session_mirror.harness.problems import not_understood, unreadable
from session_mirror.protocol.mirror import Problem

from .beside import Beside
from .origins import Origins
from .projects import Projects
from .search import LABEL, Search, Strange
from .worktrees import linked_worktrees


class Discovery:
    """Looks through `projects` directories. Thread-safe.

    A repeat costs a listing of each directory that may hold the folders' sessions, a stat for each file in it, and one
    for each directory beside a session.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        self._projects = Projects(roots)
        self._origins = Origins()
        self._beside = Beside()
        self._told: dict[str, FoundSession] = {}
        self._listing = Listing()
        self._strange: list[Strange] = []
        self._lock = Lock()

    def find(self, folders: Sequence[Path]) -> list[FoundSession]:
        """Sessions at home in one of the folders or below it, and their sub-agents; each id once, by path."""
        with self._lock:
            self._listing = Listing()
            wanted = _wanted(folders)
            search = Search(self._origins, self._beside, self._listing, self._told)
            for project in self._projects.of(wanted, self._listing):
                search.look_through(project, wanted)
            self._origins.forget_all_but(search.files)
            self._beside.forget_all_but(search.directories)
            self._told = search.told
            newest_ms = max((session.modified_ms for session in search.found.values()), default=0)
            # An odd old file is no news. When nothing newer is understood, the format has changed.
            self._strange = [found for found in search.strange if found.modified_ns // 1_000_000 >= newest_ms]
            return sorted(search.found.values(), key=lambda session: str(session.path))

    def problems(self) -> list[Problem]:
        """What the last search could not read, or did not understand."""
        with self._lock:
            problems = unreadable(LABEL, self._listing)
            if self._strange:
                newest = max(self._strange)
                others = len(self._strange) - 1
                problems.append(not_understood(LABEL, Path(newest.path), others=others, version=newest.version))
            return problems


def _wanted(folders: Sequence[Path]) -> Folders:
    """The folders, and what they are in the other worktrees of their repositories."""
    places = [Path(spelling) for spelling in Folders(folders).spellings]
    return Folders(chain(folders, *map(linked_worktrees, places)))
