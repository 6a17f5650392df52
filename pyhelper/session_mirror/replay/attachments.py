"""A session's attachments in pages of text: tool output that was too long for the transcript, from disk or bucket.

Only names that the session's own listing has are ever read: what a transcript says of paths is not asked.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, Protocol

from session_mirror.bucket.attachments import list_attachments, stem_of
from session_mirror.bucket.store import Store, StoredObject
from session_mirror.errors import MirrorError
from session_mirror.harness.base import Attachment
from session_mirror.protocol.replay import ReplayTextResult
from session_mirror.replay.raw_line import RawLine
from session_mirror.replay.texts import page_of
from session_mirror.source.opening import open_plain, read_at

_KEPT = 2
_FETCHED_BYTES = 8 << 20


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


Find = Callable[[str], Content | None]
"""Opens the attachment of a name; None when the session has none such."""


class Attachments:
    """Keeps the few that were asked for last. Thread-safe; one page at a time."""

    def __init__(self, find: Find) -> None:
        """Opens nothing yet."""
        self._find = find
        self._lock = threading.Lock()
        self._open: dict[str, tuple[Content, RawLine]] = {}  # longest unused first

    def page(self, name: str, offset: int) -> ReplayTextResult:
        """Text from code point `offset` on, at most 256 KiB of JSON; from the beginning it is looked for anew.

        Raises:
            MirrorError: there is none of this name, or it cannot be read.
        """
        with self._lock:
            offset = max(0, offset)
            text = self._text(name, anew=offset == 0)
            return ReplayTextResult(offset=offset, value=page_of(text.text(offset), 0), total_chars=text.total_chars)

    def close(self) -> None:
        """Releases all that is held; what is just being fetched goes when nobody needs it any more."""
        if self._lock.acquire(blocking=False):
            try:
                for name in tuple(self._open):
                    self._drop(name)
            finally:
                self._lock.release()

    def _text(self, name: str, *, anew: bool) -> RawLine:
        if anew:
            self._drop(name)
        kept = self._open.pop(name, None) or self._opened(name)
        self._open[name] = kept
        while len(self._open) > _KEPT:
            self._drop(next(iter(self._open)))
        return kept[1]

    def _opened(self, name: str) -> tuple[Content, RawLine]:
        content = self._find(name)
        if content is None:
            raise MirrorError(
                "This output is not kept beside the session (any more).",
                kind="notFound",
                hint="If its agent deleted it, open the session's mirror; it may not be mirrored yet either.",
            )
        try:
            return content, RawLine(content.read, 0, content.size)
        except BaseException:
            content.close()
            raise

    def _drop(self, name: str) -> None:
        kept = self._open.pop(name, None)
        if kept is not None:
            kept[0].close()


def on_disk(told: Callable[[], Iterable[Attachment]]) -> Find:
    """Attachments of this machine; `told` lists those that the session has just now."""

    def find(name: str) -> Content | None:
        path = next((each.path for each in told() if each.name == name), None)
        return None if path is None else _File(path)

    return find


def in_bucket(store: Store, harness: str, session_ids: Sequence[str], directory: Path | None) -> Find:
    """Attachments in a bucket, the newest content of each, of the first of these sessions that has it.

    `directory`: where copies are kept while they are read.
    """

    def find(name: str) -> Content | None:
        if not name:
            return None
        for session_id in session_ids:
            versions = list_attachments(store, harness, session_id).get(stem_of(name))
            if versions:
                return _Copy(store, versions[max(versions)], directory)
        return None

    return find


class _File:
    """A file, opened for each read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with open_plain(path) as file:
                self.size = os.fstat(file.fileno()).st_size
        except OSError as error:
            raise _unreadable(error) from error

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


class _Copy:
    """An object, fetched whole into a file without a name."""

    def __init__(self, store: Store, stored: StoredObject, directory: Path | None) -> None:
        self.size = stored.size
        try:
            self._file: IO[bytes] = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115  closed by close()
            try:
                for start in range(0, stored.size, _FETCHED_BYTES):
                    self._file.write(store.get(stored.key, start, min(_FETCHED_BYTES, stored.size - start)))
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
        self._file.seek(start)
        return self._file.read(length)

    def close(self) -> None:
        self._file.close()


def _unreadable(error: OSError) -> MirrorError:
    return MirrorError(
        f"The output cannot be read: {error.strerror or error}.",
        kind="source",
        hint="If it was deleted, open the session's mirror instead.",
    )
