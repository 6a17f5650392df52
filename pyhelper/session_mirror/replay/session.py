"""One open replay: windows of records, long texts and raw lines in pages, and news while the session grows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from session_mirror.errors import MirrorError
from session_mirror.harness.base import Harness, ReadRecord
from session_mirror.protocol.replay import (
    ReplayChanged,
    ReplayEvent,
    ReplayOrigin,
    ReplayRecord,
    ReplayTextResult,
    ReplayWindowResult,
    TextSlice,
)
from session_mirror.replay.cutting import TEXT_CHARS, cut_record
from session_mirror.replay.index import LineIndex
from session_mirror.replay.raw_line import RawLine
from session_mirror.replay.source import ByteSource
from session_mirror.replay.texts import ENVELOPE_BYTES, PAGE_BYTES, page_of

LONG_LINE_BYTES = 32 << 20
"""A longer line is not parsed: it is shown as an opaque event whose text is the line itself."""
LIVE_MS = 120_000
_WINDOW_READ_BYTES = 32 << 20
_BATCH_BYTES = 1 << 20
_KEPT_RECORD_BYTES = 64 << 10
_KEPT_RAW_LINES = 4


class Replay:
    """A byte source, its line index, and the harness that understands the lines. Thread-safe."""

    def __init__(
        self,
        replay_id: str,
        source: ByteSource,
        harness: Harness,
        now_ms: Callable[[], int] | None = None,
        *,
        is_closed: bool = False,
    ) -> None:
        """Indexes what is there, and owns the source from now on. `is_closed`: nothing will be added to it.

        Raises:
            MirrorError: the source cannot be read.
        """
        self.replay_id = replay_id
        self._source = source
        self._harness = harness
        self._is_closed = is_closed
        self._now_ms = now_ms or (lambda: time.time_ns() // 1_000_000)
        self._lock = threading.RLock()
        self._polling = threading.Lock()
        self._restart_due = False
        self._reset()
        self._index.extend(source.read, source.size)
        self._told = self._state()

    @property
    def origin(self) -> ReplayOrigin:
        return self._source.origin

    @property
    def record_count(self) -> int:
        return len(self._index)

    @property
    def total_bytes(self) -> int:
        return self._source.size

    @property
    def problem(self) -> MirrorError | None:
        """Why the session may be longer than what is shown."""
        return self._source.problem

    @property
    def is_live(self) -> bool:
        """Whether it changed in the last two minutes, and can change."""
        return not self._is_closed and self._now_ms() - self._source.modified_ms < LIVE_MS

    def window(self, start: int, count: int) -> ReplayWindowResult:
        """Records from `start` on: at most `count`, at most 256 KiB of JSON, at least one where there is one.

        Raises:
            MirrorError: the source cannot be read.
        """
        with self._lock:
            start = max(0, start)
            stop = min(start + max(0, count), len(self._index))
            records: list[ReplayRecord] = []
            used = ENVELOPE_BYTES
            for index, length, record in self._read_records(start, stop):
                cut, size = cut_record(index, length, record, PAGE_BYTES - ENVELOPE_BYTES)
                if records and used + size > PAGE_BYTES:
                    break
                records.append(cut)
                used += size
            return ReplayWindowResult(start=start, records=tuple(records), record_count=len(self._index))

    def text(self, index: int, field: int, offset: int) -> ReplayTextResult:
        """An event's text from code point `offset` on, at most 256 KiB of JSON.

        Raises:
            MirrorError: there is no such event, or the source cannot be read.
        """
        with self._lock:
            _, length = self._span(index)
            if length > LONG_LINE_BYTES:
                return self.raw(index, offset)
            record = self._kept_record(index)
            event = next((event for event in record.events if event.field == field), None)
            if event is None:
                raise _missing(f"Record {index} has no event {field}.")
            whole = event.text.value
            offset = max(0, offset)
            return ReplayTextResult(offset=offset, value=page_of(whole, offset), total_chars=len(whole))

    def raw(self, index: int, offset: int) -> ReplayTextResult:
        """A line from code point `offset` on, at most 256 KiB of JSON; invalid UTF-8 is replaced.

        Raises:
            MirrorError: there is no such record, or the source cannot be read.
        """
        with self._lock:
            line = self._raw_line(index)
            offset = max(0, offset)
            return ReplayTextResult(offset=offset, value=page_of(line.text(offset), 0), total_chars=line.total_chars)

    def poll(self) -> ReplayChanged | None:
        """Looks for news; None without any. Windows can be asked for meanwhile.

        Raises:
            MirrorError: the source cannot be reached; what is shown stays.
        """
        with self._polling:
            restarted = self._source.refresh() == "restarted"
            with self._lock:
                if restarted:
                    self._source.restart()
                    self._reset()
                    self._restart_due = True
                self._index.extend(self._source.read, self._source.size)
                state = self._state()
                if state == self._told and not self._restart_due:
                    return None
                restarted, self._restart_due, self._told = self._restart_due, False, state
                count, total, live = state
                return ReplayChanged(
                    replay_id=self.replay_id,
                    record_count=count,
                    total_bytes=total,
                    is_live=live,
                    restarted=restarted,
                )

    def first_lines(self, count: int, max_bytes: int) -> list[bytes]:
        """The session's first lines, for a title; fewer where they would exceed `max_bytes`."""
        with self._lock:
            stop = min(count, len(self._index))
            while stop and sum(self._index.span(stop - 1)) > max_bytes:
                stop -= 1
            return [line for _, _, line in self._read_lines(0, stop)]

    def close(self) -> None:
        """Releases the source; closing twice is fine."""
        with self._lock:
            self._source.close()

    def _reset(self) -> None:
        self._index = LineIndex()
        self._raw_lines: dict[int, RawLine] = {}
        self._record: tuple[int, ReadRecord] | None = None

    def _state(self) -> tuple[int, int, bool]:
        return len(self._index), self._source.size, self.is_live

    def _span(self, index: int) -> tuple[int, int]:
        try:
            return self._index.span(index)
        except IndexError as error:
            raise _missing(f"There is no record {index}.") from error

    def _read_records(self, start: int, stop: int) -> Iterator[tuple[int, int, ReadRecord]]:
        """Index, length and content of records, until many bytes were read."""
        read = 0
        for index, length, line in self._read_lines(start, stop):
            if read and read + length > _WINDOW_READ_BYTES:
                return
            read += length
            yield index, length, self._long_record(index) if length > LONG_LINE_BYTES else self._parse(index, line)

    def _read_lines(self, start: int, stop: int) -> Iterator[tuple[int, int, bytes]]:
        """Lines, read many at a time; one that is too long to be parsed comes empty."""
        while start < stop:
            begin, length = self._index.span(start)
            if length > LONG_LINE_BYTES:
                yield start, length, b""
                start += 1
                continue
            batch = [length]
            while start + len(batch) < stop:
                offset, length = self._index.span(start + len(batch))
                if offset + length - begin > _BATCH_BYTES:
                    break
                batch.append(length)
            body = self._source.read(begin, sum(batch) + len(batch) - 1)
            at = 0
            for length in batch:
                yield start, length, body[at : at + length]
                at += length + 1
                start += 1

    def _parse(self, index: int, line: bytes) -> ReadRecord:
        if self._record is not None and self._record[0] == index:
            return self._record[1]
        record = self._harness.read_record(line)
        if len(line) > _KEPT_RECORD_BYTES:
            self._record = index, record
        return record

    def _kept_record(self, index: int) -> ReadRecord:
        ((_, _, line),) = self._read_lines(index, index + 1)
        return self._parse(index, line)

    def _long_record(self, index: int) -> ReadRecord:
        line = self._raw_line(index)
        event = ReplayEvent(
            kind="opaque",
            field=0,
            text=TextSlice(value=line.text(0, TEXT_CHARS), total_chars=line.total_chars),
            format="plain",
            label="very long line",
        )
        return ReadRecord(time_ms=None, model=None, is_sidechain=False, events=(event,))

    def _raw_line(self, index: int) -> RawLine:
        line = self._raw_lines.pop(index, None) or RawLine(self._source.read, *self._span(index))
        self._raw_lines[index] = line
        while len(self._raw_lines) > _KEPT_RAW_LINES:
            del self._raw_lines[next(iter(self._raw_lines))]
        return line


def _missing(message: str) -> MirrorError:
    return MirrorError(message, kind="notFound", hint="The session may have changed; reload the replay.")
