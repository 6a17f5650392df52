"""Hermes' rows as lines of a change log: `messages`, and what else is known of a session.

A message's line has the row's columns, as tracecraft writes them. Other lines say in `session_mirror` which table they
are of. Columns come and go with Hermes' versions: all of a message are told, whatever they are, but of the session
only those that are named here; the others hold people's ids on messengers, and prices' origins.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from session_mirror.errors import MirrorError
from session_mirror.harness.json_values import as_object, as_text, parse_object
from session_mirror.source.changelog.changes import Mark, Row
from session_mirror.source.changelog.database import columns, quoted
from session_mirror.source.changelog.lines import json_line, row_line

OURS: Final = "session_mirror"
"""The member of a line in which we say what the row doesn't."""
SESSION, USAGE, PROMPT = "sessions", "session_model_usage", "system_prompts"
_NEEDED: Final = {"messages": {"id", "session_id", "role", "content"}, "sessions": {"id", "cwd"}}
_OF_SESSION: Final = (
    "id",
    "source",
    "model",
    "parent_session_id",
    "started_at",
    "ended_at",
    "end_reason",
    "message_count",
    "tool_call_count",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "api_call_count",
    "cwd",
    "git_branch",
    "git_repo_root",
    "title",
    "title_source",
    "estimated_cost_usd",
    "actual_cost_usd",
    "cost_status",
    "rewind_count",
    "archived",
    "profile_name",
)
_OF_USAGE: Final = (
    "session_id",
    "model",
    "billing_provider",
    "billing_mode",
    "task",
    "api_call_count",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "estimated_cost_usd",
    "actual_cost_usd",
)
_NAMING_USAGE: Final = ("model", "billing_provider", "billing_base_url", "billing_mode", "task")
"""What tells one row of a session's usage from the next; an address may hold a password, so it is not told itself."""
_AT_ONCE: Final = 200
_QUIET_S: Final = 60.0
"""After this long, a turn that did not end is not waited for."""


class HermesRows:
    """A `source.changelog.changes.Source`.

    The session's counters change with every message. They are told when a turn is over, so that a session of one turn
    has one line of them at its end, and the log comes out the same when it has to be made again.
    """

    def marks(self, db: sqlite3.Connection, session_ids: Collection[str]) -> Mapping[str, Mark]:
        """Counts, the newest row, and how many rows are out of the model's sight, as far as an index tells."""
        require_schema(db)
        names = columns(db, "messages")
        of_session = _known(db, SESSION, _OF_SESSION)
        pending = iter(session_ids)
        marks: dict[str, Mark] = {}
        while chunk := list(islice(pending, _AT_ONCE)):
            places = ", ".join("?" * len(chunk))
            around = {
                row[0]: _short_hash(row)
                for row in db.execute(f"SELECT {quoted(of_session)} FROM sessions WHERE id IN ({places})", chunk)  # noqa: S608
            }
            for session_id, count, newest, at, active in db.execute(_mark_query(db, names, places), chunk):
                marks[session_id] = Mark(
                    count=count,
                    newest=newest if isinstance(newest, int) else 0,
                    steady=(count - active,) if isinstance(active, int) else (),
                    around=(around.get(session_id, ""),),
                    changed_s=float(at) if isinstance(at, (int, float)) else None,
                )
            for session_id in around.keys() - marks.keys():
                marks[session_id] = Mark(count=0, newest=0, around=(around[session_id],))
        return marks

    def rows(self, db: sqlite3.Connection, session_id: str, after: int | None) -> Iterator[Row]:
        """Messages by id, then what else is known."""
        names = columns(db, "messages")
        at_id = names.index("id")
        query = f"SELECT {quoted(names)} FROM messages WHERE id IN ({{}}) ORDER BY id"  # noqa: S608
        found = db.execute("SELECT id FROM messages WHERE session_id = ? AND id > ?", (session_id, after or -(1 << 63)))
        ids = iter(sorted(row[0] for row in found))
        while chunk := list(islice(ids, _AT_ONCE)):
            for values in db.execute(query.format(", ".join("?" * len(chunk))), chunk):
                yield Row(str(values[at_id]), row_line(names, values))
        yield from self._around(db, session_id, names)

    def key_of(self, line: bytes) -> tuple[str, bool] | None:
        """A message's key is its id, another row's begins with its table."""
        told = parse_object(line)
        ours = as_object(told.get(OURS))
        key = as_text(ours.get("key")) or (str(told["id"]) if "id" in told else "")
        return (key, ours.get("removed") is not True) if key else None

    def tombstone(self, session_id: str, key: str) -> bytes:
        """The row's id and its session."""
        if key.lstrip("-").isdecimal():
            return json_line({"id": int(key), "session_id": session_id, OURS: {"removed": True}})
        return json_line({"session_id": session_id, OURS: {"key": key, "removed": True}})

    def _around(self, db: sqlite3.Connection, session_id: str, names: Sequence[str]) -> Iterator[Row]:
        is_time = _is_at_rest(db, session_id, names)
        of_session = _known(db, SESSION, _OF_SESSION)
        for values in db.execute(f"SELECT {quoted(of_session)} FROM sessions WHERE id = ?", (session_id,)):  # noqa: S608
            yield _other(SESSION, "", of_session, values, is_time=is_time)
        of_usage, naming = _known(db, USAGE, _OF_USAGE), _known(db, USAGE, _NAMING_USAGE)
        if {"session_id", "model"} <= set(of_usage):
            query = (
                f"SELECT {quoted([*naming, *of_usage])} FROM {USAGE}"  # noqa: S608
                f" WHERE session_id = ? ORDER BY {quoted(naming)}"
            )
            for values in db.execute(query, (session_id,)):
                which = ":" + _short_hash(values[: len(naming)])
                yield _other(USAGE, which, of_usage, values[len(naming) :], is_time=is_time)
        prompt = _system_prompt(db, session_id)
        if prompt:
            yield _other(PROMPT, "", ("session_id", "system_prompt"), (session_id, prompt), is_time=is_time)


def require_schema(db: sqlite3.Connection) -> None:
    """Makes sure that the tables are what we know.

    Raises:
        MirrorError: they are not; the message names the version of the schema.
    """
    for table, needed in _NEEDED.items():
        missing = needed - set(columns(db, table))
        if missing:
            raise MirrorError(
                f"Hermes' database is not understood: its table {table} has no {', '.join(sorted(missing))}"
                f" (schema {_version(db)}).",
                kind="source",
                hint="This version of Hermes may be too old or too new: update both. What was mirrored is not touched.",
            )


def _version(db: sqlite3.Connection) -> str:
    try:
        row = db.execute("SELECT max(version) FROM schema_version").fetchone()
    except sqlite3.Error:
        row = None
    return str(row[0]) if row and row[0] is not None else "unknown"


def _mark_query(db: sqlite3.Connection, names: Sequence[str], places: str) -> str:
    """With the flag `active` only where an index has it: else every row would be read."""
    time_column = "max(timestamp)" if "timestamp" in names else "NULL"
    query = (
        f"SELECT session_id, count(*), max(id), {time_column}, {{}} FROM messages"  # noqa: S608
        f" WHERE session_id IN ({places}) GROUP BY session_id"
    )
    if "active" in names:
        flagged = query.format("sum(active)")
        plan = db.execute(f"EXPLAIN QUERY PLAN {flagged}", [""] * places.count("?"))
        if any("COVERING INDEX" in str(step[3]) for step in plan):
            return flagged
    return query.format("NULL")


def _known(db: sqlite3.Connection, table: str, wanted: Sequence[str]) -> list[str]:
    there = set(columns(db, table))
    return [name for name in wanted if name in there]


def _is_at_rest(db: sqlite3.Connection, session_id: str, names: Sequence[str]) -> bool:
    """Whether the last turn is over: the agent said something and called nothing, or nothing happened for long."""
    wanted = [name for name in ("role", "tool_calls", "timestamp") if name in names]
    row = db.execute(
        f"SELECT {quoted(wanted)} FROM messages WHERE id = (SELECT max(id) FROM messages WHERE session_id = ?)",  # noqa: S608
        (session_id,),
    ).fetchone()
    last = dict(zip(wanted, row, strict=True)) if row else {}
    at = last.get("timestamp")
    is_quiet = not isinstance(at, (int, float)) or not -_QUIET_S < time.time() - at < _QUIET_S
    return is_quiet or (last.get("role") == "assistant" and not last.get("tool_calls"))


def _system_prompt(db: sqlite3.Connection, session_id: str) -> str:
    names = columns(db, SESSION)
    if "system_prompt" in names:
        row = db.execute("SELECT system_prompt FROM sessions WHERE id = ?", (session_id,)).fetchone()
        if row and row[0]:
            return str(row[0])
    others = columns(db, PROMPT)
    text = next((name for name in ("system_prompt", "prompt", "content") if name in others), None)
    by = next((name for name in ("hash", "system_prompt_hash", "prompt_hash") if name in others), None)
    if text is None or by is None or "system_prompt_hash" not in names:
        return ""
    row = db.execute(
        f"SELECT {quoted([text])} FROM {PROMPT} WHERE {quoted([by])} ="  # noqa: S608
        " (SELECT system_prompt_hash FROM sessions WHERE id = ?)",
        (session_id,),
    ).fetchone()
    return str(row[0]) if row and row[0] else ""


def _other(table: str, which: str, names: Sequence[str], values: Sequence[object], *, is_time: bool) -> Row:
    key = table + which
    return Row(key, row_line(names, values, **{OURS: {"table": table, "key": key}}) if is_time else None)


def _short_hash(values: object) -> str:
    return hashlib.blake2b(repr(values).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
