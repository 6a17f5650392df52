"""Compressed sources: a file whose name ends in `.zst` stands for the bytes that it holds.

Whoever reads such a source reads a private copy of those bytes. It is made once for each state of the file, has no name
where the system allows that, ends with this process, and goes when nobody has asked for it for a minute.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections import OrderedDict
from io import FileIO
from pathlib import Path
from typing import IO, Final

from session_mirror.journal.state_dir import state_dir

from .zstandard import content_size, find_decoder, read_header

SUFFIX: Final = ".zst"
_KEPT_S: Final = 60.0
_MOST_COPIES: Final = 4
_MOST_SIZES: Final = 8192

_State = tuple[int, int, int, int]
"""Device, inode, size and time of change: what tells one content of a path from the next."""


def is_compressed(path: Path) -> bool:
    """Whether reading this path means reading what it holds."""
    return path.suffix == SUFFIX


class Copies:
    """Decompressed copies of a few files, and the sizes of many. Thread-safe; one file is decompressed only once."""

    def __init__(self, *, kept_s: float = _KEPT_S) -> None:
        """`kept_s`: seconds without a reader after which a copy goes."""
        self._kept_s = kept_s
        self._copies: OrderedDict[Path, _Copy] = OrderedDict()
        self._sizes: OrderedDict[Path, tuple[_State, int]] = OrderedDict()
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()

    def open(self, path: Path, file: FileIO) -> FileIO:
        """A reader of what the file at `path`, opened as `file`, holds.

        Raises:
            MirrorError: nothing here can decompress it.
            OSError: it is damaged, or there is no room for the copy.
        """
        copy = self._copy_for(path, os.fstat(file.fileno()))
        reader = copy.read_by_another(file)
        with self._lock:
            self._remember(path, copy.state, os.fstat(reader.fileno()).st_size)
            self._wind_up()
        return reader

    def size(self, path: Path, file: FileIO) -> int:
        """How many bytes the file holds; it is decompressed only where its header doesn't tell.

        Raises:
            MirrorError: nothing here can decompress it.
            OSError: it cannot be read.
        """
        state = _state(os.fstat(file.fileno()))
        size = content_size(read_header(file))
        if size is None:
            file.seek(0)
            with self.open(path, file) as reader:
                return os.fstat(reader.fileno()).st_size
        with self._lock:
            self._remember(path, state, size)
        return size

    def known_size(self, path: Path, status: os.stat_result) -> int | None:
        """The size that was found for this state of the file."""
        with self._lock:
            state, size = self._sizes.get(path, (None, None))
        return size if state == _state(status) else None

    def _copy_for(self, path: Path, status: os.stat_result) -> _Copy:
        dropped = []
        with self._lock:
            copy = self._copies.get(path)
            if copy is None or copy.state != _state(status):
                dropped += [copy] if copy is not None else []
                copy = self._copies[path] = _Copy(status)
            self._copies.move_to_end(path)
            while len(self._copies) > _MOST_COPIES:
                dropped.append(self._copies.popitem(last=False)[1])
        # Not while everybody waits: one of them may be in the making.
        for old in dropped:
            old.close()
        return copy

    def _remember(self, path: Path, state: _State, size: int) -> None:
        self._sizes[path] = (state, size)
        self._sizes.move_to_end(path)
        if len(self._sizes) > _MOST_SIZES:
            self._sizes.popitem(last=False)

    def _wind_up(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(self._kept_s, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def _expire(self) -> None:
        with self._lock:
            dropped = list(self._copies.values())
            self._copies.clear()
        for old in dropped:
            old.close()


class _Copy:
    """What one state of a file holds; made by the first reader, while later ones wait."""

    def __init__(self, status: os.stat_result) -> None:
        self.state = _state(status)
        self._times = (status.st_atime_ns, status.st_mtime_ns)
        self._file: IO[bytes] | None = None
        self._closed = False
        self._lock = threading.Lock()

    def read_by_another(self, source: FileIO) -> FileIO:
        with self._lock:
            if self._file is None:
                self._file = self._decompressed(source)
            reader = _Reader(self._file.fileno(), self._lock)
            if self._closed:
                self._let_go()
            return reader

    def close(self) -> None:
        """Readers go on with what they have."""
        with self._lock:
            self._closed = True
            self._let_go()

    def _let_go(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _decompressed(self, source: FileIO) -> IO[bytes]:
        decoder = find_decoder()
        file = _private_file()
        try:
            decoder.copy(source, file)
            if os.utime in os.supports_fd:
                os.utime(file.fileno(), ns=self._times)
        except BaseException:
            file.close()
            raise
        return file


class _Reader(FileIO):
    """One reader of a file that several share: the position in the file is everybody's, so each keeps its own."""

    def __init__(self, descriptor: int, lock: threading.Lock) -> None:
        super().__init__(os.dup(descriptor), "rb")
        self._shared = lock
        self._at = 0

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        if whence != os.SEEK_SET:
            raise ValueError("only positions from the beginning")
        self._at = offset
        return offset

    def read(self, size: int | None = -1, /) -> bytes:
        with self._shared:
            super().seek(self._at)
            data = super().read(-1 if size is None else size) or b""
        self._at += len(data)
        return data


def _private_file() -> IO[bytes]:
    """Not in the system's temporary folder if it can be helped: that may be memory, and transcripts have gigabytes."""
    state = state_dir()
    return tempfile.TemporaryFile(dir=state if os.access(state, os.W_OK) else None, buffering=0)


def _state(status: os.stat_result) -> _State:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
