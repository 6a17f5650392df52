"""Makes OpenClaw's sessions of both eras: entries in the shape of its own, in files and in databases. None is real.

session = Session(cwd="/w/app")
session.prompt("run the tests")
call = session.call("exec", command="npm test")
session.result(call, "12 passing")
session.write(home / ".openclaw")                      # the era of files
agent_database(home / ".openclaw").store(session)    # the era of databases
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

import attrs

from support.compression import compressed as zstandard

MODEL = "claw-test-1"
SCHEMA = 24
APP = "2026.9.9"
AWAY = "2026-03-02T10-00-00.000Z"
"""When a transcript was put away, as names spell it."""
SECRET = "not-to-be-read-by-anybody"
_BORDER_BYTES = 2048
_TABLES = """
CREATE TABLE schema_meta (
  meta_key TEXT PRIMARY KEY, role TEXT, schema_version INTEGER, agent_id TEXT, app_version TEXT
);
CREATE TABLE auth_profile_store (store_key TEXT PRIMARY KEY, store_json TEXT);
CREATE TABLE session_nodes (
  session_key TEXT PRIMARY KEY, current_session_id TEXT NOT NULL, entry_json TEXT NOT NULL, updated_at INTEGER,
  parent_session_key TEXT, spawned_by TEXT, label TEXT, display_name TEXT
);
CREATE TABLE session_windows (
  session_id TEXT PRIMARY KEY, session_key TEXT NOT NULL, previous_session_id TEXT, reason TEXT, created_at INTEGER,
  updated_at INTEGER, transcript_updated_at INTEGER, spawned_by TEXT, display_name TEXT
);
CREATE TABLE transcript_events (
  session_id TEXT NOT NULL, seq INTEGER NOT NULL, event_json TEXT, created_at INTEGER NOT NULL, event_zstd BLOB,
  event_utf8_bytes INTEGER, navigation_json TEXT, PRIMARY KEY (session_id, seq),
  FOREIGN KEY (session_id) REFERENCES session_windows(session_id) ON DELETE CASCADE
);
CREATE TABLE transcript_event_identities (session_id TEXT, event_id TEXT, PRIMARY KEY (session_id, event_id));
CREATE TABLE transcript_rewrite_watermarks (session_id TEXT PRIMARY KEY, generation TEXT, updated_at INTEGER);
CREATE TABLE session_transcript_cold_archives (
  session_id TEXT PRIMARY KEY, generation TEXT, archive_name TEXT, archive_sha256 TEXT, event_count INTEGER,
  raw_bytes INTEGER, archive_bytes INTEGER, last_seq INTEGER, archived_at INTEGER, storage TEXT, archive_blob BLOB
);
CREATE TABLE session_transcript_archives (
  session_id TEXT, generation TEXT, session_key TEXT, reason TEXT, encoding TEXT, archive_blob BLOB,
  archive_sha256 TEXT, archive_name TEXT, created_at INTEGER, published_at INTEGER, PRIMARY KEY (session_id, generation)
);
"""

_Entry = dict[str, object]


class Session:
    """Entries in order, a second apart, each the child of the one before."""

    def __init__(
        self,
        cwd: object = "/w/app",
        session_id: str | None = None,
        *,
        version: int = 3,
        seed: int = 0,
        **header: object,
    ) -> None:
        """`header` are more fields of the first entry."""
        self.random = random.Random(f"{seed} {session_id}")
        self.session_id = session_id or str(uuid.UUID(int=self.random.getrandbits(128)))
        self.lines: list[bytes] = []
        self.leaf: str | None = None
        self._time = datetime(2026, 3, 1, 9, 0, tzinfo=timezone.utc)
        self.add(
            {
                "type": "session",
                "version": version,
                "id": self.session_id,
                "timestamp": self._now(),
                "cwd": cwd,
                **header,
            }
        )

    @property
    def now_ms(self) -> int:
        """The time of the last entry, Unix epoch."""
        return int(self._time.timestamp() * 1000)

    def data(self) -> bytes:
        """As a file's bytes."""
        return b"".join(line + b"\n" for line in self.lines)

    def add(self, entry: object) -> None:
        """Any line."""
        self.lines.append(json.dumps(entry, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass"))

    def entry(self, kind: str, *, parent: str | None = None, **fields: object) -> str:
        """An entry of the tree, below the last one or `parent`; returns its id."""
        identity = f"{self.random.getrandbits(32):08x}"
        self._time += timedelta(seconds=1)
        self.add({"type": kind, "id": identity, "parentId": parent or self.leaf, "timestamp": self._now(), **fields})
        self.leaf = identity
        return identity

    def message(self, role: str, *, parent: str | None = None, **fields: object) -> str:
        """A message entry."""
        return self.entry("message", parent=parent, message={"role": role, **fields, "timestamp": self.now_ms + 1000})

    def begin(self) -> None:
        """What OpenClaw writes before the first prompt."""
        self.entry("model_change", provider="test", modelId=MODEL)
        self.entry("thinking_level_change", thinkingLevel="medium")
        self.entry("custom", customType="model-snapshot", data={"provider": "test", "modelId": MODEL})

    def prompt(self, text: str) -> str:
        """What a person typed."""
        return self.message("user", content=[{"type": "text", "text": text}])

    def reply(
        self, *blocks: _Entry, cost: Sequence[int] = (100, 10, 0, 0), parent: str | None = None, **fields: object
    ) -> str:
        """An assistant's message; `cost` is input, output, read from and written to the cache."""
        told = dict(zip(("input", "output", "cacheRead", "cacheWrite"), cost, strict=True))
        return self.message(
            "assistant",
            parent=parent,
            **{
                "content": list(blocks),
                "provider": "test",
                "model": MODEL,
                "usage": {**told, "totalTokens": sum(cost), "cost": {"total": 0}},
                "stopReason": "stop",
                **fields,
            },
        )

    def say(self, text: str, **fields: object) -> str:
        """A reply of words alone."""
        return self.reply({"type": "text", "text": text}, **fields)  # type: ignore[arg-type]

    def call(self, name: str, **arguments: object) -> str:
        """An assistant's message with one call; returns the call's id."""
        call_id = f"call_{self.random.getrandbits(32):08x}"
        self.reply(
            {"type": "thinking", "thinking": "Let me see."},
            {"type": "toolCall", "id": call_id, "name": name, "arguments": arguments},
            stopReason="toolUse",
        )
        return call_id

    def result(self, call_id: str, text: str, *, is_error: bool = False) -> str:
        """A call's result."""
        content = [{"type": "text", "text": text}]
        return self.message("toolResult", toolCallId=call_id, toolName="exec", content=content, isError=is_error)

    def turn(self, text: str = "run the tests", output: str = "12 passing") -> None:
        """A prompt, a call, its result, and the last word."""
        self.prompt(text)
        self.result(self.call("exec", command="npm test"), output)
        self.say("All pass.")

    def write(
        self, state: Path, *, agent: str = "main", away: str = "", compress: bool = False, name: str = ""
    ) -> Path:
        """Writes the file where OpenClaw would: `away` is `reset` or `deleted` once it is put away."""
        path = state / "agents" / agent / "sessions" / (name or f"{self.session_id}.jsonl")
        path = path.with_name(path.name + (f".{away}.{AWAY}" if away else "") + (".zst" if compress else ""))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(zstandard(self.data()) if compress else self.data())
        return path

    def _now(self) -> str:
        return self._time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def note(state: Path, entries: dict[str, _Entry], agent: str = "main") -> None:
    """Writes an agent's `sessions.json`: entries by key."""
    path = state / "agents" / agent / "sessions" / "sessions.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".tmp")
    fresh.write_text(json.dumps(entries), encoding="utf-8")
    fresh.replace(path)


@attrs.define
class AgentDatabase:
    """One agent's database, written as OpenClaw does: with a write-ahead log, and in one transaction a change."""

    path: Path
    border: int = _BORDER_BYTES
    """Events of more bytes are compressed."""
    schema: int = SCHEMA

    def __attrs_post_init__(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.path.exists():
            with self.open() as db:
                db.execute("PRAGMA journal_mode = WAL")
                db.executescript(_TABLES)
                db.execute("INSERT INTO schema_meta VALUES ('primary', 'agent', ?, 'main', ?)", (self.schema, APP))
                db.execute("INSERT INTO auth_profile_store VALUES ('a', ?)", (SECRET,))

    def open(self) -> _Closing:
        """A connection for one transaction, closed afterwards."""
        return _Closing(self.path)

    def store(
        self, session: Session, *, key: str = "", entry: Mapping[str, object] | None = None, **node: object
    ) -> None:
        """Puts a session there as it is now, adding the events that are not there yet."""
        key = key or f"agent:main:{session.session_id}"
        spawned_by = node.get("spawned_by")
        with self.open() as db:
            db.execute(
                "INSERT INTO session_windows VALUES (?, ?, NULL, 'initial', ?, ?, ?, ?, ?)"
                " ON CONFLICT (session_id) DO UPDATE SET updated_at = excluded.updated_at,"
                " transcript_updated_at = excluded.transcript_updated_at",
                (session.session_id, key, 1, session.now_ms, session.now_ms, spawned_by, node.get("display_name")),
            )
            db.execute(
                "INSERT OR REPLACE INTO session_nodes VALUES (?, ?, ?, ?, NULL, ?, ?, ?)",
                (
                    key,
                    session.session_id,
                    json.dumps({"sessionId": session.session_id, **(entry or {})}),
                    session.now_ms,
                    spawned_by,
                    node.get("label"),
                    node.get("display_name"),
                ),
            )
            db.execute("INSERT OR IGNORE INTO transcript_rewrite_watermarks VALUES (?, 'g1', 1)", (session.session_id,))
            (count,) = db.execute(
                "SELECT count(*) FROM transcript_events WHERE session_id = ?", (session.session_id,)
            ).fetchone()
            for seq, line in enumerate(session.lines[count:], count):
                self.put(db, session.session_id, seq, line)

    def put(self, db: sqlite3.Connection, session_id: str, seq: int, event: bytes) -> None:
        """One event's row, put there or changed."""
        row: tuple[object, ...] = (session_id, seq, event.decode(), 1, None, len(event), None)
        if len(event) > self.border:
            row = (session_id, seq, None, 1, zstandard(event), len(event), "{}")
        db.execute("INSERT OR REPLACE INTO transcript_events VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def rewrite(self, session: Session, generation: str) -> None:
        """Puts a session's events there anew, as OpenClaw does when it shortens a history."""
        with self.open() as db:
            db.execute("DELETE FROM transcript_events WHERE session_id = ?", (session.session_id,))
            db.execute(
                "UPDATE transcript_rewrite_watermarks SET generation = ? WHERE session_id = ?",
                (generation, session.session_id),
            )
        self.store(session)

    def chill(self, session: Session, *, in_file: bool) -> None:
        """Moves a session into cold storage: into a file beside the transcripts, or into the database."""
        rows = [
            {"kind": "event", "row": {"seq": seq, "event_json": line.decode(), "created_at": 1}}
            for seq, line in enumerate(session.lines)
        ]
        header = {"kind": "header", "version": 1, "sessionId": session.session_id, "generation": "g1"}
        plain = b"".join(json.dumps(row).encode() + b"\n" for row in [header, *rows])
        archive = zstandard(plain)
        digest = hashlib.sha256(archive).hexdigest()
        name = f"{digest}.jsonl.zst"
        if in_file:
            cold = self.path.parent.parent / "sessions" / "cold"
            cold.mkdir(parents=True, exist_ok=True)
            (cold / name).write_bytes(archive)
        with self.open() as db:
            db.execute("DELETE FROM transcript_events WHERE session_id = ?", (session.session_id,))
            db.execute(
                "INSERT INTO session_transcript_cold_archives VALUES (?, 'g1', ?, ?, ?, ?, ?, ?, 1, ?, ?)",
                (
                    session.session_id,
                    name,
                    digest,
                    len(rows),
                    len(plain),
                    len(archive),
                    len(rows) - 1,
                    "file" if in_file else "sqlite",
                    None if in_file else archive,
                ),
            )

    def delete(self, session: Session, *, kept_as: str = "") -> None:
        """Deletes a session, its events with it; they wait for their file in an archive `kept_as` identity or zstd."""
        blob = zstandard(session.data()) if kept_as == "zstd" else session.data()
        with self.open() as db:
            db.execute("PRAGMA foreign_keys = ON")
            if kept_as:
                row = (session.session_id, "k", kept_as, blob, hashlib.sha256(blob).hexdigest(), session.now_ms)
                db.execute(
                    "INSERT INTO session_transcript_archives VALUES (?, 'g1', ?, 'deleted', ?, ?, ?, 'n', ?, NULL)", row
                )
            db.execute("DELETE FROM session_windows WHERE session_id = ?", (session.session_id,))

    def publish(self, session: Session, state: Path) -> None:
        """Writes a deleted session's file."""
        session.write(state, away="deleted", compress=True)
        with self.open() as db:
            db.execute("UPDATE session_transcript_archives SET published_at = 1")


class _Closing:
    """A connection whose transaction ends, and which is closed, at the end of a block."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> sqlite3.Connection:
        self._db = sqlite3.connect(self._path, timeout=30)
        return self._db

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._db.commit()
        self._db.close()


def agent_database(state: Path, agent: str = "main", **how: int) -> AgentDatabase:
    """The database of an agent, made if there is none."""
    return AgentDatabase(state / "agents" / agent / "agent" / "openclaw-agent.sqlite", **how)


def imported(state: Path, session: Session, agent: str = "main") -> Path:
    """Has OpenClaw read a session's file into the database, and put it away; returns where it is."""
    agent_database(state, agent).store(session)
    file = state / "agents" / agent / "sessions" / f"{session.session_id}.jsonl"
    archive = state / "agents" / agent / "session-sqlite-import-archive"
    archive.mkdir(exist_ok=True)
    return file.rename(archive / f"agent_main_{session.session_id[:4]}.{file.name}.imported-1789000000000")
