"""Names of threads from Codex's own database, `state_<version>.sqlite`: an index beside the rollouts, only ever read.

Newer versions may keep a name here alone. Nothing but names is looked at, and where the file is missing, busy or made
otherwise, there are none.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import Final

from session_mirror.harness.json_values import one_line
from session_mirror.harness.titles import TITLE_LENGTH

_FILE: Final = re.compile(r"state_(\d{1,6})\.sqlite")
_PATIENCE_S: Final = 0.2
_NAMED: Final = (
    "SELECT id, title FROM threads WHERE title <> '' AND first_user_message <> '' AND title <> first_user_message",
    "SELECT id, name FROM threads WHERE name <> ''",
)
"""What a thread is called, the surest last. A title that is the first prompt again is no name."""
_Stamp = tuple[tuple[int, int, int], ...]


class StateNames:
    """Names by thread, read again when the database changes. Thread-safe."""

    def __init__(self, home: Path) -> None:
        """`home` is Codex's own folder."""
        self._home = home
        self._stamp: _Stamp = ()
        self._names: dict[str, str] = {}
        self._lock = Lock()

    def name_of(self, thread_id: str) -> str:
        """Empty where the database tells none."""
        with self._lock:
            path = self._newest()
            stamp = () if path is None else _stamp(path)
            if path is None or stamp != self._stamp:
                self._names = {} if path is None else _names_in(path)
                self._stamp = stamp
            return self._names.get(thread_id, "")

    def _newest(self) -> Path | None:
        try:
            named = [(path, _FILE.fullmatch(path.name)) for path in self._home.iterdir()]
        except OSError:
            return None
        found = [(int(version[1]), path) for path, version in named if version is not None]
        return max(found)[1] if found else None


def _stamp(path: Path) -> _Stamp:
    stamps = []
    for part in (path, path.with_name(path.name + "-wal")):
        try:
            status = part.stat()
            stamps.append((status.st_ino, status.st_size, status.st_mtime_ns))
        except OSError:
            stamps.append((0, 0, 0))
    return tuple(stamps)


def _names_in(path: Path) -> dict[str, str]:
    names: dict[str, str] = {}
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE_S)) as database:
            for query in _NAMED:
                names.update(_rows(database, query))
    except sqlite3.Error:
        pass
    return names


def _rows(database: sqlite3.Connection, query: str) -> dict[str, str]:
    try:
        rows = database.execute(query).fetchall()
    except sqlite3.OperationalError:
        return {}  # a version without that column, or a busy one
    return {key: one_line(name, TITLE_LENGTH) for key, name in rows if isinstance(key, str) and isinstance(name, str)}
