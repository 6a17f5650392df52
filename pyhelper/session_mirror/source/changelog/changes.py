"""What a harness tells of the sessions in its database."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from typing import Protocol

import attrs


@attrs.frozen
class Row:
    """A row as it is now. Its key is unique in the session, whatever table it is of.

    `line` is one line without its line feed; None for a row that is there, but not to be told of at this time.
    """

    key: str
    line: bytes | None


@attrs.frozen
class Mark:
    """What can be told of a session's rows without reading them. Equal marks: most likely nothing changed.

    All values are numbers and texts, so that a mark can be written down.
    """

    count: int
    newest: int
    """The greatest number of a row; rows that are added have greater ones."""
    steady: tuple[object, ...] = ()
    """What stays when rows are added and none of the others is touched."""
    around: tuple[object, ...] = ()
    """Of what else the log tells."""
    changed_s: float | None = None
    """When the session last said something, Unix epoch: the date of its log."""


class Source(Protocol):
    """One kind of database; has no state. Everything may raise `sqlite3.Error` and `MirrorError`."""

    def marks(self, db: sqlite3.Connection, session_ids: Collection[str]) -> Mapping[str, Mark]:
        """Of those of the sessions that there are, with a count of 0 where one has no rows (any more); by an index,
        without reading rows."""
        ...

    def rows(self, db: sqlite3.Connection, session_id: str, after: int | None) -> Iterator[Row]:
        """All rows of a session in a stable order, read one by one; those up to number `after` may be left out."""
        ...

    def key_of(self, line: bytes) -> tuple[str, bool] | None:
        """Of a line that `rows` or `tombstone` made: the row's key, and whether the row is there. Never raises."""
        ...

    def tombstone(self, session_id: str, key: str) -> bytes:
        """The line that tells that a row is gone."""
        ...
