"""A stream in a bucket as replay reads it: copied into a private temporary file, which grows as the stream does."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

from session_mirror.bucket.lookup import Stored, newest_stored
from session_mirror.bucket.reader import StreamGap, StreamReader, Wait
from session_mirror.bucket.store import Store
from session_mirror.errors import MirrorError
from session_mirror.protocol.replay import ReplayOrigin
from session_mirror.replay.source import Refresh

Progress = Callable[[int, int], None]
"""Called with the bytes copied so far and the bytes known to exist."""


class BucketSource:
    """Follows the newest generation of a session, or, when opened by a generation's own id, that one."""

    own_start: int = 0
    origin: ReplayOrigin = "bucket"

    def __init__(
        self,
        store: Store,
        harness: str,
        session_id: str,
        *,
        directory: Path | None = None,
        wait: Wait | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Copies the whole stream. `directory` holds the temporary file: the system's default without it.

        Raises:
            MirrorError: there is no such session, the store failed, or the disk is full. A hole in the stream is no
                error here: `problem` tells of it, and what precedes it is shown.
            ReadCancelled: `wait` reported a cancellation.
        """
        self._store = store
        self._harness = harness
        self._asked_id = session_id
        self._directory = directory
        self._wait = wait
        self._refreshing = threading.Lock()
        stored = newest_stored(store, harness, session_id)
        if stored is None:
            raise MirrorError(
                f"The bucket holds no session {session_id!a} of {harness}.",
                kind="notFound",
                hint="Check the session's id and the destination.",
            )
        self._copy = self._copy_of(stored, progress)
        self._next: _Copy | None = None

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
    def modified_ms(self) -> int:
        return self._copy.reader.modified_ms

    @property
    def problem(self) -> MirrorError | None:
        return self._copy.gap

    def read(self, start: int, length: int) -> bytes:
        return self._copy.read(start, length)

    def refresh(self) -> Refresh:
        with self._refreshing:
            newest = newest_stored(self._store, self._harness, self._asked_id)
            if newest is not None and newest != self._copy.stored:
                fresh = self._copy_of(newest, None)
                if self._next is not None:
                    self._next.close()
                self._next = fresh
                return "restarted"
            before = self._copy.size
            self._copy.extend(None)
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

    def _copy_of(self, stored: Stored, progress: Progress | None) -> _Copy:
        copy = _Copy(stored, StreamReader(self._store, stored.prefix, wait=self._wait), self._directory)
        try:
            copy.extend(progress)
        except BaseException:
            copy.close()
            raise
        return copy


class _Copy:
    """One stream and the file it is copied into; the file has no name for others, or is private to the user."""

    def __init__(self, stored: Stored, reader: StreamReader, directory: Path | None) -> None:
        self.stored = stored
        self.reader = reader
        self.size = 0
        self.gap: StreamGap | None = None
        self._lock = threading.Lock()
        try:
            self._file: IO[bytes] = tempfile.TemporaryFile(dir=directory, buffering=0)  # noqa: SIM115  closed by close()
        except OSError as error:
            raise _no_room(error) from error

    def extend(self, progress: Progress | None) -> None:
        """Appends what the stream has beyond the copy."""
        try:
            for chunk in self.reader.read(self.size):
                self._append(chunk)
                if progress is not None and self.reader.cover is not None:
                    progress(self.size, self.reader.cover.end)
            self.gap = None
        except StreamGap as gap:
            self.gap = gap

    def read(self, start: int, length: int) -> bytes:
        with self._lock:
            try:
                self._file.seek(start)
                body = self._file.read(min(length, max(0, self.size - start)))
            except (OSError, ValueError) as error:
                raise _gone() from error
        if len(body) < length:
            raise _gone()
        return body

    def close(self) -> None:
        with self._lock:
            self._file.close()

    def _append(self, chunk: bytes) -> None:
        with self._lock:
            try:
                self._file.seek(self.size)
                rest = memoryview(chunk)
                while rest:
                    rest = rest[self._file.write(rest) :]
            except OSError as error:
                raise _no_room(error) from error
            except ValueError as error:
                raise _gone() from error
            self.size += len(chunk)


def _gone() -> MirrorError:
    return MirrorError("The session was closed while it was read.", kind="source", hint="Open it again.")


def _no_room(error: OSError) -> MirrorError:
    return MirrorError(
        f"The session cannot be copied for replay: {error.strerror or type(error).__name__}.",
        kind="disk",
        hint="Make room in the folder for temporary files, then open the session again.",
    )
