"""One agent's database: its sessions as they were when it last changed, and their change logs."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs

from session_mirror.errors import MirrorError
from session_mirror.protocol.mirror import Problem
from session_mirror.source.changelog.database import Database
from session_mirror.source.changelog.exporter import Export, Exporter
from session_mirror.source.changelog.places import export_lock, exports_of
from session_mirror.source.opening import read_head

from .database import Source, Window, entry_of_window, header_of, holds, is_new, is_understood, version_of, windows
from .entries import Entry
from .events import archive_of
from .origins import NotUnderstood, Origin, origin_in, origin_of
from .tables import Tables

_HEAD_BYTES: Final = 256 << 10
_RETRY_S: Final = 10.0
"""After an error."""


@attrs.frozen
class Stored:
    """A session in the database."""

    window: Window
    origin: Origin | NotUnderstood


class Store:
    """A repeat costs two stats while the database doesn't change. For one thread at a time."""

    def __init__(self, path: Path, state: Path, harness: str) -> None:
        """`state` is our own state directory: the change logs go there."""
        self.path = path
        self._database = Database(path)
        folder, lock = exports_of(state, harness, path), export_lock(state, harness, path)
        self._exporter = Exporter(Database(path), Source(), folder, lock)
        self._sessions: Mapping[str, Stored] = {}
        self._entries: dict[str, tuple[int, Entry]] = {}
        self._contained: dict[str, tuple[object, bool]] = {}
        self._is_listed = False
        self._problem: Problem | None = None
        self._retry_at = float("-inf")
        self.version = ""

    @property
    def sessions(self) -> Mapping[str, Stored]:
        """By id, as of the last look."""
        return self._sessions

    def has_news(self) -> bool:
        """Whether a look would find something new."""
        return time.monotonic() >= self._retry_at and self._exporter.has_news()

    def look(self) -> Mapping[str, Stored]:
        """The sessions by id; as before while the database can't be read."""
        if self._exporter.begin() or not self._is_listed:
            self._problem = None
            try:
                with self._database as database:
                    database.read(lambda db: self._list(Tables(db)))
            except (MirrorError, sqlite3.Error) as error:
                self._fail(error)
        return self._sessions

    def export(self, session_ids: Iterable[str]) -> None:
        """Brings these sessions' change logs up to date, those that changed last first."""
        known = [self._sessions[session_id].window for session_id in session_ids]
        if self._is_listed:
            newest_first = sorted(known, key=lambda window: -window.updated_ms)
            self._exporter.update([window.session_id for window in newest_first])

    def find(self, session_id: str) -> Export | None:
        """A session's change log."""
        return self._exporter.find(session_id)

    def entries(self, session_ids: Collection[str]) -> Mapping[str, Entry]:
        """What is noted of sessions; nothing of those where it can't be read now."""
        stale = [
            window
            for session_id in session_ids
            if (window := self._sessions[session_id].window).updated_ms != self._entries.get(session_id, (None,))[0]
        ]
        if stale and self._is_listed:
            try:
                with self._database as database:
                    read = database.read(lambda db: _entries(Tables(db), stale))
                self._entries |= {window.session_id: (window.updated_ms, entry) for window, entry in read}
            except (MirrorError, sqlite3.Error) as error:
                self._fail(error)
        return {name: self._entries[name][1] for name in session_ids if name in self._entries}

    def contains(self, session_id: str, ids: Callable[[], Collection[str]], state: object) -> bool:
        """Whether a session's events include those with these ids; asked again when `state` or the session changed.

        A database that can't be read now is believed to. Raises what `ids` raises.
        """
        mark = (state, self._sessions[session_id].window.updated_ms)
        known = self._contained.get(session_id)
        if known is None or known[0] != mark:
            wanted = ids()
            try:
                with self._database as database:
                    known = (mark, database.read(lambda db: holds(Tables(db), session_id, wanted)))
            except (MirrorError, sqlite3.Error):
                return True
            self._contained[session_id] = known
        return known[1]

    def problems(self) -> Sequence[Problem]:
        """What could not be read, or is not understood."""
        return [self._problem] if self._problem is not None else self._exporter.problems()

    def _list(self, tables: Tables) -> None:
        self.version = version_of(tables)
        if not is_understood(tables):
            self._sessions, self._is_listed = {}, True
            self._problem = None if is_new(tables) else _foreign(self.path, self.version)
            return
        found = {}
        for window in windows(tables):
            known = self._sessions.get(window.session_id)
            is_told = known is not None and isinstance(known.origin, Origin)
            origin = known.origin if known is not None and is_told else self._origin(tables, window.session_id)
            found[window.session_id] = Stored(window, origin)
        self._sessions, self._is_listed = found, True
        for known_names in (self._entries, self._contained):
            for name in known_names.keys() - found.keys():
                del known_names[name]

    def _fail(self, error: Exception) -> None:
        self._is_listed = False
        self._problem = _cause(self.path, error)
        self._retry_at = time.monotonic() + _RETRY_S

    def _origin(self, tables: Tables, session_id: str) -> Origin | NotUnderstood:
        """By the header; of a session in cold storage rather by that of its change log."""
        if archive_of(tables, session_id) is not None and (export := self.find(session_id)) is not None:
            told = origin_in(read_head(export.path, _HEAD_BYTES).split(b"\n")[:-1])
            if isinstance(told, Origin):
                return told
        return origin_of(header_of(tables, session_id))


def _entries(tables: Tables, listed: Sequence[Window]) -> list[tuple[Window, Entry]]:
    return [(window, entry_of_window(tables, window)) for window in listed]


def _cause(path: Path, error: Exception) -> Problem:
    if isinstance(error, MirrorError):
        return error.as_problem()
    return Problem(
        kind="source",
        message=f"OpenClaw's database can't be read: {path} ({error}).",
        hint="It is tried again by itself; what was mirrored before is safe.",
        retryable=True,
    )


def _foreign(path: Path, version: str) -> Problem:
    written = f", written by OpenClaw {version}" if version else ""
    return Problem(
        kind="source",
        message=f"OpenClaw's database is not understood: {path}{written}.",
        hint="This version of OpenClaw may be too new: update Session Mirror. Nothing that was mirrored is touched.",
        retryable=True,
    )
