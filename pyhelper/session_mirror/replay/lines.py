"""The lines of a byte source by number: many at a time, or one however long it is."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import partial

from session_mirror.errors import MirrorError
from session_mirror.replay.index import LineIndex, Read
from session_mirror.replay.raw_line import RawLine
from session_mirror.replay.source import ByteSource, NotHere
from session_mirror.replay.told_lines import ToldLines

LONG_LINE_BYTES = 32 << 20
"""A longer line is not parsed: it is shown as an opaque event whose text is the line itself."""
_BATCH_BYTES = 192 << 10
"""As in `index`."""
_KEPT_RAW_LINES = 4


class Lines:
    """A source and its index, and where it tells of lines that are on their way, those as well."""

    def __init__(self, source: ByteSource) -> None:
        """Indexes nothing yet."""
        self._source = source
        self._index = LineIndex()
        self._told: ToldLines | None = None
        self._compared = 0, 0
        """So many lines and bytes of the index were compared with what was told."""
        self._raw: dict[int, RawLine] = {}

    def __len__(self) -> int:
        return max(len(self._index), len(self._told or ()))

    @property
    def here(self) -> int:
        """So many of the first lines can be read at once; the others are told of, and may have to be brought."""
        return len(self._index)

    @property
    def is_current(self) -> bool:
        """Whether all that the source has was indexed."""
        return self.behind_bytes == 0

    @property
    def behind_bytes(self) -> int:
        """So many of the source's were not indexed."""
        return self._source.size - self._index.scanned

    def begin(self, at_least: int) -> None:
        """Indexes so many bytes of what the source has, and as many more as the first line needs.

        Raises:
            MirrorError: it cannot be read.
        """
        self.extend(at_least)
        while not len(self) and not self.is_current:
            self.extend(at_least)

    def extend(self, at_most: int | None = None) -> bool:
        """Indexes what the source has by now, or so many bytes more; False when lines that were told of are others.

        Raises:
            MirrorError: it cannot be read.
        """
        size = self._source.size
        self._index.extend(self._source.read, size if at_most is None else min(size, self._index.scanned + at_most))
        told, scanned = self._told, self._index.scanned
        if told is None:
            told = self._source.told_lines
            if told is None or not told.is_believed or told.end <= scanned:
                return True
            self._told, self._compared = told, (0, 0)
        first, start = self._compared
        told.compare_ends(start, scanned, self._index.ends_from(first))
        self._compared = len(self._index), scanned
        if told.is_believed and told.end > scanned and not self._is_told_no_more(scanned):
            return True
        self._told = None
        if told.is_believed and told.end <= scanned:
            return True
        self._raw.clear()
        return False

    def _is_told_no_more(self, scanned: int) -> bool:
        """Whether nothing else will come."""
        return self._source.told_lines is None and self._source.size == scanned

    def is_long(self, line: int) -> bool:
        """Whether a line is too long to be parsed.

        Raises:
            MirrorError: there is no such line.
        """
        return self._span(line)[1] > LONG_LINE_BYTES

    def read(self, start: int, stop: int) -> Iterator[tuple[int, int, bytes]]:
        """Number, length and bytes of lines `[start, stop)`; one that is too long to be parsed comes empty.

        Raises:
            NotHere: those that come next have to be brought.
            MirrorError: the source cannot be read.
        """
        for first, lengths, body in self.batches(start, stop):
            at = 0
            for line, length in enumerate(lengths, first):
                yield line, length, body[at : at + length]
                at += length + 1

    def batches(self, start: int, stop: int) -> Iterator[tuple[int, list[int], bytes]]:
        """The same in batches of some hundred kilobytes: the first line's number, lengths, and the bytes of all.

        Raises:
            MirrorError: the source cannot be read.
        """
        while start < stop:
            begin, length = self._span(start)
            lengths = [length]
            if length > LONG_LINE_BYTES:
                yield start, lengths, b""
                start += 1
                continue
            while start + len(lengths) < stop:
                offset, length = self._span(start + len(lengths))
                if offset + length - begin > _BATCH_BYTES:
                    break
                lengths.append(length)
            read = self._reading(start + len(lengths) - 1)
            yield start, lengths, read(begin, sum(lengths) + len(lengths) - 1)
            start += len(lengths)

    def first(self, count: int, max_bytes: int) -> list[bytes]:
        """The first lines; fewer where they would exceed `max_bytes`, or are not here."""
        stop = min(count, self.here)
        while stop and sum(self._index.span(stop - 1)) > max_bytes:
            stop -= 1
        return [line for _, _, line in self.read(0, stop)]

    def at_or_after(self, offset: int) -> int:
        """The first line that begins at a byte of the source or behind it."""
        return bisect_left(range(len(self._index)), offset, key=lambda line: self._index.span(line)[0])

    def raw(self, line: int) -> RawLine:
        """One line to be read by code points.

        Raises:
            NotHere: it has to be brought, all of it.
            MirrorError: there is no such line, or the source cannot be read.
        """
        found = self._raw.pop(line, None) or self.raw_apart(line)
        self._raw[line] = found
        while len(self._raw) > _KEPT_RAW_LINES:
            del self._raw[next(iter(self._raw))]
        return found

    def raw_apart(self, line: int) -> RawLine:
        """The same for one user alone, who may be another thread.

        Raises:
            MirrorError: there is no such line, or the source cannot be read.
        """
        span = self._span(line)
        try:
            return RawLine(self._reading(line), *span)
        except NotHere:
            raise NotHere(*span) from None

    def _reading(self, line: int) -> Read:
        """What reads bytes up to the end of a line."""
        told = self._told
        return self._source.read if told is None or line < self.here else partial(self._read_doubting, told)

    def _read_doubting(self, told: ToldLines, start: int, length: int) -> bytes:
        """Reads bytes by what was told, and looks whether lines begin and end there."""
        before = min(1, start)
        body = self._source.read(start - before, before + length + 1)
        told.compare(start - before, body)
        if not told.is_believed:
            raise MirrorError(
                "The session's lines are not where its mirror said.",
                kind="source",
                hint="It is read anew in a moment.",
            )
        return body[before : before + length]

    def _span(self, line: int) -> tuple[int, int]:
        told = self._told
        try:
            return self._index.span(line) if told is None or line < len(self._index) else told.span(line)
        except IndexError as error:
            raise MirrorError(
                f"There is no record {line}.",
                kind="notFound",
                hint="The session may have changed; reload the replay.",
            ) from error
