"""Fetching a cover's bytes: many small parts in parallel, since latency dominates, large ones in ranges; in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import attrs

from session_mirror.bucket.cover import Cover, Part
from session_mirror.bucket.store import ObjectMissing, Store
from session_mirror.errors import MirrorError

WHOLE_BYTES = 8 << 20
"""Parts up to this size are fetched whole, larger ones in ranges of this size."""
_SMALL_BYTES = 64 << 10
"""A part up to this size is fetched whole, even for a few bytes of it: a range takes two requests."""
_THREADS = 4
_AHEAD_BYTES = 4 * WHOLE_BYTES


class PartMoved(Exception):  # noqa: N818  a state of the bucket, met by listing again
    """A part vanished or changed its size since it was listed."""


@attrs.frozen
class Piece:
    """Bytes `[offset, offset + length)` of an object that was listed with `size` bytes."""

    key: str
    size: int
    offset: int
    length: int
    is_range: bool = attrs.field(
        default=attrs.Factory(lambda self: self.size > WHOLE_BYTES, takes_self=True), kw_only=True
    )
    """Whether only this much is asked for, instead of the whole object."""


def pieces_of(cover: Cover, start: int, end: int) -> Iterator[Piece]:
    """What to fetch for the stream's bytes `[start, end)`, as far as the cover goes."""
    for piece in cover.slices:
        yield from pieces_of_part(piece.part, max(start, piece.start), min(end, piece.end))


def growing_pieces_of(cover: Cover, start: int, end: int, first_bytes: int) -> Iterator[Piece]:
    """The same for who waits for the first bytes: about so many, then twice as many, up to what a large part is fetched
    in."""
    step = first_bytes
    for piece in cover.slices:
        at, until = max(start, piece.start), min(end, piece.end)
        while at < until:
            length = min(step, until - at)
            size = piece.part.size
            yield Piece(piece.part.key, size, at - piece.part.start, length, is_range=length < size)
            at += length
            step = min(2 * step, WHOLE_BYTES)


def range_pieces_of(cover: Cover, start: int, end: int) -> Iterator[Piece]:
    """The same for who wants these bytes and no others, as far as small parts allow."""
    for piece in cover.slices:
        at, until = max(start, piece.start), min(end, piece.end)
        size = piece.part.size
        while at < until:
            length = min(WHOLE_BYTES, until - at)
            is_range = length < size and size > _SMALL_BYTES
            yield Piece(piece.part.key, size, at - piece.part.start, length, is_range=is_range)
            at += length


def pieces_of_part(part: Part, start: int, end: int) -> Iterator[Piece]:
    """What to fetch for the stream's bytes `[start, end)`, all of which are the part's."""
    step = end - start if part.size <= WHOLE_BYTES else WHOLE_BYTES
    while start < end:
        length = min(step, end - start)
        yield Piece(part.key, part.size, start - part.start, length)
        start += length


def fetch_ordered(store: Store, pieces: Iterator[Piece], *, threads: int = _THREADS) -> Generator[bytes, None, None]:
    """The pieces' bytes in order, fetched ahead in threads within bounds of count and memory.

    Raises:
        PartMoved: a piece is not there as listed; all pieces before it were yielded.
        MirrorError: the store failed.
    """
    pool = ThreadPoolExecutor(threads, thread_name_prefix="fetch")
    ahead: deque[tuple[Piece, Future[bytes]]] = deque()
    ahead_bytes, most = 0, 2 * threads
    upcoming = next(pieces, None)
    try:
        while upcoming or ahead:
            while upcoming and len(ahead) < most and (not ahead or ahead_bytes + upcoming.length <= _AHEAD_BYTES):
                ahead.append((upcoming, pool.submit(_fetch, store, upcoming)))
                ahead_bytes += upcoming.length
                upcoming = next(pieces, None)
            piece, future = ahead.popleft()
            ahead_bytes -= piece.length
            yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _fetch(store: Store, piece: Piece) -> bytes:
    try:
        if not piece.is_range:
            body = store.get(piece.key)
            if len(body) != piece.size:
                raise PartMoved
            return body[piece.offset : piece.offset + piece.length]
        return _fetch_range(store, piece)
    except ObjectMissing as error:
        raise PartMoved from error


def _fetch_range(store: Store, piece: Piece) -> bytes:
    """A range is right only if the object still has its size afterwards: a part begins where its size tells."""
    try:
        body = store.get(piece.key, piece.offset, piece.length)
    except MirrorError as error:
        if store.size(piece.key) != piece.size:
            raise PartMoved from error
        raise
    if len(body) != piece.length or store.size(piece.key) != piece.size:
        raise PartMoved
    return body
