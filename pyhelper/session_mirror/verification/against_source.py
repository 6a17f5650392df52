"""A stream against the transcript it was made of: redacted again, byte for byte.

Redaction may have been switched while a session went on, so each line may be as any rule set we know makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import attrs

from session_mirror.protocol.sessions import Comparison
from session_mirror.redaction.rules import ALL_RULES, RuleSet
from session_mirror.source.jsonl import read_lines
from session_mirror.verification.stream_buffer import StreamBuffer

_BLOCK_BYTES: Final = 4 << 20


@attrs.frozen(kw_only=True)
class Compared:
    """How far both agree: the stream offset, and the transcript's offset and line number (from 1) after that."""

    result: Comparison
    stream_at: int
    source_at: int
    line: int
    waiting_bytes: int = 0
    """`behind`: whole lines of the transcript that are not in the stream."""


def compare_with_source(
    stream: StreamBuffer, path: Path, rules: RuleSet, *, cancelled: Callable[[], bool]
) -> Compared | None:
    """Takes the stream as far as it agrees with the transcript; None when cancelled.

    Raises:
        MirrorError: the stream cannot be read.
        OSError: the transcript cannot be read.
    """
    cursor, line = 0, 1
    while (piece := read_lines(path, cursor, _BLOCK_BYTES)).data:
        if cancelled():
            return None
        expected = rules.redact(piece.data).data
        if stream.peek(len(expected)) == expected:
            stream.take(len(expected))
            cursor, line = piece.end, line + piece.data.count(b"\n")
            continue
        for source_line in _lines(piece.data):
            if not stream.peek(1):
                waiting = _whole_lines(path, cursor)
                return _compared("behind", stream, cursor, line, waiting)
            found = _spelling(stream, source_line, rules)
            if found is None:
                return _compared("different", stream, cursor, line)
            stream.take(len(found))
            cursor, line = cursor + len(source_line), line + 1
    return _compared("ahead" if stream.peek(1) else "equal", stream, cursor, line)


def _spelling(stream: StreamBuffer, line: bytes, first: RuleSet) -> bytes | None:
    """The line as the stream has it next; None when it has something else."""
    for rules in (first, *ALL_RULES):
        redacted = rules.redact(line).data
        if stream.peek(len(redacted)) == redacted:
            return redacted
    return None


def _lines(data: bytes) -> Iterator[bytes]:
    """Whole lines with their line feed; only byte 0x0A separates."""
    start = 0
    while (stop := data.find(b"\n", start) + 1) > 0:
        yield data[start:stop]
        start = stop


def _whole_lines(path: Path, cursor: int) -> int:
    begin = cursor
    while (piece := read_lines(path, cursor, _BLOCK_BYTES)).data:
        cursor = piece.end
    return cursor - begin


def _compared(result: Comparison, stream: StreamBuffer, cursor: int, line: int, waiting: int = 0) -> Compared:
    return Compared(result=result, stream_at=stream.position, source_at=cursor, line=line, waiting_bytes=waiting)
