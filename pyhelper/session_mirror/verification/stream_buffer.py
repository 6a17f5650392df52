"""A stream's bytes in the order they are asked for, with a look ahead, and what the stream alone can be checked for."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from session_mirror.bucket.line_index import line_lengths


class StreamBuffer:
    """Over chunks of any size; holds about as much as was looked at ahead. Counts lines as bytes are taken."""

    def __init__(self, chunks: Iterator[bytes], part_ends: Sequence[int]) -> None:
        """`part_ends`: ascending stream offsets where parts end; a line must end there as well."""
        self._chunks = chunks
        self._part_ends = part_ends
        self._ahead = bytearray()
        self.position = 0
        self.lengths = array("Q")
        """Of the whole lines among the bytes taken, line feeds included."""
        self._unfinished = 0
        self.torn_at: int | None = None
        """The first end of a part that cuts a line in two, among the bytes taken."""

    @property
    def lines(self) -> int:
        """Whole lines among the bytes taken."""
        return len(self.lengths)

    def peek(self, length: int) -> bytes:
        """The next bytes, fewer at the stream's end.

        Raises:
            MirrorError: the stream cannot be read.
        """
        while len(self._ahead) < length and (chunk := next(self._chunks, None)) is not None:
            self._ahead += chunk
        return bytes(self._ahead[:length])

    def take(self, length: int) -> None:
        """Goes on behind bytes that were looked at."""
        taken = self._ahead[:length]
        start, end = self.position, self.position + len(taken)
        for offset in self._part_ends[bisect_left(self._part_ends, start + 1) :]:
            if offset > end:
                break
            if taken[offset - start - 1] != 0x0A and self.torn_at is None:
                self.torn_at = offset
        self._measure(bytes(taken))
        self.position = end
        del self._ahead[:length]

    def _measure(self, taken: bytes) -> None:
        lengths = line_lengths(taken)
        if lengths:
            lengths[0] += self._unfinished
            self._unfinished = 0
        self._unfinished += len(taken) - taken.rfind(b"\n") - 1
        self.lengths.extend(lengths)
