"""How long the lines are that were mirrored, as rows of the journal: what the bucket's index of a stream is made of.

A row tells the lines of a stretch of the stream, two bytes a line as a rule; flushes add to the newest row until it is
full. What an index in the bucket tells needs no row of its own: one without lengths stands for all of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from session_mirror.journal.database import Nonsense, StreamRow
from session_mirror.journal.records import LineRun

ROW_BYTES: Final = 2048
"""A fuller row is left alone: each flush would write all of it again."""
_KEY: Final = "destination = ? AND harness = ? AND session_id = ? AND generation = ?"


def add(db: sqlite3.Connection, row: StreamRow, start: int, lengths: Sequence[int]) -> None:
    """The lines from the stream's offset `start` on; what was told of bytes behind it doesn't count any more."""
    cut(db, row, start)
    newest = db.execute(f"SELECT start, end, lengths FROM lines WHERE {_KEY} ORDER BY start DESC LIMIT 1", row)  # noqa: S608
    begin, end, packed = newest.fetchone() or (0, 0, b"")
    if end != start or not 0 < len(packed) < ROW_BYTES:
        begin, packed = start, b""
    _put(db, row, begin, start + sum(lengths), packed + pack(lengths))


def cut(db: sqlite3.Connection, row: StreamRow, end: int) -> None:
    """Forgets rows that tell of bytes behind the stream's offset `end`."""
    db.execute(f"DELETE FROM lines WHERE {_KEY} AND end > ?", (*row, end))  # noqa: S608  a constant


def runs(db: sqlite3.Connection, row: StreamRow) -> list[LineRun]:
    """All that is known, in stream order."""
    found = db.execute(f"SELECT start, end, lengths FROM lines WHERE {_KEY} ORDER BY start", row)  # noqa: S608
    return [LineRun(start=start, end=end, lengths=unpack(packed)) for start, end, packed in found]


def extents(db: sqlite3.Connection, row: StreamRow) -> list[tuple[int, int, bool]]:
    """Where each row's bytes begin and end, and whether the bucket's index tells of them; in stream order."""
    query = f"SELECT start, end, length(lengths) FROM lines WHERE {_KEY} ORDER BY start"  # noqa: S608  a constant
    return [(start, end, size == 0) for start, end, size in db.execute(query, row)]


def indexed(db: sqlite3.Connection, row: StreamRow, end: int) -> None:
    """An index in the bucket tells of the stream's first `end` bytes: their rows go."""
    for run in runs(db, row):
        if run.start < end:
            db.execute(f"DELETE FROM lines WHERE {_KEY} AND start = ?", (*row, run.start))  # noqa: S608  a constant
        if run.start < end < run.end:
            told = list(accumulate(run.lengths, initial=run.start))
            if end in told:  # lines that were mirrored while the index was made
                _put(db, row, end, run.end, pack(run.lengths[told.index(end) :]))
    _put(db, row, 0, end, b"")


def replace(db: sqlite3.Connection, row: StreamRow, lengths: Sequence[int]) -> None:
    """These are the stream's lines, from its beginning on."""
    cut(db, row, 0)
    _put(db, row, 0, sum(lengths), pack(lengths))


def pack(lengths: Sequence[int]) -> bytes:
    """Seven bits a byte, the lowest first; the last byte of a number is below 128."""
    packed = bytearray()
    for length in lengths:
        rest = length
        while rest > 0x7F:
            packed.append(rest & 0x7F | 0x80)
            rest >>= 7
        packed.append(rest)
    return bytes(packed)


def unpack(packed: bytes) -> tuple[int, ...]:
    """The inverse of `pack`; an unfinished number at the end is left out."""
    if not isinstance(packed, bytes):
        raise Nonsense
    lengths: list[int] = []
    number = shift = 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        if byte > 0x7F:
            shift += 7
        else:
            lengths.append(number)
            number = shift = 0
    return tuple(lengths)


def _put(db: sqlite3.Connection, row: StreamRow, start: int, end: int, packed: bytes) -> None:
    db.execute("INSERT OR REPLACE INTO lines VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, start, end, packed))
