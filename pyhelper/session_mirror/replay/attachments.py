"""A session's attachments in pages of text: tool output that was too long for the transcript, from disk or bucket.

Only names that the session's own listing has are ever read: what a transcript says of paths is not asked.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, Final, Protocol

from session_mirror.bucket.attachments import Versions, list_attachments, stem_of
from session_mirror.bucket.store import Store, StoredObject
from session_mirror.errors import MirrorError
from session_mirror.harness.base import Attachment
from session_mirror.protocol.replay import ReplayTextResult
from session_mirror.replay.raw_line import RawLine
from session_mirror.replay.texts import page_of
from session_mirror.source.opening import open_plain, read_at

SEARCHED_BYTES: Final = 256 << 20
"""A search looks through no larger one,"""
FETCHED_BYTES: Final = 4 << 20
"""fetches no larger one from a bucket,"""
FETCHED_IN_ALL_BYTES: Final = 64 << 20
"""and no more of all together: those are kept for the next search."""
_KEPT: Final = 2
_STEP_BYTES: Final = 8 << 20
_LISTED_S: Final = 30.0
"""How old a listing may be that a search relies on."""


class Content(Protocol):
    """The bytes of one attachment, as they were when it was opened."""

    @property
    def size(self) -> int: ...

    def read(self, start: int, length: int) -> bytes:
        """Exactly the bytes `[start, start + length)`.

        Raises:
            MirrorError: they are not there any more.
        """
        ...

    def close(self) -> None:
        """Releases what is held; reading afterwards is an error."""
        ...


class Found(Protocol):
    """An attachment that is there, and can be opened."""

    @property
    def size(self) -> int: ...

    @property
    def is_near(self) -> bool:
        """It lies on this machine: opening it fetches nothing."""
        ...

    def open(self) -> Content:
        """Its bytes.

        Raises:
            MirrorError: they cannot be read.
        """
        ...


class Find(Protocol):
    """Looks for attachments by their names."""

    def __call__(self, name: str, *, right_now: bool) -> Found | None:
        """None when the session has none of this name; without `right_now` as of some seconds ago."""
        ...


class Attachments:
    """Keeps the few that were asked for last, and those fetched for searches. Thread-safe; one page at a time."""

    def __init__(self, find: Find) -> None:
        """Opens nothing yet."""
        self._find = find
        self._lock = threading.Lock()
        self._open: dict[str, _Kept] = {}  # longest unused first
        self._searching = threading.Lock()
        self._near: dict[str, _Kept] = {}  # longest unused first
        self._fetched: dict[str, _Kept] = {}
        self._fetched_bytes = 0

    def page(self, name: str, offset: int) -> ReplayTextResult:
        """Text from code point `offset` on, at most 256 KiB of JSON; from the beginning it is looked for anew.

        Raises:
            MirrorError: there is none of this name, or it cannot be read.
        """
        with self._lock:
            offset = max(0, offset)
            text = self._text(name, anew=offset == 0)
            return ReplayTextResult(offset=offset, value=page_of(text.text(offset), 0), total_chars=text.total_chars)

    def searched(self, name: str) -> RawLine | None:
        """All of one for a search to look through; None where that isn't there, or too large for it.

        Raises:
            MirrorError: it cannot be read.
        """
        kept = self._open.get(name) or self._fetched.get(name)
        if kept is not None:
            return kept[1]
        with self._searching:
            kept = self._near.pop(name, None) or self._fetched.get(name)
            if kept is None:
                found = self._find(name, right_now=False)
                if found is None or not self._may_search(found):
                    return None
                kept = _read(found)
                if not found.is_near:
                    self._fetched[name] = kept
                    self._fetched_bytes += found.size
                    return kept[1]
            self._near[name] = kept
            while len(self._near) > _KEPT:
                _drop(self._near, next(iter(self._near)))
            return kept[1]

    def close(self) -> None:
        """Releases all that is held; what is just being fetched goes when nobody needs it any more."""
        for lock, held in ((self._lock, [self._open]), (self._searching, [self._near, self._fetched])):
            if lock.acquire(blocking=False):
                try:
                    for kept in held:
                        for name in tuple(kept):
                            _drop(kept, name)
                finally:
                    lock.release()

    def _may_search(self, found: Found) -> bool:
        if found.is_near:
            return found.size <= SEARCHED_BYTES
        return found.size <= FETCHED_BYTES and self._fetched_bytes + found.size <= FETCHED_IN_ALL_BYTES

    def _text(self, name: str, *, anew: bool) -> RawLine:
        if anew:
            _drop(self._open, name)
        kept = self._open.pop(name, None) or self._opened(name)
        self._open[name] = kept
        while len(self._open) > _KEPT:
            _drop(self._open, next(iter(self._open)))
        return kept[1]

    def _opened(self, name: str) -> _Kept:
        found = self._find(name, right_now=True)
        if found is None:
            raise MirrorError(
                "This output is not kept beside the session (any more).",
                kind="notFound",
                hint="If its agent deleted it, open the session's mirror; it may not be mirrored yet either.",
            )
        return _read(found)


_Kept = tuple[Content, RawLine]


def _read(found: Found) -> _Kept:
    content = found.open()
    try:
        return content, RawLine(content.read, 0, content.size)
    except BaseException:
        content.close()
        raise


def _drop(kept: dict[str, _Kept], name: str) -> None:
    dropped = kept.pop(name, None)
    if dropped is not None:
        dropped[0].close()


def nothing(name: str, *, right_now: bool) -> Found | None:  # noqa: ARG001  it looks nowhere
    """No attachments at all."""
    return None


def on_disk(told: Callable[[], Iterable[Attachment]]) -> Find:
    """Attachments of this machine; `told` lists those that the session has just now."""

    def find(name: str, *, right_now: bool) -> Found | None:  # noqa: ARG001  it costs nothing
        path = next((each.path for each in told() if each.name == name), None)
        return None if path is None else _File(path)

    return find


def in_bucket(store: Store, harness: str, session_ids: Sequence[str], directory: Path | None) -> Find:
    """Attachments in a bucket, the newest content of each, of the first of these sessions that has it.

    `directory`: where copies are kept while they are read.
    """

    listings: dict[str, tuple[float, dict[str, Versions]]] = {}

    def find(name: str, *, right_now: bool) -> Found | None:
        if not name:
            return None
        for session_id in session_ids:
            listed_at, listing = listings.get(session_id, (0.0, {}))
            if right_now or not listing or time.monotonic() - listed_at > _LISTED_S:
                listing = list_attachments(store, harness, session_id)
                listings[session_id] = time.monotonic(), listing
            versions = listing.get(stem_of(name))
            if versions:
                return _Object(store, versions[max(versions)], directory)
        return None

    return find


class _File:
    """A file, opened for each read."""

    is_near = True

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with open_plain(path) as file:
                self.size = os.fstat(file.fileno()).st_size
        except OSError as error:
            raise _unreadable(error) from error

    def open(self) -> Content:
        return self

    def read(self, start: int, length: int) -> bytes:
        try:
            with open_plain(self._path) as file:
                body = read_at(file, start, length)
        except OSError as error:
            raise _unreadable(error) from error
        if len(body) < length:
            raise _unreadable(OSError("it became shorter"))
        return body

    def close(self) -> None:
        """Nothing is held open."""


class _Object:
    """An object of a bucket."""

    is_near = False

    def __init__(self, store: Store, stored: StoredObject, directory: Path | None) -> None:
        self.size = stored.size
        self._copied = store, stored, directory

    def open(self) -> Content:
        return _Copy(*self._copied)


class _Copy:
    """An object, fetched whole into a file without a name. Thread-safe."""

    def __init__(self, store: Store, stored: StoredObject, directory: Path | None) -> None:
        self.size = stored.size
        self._lock = threading.Lock()
        try:
            self._file: IO[bytes] = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115  closed by close()
            try:
                for start in range(0, stored.size, _STEP_BYTES):
                    self._file.write(store.get(stored.key, start, min(_STEP_BYTES, stored.size - start)))
            except BaseException:
                self._file.close()
                raise
        except OSError as error:
            raise MirrorError(
                f"The output cannot be copied for replay: {error.strerror or type(error).__name__}.",
                kind="disk",
                hint="Make room in the folder for temporary files, then ask for it again.",
            ) from error

    def read(self, start: int, length: int) -> bytes:
        with self._lock:
            if self._file.closed:
                raise _unreadable(OSError("it was let go of"))
            self._file.seek(start)
            return self._file.read(length)

    def close(self) -> None:
        with self._lock:
            self._file.close()


def _unreadable(error: OSError) -> MirrorError:
    return MirrorError(
        f"The output cannot be read: {error.strerror or error}.",
        kind="source",
        hint="If it was deleted, open the session's mirror instead.",
    )
