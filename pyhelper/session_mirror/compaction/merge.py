"""Carrying out one run: build the merged part, make sure of it, delete what it replaces.

The order is the safety: dying between any two requests leaves an exact cover. Bytes that come through us are passed on
as they come: memory holds what is under way and not the part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator
from contextlib import closing
from itertools import pairwise

import attrs

from session_mirror.bucket.fetch import PartMoved, fetch_ordered, pieces_of_part
from session_mirror.bucket.store import Source, SourceChanged, Store
from session_mirror.compaction.delete import delete_all
from session_mirror.compaction.plan import Run
from session_mirror.compaction.steps import Step
from session_mirror.errors import MirrorError
from session_mirror.failpoints import failpoint

READERS = 24
"""Small parts are read so many at a time: enough to hide 20 ms of latency behind our processor's own work."""


class Cancelled(Exception):  # noqa: N818  a wish, not an error
    """The caller asked to stop; nothing was put for the run at hand."""


@attrs.frozen
class Merged:
    """A run that was carried out. `undeleted` are replaced keys still there."""

    run: Run
    sha256: str | None
    """Of the merged part's bytes; None if the store put it together itself."""
    undeleted: tuple[str, ...]


def merge(
    store: Store, step: Step, tags: dict[str, str], *, read: Callable[[int], None], cancelled: Callable[[], bool]
) -> Merged:
    """Replaces a run's parts by one; `read` is told how many bytes of the run are done. `tags` are those listed.

    Raises:
        PartMoved: a part is not as it was listed, or the merged one is not there any more: list again.
        Cancelled: before anything was put.
        MirrorError: the store failed, or parts contradict each other.
    """
    run = step.run
    sha256 = None
    if not (step.composed and _compose(store, run, tags, read, cancelled)):
        sha256 = _pass_on(store, run, read, cancelled)
    failpoint("compact.after_put")
    if store.size(run.merged.key) != run.merged.size:
        raise PartMoved
    failpoint("compact.after_head")
    undeleted = delete_all(store, run.replaced)
    failpoint("compact.after_delete")
    return Merged(run, sha256, undeleted)


def _compose(
    store: Store, run: Run, tags: dict[str, str], read: Callable[[int], None], cancelled: Callable[[], bool]
) -> bool:
    if cancelled():
        raise Cancelled
    failpoint("compact.before_compose")
    _check_target(store, run)
    sources = [Source(part.key, part.size, tags.get(part.key, "")) for part in run.parts]
    try:
        done = store.compose(run.merged.key, sources)
    except SourceChanged:
        raise PartMoved from None
    if done:
        read(run.merged.size)
    return done


def _pass_on(store: Store, run: Run, read: Callable[[int], None], cancelled: Callable[[], bool]) -> str:
    digest = hashlib.sha256()

    def chunks() -> Generator[bytes, None, None]:
        with closing(_stream(store, run, cancelled)) as stream:
            done = 0
            for chunk in stream:
                digest.update(chunk)
                done += len(chunk)
                yield chunk
                read(done)
        if cancelled():
            raise Cancelled
        failpoint("compact.after_get")
        _check_target(store, run)

    store.put_stream(run.merged.key, chunks(), run.merged.size)
    return digest.hexdigest()


def _check_target(store: Store, run: Run) -> None:
    """The key is free, or holds what we are about to put: another compactor may be faster."""
    if store.size(run.merged.key) not in (None, run.merged.size):
        raise PartMoved


def _stream(store: Store, run: Run, cancelled: Callable[[], bool]) -> Generator[bytes, None, None]:
    """The merged part's bytes. Every byte of every part was read and lies in them at its place."""
    overlap = max(left.end - right.start for left, right in pairwise(run.parts))
    written = run.merged.start
    tail = bytearray()
    pieces = [
        (part.start + piece.offset, piece) for part in run.parts for piece in pieces_of_part(part, part.start, part.end)
    ]
    with closing(fetch_ordered(store, (piece for _, piece in pieces), threads=READERS)) as bodies:
        for (start, piece), body in zip(pieces, bodies, strict=True):
            if cancelled():
                raise Cancelled
            known = min(max(written - start, 0), len(body))
            at = len(tail) - (written - start)
            if known and tail[at : at + known] != body[:known]:
                raise _contradiction(run, piece.key)
            if overlap > 0:
                tail += body[known:]
                del tail[:-overlap]
            written += len(body) - known
            if known < len(body):
                yield body[known:] if known else body


def _contradiction(run: Run, key: str) -> MirrorError:
    return MirrorError(
        f"{key} and {run.parts[0].key} hold different bytes for the same place of the stream.",
        kind="conflict",
        hint="Nothing was merged. Two programs wrote this session; keep the mirror as it is and report this.",
    )
