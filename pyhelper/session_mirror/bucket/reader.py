"""Exact reading of a session's stream, while others append to it and compact it.

Bytes are handed out in order from one position. When a part vanished, or is not of the size that was listed, or the
listing has a hole, we list again and go on at the same position; a hole that stays is raised as `StreamGap`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import closing

from session_mirror.bucket.cover import Cover
from session_mirror.bucket.fetch import PartMoved, fetch_ordered, growing_pieces_of, pieces_of
from session_mirror.bucket.line_index import ListedIndex, is_index, listed_indexes
from session_mirror.bucket.listing import list_whole
from session_mirror.bucket.store import Store
from session_mirror.errors import MirrorError

Wait = Callable[[float], bool]
"""Waits so many seconds, or less if cancelled, and tells whether it was: `threading.Event().wait` is one."""

PAUSES_S = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)


class StreamGap(MirrorError):  # noqa: N818  named after the state, as callers read it
    """The stream has a hole at offset `at` that listing again did not close; what precedes it was handed out."""

    def __init__(self, at: int, resumes_at: int | None) -> None:
        """`resumes_at`: where the parts after the hole begin, as far as their names tell."""
        until = "" if resumes_at is None else f" to {resumes_at}"
        super().__init__(
            f"The mirror has a hole: bytes {at}{until} are missing.",
            kind="notFound",
            hint="What precedes the hole can be read. If objects were deleted from the bucket, restore them.",
        )
        self.at = at
        self.resumes_at = resumes_at


class ReadCancelled(Exception):  # noqa: N818  an outcome that was asked for
    """Reading ended early because its `wait` said so."""


class StreamReader:
    """Reads one stream; not thread-safe, though it fetches in several threads."""

    def __init__(self, store: Store, prefix: str, *, wait: Wait | None = None) -> None:
        self._store = store
        self._prefix = prefix
        self._wait = wait or threading.Event().wait
        self._promised = 0
        self._strangers: frozenset[str] = frozenset()
        self._looked: Cover | None = None
        self.cover: Cover | None = None
        """As of the newest listing."""
        self.indexes: tuple[ListedIndex, ...] = ()
        """What lies beside the parts to tell where lines end, as of the newest listing."""
        self.modified_ms = 0
        """When the newest object listed was stored, by the store's clock; 0 before the first listing."""

    def look(self) -> Cover:
        """Lists; the next `read` begins with what was found.

        Raises:
            MirrorError: the store failed.
        """
        self._looked = self._list()
        self._usable_end(self._looked)
        return self._looked

    def read(self, start: int = 0, *, first_bytes: int | None = None) -> Generator[bytes, None, None]:
        """The stream's bytes from `start` to its end at the time of the newest listing, in chunks of any size.

        `first_bytes`: somebody waits for the beginning, so the first chunk is about that large.

        Raises:
            StreamGap: a hole stays; everything before it was yielded.
            ReadCancelled: `wait` reported a cancellation.
            MirrorError: the store failed; reading can be taken up where it ended.
        """
        pos = start
        self._promised = max(self._promised, start)
        pauses = iter(PAUSES_S)
        while True:
            cover, self._looked = self._looked or self._list(), None
            usable = self._usable_end(cover)
            news = self._has_new_strangers(cover)
            pieces = pieces_of(cover, pos, usable)
            if first_bytes is not None and pos == start:
                pieces = growing_pieces_of(cover, pos, usable, first_bytes)
            try:
                with closing(fetch_ordered(self._store, pieces)) as chunks:
                    for chunk in chunks:
                        if self._wait(0):
                            raise ReadCancelled
                        pos += len(chunk)
                        pauses = iter(PAUSES_S)
                        yield chunk
            except PartMoved:
                pass
            else:
                if usable >= self._promised and not cover.has_gap and not news:
                    return
            pause = next(pauses, None)
            if pause is None:
                raise StreamGap(pos, min((part.start for part in cover.beyond), default=None))
            if self._wait(pause):
                raise ReadCancelled

    def _list(self) -> Cover:
        found = list_whole(self._store, self._prefix)
        self.indexes = listed_indexes(found.objects)
        # An index is made when nothing happens any more.
        told = (stored.modified_ms for stored in found.objects if not is_index(stored.key.rpartition("/")[2]))
        self.modified_ms = max(told, default=self.modified_ms)
        return found.cover

    def _usable_end(self, cover: Cover) -> int:
        """How far this cover can be trusted: names that chained once must chain again, else their offsets are wrong."""
        known = self.cover
        if known is not None and known.slices and known.layout == "offsets" and cover.layout == "tracecraft":
            return 0
        self.cover = cover
        self._promised = max(self._promised, cover.end)
        return cover.end

    def _has_new_strangers(self, cover: Cover) -> bool:
        """A part that seems foreign may be ours behind a passing hole; the second time it is what it seems."""
        found = frozenset(part.key for part in cover.foreign)
        news = not found <= self._strangers
        self._strangers |= found
        return news
