"""Does the source still spell the stream? Compared with the bucket's own bytes, at the head and before the end.

Small parts make it tempting to compare the last one only; but a rewritten source may well end in the same few bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from session_mirror.bucket.cover import Cover
from session_mirror.bucket.fetch import PartMoved, fetch_ordered, pieces_of
from session_mirror.bucket.meta import Checkpoint
from session_mirror.bucket.store import Store
from session_mirror.errors import MirrorError
from session_mirror.redaction.rules import RuleSet
from session_mirror.source.jsonl import read_lines

COMPARED_BYTES = 64 << 10
"""At least this many bytes are compared at either end, or all there are."""
_READ_BYTES = 4 << 20


def stream_bytes(store: Store, cover: Cover, start: int, end: int) -> bytes:
    """The stream's bytes `[start, end)`, fewer where the cover ends before.

    Raises:
        MirrorError: the store failed, or the parts were compacted meanwhile.
    """
    try:
        with closing(fetch_ordered(store, pieces_of(cover, start, end))) as bodies:
            return b"".join(bodies)
    except PartMoved as error:
        raise MirrorError(
            "The session's parts changed while they were being read.",
            kind="network",
            hint="Nothing to do: it is tried again.",
        ) from error


def same_head(store: Store, cover: Cover, path: Path, rules: RuleSet) -> bool:
    """Whether the source's first whole lines, redacted, begin the stream.

    Raises:
        MirrorError: the store failed.
        OSError: the source cannot be read.
    """
    lines = read_lines(path, 0, COMPARED_BYTES).data
    head = rules.redact(lines).data[: cover.end]
    return stream_bytes(store, cover, 0, len(head)) == head


def reread(path: Path, rules: RuleSet, start: Checkpoint, end: int, keep_from: int) -> tuple[int, bytes] | None:
    """Reads and redacts forward to stream offset `end`: the source cursor there, and the stream from `keep_from` on.

    None when no line ends there.

    Raises:
        OSError: the source cannot be read.
    """
    cursor, position = start.source_cursor, start.stream_end
    tail = bytearray()
    while position < end:
        piece = read_lines(path, cursor, _READ_BYTES)
        if not piece.data:
            return None
        whole = rules.redact(piece.data).data
        blocks = [(piece.data, whole)] if position + len(whole) <= end else _redacted_lines(piece.data, rules)
        for block, redacted in blocks:
            if position + len(redacted) > keep_from:
                tail += redacted[max(0, keep_from - position) :]
            cursor += len(block)
            position += len(redacted)
            if position >= end:
                break
    return (cursor, bytes(tail)) if position == end else None


def _redacted_lines(data: bytes, rules: RuleSet) -> Iterator[tuple[bytes, bytes]]:
    """Whole lines with their newline, each with its redacted form; only byte 0x0A separates."""
    start = 0
    while (stop := data.find(b"\n", start) + 1) > 0:
        yield data[start:stop], rules.redact(data[start:stop]).data
        start = stop
