"""The journal's database file, and what to do when it is damaged, gone, or on a disk that can't be written.

A damaged file is set aside and begun anew. While the disk is full or read-only, a copy in memory takes its place, so
that mirroring goes on; what was noted meanwhile is written down once the disk takes it.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final, Literal, TypeVar

from session_mirror.errors import MirrorError
from session_mirror.journal.state_dir import ensure_private
from session_mirror.protocol.mirror import Problem

log = logging.getLogger(__name__)

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS stream (
    destination TEXT NOT NULL, harness TEXT NOT NULL, session_id TEXT NOT NULL, generation INTEGER NOT NULL,
    state TEXT NOT NULL, PRIMARY KEY (destination, harness, session_id, generation)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS part (
    destination TEXT NOT NULL, harness TEXT NOT NULL, session_id TEXT NOT NULL, generation INTEGER NOT NULL,
    end INTEGER NOT NULL, entry TEXT NOT NULL,
    PRIMARY KEY (destination, harness, session_id, generation, end)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stopped (
    harness TEXT NOT NULL, session_id TEXT NOT NULL, PRIMARY KEY (harness, session_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS verified (
    destination TEXT NOT NULL, harness TEXT NOT NULL, session_id TEXT NOT NULL, at_ms INTEGER NOT NULL, problem TEXT,
    PRIMARY KEY (destination, harness, session_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS attachment (
    destination TEXT NOT NULL, harness TEXT NOT NULL, session_id TEXT NOT NULL, name TEXT NOT NULL,
    entry TEXT NOT NULL, PRIMARY KEY (destination, harness, session_id, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lines (
    destination TEXT NOT NULL, harness TEXT NOT NULL, session_id TEXT NOT NULL, generation INTEGER NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, lengths BLOB NOT NULL,
    PRIMARY KEY (destination, harness, session_id, generation, start)) WITHOUT ROWID;
"""
_VERSION: Final = 1
_BUSY_TIMEOUT_S: Final = 5.0
_RETRY_S: Final = 30.0
_STREAM: Final = "destination = ? AND harness = ? AND session_id = ? AND generation = ?"
_KEEP_NEWER: Final = (
    "INSERT INTO verified VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
    " SET at_ms = excluded.at_ms, problem = excluded.problem WHERE excluded.at_ms > at_ms"
)
_BUSY_WORDS: Final = ("database is locked", "table is locked")
_DISK_WORDS: Final = ("disk is full", "readonly database", "unable to open", "disk I/O error", "permission")
_T = TypeVar("_T")

StreamRow = tuple[str, str, str, int]
"""What names a stream in both tables."""


class Nonsense(Exception):  # noqa: N818  never leaves this room
    """A row that holds something else than it should."""


_FAILURES: Final = (sqlite3.Error, OSError, UnicodeDecodeError, OverflowError, Nonsense)
"""What using the file may raise; sqlite3 cannot even decode its own message about some damage."""


class Database:
    """Thread-safe. Opened on first use, so that a broken disk is met where it can be shown."""

    def __init__(self, path: Path, *, now: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._now = now
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._epoch = 0
        self._disk_problem: Problem | None = None
        self._retry_at = 0.0
        self._touched: set[StreamRow] = set()

    @property
    def problem(self) -> Problem | None:
        """Why the journal is kept in memory only, just now."""
        return self._disk_problem

    def epoch(self) -> int:
        """Another number whenever the file was replaced or begun anew: what was read before may be forgotten.

        Raises:
            MirrorError: the database cannot be used at all.
        """
        return self.run(lambda _: self._epoch)

    def run(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Does something with the database; `work` may be called twice.

        Raises:
            MirrorError: another process keeps it locked, or is newer than we are.
        """
        with self._lock:
            try:
                return work(self._connect())
            except _FAILURES as error:
                if _meaning(error) != "damaged":
                    return self._without_disk(error, work)
                # Damaged, or written by a version we don't understand. The bucket knows everything that matters.
                self._set_aside()
            try:
                return work(self._connect())
            except _FAILURES as error:
                return self._without_disk(error, work)

    def touch(self, row: StreamRow) -> None:
        """Notes that a stream is about to be written, within `run`."""
        if self._disk_problem is not None:
            self._touched.add(row)

    def close(self) -> None:
        """Closes the database; another use opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self._disk_problem = None
            self._touched.clear()

    def _connect(self) -> sqlite3.Connection:
        if self._disk_problem is not None and self._connection is not None:
            if self._now() < self._retry_at:
                return self._connection
            return self._return_to_disk(self._connection)
        if self._connection is not None and _inode(self._path) != self._inode:
            self._forget()  # removed or set aside by another process: writing on would go nowhere
        if self._connection is None:
            self._connection = _open(self._path)
            inode = _inode(self._path)
            self._epoch += inode != self._inode
            self._inode = inode
        return self._connection

    def _forget(self) -> None:
        """Closes a file that is not the journal any more; the number of the next one proves nothing."""
        self.close()
        self._inode = 0

    def _without_disk(self, error: Exception, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Goes on in memory, unless another process only keeps us waiting."""
        if _meaning(error) == "busy":
            self.close()
            raise _disk_error(self._path, error) from error
        log.warning("the journal cannot be written, going on in memory: %s", type(error).__name__)
        in_memory_already = self._disk_problem is not None
        memory = _empty() if in_memory_already else _in_memory(self._path)
        self._use_memory(memory, error)
        try:
            return work(memory)
        except _FAILURES:
            # What the file holds is damaged as well: nothing of it is worth keeping.
            self._use_memory(_empty(), error)
            return work(self._connect())

    def _use_memory(self, memory: sqlite3.Connection, error: Exception) -> None:
        self.close()
        self._connection = memory
        self._epoch += 1  # the copy may be behind
        self._disk_problem = _in_memory_error(self._path, error).as_problem()
        self._retry_at = self._now() + _RETRY_S

    def _return_to_disk(self, memory: sqlite3.Connection) -> sqlite3.Connection:
        """Writes down what was noted in memory; stays there if it can't be."""
        self._retry_at = self._now() + _RETRY_S
        try:
            disk = _open(self._path)
        except _FAILURES:
            return memory
        try:
            with transaction(disk):
                for row in self._touched:
                    _copy_stream(memory, disk, row)
                disk.execute("DELETE FROM stopped")
                disk.executemany("INSERT INTO stopped VALUES (?, ?)", memory.execute("SELECT * FROM stopped"))
                disk.executemany(_KEEP_NEWER, memory.execute("SELECT * FROM verified"))
        except _FAILURES:
            disk.close()
            return memory
        memory.close()
        self._touched.clear()
        self._connection, self._inode, self._disk_problem = disk, _inode(self._path), None
        return disk

    def _set_aside(self) -> None:
        self._forget()
        aside = self._path.with_name(f"state.db.damaged-{time.time_ns()}")
        # On a disk that can't be written it stays where it is; then memory takes its place.
        with suppress(OSError):
            self._path.replace(aside)
            for suffix in ("-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error):  # a full disk has rolled back already
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


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


def _in_memory(path: Path) -> sqlite3.Connection:
    """A copy of what the file holds, as far as it can be read; it is the same to begin with nothing."""
    memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    # On a read-only disk only an immutable file can be opened; its newest commits may be missing then.
    for mode in ("mode=ro", "mode=ro&immutable=1"):
        with (
            suppress(sqlite3.Error, OSError),
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)) as disk,
        ):
            disk.backup(memory)
            break
    try:
        memory.execute("PRAGMA journal_mode = MEMORY")
        memory.executescript(_SCHEMA)
    except _FAILURES:
        memory.close()
        return _empty()
    return memory


def _empty() -> sqlite3.Connection:
    memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    memory.executescript(_SCHEMA)
    return memory


def _copy_stream(source: sqlite3.Connection, target: sqlite3.Connection, row: StreamRow) -> None:
    for table, columns in (("stream", 5), ("part", 6), ("lines", 7)):
        target.execute(f"DELETE FROM {table} WHERE {_STREAM}", row)  # noqa: S608  constants
        found = source.execute(f"SELECT * FROM {table} WHERE {_STREAM}", row)  # noqa: S608
        target.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})", found)  # noqa: S608
    query = "SELECT * FROM attachment WHERE destination = ? AND harness = ? AND session_id = ?"
    target.executemany("INSERT OR REPLACE INTO attachment VALUES (?, ?, ?, ?, ?)", source.execute(query, row[:3]))


def _meaning(error: Exception) -> Literal["busy", "disk", "damaged"]:
    """What failed. Python before 3.11 tells SQLite's reason in words only."""
    if isinstance(error, OSError):
        return "disk"
    text = str(error) if isinstance(error, sqlite3.OperationalError) else ""
    if any(word in text for word in _BUSY_WORDS):
        return "busy"
    return "disk" if any(word in text for word in _DISK_WORDS) else "damaged"


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return -1


def _newer_error(path: Path) -> MirrorError:
    return MirrorError(
        f"The journal {path} was written by a newer Session Mirror.",
        kind="conflict",
        hint="Update Session Mirror in every editor of this machine, then reload the window.",
    )


def _in_memory_error(path: Path, error: Exception) -> MirrorError:
    return MirrorError(
        f"The journal {path} cannot be written: {error}. Mirroring goes on without it.",
        kind="disk",
        hint="Free some space or make the state directory writable; until then each start has to ask the bucket.",
    )


def _disk_error(path: Path, error: Exception) -> MirrorError:
    return MirrorError(
        f"The journal {path} cannot be used: {error}.",
        kind="disk",
        hint="Free some space or make the state directory writable; mirroring goes on by itself afterwards.",
    )
