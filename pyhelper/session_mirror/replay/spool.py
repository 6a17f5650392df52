"""A session in a bucket as replay reads it: a private copy of its newest generation, which grows as the stream does."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

from session_mirror.bucket.lookup import Stored, newest_stored
from session_mirror.bucket.reader import Wait
from session_mirror.bucket.store import Store
from session_mirror.errors import MirrorError
from session_mirror.protocol.replay import ReplayOrigin
from session_mirror.replay.copying import Progress, StreamCopy
from session_mirror.replay.source import Refresh
from session_mirror.replay.told_lines import ToldLines

PATIENCE_S: Final = 0.2
"""What takes longer to be copied is shown from its beginning on, and the rest copied meanwhile."""


class BucketSource:
    """Follows the newest generation of a session, or, when opened by a generation's own id, that one."""

    origin: ReplayOrigin = "bucket"
    own_start: int = 0

    def __init__(
        self,
        store: Store,
        harness: str,
        session_id: str,
        *,
        directory: Path | None = None,
        wait: Wait | None = None,
        progress: Progress | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Copies the stream, or its first lines when all of it takes longer than `patience_s`: then the rest follows.

        `directory` holds the temporary file: the system's default without it. `wait` and `progress` are for the
        beginning only.

        Raises:
            MirrorError: there is no such session, the store failed, or the disk is full. A hole in the stream is no
                error here: `problem` tells of it, and what precedes it is shown.
            ReadCancelled: `wait` reported a cancellation.
        """
        self._store = store
        self._harness = harness
        self._asked_id = session_id
        self._directory = directory
        self._patience_s = patience_s
        self._refreshing = threading.Lock()
        stored = newest_stored(store, harness, session_id)
        if stored is None:
            raise MirrorError(
                f"The bucket holds no session {session_id!a} of {harness}.",
                kind="notFound",
                hint="Check the session's id and the destination.",
            )
        self._copy = self._copy_of(stored, wait, progress)
        self._next: StreamCopy | None = None

    @property
    def label(self) -> str:
        return f"{self._store.label}/{self._copy.stored.prefix.rstrip('/')}"

    @property
    def stored(self) -> Stored:
        """Which stream is shown, generation included."""
        return self._copy.stored

    @property
    def size(self) -> int:
        return self._copy.size

    @property
    def missing_bytes(self) -> int:
        return self._copy.missing_bytes

    @property
    def is_arriving(self) -> bool:
        return self._copy.is_arriving

    @property
    def modified_ms(self) -> int:
        return self._copy.modified_ms

    @property
    def problem(self) -> MirrorError | None:
        return self._copy.problem

    @property
    def told_lines(self) -> ToldLines | None:
        return self._copy.told_lines

    def read(self, start: int, length: int) -> bytes:
        return self._copy.read(start, length)

    def bring(self, start: int, length: int) -> None:
        self._copy.bring(start, length)

    def refresh(self) -> Refresh:
        with self._refreshing:
            newest = newest_stored(self._store, self._harness, self._asked_id)
            if newest is not None and newest != self._copy.stored:
                fresh = self._copy_of(newest)
                if self._next is not None:
                    self._next.close()
                self._next = fresh
                return "restarted"
            before = self._copy.size
            self._copy.extend(self._patience_s)
            return "grew" if self._copy.size > before else "same"

    def restart(self) -> None:
        with self._refreshing:
            if self._next is not None:
                self._copy.close()
                self._copy, self._next = self._next, None

    def close(self) -> None:
        self._copy.close()
        if self._next is not None:
            self._next.close()

    def _copy_of(self, stored: Stored, wait: Wait | None = None, progress: Progress | None = None) -> StreamCopy:
        copy = StreamCopy(self._store, stored, self._directory)
        try:
            copy.extend(self._patience_s, wait=wait, progress=progress)
        except BaseException:
            copy.close()
            raise
        return copy
