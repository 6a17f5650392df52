"""Where a stream's lines end, as its bucket tells before the bytes are here: doubted at every byte that comes."""

from __future__ import annotations

from array import array
from bisect import bisect_right

from session_mirror.replay.index import line_ends


class ToldLines:
    """Believed until bytes contradict it, and never again. Thread-safe, but only one thread may add to it."""

    def __init__(self, ends: array[int]) -> None:
        """`ends`: the offsets just after each line."""
        self._ends = ends
        self._is_believed = True

    def __len__(self) -> int:
        """Lines there are, as far as it is believed."""
        return len(self._ends) if self._is_believed else 0

    @property
    def is_believed(self) -> bool:
        """Whether all bytes that came agreed with it."""
        return self._is_believed

    @property
    def end(self) -> int:
        """Bytes in the lines told of."""
        return self._ends[-1] if self._ends else 0

    def span(self, line: int) -> tuple[int, int]:
        """Offset and length of a line without its line feed.

        Raises:
            IndexError: there is no such line.
        """
        if not 0 <= line < len(self):
            raise IndexError(line)
        start = self._ends[line - 1] if line else 0
        return start, self._ends[line] - 1 - start

    def compare(self, start: int, body: bytes) -> None:
        """Takes note of the stream's bytes from `start` on: do their lines end where they should?"""
        self.compare_ends(start, start + len(body), line_ends(start, body))

    def compare_ends(self, start: int, end: int, found: array[int]) -> None:
        """The same for who knows already where the lines of `[start, end)` end."""
        known = self.end  # it may grow meanwhile
        told = self._ends[bisect_right(self._ends, start) : bisect_right(self._ends, min(end, known))]
        if told != found[: bisect_right(found, known)]:
            self._is_believed = False

    def add(self, body: bytes) -> None:
        """The stream's bytes behind the lines told of."""
        self._ends.extend(line_ends(self.end, body))
