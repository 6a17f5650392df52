"""What sub-agents were asked to do, as their first message says."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Final

from session_mirror.harness.json_values import one_line

from .messages import content_of

_LENGTH: Final = 120
_READ_CHARS: Final = 4000


class Tasks:
    """Each is read once."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def learn(self, db: sqlite3.Connection, session_ids: Iterable[str]) -> None:
        """Reads those that aren't known yet.

        Raises:
            sqlite3.Error: the database can't be read.
        """
        for session_id in session_ids:
            if session_id in self._known:
                continue
            row = db.execute(
                "SELECT substr(content, 1, ?) FROM messages"
                " WHERE id = (SELECT min(id) FROM messages WHERE session_id = ?) AND role = 'user'",
                (_READ_CHARS, session_id),
            ).fetchone()
            if row:
                self._known[session_id] = one_line(content_of({"content": row[0]}).text, _LENGTH)

    def of(self, session_id: str) -> str:
        """Empty where it isn't known."""
        return self._known.get(session_id, "")
