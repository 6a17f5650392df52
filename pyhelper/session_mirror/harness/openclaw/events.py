"""The events of one session in OpenClaw's database, as the bytes that OpenClaw wrote.

Events above some 2 kB are compressed. A session in cold storage has its events in an archive, in the database or in a
file beside the transcripts of the earlier era.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import attrs

from session_mirror.errors import MirrorError
from session_mirror.harness.json_values import as_object, parse_object

from .payloads import decompressed, decompressed_all
from .tables import Tables

_BATCH_ROWS: Final = 256
_BATCH_BYTES: Final = 4 << 20
_PLAIN: Final = """
    SELECT seq, CAST(event_json AS BLOB), NULL, NULL FROM transcript_events
    WHERE session_id = ? AND seq > ? ORDER BY seq LIMIT ?
"""
_PACKED: Final = """
    SELECT seq, CAST(event_json AS BLOB), event_zstd, event_utf8_bytes FROM transcript_events
    WHERE session_id = ? AND seq > ? ORDER BY seq LIMIT ?
"""
_ARCHIVE: Final = """
    SELECT event_count, last_seq, archive_name, archive_blob FROM session_transcript_cold_archives WHERE session_id = ?
"""

_DELETED: Final = """
    SELECT archive_sha256, created_at, encoding, archive_blob FROM session_transcript_archives
    WHERE session_id = ? AND published_at IS NULL ORDER BY created_at DESC LIMIT 1
"""

_Stored = tuple[int, "bytes | None", "bytes | None", "int | None"]


@attrs.frozen
class Archive:
    """Where the events of a session in cold storage are."""

    count: int
    last_seq: int
    name: str
    blob: bytes | None


@attrs.frozen
class Deleted:
    """A session that was deleted or reset, and waits in the database for its file. `created_ms`: Unix epoch."""

    sha256: str
    created_ms: int
    encoding: str
    blob: bytes


def events(tables: Tables, session_id: str, after: int = -1, *, most: int = -1) -> Iterator[tuple[int, bytes]]:
    """Sequence numbers and events, in order; those numbered `after` and below are left out.

    Raises:
        MirrorError: an event can't be decompressed, or its archive can't be read.
    """
    query = _PACKED if tables.have("transcript_events", "event_zstd") else _PLAIN
    rows = tables.db.execute(query, (session_id, after, most))
    is_empty = True
    while batch := _batch(rows):
        is_empty = False
        yield from _unpacked(batch)
    if is_empty:
        yield from (found for found in _put_away(tables, session_id) if found[0] > after)


def has_archives(tables: Tables) -> bool:
    """Whether this database knows cold storage."""
    wanted = ("session_id", "event_count", "last_seq", "archive_name", "archive_blob")
    return tables.have("session_transcript_cold_archives", *wanted)


def archive_of(tables: Tables, session_id: str) -> Archive | None:
    """None for a session that isn't in cold storage."""
    row = tables.db.execute(_ARCHIVE, (session_id,)).fetchone() if has_archives(tables) else None
    return Archive(*row) if row else None


def knows_deleted(tables: Tables) -> bool:
    """Whether this database keeps deleted sessions until their files are written."""
    wanted = ("session_id", "session_key", "archive_sha256", "created_at", "published_at", "encoding", "archive_blob")
    return tables.have("session_transcript_archives", *wanted)


def deleted_of(tables: Tables, session_id: str) -> Deleted | None:
    """None for a session that isn't among those."""
    row = tables.db.execute(_DELETED, (session_id,)).fetchone() if knows_deleted(tables) else None
    return Deleted(*row) if row else None


def _put_away(tables: Tables, session_id: str) -> Iterator[tuple[int, bytes]]:
    if (archive := archive_of(tables, session_id)) is not None:
        yield from _archived(tables.db, archive)
    elif (deleted := deleted_of(tables, session_id)) is not None:
        data = decompressed(deleted.blob) if deleted.encoding == "zstd" else deleted.blob
        yield from enumerate(line for line in data.split(b"\n") if line)


def _batch(rows: sqlite3.Cursor) -> list[_Stored]:
    batch: list[_Stored] = []
    size = 0
    while len(batch) < _BATCH_ROWS and size < _BATCH_BYTES and (row := rows.fetchone()) is not None:
        batch.append(row)
        size += len(row[1] or row[2] or b"")
    return batch


def _unpacked(batch: Sequence[_Stored]) -> Iterator[tuple[int, bytes]]:
    packed = [(frame, size or 0) for _, plain, frame, size in batch if plain is None and frame is not None]
    unpacked = iter(decompressed_all([frame for frame, _ in packed], [size for _, size in packed]))
    for seq, plain, frame, _ in batch:
        if plain is not None:
            yield seq, plain
        elif frame is not None:
            yield seq, next(unpacked)


def _archived(db: sqlite3.Connection, archive: Archive) -> Iterator[tuple[int, bytes]]:
    """An archive has lines that each hold a row of one of the database's tables."""
    data = archive.blob if archive.blob is not None else _file(db, archive.name)
    for line in decompressed(data).split(b"\n"):
        record = parse_object(line)
        row = as_object(record.get("row"))
        seq, event = row.get("seq"), row.get("event_json")
        if record.get("kind") == "event" and isinstance(seq, int) and isinstance(event, str):
            yield seq, event.encode("utf-8", "surrogatepass")


def _file(db: sqlite3.Connection, name: str) -> bytes:
    database = Path(db.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()[0])
    folder = database.parent.parent / "sessions" if database.parent.name == "agent" else database.parent
    try:
        return (folder / "cold" / Path(name).name).read_bytes()
    except OSError as error:
        raise MirrorError(
            f"OpenClaw's archive {name} can't be read: {error.strerror or error}.",
            kind="source",
            hint="OpenClaw moved a session there; what was mirrored of it before is safe.",
        ) from error
