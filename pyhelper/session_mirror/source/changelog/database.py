"""Reading an agent's database while the agent writes it: read-only, for a moment at a time.

A connection is open only while we read. An idle one would keep the agent from changing its journal mode or, on Windows,
from replacing the file. So whether anything changed is told by the dates and sizes of the file and of its `-wal`.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote

import attrs

from session_mirror.errors import MirrorError

from .lines import decoded

_BUSY_TIMEOUT_S: Final = 1.0
"""Four tries wait about as long as the agent itself would, five seconds."""
_PAUSES_S: Final = (0.05, 0.2, 0.5)
"""Between tries."""
_PASSING: Final = ("locked", "busy", "disk I/O error", "schema has changed", "unable to open")
_SETTLED_NS: Final = 2_500_000_000
"""A file written more recently may be written again under the same date: some file systems count in twos."""
_CACHE_KIB: Final = 16 * 1024
_T = TypeVar("_T")


FileStamp = tuple[int, int, int, int]
"""Device, inode, size, date of the bytes. Not the inode's own date: SQLite touches that by opening a file as root."""


@attrs.frozen
class DatabaseStamp:
    """What the file system tells of a database: of the file and of its write-ahead log, if that holds anything."""

    files: tuple[FileStamp | None, ...]

    def is_settled(self, now_ns: int) -> bool:
        """Whether another write would show in it."""
        return all(file is None or abs(now_ns - file[3]) > _SETTLED_NS for file in self.files)


class Database:
    """One database file; not for two threads at once.

    with database:
        count = database.read(lambda db: db.execute("SELECT count(*) FROM messages").fetchone()[0])
    """

    def __init__(self, path: Path, *, pause: Callable[[float], None] = time.sleep) -> None:
        """The file need not exist."""
        self.path = path
        self._pause = pause
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> Database:
        """The connection that the first `read` opens is closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def stamp(self) -> DatabaseStamp:
        """As it is now; costs two stats."""
        return DatabaseStamp((_stamp(self.path), _stamp(Path(f"{self.path}-wal"))))

    def read(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Does something in one read transaction; `work` is called again after an error that passes.

        Raises:
            MirrorError: `source`, it can't be read; or what `work` raises.
        """
        for pause in (*_PAUSES_S, None):
            try:
                return self._read(work)
            except sqlite3.Error as error:
                self.close()
                passing = any(word in str(error) for word in _PASSING)
                if pause is None or not passing:
                    raise _unreadable(self.path, error) from error
                self._pause(pause)
        raise AssertionError  # the last try returns or raises

    def close(self) -> None:
        """Closes the connection; another `read` opens one again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _read(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        if self._connection is None:
            self._connection = _open(self.path)
        db = self._connection
        db.execute("BEGIN")
        try:
            return work(db)
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")


def columns(db: sqlite3.Connection, table: str) -> Sequence[str]:
    """The names of a table's columns, in order; empty where there is no such table."""
    return [row[0] for row in db.execute("SELECT name FROM pragma_table_info(?)", (table,))]


def quoted(names: Sequence[str]) -> str:
    """Names of columns for use in a statement."""
    return ", ".join('"' + name.replace('"', '""') + '"' for name in names)


def read_only_uri(path: Path) -> str:
    """A URI that SQLite opens read-only, whatever the path has in it."""
    absolute = os.fsencode(path.absolute().as_posix())
    return f"file://{'' if absolute.startswith(b'/') else '/'}{quote(absolute)}?mode=ro"


def _open(path: Path) -> sqlite3.Connection:
    if path.exists() and not path.is_file():
        # SQLite would wait for ever for somebody to write into a named pipe.
        raise sqlite3.OperationalError("not a regular file")
    db = sqlite3.connect(
        read_only_uri(path), uri=True, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    db.text_factory = decoded
    for pragma in ("query_only = 1", "trusted_schema = 0", f"cache_size = -{_CACHE_KIB}"):
        db.execute(f"PRAGMA {pragma}")
    return db


def _stamp(path: Path) -> FileStamp | None:
    """None for a missing and for an empty file: opening a database read-only may leave an empty log."""
    try:
        status = path.stat()
    except OSError:
        return None
    if not status.st_size:
        return None
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def _unreadable(path: Path, error: Exception) -> MirrorError:
    return MirrorError(
        f"The database {path} can't be read: {error}.",
        kind="source",
        hint="It is tried again by itself; what was mirrored before is safe.",
    )
