"""Finding the sessions of some folders in all of Hermes' databases on this machine, and exporting them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from session_mirror.errors import MirrorError
from session_mirror.harness.base import FoundSession
from session_mirror.harness.folders import Folders
from session_mirror.harness.listing import Listing
from session_mirror.protocol.mirror import Problem
from session_mirror.source.changelog.database import Database
from session_mirror.source.changelog.exporter import Export, Exporter
from session_mirror.source.changelog.places import export_lock, exports_of

from .homes import DATABASE, LEGACY
from .legacy import Transcripts
from .origins import Origin, read_origins
from .rows import HermesRows
from .tasks import Tasks

HARNESS: Final = "hermes"


class Profile:
    """One database, and what lies beside it. Not for two threads at once."""

    def __init__(self, place: Path, state: Path) -> None:
        """The database need not exist. `state` is the state directory, for the change logs."""
        self._path = place / DATABASE
        self._database = Database(self._path)
        lock = export_lock(state, HARNESS, self._path)
        self._exporter = Exporter(self._database, HermesRows(), exports_of(state, HARNESS, self._path), lock)
        self._transcripts = Transcripts(place / LEGACY)
        self._origins: dict[str, Origin] | None = None
        self._tasks = Tasks()
        self._problem: Problem | None = None

    def has_news(self) -> bool:
        """Whether the database may hold something new; costs two stats."""
        return self._exporter.has_news()

    def find(self, folders: Folders, listing: Listing) -> Iterator[FoundSession]:
        """Sessions that ran in the folders; brings their change logs up to date first."""
        if self._exporter.begin() or self._origins is None or self._problem is not None:
            self._read_origins()
        origins = self._origins or {}
        wanted = [session_id for session_id, origin in origins.items() if origin.cwd and folders.hold(origin.cwd)]
        # Newest first: ids begin with the time.
        wanted.sort(reverse=True)
        self._exporter.update(() if self._problem else wanted)
        exported = set()
        for session_id in wanted:
            export = self._exporter.find(session_id)
            if export is not None:
                exported.add(session_id)
                yield self._session(session_id, origins[session_id], export)
        for transcript in self._transcripts.find(listing):
            origin = origins.get(transcript.session_id)
            cwd = origin.cwd if origin else transcript.cwd
            if transcript.session_id not in exported and cwd and folders.hold(cwd):
                yield transcript.found(HARNESS, cwd)

    def title(self, session_id: str) -> str:
        """The one that Hermes gave a session; empty without any."""
        origin = (self._origins or {}).get(session_id)
        return origin.title if origin else ""

    def problems(self) -> list[Problem]:
        """What the last `find` could not read or write, or did not understand."""
        return [self._problem] if self._problem else list(self._exporter.problems())

    def _read_origins(self) -> None:
        self._problem = None
        if not self._path.exists():
            self._origins = {}
            return
        try:
            with self._database:
                self._origins = self._database.read(read_origins)
                agents = [name for name, origin in self._origins.items() if origin.parent_id]
                self._database.read(lambda db: self._tasks.learn(db, agents))
        except MirrorError as error:
            self._problem = error.as_problem()

    def _session(self, session_id: str, origin: Origin, export: Export) -> FoundSession:
        return FoundSession(
            harness=HARNESS,
            session_id=session_id,
            path=export.path,
            cwd=origin.cwd,
            size=export.size,
            modified_ms=export.modified_ms,
            parent_id=origin.parent_id,
            agent=self._tasks.of(session_id) if origin.parent_id else "",
            database=self._path,
        )
