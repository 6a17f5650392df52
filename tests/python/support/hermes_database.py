"""Makes databases in the shape of Hermes', of several versions of its schema. Nothing in them is real.

hermes = HermesDatabase(home / "state.db")
session = hermes.session(cwd="/w/app")
session.prompt("run the tests")
session.call("terminal", "12 passing", command="npm test")
session.reply("All pass.")
session.compact("They ran the tests.", head=1, tail=2)
"""

# ruff: noqa: S608  the names of columns are ours

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

Schema = Literal["early", "flagged", "hashed"]
"""`early`: no flags; `flagged`: what 0.19 has; `hashed`: system prompts in a table of their own, rows for display."""

SECRET_TABLES: Final = ("gateway_routing", "state_meta")
_VERSIONS: Final = {"early": 9, "flagged": 22, "hashed": 31}
_MODEL: Final = "hermes-test-1"
_SESSION: Final = """
    id TEXT PRIMARY KEY, source TEXT NOT NULL, user_id TEXT, model TEXT, model_config TEXT, {prompt} TEXT,
    parent_session_id TEXT, started_at REAL NOT NULL, ended_at REAL, end_reason TEXT, message_count INTEGER DEFAULT 0,
    tool_call_count INTEGER DEFAULT 0, input_tokens INTEGER DEFAULT 0, output_tokens INTEGER DEFAULT 0,
    cache_read_tokens INTEGER DEFAULT 0, cache_write_tokens INTEGER DEFAULT 0, reasoning_tokens INTEGER DEFAULT 0,
    cwd TEXT, title TEXT"""
_MESSAGE: Final = """
    id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL, role TEXT NOT NULL, content TEXT,
    tool_call_id TEXT, tool_calls TEXT, tool_name TEXT, timestamp REAL NOT NULL, token_count INTEGER,
    finish_reason TEXT, reasoning TEXT"""
_FLAGS: Final = ", observed INTEGER DEFAULT 0, active INTEGER NOT NULL DEFAULT 1, compacted INTEGER NOT NULL DEFAULT 0"
_DISPLAY: Final = ", _compressed_summary INTEGER, display_kind TEXT, message_uid TEXT"
_USAGE: Final = """
    session_id TEXT NOT NULL, model TEXT NOT NULL, billing_provider TEXT NOT NULL DEFAULT '',
    task TEXT NOT NULL DEFAULT '', input_tokens INTEGER DEFAULT 0, output_tokens INTEGER DEFAULT 0,
    cache_read_tokens INTEGER DEFAULT 0, cache_write_tokens INTEGER DEFAULT 0, reasoning_tokens INTEGER DEFAULT 0,
    PRIMARY KEY (session_id, model, billing_provider, task)"""


class HermesDatabase:
    """One file and a connection that writes it, as the agent's own; time goes on by a second a row."""

    def __init__(self, path: Path, schema: Schema = "flagged", *, now: float = 1_780_000_000.0) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.schema: Schema = schema
        self.now = now
        self.db = self.reopened(path)
        self._make()

    @staticmethod
    def reopened(path: Path) -> sqlite3.Connection:
        """The agent's connection to a database that there is already."""
        db = sqlite3.connect(path, isolation_level=None)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = OFF")
        return db

    def _make(self) -> None:
        later = self.schema == "hashed"
        prompt = "system_prompt_hash" if later else "system_prompt"
        flags = "" if self.schema == "early" else _FLAGS
        for statement in (
            "CREATE TABLE schema_version (version INTEGER NOT NULL)",
            f"CREATE TABLE sessions ({_SESSION.format(prompt=prompt)})",
            f"CREATE TABLE messages ({_MESSAGE}{flags}{_DISPLAY if later else ''})",
            "CREATE INDEX of_session ON messages(session_id, timestamp)",
            "CREATE TABLE state_meta (key TEXT PRIMARY KEY, value TEXT)",
            "CREATE TABLE gateway_routing (scope TEXT, entry_json TEXT)",
        ):
            self.db.execute(statement)
        if flags:
            self.db.execute("CREATE INDEX of_session_active ON messages(session_id, active, timestamp)")
            self.db.execute(f"CREATE TABLE session_model_usage ({_USAGE})")
        if later:
            self.db.execute("CREATE TABLE system_prompts (hash TEXT PRIMARY KEY, content TEXT)")
        self.db.execute("INSERT INTO schema_version VALUES (?)", (_VERSIONS[self.schema],))

    def tick(self) -> float:
        """A second later."""
        self.now += 1.0
        return self.now

    def session(
        self,
        session_id: str = "20260601_120000_abc123",
        *,
        cwd: str | None = "/w/app",
        source: str = "cli",
        parent: str | None = None,
        title: str | None = None,
        model_config: str | None = None,
        system_prompt: str = "",
    ) -> HermesSession:
        """A new session without messages."""
        prompt_column = "system_prompt"
        if self.schema == "hashed":
            prompt_column = "system_prompt_hash"
            if system_prompt:
                self.db.execute("INSERT OR IGNORE INTO system_prompts VALUES ('h1', ?)", (system_prompt,))
                system_prompt = "h1"
        self.db.execute(
            f"INSERT INTO sessions (id, source, model, model_config, {prompt_column}, parent_session_id, started_at,"
            " cwd, title) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (session_id, source, _MODEL, model_config, system_prompt or None, parent, self.tick(), cwd, title),
        )
        return HermesSession(self, session_id)

    def close(self) -> None:
        """Closes the connection; the last one writes the log into the file."""
        self.db.close()


class HermesSession:
    """Rows of one session."""

    def __init__(self, hermes: HermesDatabase, session_id: str) -> None:
        self.hermes = hermes
        self.id = session_id
        self._calls = 0

    def add(self, role: str, content: object, /, **columns: object) -> int:
        """A row; returns its id."""
        fields = {"session_id": self.id, "role": role, "content": content, "timestamp": self.hermes.tick(), **columns}
        names = ", ".join(fields)
        places = ", ".join("?" * len(fields))
        inserted = self.hermes.db.execute(f"INSERT INTO messages ({names}) VALUES ({places})", tuple(fields.values()))
        assert inserted.lastrowid is not None
        return inserted.lastrowid

    def prompt(self, text: str) -> int:
        """What a person typed."""
        return self.add("user", text)

    def reply(self, text: str, *, reasoning: str | None = None) -> int:
        """The agent's last words in a turn, and what the turn cost."""
        row = self.add("assistant", text, finish_reason="stop", reasoning=reasoning)
        self.spend(input=1000, output=10)
        return row

    def call(self, tool: str, result: str, /, **arguments: object) -> str:
        """A call and its result; returns its id."""
        self._calls += 1
        call_id = f"call_{self.id[-3:]}_{self._calls}"
        function = {"name": tool, "arguments": json.dumps(arguments)}
        calls = [{"id": call_id, "type": "function", "function": function}]
        self.add("assistant", "", tool_calls=json.dumps(calls), finish_reason="tool_calls")
        self.add("tool", result, tool_call_id=call_id, tool_name=tool)
        return call_id

    def spend(self, *, model: str = _MODEL, task: str = "", **tokens: int) -> None:
        """Adds up; `tokens` by column without its ending: `input`, `cache_read`."""
        if not task:
            for name, count in tokens.items():
                column = f"{name}_tokens"
                self.hermes.db.execute(f"UPDATE sessions SET {column} = {column} + ? WHERE id = ?", (count, self.id))
        if self.hermes.schema == "early":
            return
        key = (self.id, model, task)
        self.hermes.db.execute(
            "INSERT OR IGNORE INTO session_model_usage (session_id, model, task) VALUES (?, ?, ?)", key
        )
        for name, count in tokens.items():
            column = f"{name}_tokens"
            self.hermes.db.execute(
                f"UPDATE session_model_usage SET {column} = {column} + ?"
                " WHERE session_id = ? AND model = ? AND task = ?",
                (count, *key),
            )

    def ids(self, where: str = "1") -> list[int]:
        """Its rows' ids."""
        found = self.hermes.db.execute(
            f"SELECT id FROM messages WHERE session_id = ? AND {where} ORDER BY id", (self.id,)
        )
        return [row[0] for row in found]

    def compact(
        self, summary: str, *, head: int = 1, tail: int = 2, step_s: float = 1e-6, pruned: bool = False
    ) -> None:
        """Archives what is active; inserts copies of the first and last rows around a summary, `step_s` apart."""
        db = self.hermes.db
        active = self.ids("active = 1")
        db.execute("BEGIN")
        db.execute("UPDATE messages SET active = 0, compacted = 1 WHERE session_id = ? AND active = 1", (self.id,))
        at = self.hermes.tick()
        for row in active[:head]:
            at = self._copy(row, at + step_s, pruned=pruned)
        at += step_s
        self.add("assistant", f"[CONTEXT COMPACTION — REFERENCE ONLY] {summary}", timestamp=at)
        for row in active[len(active) - tail :] if tail else ():
            at = self._copy(row, at + step_s, pruned=pruned)
        db.execute("COMMIT")
        self.hermes.now = max(self.hermes.now, at)

    def rewind(self, rows: Sequence[int]) -> None:
        """Takes rows back."""
        places = ", ".join("?" * len(rows))
        self.hermes.db.execute(f"UPDATE messages SET active = 0, compacted = 0 WHERE id IN ({places})", tuple(rows))

    def set(self, row: int, **columns: object) -> None:
        """Changes a row in place."""
        assigned = ", ".join(f"{name} = ?" for name in columns)
        self.hermes.db.execute(f"UPDATE messages SET {assigned} WHERE id = ?", (*columns.values(), row))

    def delete(self, row: int) -> None:
        """Removes a row."""
        self.hermes.db.execute("DELETE FROM messages WHERE id = ?", (row,))

    def rows(self) -> dict[int, dict[str, object]]:
        """All that the database holds of it, by id."""
        cursor = self.hermes.db.execute("SELECT * FROM messages WHERE session_id = ? ORDER BY id", (self.id,))
        names = [column[0] for column in cursor.description]
        return {row[0]: dict(zip(names, row, strict=True)) for row in cursor}

    def _copy(self, row: int, at: float, *, pruned: bool) -> float:
        kept = ("role", "content", "tool_call_id", "tool_calls", "tool_name", "finish_reason", "reasoning")
        values = self.hermes.db.execute(f"SELECT {', '.join(kept)} FROM messages WHERE id = ?", (row,)).fetchone()
        columns = dict(zip(kept, values, strict=True))
        role, content = columns.pop("role"), columns.pop("content")
        if pruned and role == "tool":
            content = "[shortened]"
        self.add(role, content, **columns, timestamp=at)
        return at
