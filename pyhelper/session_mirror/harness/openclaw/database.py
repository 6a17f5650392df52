"""What OpenClaw's database tells of its sessions: which there are, who began them, what they are called.

Only the tables of sessions and their transcripts are read; others hold credentials.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from typing import Final

import attrs

from session_mirror.harness.json_values import as_text, parse_object
from session_mirror.source.changelog.changes import Mark, Row
from session_mirror.source.changelog.database import quoted

from .entries import Entry, entry_of
from .events import archive_of, deleted_of, events, has_archives, knows_deleted
from .rows import key_of, key_of_event, key_of_number, tombstone, wrapped
from .tables import Tables

_COUNT: Final = "SELECT count(*), max(seq) FROM transcript_events WHERE session_id = ?"
_KNOWN: Final = "SELECT 1 FROM transcript_event_identities WHERE session_id = ? AND event_id = ?"
_HAS_EVENTS: Final = " WHERE EXISTS (SELECT 1 FROM transcript_events e WHERE e.session_id = w.session_id)"
_OR_ARCHIVE: Final = " OR EXISTS (SELECT 1 FROM session_transcript_cold_archives c WHERE c.session_id = w.session_id)"
_WAITING: Final = """
    SELECT session_id, session_key, max(created_at) FROM session_transcript_archives a
    WHERE published_at IS NULL AND NOT EXISTS (SELECT 1 FROM session_windows w WHERE w.session_id = a.session_id)
    GROUP BY session_id
"""
_NODE_KEYS: Final = {"label": "label", "display_name": "displayName", "spawned_by": "spawnedBy"}
"""Columns of a conversation, and what its entry calls them."""


@attrs.frozen
class Window:
    """One session as the database lists it. `updated_ms` is of the Unix epoch."""

    session_id: str
    key: str
    updated_ms: int
    spawned_by: str
    display_name: str


class Source:
    """See `source.changelog.changes.Source` for what each method promises."""

    def marks(self, db: sqlite3.Connection, session_ids: Collection[str]) -> Mapping[str, Mark]:
        """Counts by the events' primary key; of a session in cold storage, what its archive's row says."""
        tables = Tables(db)
        found = {}
        for session_id in session_ids:
            count, newest = db.execute(_COUNT, (session_id,)).fetchone()
            if not count and (archive := archive_of(tables, session_id)) is not None:
                count, newest = archive.count, archive.last_seq
            if not count and (deleted := deleted_of(tables, session_id)) is not None:
                steady = (deleted.sha256,)
                found[session_id] = Mark(1, deleted.created_ms, steady, changed_s=deleted.created_ms / 1000)
            elif count:
                changed_ms = _changed_ms(tables, session_id)
                found[session_id] = Mark(
                    count=count,
                    newest=newest,
                    steady=(_cell(tables, "transcript_rewrite_watermarks", "generation", session_id),),
                    changed_s=None if changed_ms is None else changed_ms / 1000,
                )
        return found

    def rows(self, db: sqlite3.Connection, session_id: str, after: int | None) -> Iterator[Row]:
        """By sequence number, which is the order they were written in."""
        told: set[str] = set()
        for seq, event in events(Tables(db), session_id, -1 if after is None else after):
            key = key_of_event(event)
            if key is None or key in told:
                yield Row(key_of_number(seq), wrapped(seq, event))
            else:
                told.add(key)
                yield Row(key, event)

    def key_of(self, line: bytes) -> tuple[str, bool] | None:
        """Mostly the event's own id."""
        return key_of(line)

    def tombstone(self, session_id: str, key: str) -> bytes:  # noqa: ARG002  the key is unique in the log
        """Names the row."""
        return tombstone(key)


def version_of(tables: Tables) -> str:
    """Which OpenClaw wrote the database, and its schema's number; empty where nothing tells."""
    if not tables.have("schema_meta", "meta_key", "schema_version", "app_version"):
        return ""
    query = "SELECT app_version, schema_version FROM schema_meta WHERE meta_key = 'primary'"
    row = tables.db.execute(query).fetchone()
    return f"{row[0] or 'unknown'} (schema {row[1]})" if row else ""


def is_understood(tables: Tables) -> bool:
    """Whether the tables that we read have the shape that we know."""
    return tables.have("transcript_events", "session_id", "seq", "event_json") and tables.have(
        "session_windows", "session_id"
    )


def is_new(tables: Tables) -> bool:
    """Whether there is no table yet at all."""
    return tables.db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' LIMIT 1").fetchone() is None


def windows(tables: Tables) -> list[Window]:
    """The sessions that have events: in the database, in cold storage, or deleted and not yet in a file."""
    wanted = ("session_id", "session_key", "updated_at", "spawned_by", "display_name")
    known = [name for name in wanted if tables.have("session_windows", name)]
    query = f"SELECT {quoted(known)} FROM session_windows w" + _HAS_EVENTS  # noqa: S608  names of ours
    rows = tables.db.execute(query + (_OR_ARCHIVE if has_archives(tables) else ""))
    found = [_window(dict(zip(known, row, strict=True))) for row in rows]
    if knows_deleted(tables):
        found += [Window(name, key, created_ms, "", "") for name, key, created_ms in tables.db.execute(_WAITING)]
    return found


def header_of(tables: Tables, session_id: str) -> dict[str, object]:
    """A session's first event; empty where that is no object."""
    return next((parse_object(event) for _, event in events(tables, session_id, most=1)), {})


def entry_of_window(tables: Tables, window: Window) -> Entry:
    """What is noted of a session. An entry is of the session that a conversation is in now."""
    told: dict[str, object] = {"displayName": window.display_name, "spawnedBy": window.spawned_by}
    if tables.have("session_nodes", "session_key", "current_session_id", "entry_json"):
        known = [name for name in _NODE_KEYS if tables.have("session_nodes", name)]
        query = f"SELECT {quoted(['entry_json', *known])} FROM session_nodes"  # noqa: S608  names of ours
        query += " WHERE session_key = ? AND current_session_id = ?"
        entry, *values = tables.db.execute(query, (window.key, window.session_id)).fetchone() or ("",)
        told |= {_NODE_KEYS[name]: value for name, value in zip(known, values, strict=False) if value}
        told |= parse_object(as_text(entry).encode("utf-8", "replace"))
    return entry_of(window.key, told, window.session_id)


def holds(tables: Tables, session_id: str, ids: Collection[str]) -> bool:
    """Whether a session has, among its events in the database, those with these ids.

    OpenClaw's own index of ids may lag behind: what it knows needs no reading of the events.
    """
    missing = set(ids)
    if tables.have("transcript_event_identities", "session_id", "event_id"):
        missing -= {identity for identity in missing if tables.db.execute(_KNOWN, (session_id, identity)).fetchone()}
    for _, event in events(tables, session_id) if missing else ():
        missing.discard(as_text(parse_object(event).get("id")))
        if not missing:
            break
    return not missing


def _window(row: dict[str, object]) -> Window:
    updated = row.get("updated_at")
    return Window(
        session_id=as_text(row.get("session_id")),
        key=as_text(row.get("session_key")),
        updated_ms=updated if isinstance(updated, int) else 0,
        spawned_by=as_text(row.get("spawned_by")),
        display_name=as_text(row.get("display_name")),
    )


def _changed_ms(tables: Tables, session_id: str) -> int | None:
    told = (_cell(tables, "session_windows", name, session_id) for name in ("transcript_updated_at", "updated_at"))
    return next((value for value in told if isinstance(value, int)), None)


def _cell(tables: Tables, table: str, column: str, session_id: str) -> object:
    """One value of a session's row; None where there is no such row, or no such column."""
    if not tables.have(table, "session_id", column):
        return None
    query = f"SELECT {quoted([column])} FROM {quoted([table])} WHERE session_id = ?"  # noqa: S608  names of ours
    row = tables.db.execute(query, (session_id,)).fetchone()
    return row[0] if row else None
