"""The journal: one SQLite database for all windows and processes of this host.

It is a memory aid, never the truth: a lost or rolled back journal costs a LIST and some re-reading, not data. So
write-ahead logging without a sync on every commit is enough; what a power cut takes back is found again in the bucket.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import cattrs

from session_mirror.bucket.meta import PartEntry
from session_mirror.bucket.names import decode_id, encode_id
from session_mirror.journal import line_rows
from session_mirror.journal.database import Database, Nonsense, StreamRow, transaction
from session_mirror.journal.records import AttachmentEntry, JournalPart, LineRun, StreamKey, StreamState
from session_mirror.protocol.mirror import Problem
from session_mirror.protocol.sessions import Verified

_KEY = "destination = ? AND harness = ? AND session_id = ? AND generation = ?"
_converter = cattrs.Converter()
_T = TypeVar("_T")


class Journal:
    """Thread-safe. Every failure is a `MirrorError`: `disk` while another process locks it, `conflict` for a newer one.

    While the disk is full or read-only it goes on in memory, and `problem` says so.
    """

    def __init__(self, state: Path) -> None:
        """Opens `state.db` in the state directory on first use."""
        self._database = Database(state / "state.db")

    def problem(self) -> Problem | None:
        """What keeps the journal from being written to the disk."""
        return self._database.problem

    def epoch(self) -> int:
        """Another number whenever the journal was lost or replaced: positions read before are to be reconciled."""
        return self._database.epoch()

    def state(self, key: StreamKey) -> StreamState | None:
        """One generation, whether it is the newest or not."""
        query = f"SELECT state FROM stream WHERE {_KEY}"  # noqa: S608  a constant

        def read(db: sqlite3.Connection) -> StreamState | None:
            row = db.execute(query, _row_key(key)).fetchone()
            return None if row is None else _read(row[0], StreamState)

        return self._run(read)

    def latest(self, destination: str, harness: str, session_id: str) -> tuple[StreamKey, StreamState] | None:
        """The newest generation known of a session."""

        def read(db: sqlite3.Connection) -> tuple[StreamKey, StreamState] | None:
            row = db.execute(
                "SELECT generation, state FROM stream WHERE destination = ? AND harness = ? AND session_id = ?"
                " ORDER BY generation DESC LIMIT 1",
                (destination, harness, encode_id(session_id)),
            ).fetchone()
            if row is None:
                return None
            key = StreamKey(destination=destination, harness=harness, session_id=session_id, generation=row[0])
            return key, _read(row[1], StreamState)

        return self._run(read)

    def save(
        self, key: StreamKey, state: StreamState, *, part: JournalPart | None = None, lengths: Sequence[int] = ()
    ) -> None:
        """Replaces a stream's state and adds the part that was committed with it, in one transaction.

        `lengths`: of the part's lines in bytes, line feeds included, where they are known.
        """

        def write(db: sqlite3.Connection) -> None:
            self._database.touch(_row_key(key))
            with transaction(db):
                _put_state(db, key, state)
                if part is not None:
                    _put_part(db, key, part)
                if part is not None and lengths and sum(lengths) == part.entry.uploaded_bytes:
                    line_rows.add(db, _row_key(key), part.end - part.entry.uploaded_bytes, lengths)

        self._run(write)

    def rewrite(self, key: StreamKey, state: StreamState, parts: Sequence[JournalPart]) -> None:
        """Replaces a stream's state and its whole list of parts."""

        def write(db: sqlite3.Connection) -> None:
            self._database.touch(_row_key(key))
            with transaction(db):
                _put_state(db, key, state)
                db.execute(f"DELETE FROM part WHERE {_KEY}", _row_key(key))  # noqa: S608  a constant
                for part in parts:
                    _put_part(db, key, part)
                line_rows.cut(db, _row_key(key), state.stream_end)

        self._run(write)

    def parts(self, key: StreamKey) -> list[JournalPart]:
        """The stream's committed parts, in stream order."""
        return self._run(lambda db: _parts(db, key))

    def part_count(self, key: StreamKey) -> int:
        """How many parts the stream has, as far as this host knows."""
        query = f"SELECT COUNT(*) FROM part WHERE {_KEY}"  # noqa: S608  a constant
        return int(self._run(lambda db: db.execute(query, _row_key(key)).fetchone()[0]))

    def part_ends(self, key: StreamKey) -> list[int]:
        """The stream offsets where its parts end, ascending."""
        query = f"SELECT end FROM part WHERE {_KEY} ORDER BY end"  # noqa: S608  a constant
        return [row[0] for row in self._run(lambda db: db.execute(query, _row_key(key)).fetchall())]

    def all_latest(self, destination: str) -> list[tuple[StreamKey, StreamState]]:
        """The newest generation of every session ever mirrored to a destination from this host."""

        def read(db: sqlite3.Connection) -> list[tuple[StreamKey, StreamState]]:
            rows = db.execute(
                "SELECT harness, session_id, MAX(generation), state FROM stream WHERE destination = ?"
                " GROUP BY harness, session_id",
                (destination,),
            ).fetchall()
            return [
                (
                    StreamKey(
                        destination=destination, harness=harness, session_id=decode_id(segment), generation=generation
                    ),
                    _read(state, StreamState),
                )
                for harness, segment, generation, state in rows
            ]

        return self._run(read)

    def edit_parts(self, key: StreamKey, edit: Callable[[Sequence[JournalPart]], Sequence[JournalPart]]) -> None:
        """Replaces a stream's list of parts, after a compaction; commits that come meanwhile wait."""

        def write(db: sqlite3.Connection) -> None:
            self._database.touch(_row_key(key))
            with transaction(db):
                parts = edit(_parts(db, key))
                db.execute(f"DELETE FROM part WHERE {_KEY}", _row_key(key))  # noqa: S608  a constant
                for part in parts:
                    _put_part(db, key, part)

        self._run(write)

    def line_runs(self, key: StreamKey) -> list[LineRun]:
        """What is known of the lengths of a stream's lines, in stream order."""
        return self._run(lambda db: line_rows.runs(db, _row_key(key)))

    def line_extents(self, key: StreamKey) -> list[tuple[int, int, bool]]:
        """The same without the lengths: start, end, and whether the bucket's index tells them."""
        return self._run(lambda db: line_rows.extents(db, _row_key(key)))

    def lines_indexed(self, key: StreamKey, end: int) -> None:
        """An index in the bucket covers the stream's first `end` bytes: their lengths are forgotten here."""
        self._edit_lines(key, lambda db: line_rows.indexed(db, _row_key(key), end))

    def set_lines(self, key: StreamKey, lengths: Sequence[int]) -> None:
        """These are the stream's lines, all that was mirrored by now; nothing for a stream that isn't known here."""

        def write(db: sqlite3.Connection) -> None:
            query = f"SELECT state FROM stream WHERE {_KEY}"  # noqa: S608  a constant
            row = db.execute(query, _row_key(key)).fetchone()
            if row is not None and _read(row[0], StreamState).stream_end == sum(lengths):
                line_rows.replace(db, _row_key(key), lengths)

        self._edit_lines(key, write)

    def _edit_lines(self, key: StreamKey, edit: Callable[[sqlite3.Connection], None]) -> None:
        def write(db: sqlite3.Connection) -> None:
            self._database.touch(_row_key(key))
            with transaction(db):
                edit(db)

        self._run(write)

    def attachments(self, key: StreamKey) -> dict[str, AttachmentEntry]:
        """What is known of a session's attachments, by name; its generations share them."""
        query = "SELECT name, entry FROM attachment WHERE destination = ? AND harness = ? AND session_id = ?"

        def read(db: sqlite3.Connection) -> dict[str, AttachmentEntry]:
            rows = db.execute(query, _row_key(key)[:3]).fetchall()
            return {decode_id(name): _read(entry, AttachmentEntry) for name, entry in rows}

        return self._run(read)

    def save_attachment(self, key: StreamKey, name: str, entry: AttachmentEntry) -> None:
        """Remembers the newest content of a session's attachment."""
        body = json.dumps(_converter.unstructure(entry))

        def write(db: sqlite3.Connection) -> None:
            self._database.touch(_row_key(key))
            row = (*_row_key(key)[:3], encode_id(name), body)
            db.execute("INSERT OR REPLACE INTO attachment VALUES (?, ?, ?, ?, ?)", row)

        self._run(write)

    def set_stopped(self, harness: str, session_id: str, *, stopped: bool) -> None:
        """Remembers the user's wish that a session be left alone, or takes it back."""
        verb = "INSERT OR IGNORE INTO stopped VALUES (?, ?)" if stopped else (
            "DELETE FROM stopped WHERE harness = ? AND session_id = ?"
        )  # fmt: skip
        self._run(lambda db: db.execute(verb, (harness, encode_id(session_id))))

    def stopped(self) -> frozenset[tuple[str, str]]:
        """All `(harness, session id)` that were stopped on this host."""

        def read(db: sqlite3.Connection) -> frozenset[tuple[str, str]]:
            rows = db.execute("SELECT harness, session_id FROM stopped")
            return frozenset((harness, decode_id(segment)) for harness, segment in rows)

        return self._run(read)

    def set_verified(self, destination: str, harness: str, session_id: str, note: Verified) -> None:
        """Remembers what verifying a stream found; `session_id` is the bucket's, generation suffix included."""
        row = (destination, harness, encode_id(session_id), note.at_ms, note.problem)
        self._run(lambda db: db.execute("INSERT OR REPLACE INTO verified VALUES (?, ?, ?, ?, ?)", row))

    def verified(self, destination: str) -> dict[tuple[str, str], Verified]:
        """What verifying found last, by `(harness, bucket session id)`."""

        def read(db: sqlite3.Connection) -> dict[tuple[str, str], Verified]:
            rows = db.execute(
                "SELECT harness, session_id, at_ms, problem FROM verified WHERE destination = ?", (destination,)
            )
            return {
                (harness, decode_id(segment)): Verified(at_ms=at_ms, problem=problem)
                for harness, segment, at_ms, problem in rows
            }

        return self._run(read)

    def close(self) -> None:
        """Closes the database; another use opens it again."""
        self._database.close()

    def _run(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        return self._database.run(work)


def _row_key(key: StreamKey) -> StreamRow:
    """Ids may hold what SQLite's text cannot: they are stored as in the bucket's keys."""
    return key.destination, key.harness, encode_id(key.session_id), key.generation


def _read(text: str, kind: type[_T]) -> _T:
    try:
        return _converter.structure(json.loads(text), kind)
    except (ValueError, TypeError, KeyError, cattrs.BaseValidationError) as error:
        raise Nonsense from error


def _parts(db: sqlite3.Connection, key: StreamKey) -> list[JournalPart]:
    query = f"SELECT end, entry FROM part WHERE {_KEY} ORDER BY end"  # noqa: S608  a constant
    rows = db.execute(query, _row_key(key)).fetchall()
    return [JournalPart(end=end, entry=_read(entry, PartEntry)) for end, entry in rows]


def _put_state(db: sqlite3.Connection, key: StreamKey, state: StreamState) -> None:
    body = json.dumps(_converter.unstructure(state))
    db.execute("INSERT OR REPLACE INTO stream VALUES (?, ?, ?, ?, ?)", (*_row_key(key), body))


def _put_part(db: sqlite3.Connection, key: StreamKey, part: JournalPart) -> None:
    body = json.dumps(_converter.unstructure(part.entry))
    db.execute("INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, ?, ?)", (*_row_key(key), part.end, body))
