"""A disk that refuses the journal whenever a test says so."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from unittest import mock

import attrs

from session_mirror.journal import database, journal


@attrs.define
class BrokenDisk:
    """Breaks and heals the places where the database file is opened and written."""

    broken: bool = False
    error: type[Exception] = sqlite3.OperationalError
    text: str = "database or disk is full"

    @contextmanager
    def breaking(self) -> Iterator[None]:
        """Within the block, journals meet this disk."""
        really_open: Callable[[Path], sqlite3.Connection] = database._open
        really_begin = database.transaction

        def opened(path: Path) -> sqlite3.Connection:
            self._check()
            return really_open(path)

        def begun(db: sqlite3.Connection) -> AbstractContextManager[None]:
            in_memory = not db.execute("PRAGMA database_list").fetchone()[2]
            if not in_memory:
                self._check()
            return really_begin(db)

        with mock.patch.object(database, "_open", opened), mock.patch.object(journal, "transaction", begun):
            yield

    def _check(self) -> None:
        if self.broken:
            raise self.error(self.text)
