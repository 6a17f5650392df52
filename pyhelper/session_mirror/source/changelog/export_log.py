"""One session's change log: a file that only ever grows by whole lines, and what it says of each row."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from io import FileIO
from pathlib import Path
from typing import Final

import attrs

from session_mirror.failpoints import failpoint
from session_mirror.journal.state_dir import ensure_private

_BLOCK_BYTES: Final = 256 * 1024
_BATCH_BYTES: Final = 1024 * 1024

KeyOf = Callable[[bytes], "tuple[str, bool] | None"]


@attrs.frozen
class Change:
    """A line to be added: what a row is now, or that it is gone."""

    key: str
    line: bytes
    is_there: bool = True


class ExportLog:
    """Written only by who holds the database's lock; others may have written it before.

    The memory it takes is a digest a row.
    """

    def __init__(self, path: Path, key_of: KeyOf) -> None:
        """The file need not exist."""
        self.path = path
        self._key_of = key_of
        self._known: dict[str, bytes] = {}
        self._file_id = (0, 0)
        self._end = 0

    @property
    def known(self) -> Mapping[str, bytes]:
        """By key: the digest of the last line about each row that is there, in the order of their first lines."""
        return self._known

    @property
    def end(self) -> int:
        """The file's size in bytes, as far as it was read or written here."""
        return self._end

    def catch_up(self) -> None:
        """Reads on what others wrote, and cuts a last line that was torn by a crash.

        Raises:
            OSError: the file can't be read or cut.
        """
        try:
            file = FileIO(self.path, "r+")
        except FileNotFoundError:
            self._forget((0, 0))
            return
        with file:
            status = os.fstat(file.fileno())
            file_id = (status.st_dev, status.st_ino)
            if file_id != self._file_id or status.st_size < self._end:
                self._forget(file_id)
            if status.st_size > self._end:
                self._read_on(file)
                if self._end < status.st_size:
                    file.truncate(self._end)

    def append(self, changes: Iterable[Change]) -> int:
        """Adds lines, and returns how many. No lines, no file.

        What is added to a log that there was will survive a power cut. A log that is new can be made again as it was,
        so the disk is not waited for a thousand times when a thousand sessions are met.

        Raises:
            OSError: the disk is full or read-only; lines that were added whole stay.
        """
        count, is_new = 0, not self._end
        with ExitStack() as stack:
            file: FileIO | None = None
            for batch in _batches(changes):
                file = file or stack.enter_context(self._open())
                self._write(file, batch)
                count += len(batch)
            if file is not None and not is_new:
                failpoint("export.before_sync")
                os.fsync(file.fileno())
                failpoint("export.after_sync")
        return count

    def date(self, modified_s: float) -> None:
        """Gives the file a date, Unix epoch.

        Raises:
            OSError: the file can't be dated.
        """
        os.utime(self.path, (modified_s, modified_s))

    def _forget(self, file_id: tuple[int, int]) -> None:
        self._known.clear()
        self._file_id, self._end = file_id, 0

    def _read_on(self, file: FileIO) -> None:
        file.seek(self._end)
        with open(os.dup(file.fileno()), "rb") as reader:  # noqa: PTH123  a descriptor
            for line in reader:
                if not line.endswith(b"\n"):
                    return
                self._end += len(line)
                if told := self._key_of(line[:-1]):
                    key, is_there = told
                    self._note(key, line[:-1] if is_there else None)

    def _note(self, key: str, line: bytes | None) -> None:
        if line is None:
            self._known.pop(key, None)
        else:
            self._known[key] = digest_of(line)

    def _open(self) -> FileIO:
        ensure_private(self.path.parent)
        file = FileIO(self.path, "a", opener=_private)
        status = os.fstat(file.fileno())
        file_id = (status.st_dev, status.st_ino)
        if status.st_size != self._end or (self._end and file_id != self._file_id):
            file.close()
            raise OSError(errno.ESTALE, "it was replaced meanwhile", str(self.path))
        self._file_id = file_id
        return file

    def _write(self, file: FileIO, batch: list[Change]) -> None:
        """Notes what is written only when all of it is."""
        failpoint("export.before_write")
        data = memoryview(b"".join(change.line + b"\n" for change in batch))
        written = 0
        try:
            while written < len(data):
                written += file.write(data[written : written + _BLOCK_BYTES]) or 0
                failpoint("export.mid_write")
        except OSError:
            with suppress(OSError):  # else the next one to read the file cuts the torn line
                file.truncate(self._end)
            raise
        self._end += written
        for change in batch:
            self._note(change.key, change.line if change.is_there else None)


def _batches(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Enough of them to be worth a write, never many more in memory."""
    batch: list[Change] = []
    size = 0
    for change in changes:
        batch.append(change)
        size += len(change.line)
        if size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def digest_of(line: bytes) -> bytes:
    """What is remembered of a line."""
    return hashlib.blake2b(line, digest_size=16).digest()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
