"""A stream copied out of a bucket into a private temporary file: its beginning at once, the rest while it is read."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import IO, Final

from session_mirror.bucket.line_index import newest_index
from session_mirror.bucket.lookup import Stored
from session_mirror.bucket.reader import ReadCancelled, StreamGap, StreamReader, Wait
from session_mirror.bucket.store import Store
from session_mirror.errors import MirrorError
from session_mirror.replay.out_of_turn import OutOfTurn
from session_mirror.replay.right_of_way import RightOfWay
from session_mirror.replay.source import NotHere
from session_mirror.replay.told_lines import ToldLines

Progress = Callable[[int, int], None]
"""Called with the bytes copied so far and the bytes known to exist."""

_FIRST_BYTES: Final = 512 << 10
_INDEX_FROM_BYTES: Final = 4 * _FIRST_BYTES
"""What is not larger is here as soon as its index would be."""
_INDEX_PATIENCE_S: Final = 1.0
_HEAD_START_S: Final = 0.5
"""Who wants to see the end asks for it at once."""
_GIVES_WAY_S: Final = 2.0
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 30.0


class StreamCopy:
    """One stream and the file it is copied into, which has no name for others, or is private to the user.

    Thread-safe, but `extend` is for one thread at a time.
    """

    def __init__(self, store: Store, stored: Stored, directory: Path | None) -> None:
        """Copies nothing yet.

        Raises:
            MirrorError: of kind `disk`: no file can be made.
        """
        self.stored = stored
        self._store = store
        self._directory = directory
        self.size = 0
        self.problem: MirrorError | None = None
        """Why bytes are missing: a hole in the stream, or a failure that is being overcome."""
        self._reader = StreamReader(store, stored.prefix, wait=self._pause)
        self._closed = threading.Event()
        self._asked: Wait = self._closed.wait
        """Who is asked while something is waited for."""
        self._has_line = False
        self._rest: threading.Thread | None = None
        self._early: OutOfTurn | None = None
        self._way = RightOfWay()
        self._lock = threading.Lock()
        try:
            self._file: IO[bytes] = tempfile.TemporaryFile(dir=directory, buffering=0)  # noqa: SIM115  closed by close()
        except OSError as error:
            raise _no_room(error) from error

    @property
    def modified_ms(self) -> int:
        """When the stream last changed, by the store's clock."""
        return self._reader.modified_ms

    @property
    def is_arriving(self) -> bool:
        """Whether bytes are being copied beside whoever reads."""
        return self._rest is not None and self._rest.is_alive()

    @property
    def missing_bytes(self) -> int:
        """So many are still to be copied."""
        cover = self._reader.cover
        return max(0, cover.end - self.size) if cover is not None and self.is_arriving else 0

    @property
    def told_lines(self) -> ToldLines | None:
        """Where lines end, those on their way included, if the bucket says so."""
        told = self._early.told if self._early is not None else None
        return told if told is not None and told.end > self.size else None

    def extend(self, patience_s: float, *, wait: Wait | None = None, progress: Progress | None = None) -> None:
        """Appends what the stream has beyond the copy, unless that is under way.

        Returns with all of it, or, when it takes longer than `patience_s`, as soon as there is a line; then the rest
        is copied by a thread, which doesn't give up until `close`.

        Raises:
            MirrorError: the store failed, or the disk is full. A hole is a `problem` instead.
            ReadCancelled: `wait` reported a cancellation, or the copy was closed.
        """
        if self.is_arriving:
            return
        until = time.monotonic() + patience_s
        self._asked = wait or self._closed.wait
        chunks = self._chunks()
        try:
            for chunk in chunks:
                self._append(chunk)
                cover = self._reader.cover
                end = self.size if cover is None else cover.end
                if progress is not None:
                    progress(self.size, end)
                if self._has_line and self.size < end and time.monotonic() >= until:
                    self._leave(chunks)
                    return
            self.problem = None
        except StreamGap as gap:
            self._end_at(gap)
        finally:
            self._asked = self._closed.wait

    def read(self, start: int, length: int) -> bytes:
        """Exactly the bytes `[start, start + length)` of what was copied or brought.

        Raises:
            NotHere: they were not, and can be brought.
            MirrorError: of kind `source`: the copy was closed.
        """
        while True:
            body, early = b"", self._early
            try:
                with self._lock:
                    self._file.seek(start)
                    body = self._file.read(min(length, max(0, self.size - start)))
                at = start + len(body)
                if len(body) < length and early is not None:
                    body += early.read(at, start + length) or b""
            except (OSError, ValueError) as error:
                raise _gone() from error
            if len(body) == length:
                return body
            if self.told_lines is not None:
                raise NotHere(at, start + length - at)
            if self.size < start + length:
                raise _gone()
            # The copy came to them meanwhile.

    def bring(self, start: int, length: int) -> None:
        """Fetches bytes before their turn, while the copying stands still.

        Raises:
            MirrorError: they cannot be fetched, the copy was closed, or the disk is full.
        """
        if self._early is None:
            return
        try:
            with self._way.taken():
                self._early.bring(max(start, self.size), start + length)
        except ReadCancelled:
            raise _gone() from None
        except OSError as error:
            raise _no_room(error) from error

    def close(self) -> None:
        """Ends the copying, as soon as its requests are answered, and drops the file; closing twice is fine."""
        self._closed.set()
        with self._lock:
            self._file.close()
        if self._early is not None:
            self._early.close()

    def _chunks(self) -> Generator[bytes, None, None]:
        """What the stream has beyond the copy; its beginning alone first, where an index tells of all lines."""
        if not self.size:
            cover = self._reader.look()
            index = newest_index(self._reader.indexes, cover.end) if cover.layout == "offsets" else None
            if index is not None and index.end >= _INDEX_FROM_BYTES:
                early = OutOfTurn(self._store, self.stored.prefix, cover, self._directory, wait=self._pause)
                self._early = early
                early.learn(index)
                first = early.first(_FIRST_BYTES)
                early.wait_for_index(_INDEX_PATIENCE_S)
                yield first
            yield from self._reader.read(self.size, first_bytes=_FIRST_BYTES)
        else:
            yield from self._reader.read(self.size)

    def _pause(self, seconds: float) -> bool:
        return self._asked(seconds)

    def _leave(self, chunks: Generator[bytes, None, None]) -> None:
        self._rest = threading.Thread(target=self._take_rest, args=(chunks,), name="replay-copy", daemon=True)
        self._rest.start()

    def _take_rest(self, chunks: Generator[bytes, None, None]) -> None:
        pause_s = _FIRST_PAUSE_S
        if self.told_lines is not None:
            self._closed.wait(_HEAD_START_S)
        while True:
            try:
                for chunk in chunks:
                    self._append(chunk)
                    self.problem, pause_s = None, _FIRST_PAUSE_S
                    if self._early is not None:
                        self._early.forget(self.size)
                    self._way.wait_until_free(_GIVES_WAY_S)
            except ReadCancelled:
                return
            except StreamGap as gap:
                self._end_at(gap)
                return
            except MirrorError as error:
                self.problem = error
                if self._closed.wait(pause_s):
                    return
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
                chunks = self._reader.read(self.size)
            else:
                self.problem = None
                return

    def _end_at(self, gap: StreamGap) -> None:
        """What lies behind a hole cannot be read, whatever was told of it."""
        self.problem = gap
        if self._early is not None:
            self._early.told = None

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
        self._has_line = self._has_line or b"\n" in chunk


def _gone() -> MirrorError:
    return MirrorError("The session was closed while it was read.", kind="source", hint="Open it again.")


def _no_room(error: OSError) -> MirrorError:
    return MirrorError(
        f"The session cannot be copied for replay: {error.strerror or type(error).__name__}.",
        kind="disk",
        hint="Make room in the folder for temporary files.",
    )
