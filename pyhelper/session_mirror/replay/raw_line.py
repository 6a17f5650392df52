"""A raw line by code points: any page of a 100 MB line without decoding all of it again."""

from __future__ import annotations

import codecs
from array import array
from bisect import bisect_right

from session_mirror.replay.index import Read
from session_mirror.replay.texts import PAGE_BYTES

_STEP_BYTES = 1 << 20


class RawLine:
    """Decodes bytes `[start, start + length)` of a source as UTF-8, invalid bytes replaced.

    The first use decodes all of it once, in steps, and remembers where in the text each step began.
    """

    def __init__(self, read: Read, start: int, length: int, step_bytes: int = _STEP_BYTES) -> None:
        self._read = read
        self._start = start
        self._length = length
        self._step = step_bytes
        self._char_marks = array("Q", [0])
        self._byte_marks = array("Q", [0])
        self.total_chars = 0
        decoder = _decoder()
        for at in range(0, length, step_bytes):
            chunk = read(start + at, min(step_bytes, length - at))
            self.total_chars += len(decoder.decode(chunk, final=at + step_bytes >= length))
            self._char_marks.append(self.total_chars)
            # Bytes of an unfinished character belong to the next step.
            self._byte_marks.append(at + len(chunk) - len(decoder.getstate()[0]))

    def text(self, offset: int, count: int = PAGE_BYTES) -> str:
        """At most `count` code points from `offset` on."""
        mark = max(0, bisect_right(self._char_marks, offset) - 1)
        at, skip = self._byte_marks[mark], offset - self._char_marks[mark]
        decoder = _decoder()
        pieces: list[str] = []
        missing = skip + count
        while missing > 0 and at < self._length:
            chunk = self._read(self._start + at, min(self._step, self._length - at))
            at += len(chunk)
            piece = decoder.decode(chunk, final=at >= self._length)
            pieces.append(piece)
            missing -= len(piece)
        return "".join(pieces)[skip : skip + count]


def _decoder() -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder("utf-8")("replace")
