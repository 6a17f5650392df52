"""Is a shrunken source only shorter, or other? Agents truncate to zero and write the same bytes again: no change."""

from __future__ import annotations

from pathlib import Path

from session_mirror.bucket.cover import resolve
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.projection import stream_prefix
from session_mirror.mirror.spelling import COMPARED_BYTES, stream_bytes
from session_mirror.mirror.stream import Stream
from session_mirror.source.jsonl import read_lines

_READ_BYTES = 4 << 20


def is_prefix_of_stream(deps: Deps, stream: Stream, path: Path) -> bool:
    """Whether the source's last whole lines, redacted, stand at their place in the bucket.

    The caller has compared the source's head. An unfinished last line is not judged before it is whole.

    Raises:
        MirrorError: the store failed.
        OSError: the source cannot be read.
    """
    limit = path.stat().st_size - COMPARED_BYTES
    before = [part for part in deps.journal.parts(stream.key) if part.entry.cursor_range[1] <= limit]
    cursor, position = (before[-1].entry.cursor_range[1], before[-1].end) if before else (0, 0)
    rules = deps.rules_named(stream.state.rules)
    cover = resolve(deps.store.list(stream_prefix(stream.key)))
    while (piece := read_lines(path, cursor, _READ_BYTES)).data:
        body = rules.redact(piece.data).data
        if body != stream_bytes(deps.store, cover, position, position + len(body)):
            return False
        cursor, position = piece.end, position + len(body)
    return True
