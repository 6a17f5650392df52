"""A database in the middle of a read transaction, with what its tables are made of: schemas differ by version."""

from __future__ import annotations

import sqlite3

from session_mirror.source.changelog.database import columns


class Tables:
    """Good for one transaction. Each table is looked up once."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._columns: dict[str, frozenset[str]] = {}

    def columns(self, table: str) -> frozenset[str]:
        """The names of a table's columns; none where there is no such table."""
        if table not in self._columns:
            self._columns[table] = frozenset(columns(self.db, table))
        return self._columns[table]

    def have(self, table: str, *names: str) -> bool:
        """Whether a table has all of these columns."""
        return self.columns(table).issuperset(names)
