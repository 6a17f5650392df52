"""Keeps the change logs of one database's sessions up to date.

What is found when: rows that are added or removed, and whatever else moves a session's mark, at the next look. Changes
that leave the mark alone are found by reading all rows again: at once in sessions that are cheap to read and whose mark
moves, in the others in turn, in a fiftieth of the time.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import attrs

from session_mirror.errors import MirrorError
from session_mirror.journal.locks import SessionLock
from session_mirror.protocol.mirror import Problem

from . import memory
from .changes import Mark, Source
from .database import Database, DatabaseStamp
from .export_log import Change, ExportLog, digest_of
from .memory import Exported
from .places import export_name

_CHEAP_S: Final = 0.05
"""A session that is read whole in less is always read whole."""
_SHARE: Final = 0.02
"""Of the time is spent on reading again what seems unchanged."""
_MOST_CREDIT_S: Final = 1.0
_INCOMPLETE_S: Final = 30.0
"""After this long without any change, what was not told at its time is looked at again."""
_RETRY_S: Final = 10.0
"""After an error."""
_MOST_LOGS: Final = 32
"""So many sessions' digests are kept in memory."""


@attrs.frozen
class Export:
    """A session's change log on the disk."""

    path: Path
    size: int
    modified_ms: int


class Exporter:
    """For one thread at a time. Nothing but `find` touches the disk without the database's lock."""

    def __init__(
        self,
        database: Database,
        source: Source,
        folder: Path,
        lock: SessionLock,
        *,
        clock: Callable[[], float] = time.monotonic,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        """`folder` holds this database's logs; it need not exist."""
        self._database = database
        self._source = source
        self._folder = folder
        self._lock = lock
        self._clock = clock
        self._now_ns = now_ns
        self._memory_file = folder / "marks.json"
        self._seen, self._exported = memory.load(self._memory_file)
        self._begun: DatabaseStamp | None = None
        self._logs: OrderedDict[str, ExportLog] = OrderedDict()
        self._paths: dict[str, Path] = {}
        self._problems: list[Problem] = []
        self._changed_at = clock() if self._seen is None else float("-inf")
        self._looked_at = self._credited_at = clock()
        self._credit = 0.0
        self._retry_at = float("-inf")
        self._has_unchecked = self._seen is None
        self._is_dirty = False

    def has_news(self) -> bool:
        """Whether an update may find something; costs two stats."""
        now = self._clock()
        return now >= self._retry_at and self._may_have_news(self._database.stamp(), now)

    def begin(self) -> bool:
        """The same, and what is read from here on counts for the `update` that follows."""
        self._begun = self._database.stamp()
        if self._begun != self._seen:
            self._changed_at = self._clock()
        return self._may_have_news(self._begun, self._clock())

    def update(self, session_ids: Sequence[str]) -> None:
        """Brings the logs of these sessions up to date, the first ones first, unless another process is at it."""
        now = self._clock()
        begun = self._begun or self._database.stamp()
        has_news = self._may_have_news(begun, now)
        if not has_news and all(session_id in self._exported for session_id in session_ids):
            return
        if not session_ids:
            self._seen, self._has_unchecked = self._settled(begun), False
            return
        self._problems = []
        self._looked_at = now
        try:
            if not self._lock.acquire():
                self._seen = None
                return
            try:
                with self._database:
                    self._update(session_ids, now)
                self._remember(begun)
            finally:
                self._lock.release()
        except MirrorError as error:
            self._problems.append(error.as_problem())
        self._begun = None
        self._retry_at = now + _RETRY_S if self._problems else float("-inf")

    def find(self, session_id: str) -> Export | None:
        """A session's log as it is; None where there is none."""
        path = self._path(session_id)
        try:
            status = os.stat(path)  # noqa: PTH116  asked of thousands
        except OSError:
            return None
        return Export(path, status.st_size, status.st_mtime_ns // 1_000_000) if status.st_size else None

    def problems(self) -> Sequence[Problem]:
        """What the last update could not read or write."""
        return self._problems

    def _may_have_news(self, stamp: DatabaseStamp, now: float) -> bool:
        if stamp != self._seen:
            return True
        if self._has_unchecked and self._credit_at(now) > 0:
            return True
        incomplete = any(not known.is_complete for known in self._exported.values())
        return incomplete and now - self._looked_at >= _INCOMPLETE_S

    def _update(self, session_ids: Sequence[str], now: float) -> None:
        """Raises MirrorError where it makes no sense to go on."""
        marks = self._database.read(lambda db: self._marks(db, session_ids))
        present = [session_id for session_id in session_ids if session_id in marks]
        for session_id in present:
            if not self._is_current(session_id, marks[session_id]):
                self._export_guarded(session_id, whole=False)
        self._credit, self._credited_at = self._credit_at(now), now
        unchecked = [name for name in present if self._is_unchecked(name)]
        for name in sorted(unchecked, key=lambda name: self._exported[name].read_at):
            if self._credit <= 0:
                break
            begun = self._clock()
            self._export_guarded(name, whole=True)
            self._credit -= self._clock() - begun
        self._has_unchecked = any(map(self._is_unchecked, present))

    def _marks(self, db: sqlite3.Connection, session_ids: Sequence[str]) -> dict[str, Mark]:
        """Of sessions with rows; and of those that had some, so that it is told when the last one went."""
        marks = self._source.marks(db, session_ids)
        return {name: mark for name, mark in marks.items() if mark.count or self.find(name) is not None}

    def _remember(self, begun: DatabaseStamp) -> None:
        """What need not be looked for again; written down when that is news."""
        before = self._seen
        self._seen = None if self._problems else self._settled(begun)
        if self._is_dirty or self._seen != before:
            memory.save(self._memory_file, None if self._has_unchecked else self._seen, self._exported)
            self._is_dirty = False

    def _settled(self, stamp: DatabaseStamp) -> DatabaseStamp | None:
        """None for a stamp that would not show another change."""
        return stamp if stamp.is_settled(self._now_ns()) else None

    def _is_current(self, session_id: str, mark: Mark) -> bool:
        known = self._exported.get(session_id)
        if known is None or known.mark != mark or not known.is_complete:
            return False
        found = self.find(session_id)
        return (found.size if found else 0) == known.size

    def _is_unchecked(self, session_id: str) -> bool:
        """Whether the database changed since all rows were read."""
        known = self._exported.get(session_id)
        return known is not None and known.read_at < self._changed_at

    def _credit_at(self, now: float) -> float:
        return min(_MOST_CREDIT_S, self._credit + _SHARE * (now - self._credited_at))

    def _export_guarded(self, session_id: str, *, whole: bool) -> None:
        """One session that can't be read is no reason not to read the others.

        Raises:
            MirrorError: the disk can't be written.
        """
        try:
            self._export(session_id, whole=whole)
        except MirrorError as error:
            self._problems.append(error.as_problem())
        except OSError as error:
            self._logs.pop(session_id, None)
            raise _disk_error(self._folder, error) from error

    def _export(self, session_id: str, *, whole: bool) -> None:
        log = self._log(session_id)
        log.catch_up()
        known = self._exported.get(session_id)
        if known is None or whole or known.size != log.end:
            known = None

        def work(db: sqlite3.Connection) -> Exported | None:
            mark = self._marks(db, (session_id,)).get(session_id)
            if mark is None:
                return None
            return self._append_new(db, session_id, log, mark, known) or self._append_all(db, session_id, log, mark)

        exported = self._database.read(work)
        if exported is not None:
            self._is_dirty = True
            self._exported[session_id] = exported
            self._set_date(log, exported.mark)

    def _append_new(
        self, db: sqlite3.Connection, session_id: str, log: ExportLog, mark: Mark, known: Exported | None
    ) -> Exported | None:
        """Reads only rows that were added; None where that is not worth it, or others seem to have changed too."""
        if known is None or known.cost_s < _CHEAP_S or known.mark.steady != mark.steady:
            return None
        if self._clock() - known.read_at > known.cost_s / _SHARE:
            return None
        pass_ = _Pass(log)
        log.append(pass_.changes(self._source, db, session_id, known.mark.newest))
        if pass_.added != mark.count - known.mark.count:
            return None
        return attrs.evolve(known, mark=mark, size=log.end, is_complete=pass_.is_complete)

    def _append_all(self, db: sqlite3.Connection, session_id: str, log: ExportLog, mark: Mark) -> Exported:
        begun = self._clock()
        pass_ = _Pass(log)
        log.append(pass_.changes(self._source, db, session_id, None))
        gone = [key for key in log.known if key not in pass_.seen]
        log.append(Change(key, self._source.tombstone(session_id, key), is_there=False) for key in gone)
        return Exported(
            mark=mark,
            size=log.end,
            is_complete=pass_.is_complete,
            read_at=begun,
            cost_s=self._clock() - begun,
        )

    def _set_date(self, log: ExportLog, mark: Mark) -> None:
        """So that old sessions don't look new only because they were exported now."""
        if mark.changed_s is not None and log.end:
            with suppress(OSError, OverflowError, ValueError):  # a date that no file can have
                log.date(min(mark.changed_s, self._now_ns() / 1e9))

    def _log(self, session_id: str) -> ExportLog:
        log = self._logs.pop(session_id, None) or ExportLog(self._path(session_id), self._source.key_of)
        self._logs[session_id] = log
        if len(self._logs) > _MOST_LOGS:
            self._logs.popitem(last=False)
        return log

    def _path(self, session_id: str) -> Path:
        path = self._paths.get(session_id)
        if path is None:
            path = self._paths[session_id] = self._folder / export_name(session_id)
        return path


class _Pass:
    """One reading of a session's rows: what was new in them."""

    def __init__(self, log: ExportLog) -> None:
        self.seen: set[str] = set()
        self.added = 0
        self.is_complete = True
        self._log = log

    def changes(self, source: Source, db: sqlite3.Connection, session_id: str, after: int | None) -> Iterator[Change]:
        """What the log doesn't say yet."""
        for row in source.rows(db, session_id, after):
            self.seen.add(row.key)
            known = self._log.known.get(row.key)
            self.added += known is None
            if row.line is None:
                self.is_complete = False
            elif known != digest_of(row.line):
                yield Change(row.key, row.line)


def _disk_error(folder: Path, error: OSError) -> MirrorError:
    return MirrorError(
        f"The change logs in {folder} can't be written: {error.strerror or error}.",
        kind="disk",
        hint="Free some space or make the state directory writable; it goes on by itself afterwards.",
    )
