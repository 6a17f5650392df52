"""Collecting what an interrupted compaction left behind.

Only what `collectable` names, a part inside one single other part of lower or equal sequence, and only after both were
read and hold the same bytes there. Being covered is not enough: parts that only together cover a leftover may be the
ones that a dead process's late request is about to take away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import groupby

from session_mirror.bucket.cover import Cover, Part, collectable
from session_mirror.bucket.fetch import PartMoved, Piece, fetch_ordered, pieces_of_part
from session_mirror.bucket.store import Store
from session_mirror.compaction.delete import delete_all
from session_mirror.compaction.merge import READERS
from session_mirror.failpoints import failpoint

_WINDOW_BYTES = 32 << 20
"""Leftovers are compared in groups that span at most this; a larger one is a group of its own."""


def collect(store: Store, cover: Cover, *, cancelled: Callable[[], bool]) -> tuple[str, ...]:
    """Deletes the cover's leftovers that hold nothing new; returns those that could not be deleted.

    Raises:
        MirrorError: the store failed.
    """
    pairs = sorted(collectable(cover), key=lambda pair: (pair[1].key, pair[0].start, pair[0].end))
    undeleted: list[str] = []
    for _, group in groupby(pairs, key=lambda pair: pair[1].key):
        together = list(group)
        holder = together[0][1]
        for window in _windows([left for left, _ in together]):
            if cancelled():
                return tuple(undeleted)
            same = _same_bytes(store, holder, window)
            failpoint("compact.before_collect")
            undeleted += delete_all(store, same)
    return tuple(undeleted)


def _windows(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Groups of parts, given by ascending start, that lie close together."""
    window: list[Part] = []
    for part in parts:
        if window and part.end - window[0].start > _WINDOW_BYTES:
            yield window
            window = []
        window.append(part)
    if window:
        yield window


def _same_bytes(store: Store, holder: Part, window: Sequence[Part]) -> list[str]:
    """Keys of the parts whose bytes are exactly what the holder has in their place; none if anything moved."""
    if len(window) == 1:
        return [window[0].key] if _holds(store, holder, window[0]) else []
    base, end = window[0].start, max(part.end for part in window)
    pieces = [
        (part, part.start + piece.offset, piece)
        for part in window
        for piece in pieces_of_part(part, part.start, part.end)
    ]
    different = set()
    try:
        with closing(fetch_ordered(store, pieces_of_part(holder, base, end), threads=READERS)) as bodies:
            held = b"".join(bodies)
        with closing(fetch_ordered(store, (piece for _, _, piece in pieces), threads=READERS)) as bodies:
            for (part, start, _), body in zip(pieces, bodies, strict=True):
                if held[start - base : start - base + len(body)] != body:
                    different.add(part.key)
    except PartMoved:
        return []  # another compactor is at it
    return [part.key for part in window if part.key not in different]


def _holds(store: Store, holder: Part, left: Part) -> bool:
    """Compared piece by piece: a leftover may be as large as a merged part."""
    pieces = list(pieces_of_part(left, left.start, left.end))
    places = [Piece(holder.key, holder.size, left.start - holder.start + p.offset, p.length) for p in pieces]
    try:
        with closing(fetch_ordered(store, iter(pieces))) as ours, closing(fetch_ordered(store, iter(places))) as theirs:
            return all(one == other for one, other in zip(ours, theirs, strict=True))
    except PartMoved:
        return False  # another compactor is at it
