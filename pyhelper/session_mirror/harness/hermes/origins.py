"""Where each session of a database ran, and who began it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Final

import attrs

from session_mirror.harness.json_values import as_text, parse_object
from session_mirror.source.changelog.database import columns, quoted

from .rows import require_schema

_WANTED: Final = ("id", "source", "parent_session_id", "cwd", "title", "model_config")
_DELEGATED: Final = "_delegate_from"
_SUBAGENT: Final = "subagent"


@attrs.frozen
class Origin:
    """`cwd` is the session's own, or that of whoever began it; empty where nobody has one."""

    cwd: str
    title: str
    parent_id: str | None
    """Of a sub-agent: who began it. A session that merely goes on with another's conversation has none."""


def read_origins(db: sqlite3.Connection) -> dict[str, Origin]:
    """Of all sessions, by id.

    Raises:
        MirrorError: the database isn't understood.
        sqlite3.Error: it can't be read.
    """
    require_schema(db)
    there = set(columns(db, "sessions"))
    names = [name for name in _WANTED if name in there]
    rows: dict[str, dict[str, str]] = {}
    for values in db.execute(f"SELECT {quoted(names)} FROM sessions"):  # noqa: S608
        row = {str(name): as_text(value) for name, value in zip(names, values, strict=True)}
        if row["id"]:
            rows[row["id"]] = row
    return {
        session_id: Origin(_cwd(session_id, rows), row.get("title", ""), _parent(row))
        for session_id, row in rows.items()
    }


def _cwd(session_id: str, rows: Mapping[str, Mapping[str, str]]) -> str:
    met = set()
    while session_id in rows and session_id not in met:
        met.add(session_id)
        row = rows[session_id]
        if row["cwd"]:
            return row["cwd"]
        session_id = row.get("parent_session_id", "")
    return ""


def _parent(row: Mapping[str, str]) -> str | None:
    parent = row.get("parent_session_id", "")
    if parent and row.get("source") == _SUBAGENT:
        return parent
    settings = row.get("model_config", "")
    if _DELEGATED not in settings:
        return None
    delegated = as_text(parse_object(settings.encode("utf-8", "surrogatepass")).get(_DELEGATED))
    return parent or delegated or None
