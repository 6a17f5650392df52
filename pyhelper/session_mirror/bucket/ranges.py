"""Reading a stretch of a stream out of turn, by the parts that hold it, while others append to it and compact it."""

from __future__ import annotations

import threading
from contextlib import closing

from session_mirror.bucket.cover import Cover
from session_mirror.bucket.fetch import PartMoved, fetch_ordered, range_pieces_of
from session_mirror.bucket.listing import list_whole
from session_mirror.bucket.reader import PAUSES_S, ReadCancelled, StreamGap, Wait
from session_mirror.bucket.store import Store


class RangeReader:
    """Over a stream whose names tell offsets; lists again only when a part is not where it was. Not thread-safe."""

    def __init__(self, store: Store, prefix: str, cover: Cover, *, wait: Wait | None = None) -> None:
        """`cover`: as listed before."""
        self._store = store
        self._prefix = prefix
        self._cover = cover
        self._wait = wait or threading.Event().wait

    def read(self, start: int, end: int) -> bytes:
        """Exactly the stream's bytes `[start, end)`.

        Raises:
            StreamGap: listing again did not show them.
            ReadCancelled: `wait` reported a cancellation.
            MirrorError: the store failed.
        """
        pauses = iter(PAUSES_S)
        while True:
            body = self._read_by(self._cover, start, end)
            if body is not None:
                return body
            pause = next(pauses, None)
            if pause is None:
                raise StreamGap(start, None)
            if self._wait(pause):
                raise ReadCancelled
            listed = list_whole(self._store, self._prefix).cover
            if listed.layout == "offsets":  # names that chained once must chain again, else their offsets are wrong
                self._cover = listed

    def _read_by(self, cover: Cover, start: int, end: int) -> bytes | None:
        """None when a part is not as listed, or no part holds some of it."""
        chunks: list[bytes] = []
        try:
            with closing(fetch_ordered(self._store, range_pieces_of(cover, start, end))) as fetched:
                for chunk in fetched:
                    if self._wait(0):
                        raise ReadCancelled
                    chunks.append(chunk)
        except PartMoved:
            return None
        body = b"".join(chunks)
        return body if len(body) == end - start else None
