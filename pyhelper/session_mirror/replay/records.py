"""A session's records as they are shown: windows of them, and their long texts and raw lines in pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from session_mirror.errors import MirrorError
from session_mirror.harness.base import Harness, ReadRecord
from session_mirror.protocol.replay import ReplayRecord, ReplayTextResult, ReplayWindowResult
from session_mirror.replay.cutting import cut_record, long_record
from session_mirror.replay.event_index import EventIndex
from session_mirror.replay.lines import Lines
from session_mirror.replay.pairs import paired
from session_mirror.replay.places import Places
from session_mirror.replay.source import NotHere
from session_mirror.replay.texts import ENVELOPE_BYTES, PAGE_BYTES, page_of
from session_mirror.replay.timeline import Timeline

_WINDOW_READ_BYTES: Final = 32 << 20
_KEPT_RECORD_BYTES: Final = 64 << 10
_NOTHING = ReadRecord(time_ms=None, model=None, is_sidechain=False, events=())


class Records:
    """Asked by position; where lines stand is told with each question. Used by one thread at a time."""

    def __init__(self, lines: Lines, timeline: Timeline, index: EventIndex, harness: Harness) -> None:
        """Reads nothing yet."""
        self._lines = lines
        self._timeline = timeline
        self._index = index
        self._harness = harness
        self._parsed: tuple[int, ReadRecord] | None = None

    def forget(self) -> None:
        """Lines have other numbers now."""
        self._parsed = None

    def window(self, places: Places, start: int, count: int) -> ReplayWindowResult:
        """At most `count` records from `start` on, at most 256 KiB of JSON, and no further than the bytes are here.

        Raises:
            NotHere: not even the first one is.
            MirrorError: the source cannot be read.
        """
        stop = min(start + max(0, count), len(self._lines))
        records: list[ReplayRecord] = []
        used = ENVELOPE_BYTES
        try:
            for index, line, length, record in self._read(places, start, stop):
                cut, size = cut_record(index, length, record, PAGE_BYTES - ENVELOPE_BYTES)
                if records and used + size > PAGE_BYTES:
                    break
                at_ms = self._timeline.played_at(index)
                records.append(attrs.evolve(cut, line=line, at_ms=at_ms, standing=places.standing_of(line)))
                used += size
        except NotHere:
            if not records:
                raise
        return ReplayWindowResult(start=start, records=tuple(records), record_count=len(self._lines))

    def text(self, places: Places, index: int, field: int, offset: int) -> ReplayTextResult:
        """An event's text from code point `offset` on, at most 256 KiB of JSON.

        Raises:
            NotHere: the record isn't.
            MirrorError: there is no such event, or the source cannot be read.
        """
        line = places.line_at(index)
        if self._lines.is_long(line):
            return self.raw(places, index, offset)
        ((_, _, body),) = self._lines.read(line, line + 1)
        event = next((event for event in self._parse(line, body).events if event.field == field), None)
        if event is None:
            raise MirrorError(
                f"Record {index} has no event {field}.",
                kind="notFound",
                hint="The session may have changed; reload the replay.",
            )
        whole = event.text.value
        return ReplayTextResult(offset=offset, value=page_of(whole, offset), total_chars=len(whole))

    def raw(self, places: Places, index: int, offset: int) -> ReplayTextResult:
        """A line from code point `offset` on, at most 256 KiB of JSON; invalid UTF-8 is replaced.

        Raises:
            NotHere: the line isn't.
            MirrorError: there is no such record, or the source cannot be read.
        """
        line = self._lines.raw(places.line_at(index))
        return ReplayTextResult(offset=offset, value=page_of(line.text(offset), 0), total_chars=line.total_chars)

    def _read(self, places: Places, start: int, stop: int) -> Iterator[tuple[int, int, int, ReadRecord]]:
        """Position, line, length and content of records, until many bytes were read."""
        read = 0
        while start < stop:
            end = places.run(start, stop)
            first = places.line_at(start)
            for line, length, body in self._lines.read(first, first + end - start):
                if read and read + length > _WINDOW_READ_BYTES:
                    return
                read += length
                yield start + line - first, line, length, self._shown(places, line, body)
            start = end

    def _shown(self, places: Places, line: int, body: bytes) -> ReadRecord:
        if places.is_folded(line):
            return _NOTHING
        record = long_record(self._lines.raw(line)) if self._lines.is_long(line) else self._parse(line, body)
        return paired(record, self._index, places)

    def _parse(self, line: int, body: bytes) -> ReadRecord:
        if self._parsed is not None and self._parsed[0] == line:
            return self._parsed[1]
        record = self._harness.read_record(body)
        if len(body) > _KEPT_RECORD_BYTES:
            self._parsed = line, record
        return record
