"""Threads of Codex that OpenClaw's own plugin drove: noted beside a transcript, or in OpenClaw's shared database.

Only the plugin's bindings are read there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from session_mirror.errors import MirrorError
from session_mirror.harness.json_values import as_object, as_text, parse_object
from session_mirror.harness.listing import Listing
from session_mirror.source.changelog.database import Database, DatabaseStamp, columns

from .places import Configurations, State, agents, states

CODEX: Final = "codex"
SIDECAR: Final = ".codex-app-server.json"
"""Behind a transcript's name."""
_MOST_BYTES: Final = 1 << 20
_BINDINGS: Final = """
    SELECT value_json FROM plugin_state_entries
    WHERE plugin_id = 'codex' AND namespace = 'app-server-thread-bindings'
"""


class Bindings:
    """One state directory's, read again when its database changes."""

    def __init__(self, state: State) -> None:
        """The database need not exist."""
        self._database = Database(state.path / "state" / "openclaw.sqlite")
        self._stamp: DatabaseStamp | None = None
        self._threads: Mapping[str, str] = {}

    def threads(self) -> Mapping[str, str]:
        """By OpenClaw's session: the thread that it drives; as before while the database can't be read."""
        stamp = self._database.stamp()
        if stamp.files[0] is not None and stamp != self._stamp:
            try:
                with self._database as database:
                    self._threads = dict(database.read(lambda db: list(_read(db))))
                self._stamp = stamp
            except (MirrorError, sqlite3.Error):
                pass  # no session is lost by it, and the next look tries again
        return self._threads


def thread_beside(transcript: Path) -> str:
    """The thread that a file beside a transcript names; empty without one."""
    try:
        sidecar = transcript.with_name(transcript.name + SIDECAR)
        return as_text(parse_object(sidecar.read_bytes()[:_MOST_BYTES]).get("threadId"))
    except OSError:
        return ""


def codex_homes(environment: Mapping[str, str], home: Path) -> list[Path]:
    """The folders that Codex takes for its own while OpenClaw's agents drive it; only those there are."""
    listing, configurations = Listing(), Configurations()
    found = [
        database.parent / "codex-home"
        for state in states(environment, home)
        for agent in agents(state, configurations.of(state), listing)
        for database in agent.databases
    ]
    return [path for path in dict.fromkeys(found) if path.is_dir()]


def _read(db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    if not {"plugin_id", "namespace", "value_json"} <= set(columns(db, "plugin_state_entries")):
        return
    for (value,) in db.execute(_BINDINGS).fetchall():
        told = parse_object(as_text(value).encode("utf-8", "replace"))
        session_id, thread = as_text(told.get("sessionId")), as_text(as_object(told.get("binding")).get("threadId"))
        if session_id and thread and told.get("state") == "active":
            yield session_id, thread
