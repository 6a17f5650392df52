"""The lines of a byte source by number: many at a time, or one however long it is."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from session_mirror.errors import MirrorError
from session_mirror.replay.index import LineIndex
from session_mirror.replay.raw_line import RawLine
from session_mirror.replay.source import ByteSource

LONG_LINE_BYTES = 32 << 20
"""A longer line is not parsed: it is shown as an opaque event whose text is the line itself."""
_BATCH_BYTES = 1 << 20
_KEPT_RAW_LINES = 4


class Lines:
    """A source and its index."""

    def __init__(self, source: ByteSource) -> None:
        """Indexes nothing yet."""
        self._source = source
        self._index = LineIndex()
        self._raw: dict[int, RawLine] = {}

    def __len__(self) -> int:
        return len(self._index)

    @property
    def is_current(self) -> bool:
        """Whether all that the source has was indexed."""
        return self._index.scanned == self._source.size

    def extend(self) -> None:
        """Indexes what the source has by now.

        Raises:
            MirrorError: it cannot be read.
        """
        self._index.extend(self._source.read, self._source.size)

    def is_long(self, line: int) -> bool:
        """Whether a line is too long to be parsed.

        Raises:
            MirrorError: there is no such line.
        """
        return self._span(line)[1] > LONG_LINE_BYTES

    def read(self, start: int, stop: int) -> Iterator[tuple[int, int, bytes]]:
        """Number, length and bytes of lines `[start, stop)`; one that is too long to be parsed comes empty.

        Raises:
            MirrorError: the source cannot be read.
        """
        for first, lengths, body in self.batches(start, stop):
            at = 0
            for line, length in enumerate(lengths, first):
                yield line, length, body[at : at + length]
                at += length + 1

    def batches(self, start: int, stop: int) -> Iterator[tuple[int, list[int], bytes]]:
        """The same in batches of about a megabyte: the first line's number, lengths, and the bytes of all.

        Raises:
            MirrorError: the source cannot be read.
        """
        while start < stop:
            begin, length = self._index.span(start)
            lengths = [length]
            if length > LONG_LINE_BYTES:
                yield start, lengths, b""
                start += 1
                continue
            while start + len(lengths) < stop:
                offset, length = self._index.span(start + len(lengths))
                if offset + length - begin > _BATCH_BYTES:
                    break
                lengths.append(length)
            yield start, lengths, self._source.read(begin, sum(lengths) + len(lengths) - 1)
            start += len(lengths)

    def first(self, count: int, max_bytes: int) -> list[bytes]:
        """The first lines; fewer where they would exceed `max_bytes`."""
        stop = min(count, len(self._index))
        while stop and sum(self._index.span(stop - 1)) > max_bytes:
            stop -= 1
        return [line for _, _, line in self.read(0, stop)]

    def at_or_after(self, offset: int) -> int:
        """The first line that begins at a byte of the source or behind it."""
        return bisect_left(range(len(self._index)), offset, key=lambda line: self._index.span(line)[0])

    def raw(self, line: int) -> RawLine:
        """One line to be read by code points.

        Raises:
            MirrorError: there is no such line, or the source cannot be read.
        """
        found = self._raw.pop(line, None) or RawLine(self._source.read, *self._span(line))
        self._raw[line] = found
        while len(self._raw) > _KEPT_RAW_LINES:
            del self._raw[next(iter(self._raw))]
        return found

    def raw_apart(self, line: int) -> RawLine:
        """The same for one user alone, who may be another thread.

        Raises:
            MirrorError: there is no such line, or the source cannot be read.
        """
        return RawLine(self._source.read, *self._span(line))

    def _span(self, line: int) -> tuple[int, int]:
        try:
            return self._index.span(line)
        except IndexError as error:
            raise MirrorError(
                f"There is no record {line}.",
                kind="notFound",
                hint="The session may have changed; reload the replay.",
            ) from error
