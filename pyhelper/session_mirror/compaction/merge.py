"""Carrying out one run: read its parts, put the merged one, make sure of it, delete what it replaces.

The order is the safety: dying between any two requests leaves an exact cover. The merged part is built in memory, so a
run is capped at `IN_MEMORY_BYTES`.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from contextlib import closing

import attrs

from session_mirror.bucket.fetch import PartMoved, fetch_ordered, pieces_of_part
from session_mirror.bucket.store import Store
from session_mirror.compaction.delete import delete_all
from session_mirror.compaction.plan import Run
from session_mirror.errors import MirrorError
from session_mirror.failpoints import failpoint

IN_MEMORY_BYTES = 256 << 20


class Cancelled(Exception):  # noqa: N818  a wish, not an error
    """The caller asked to stop; nothing was put for the run at hand."""


@attrs.frozen
class Merged:
    """A run that was carried out. `sha256` is of the merged part's bytes; `undeleted` are replaced keys still there."""

    run: Run
    sha256: str
    undeleted: tuple[str, ...]


def merge(store: Store, run: Run, *, read: Callable[[int], None], cancelled: Callable[[], bool]) -> Merged:
    """Replaces a run's parts by one; `read` is told how many bytes of the run have been read so far.

    Raises:
        PartMoved: a part is not as it was listed, or the merged one is not there any more: list again.
        Cancelled: before anything was put.
        MirrorError: the store failed, or parts contradict each other.
    """
    body = _assemble(store, run, read, cancelled)
    sha256 = hashlib.sha256(body).hexdigest()
    failpoint("compact.after_get")
    if store.size(run.merged.key) not in (None, len(body)):
        raise PartMoved
    store.put(run.merged.key, body)
    failpoint("compact.after_put")
    if store.size(run.merged.key) != len(body):
        raise PartMoved
    failpoint("compact.after_head")
    undeleted = delete_all(store, run.replaced)
    failpoint("compact.after_delete")
    return Merged(run, sha256, undeleted)


def _assemble(store: Store, run: Run, read: Callable[[int], None], cancelled: Callable[[], bool]) -> bytes:
    """The merged part's bytes. Every byte of every part was read and lies in them at its offset."""
    base = run.merged.start
    pieces = [
        (part.start + piece.offset - base, piece)
        for part in run.parts
        for piece in pieces_of_part(part, part.start, part.end)
    ]
    buffer = io.BytesIO()
    with closing(fetch_ordered(store, (piece for _, piece in pieces))) as bodies:
        for (offset, piece), body in zip(pieces, bodies, strict=True):
            if cancelled():
                raise Cancelled
            written = buffer.tell()
            known = min(max(written - offset, 0), len(body))
            with buffer.getbuffer() as view:
                if view[offset : offset + known] != body[:known]:
                    raise _contradiction(run, piece.key)
            buffer.write(body[known:])
            read(buffer.tell())
    if cancelled():
        raise Cancelled
    return buffer.getvalue()


def _contradiction(run: Run, key: str) -> MirrorError:
    return MirrorError(
        f"{key} and {run.parts[0].key} hold different bytes for the same place of the stream.",
        kind="conflict",
        hint="Nothing was merged. Two programs wrote this session; keep the mirror as it is and report this.",
    )
