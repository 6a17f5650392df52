"""The journal: one SQLite database for all windows and processes of this host.

It is a memory aid, never the truth: a lost or rolled back journal costs a LIST and some re-reading, not data. So
write-ahead logging without a sync on every commit is enough; what a power cut takes back is found again in the bucket.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import cattrs

from session_mirror.bucket.meta import PartEntry
from session_mirror.bucket.names import decode_id, encode_id
from session_mirror.errors import MirrorError
from session_mirror.journal.records import JournalPart, StreamKey, StreamState
from session_mirror.journal.state_dir import ensure_private

_SCHEMA = """
CREATE TABLE IF NOT EXISTS stream (
    destination TEXT NOT NULL, harness TEXT NOT NULL, session_id TEXT NOT NULL, generation INTEGER NOT NULL,
    state TEXT NOT NULL, PRIMARY KEY (destination, harness, session_id, generation)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS part (
    destination TEXT NOT NULL, harness TEXT NOT NULL, session_id TEXT NOT NULL, generation INTEGER NOT NULL,
    end INTEGER NOT NULL, entry TEXT NOT NULL,
    PRIMARY KEY (destination, harness, session_id, generation, end)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stopped (
    harness TEXT NOT NULL, session_id TEXT NOT NULL, PRIMARY KEY (harness, session_id)) WITHOUT ROWID;
"""
_VERSION = 1
_BUSY_TIMEOUT_S = 5.0
_KEY = "destination = ? AND harness = ? AND session_id = ? AND generation = ?"
_converter = cattrs.Converter()
_T = TypeVar("_T")


class _Nonsense(Exception):  # noqa: N818  never leaves this module
    """A row that holds something else than it should."""


class Journal:
    """Thread-safe. Every failure is a `MirrorError` of kind `disk`; a damaged file is set aside and begun anew."""

    def __init__(self, state: Path) -> None:
        """Opens `state.db` in the state directory on first use, so that a broken disk is met where it can be shown."""
        self._path = state / "state.db"
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._inode = 0

    def latest(self, destination: str, harness: str, session_id: str) -> tuple[StreamKey, StreamState] | None:
        """The newest generation known of a session."""

        def read(db: sqlite3.Connection) -> tuple[StreamKey, StreamState] | None:
            row = db.execute(
                "SELECT generation, state FROM stream WHERE destination = ? AND harness = ? AND session_id = ?"
                " ORDER BY generation DESC LIMIT 1",
                (destination, harness, encode_id(session_id)),
            ).fetchone()
            if row is None:
                return None
            key = StreamKey(destination=destination, harness=harness, session_id=session_id, generation=row[0])
            return key, _read(row[1], StreamState)

        return self._run(read)

    def save(self, key: StreamKey, state: StreamState, *, part: JournalPart | None = None) -> None:
        """Replaces a stream's state and adds the part that was committed with it, in one transaction."""

        def write(db: sqlite3.Connection) -> None:
            with _transaction(db):
                _put_state(db, key, state)
                if part is not None:
                    _put_part(db, key, part)

        self._run(write)

    def rewrite(self, key: StreamKey, state: StreamState, parts: Sequence[JournalPart]) -> None:
        """Replaces a stream's state and its whole list of parts."""

        def write(db: sqlite3.Connection) -> None:
            with _transaction(db):
                _put_state(db, key, state)
                db.execute(f"DELETE FROM part WHERE {_KEY}", _row_key(key))  # noqa: S608  a constant
                for part in parts:
                    _put_part(db, key, part)

        self._run(write)

    def parts(self, key: StreamKey) -> list[JournalPart]:
        """The stream's committed parts, in stream order."""
        return self._run(lambda db: _parts(db, key))

    def part_count(self, key: StreamKey) -> int:
        """How many parts the stream has, as far as this host knows."""
        query = f"SELECT COUNT(*) FROM part WHERE {_KEY}"  # noqa: S608  a constant
        return int(self._run(lambda db: db.execute(query, _row_key(key)).fetchone()[0]))

    def all_latest(self, destination: str) -> list[tuple[StreamKey, StreamState]]:
        """The newest generation of every session ever mirrored to a destination from this host."""

        def read(db: sqlite3.Connection) -> list[tuple[StreamKey, StreamState]]:
            rows = db.execute(
                "SELECT harness, session_id, MAX(generation), state FROM stream WHERE destination = ?"
                " GROUP BY harness, session_id",
                (destination,),
            ).fetchall()
            return [
                (
                    StreamKey(
                        destination=destination, harness=harness, session_id=decode_id(segment), generation=generation
                    ),
                    _read(state, StreamState),
                )
                for harness, segment, generation, state in rows
            ]

        return self._run(read)

    def edit_parts(self, key: StreamKey, edit: Callable[[Sequence[JournalPart]], Sequence[JournalPart]]) -> None:
        """Replaces a stream's list of parts, after a compaction; commits that come meanwhile wait."""

        def write(db: sqlite3.Connection) -> None:
            with _transaction(db):
                parts = edit(_parts(db, key))
                db.execute(f"DELETE FROM part WHERE {_KEY}", _row_key(key))  # noqa: S608  a constant
                for part in parts:
                    _put_part(db, key, part)

        self._run(write)

    def set_stopped(self, harness: str, session_id: str, *, stopped: bool) -> None:
        """Remembers the user's wish that a session be left alone, or takes it back."""
        verb = "INSERT OR IGNORE INTO stopped VALUES (?, ?)" if stopped else (
            "DELETE FROM stopped WHERE harness = ? AND session_id = ?"
        )  # fmt: skip
        self._run(lambda db: db.execute(verb, (harness, encode_id(session_id))))

    def stopped(self) -> frozenset[tuple[str, str]]:
        """All `(harness, session id)` that were stopped on this host."""

        def read(db: sqlite3.Connection) -> frozenset[tuple[str, str]]:
            rows = db.execute("SELECT harness, session_id FROM stopped")
            return frozenset((harness, decode_id(segment)) for harness, segment in rows)

        return self._run(read)

    def close(self) -> None:
        """Closes the database; another use opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _run(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        with self._lock:
            try:
                return self._attempt(work)
            except sqlite3.OperationalError as error:
                self.close()
                raise _disk_error(self._path, error) from error
            except (sqlite3.DatabaseError, _Nonsense):
                # Damaged, or written by a version we don't understand. The bucket knows everything that matters.
                self._set_aside()
            try:
                return self._attempt(work)
            except (sqlite3.Error, _Nonsense) as error:
                self.close()
                raise _disk_error(self._path, error) from error

    def _attempt(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        if self._connection is not None and _inode(self._path) != self._inode:
            self.close()  # removed or set aside by another process: writing on would go nowhere
        if self._connection is None:
            try:
                self._connection = _open(self._path)
            except OSError as error:
                raise _disk_error(self._path, error) from error
            self._inode = _inode(self._path)
        return work(self._connection)

    def _set_aside(self) -> None:
        self.close()
        aside = self._path.with_name(f"state.db.damaged-{time.time_ns()}")
        try:
            self._path.replace(aside)
            for suffix in ("-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        except OSError as error:
            raise _disk_error(self._path, error) from error


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return -1


def _open(path: Path) -> sqlite3.Connection:
    ensure_private(path.parent)
    db = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise _newer_error(path)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.executescript(_SCHEMA)
        db.execute(f"PRAGMA user_version = {_VERSION}")
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _row_key(key: StreamKey) -> tuple[str, str, str, int]:
    """Ids may hold what SQLite's text cannot: they are stored as in the bucket's keys."""
    return key.destination, key.harness, encode_id(key.session_id), key.generation


def _read(text: str, kind: type[_T]) -> _T:
    try:
        return _converter.structure(json.loads(text), kind)
    except (ValueError, TypeError, KeyError, cattrs.BaseValidationError) as error:
        raise _Nonsense from error


def _parts(db: sqlite3.Connection, key: StreamKey) -> list[JournalPart]:
    query = f"SELECT end, entry FROM part WHERE {_KEY} ORDER BY end"  # noqa: S608  a constant
    rows = db.execute(query, _row_key(key)).fetchall()
    return [JournalPart(end=end, entry=_read(entry, PartEntry)) for end, entry in rows]


def _put_state(db: sqlite3.Connection, key: StreamKey, state: StreamState) -> None:
    body = json.dumps(_converter.unstructure(state))
    db.execute("INSERT OR REPLACE INTO stream VALUES (?, ?, ?, ?, ?)", (*_row_key(key), body))


def _put_part(db: sqlite3.Connection, key: StreamKey, part: JournalPart) -> None:
    body = json.dumps(_converter.unstructure(part.entry))
    db.execute("INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, ?, ?)", (*_row_key(key), part.end, body))


def _newer_error(path: Path) -> MirrorError:
    return MirrorError(
        f"The journal {path} was written by a newer Session Mirror.",
        kind="conflict",
        hint="Update Session Mirror in every editor of this machine, then reload the window.",
    )


def _disk_error(path: Path, error: Exception) -> MirrorError:
    return MirrorError(
        f"The journal {path} cannot be used: {error}.",
        kind="disk",
        hint="Free some space or make the state directory writable; mirroring goes on by itself afterwards.",
    )
