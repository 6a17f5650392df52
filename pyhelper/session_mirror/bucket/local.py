"""A folder on this machine as a store: one file per object, written beside its place and renamed into it."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from io import FileIO
from pathlib import Path

from session_mirror.bucket.keys import check_key, check_prefix, check_range, is_key, is_windows_name
from session_mirror.bucket.local_errors import translated
from session_mirror.bucket.local_files import (
    append_bytes,
    append_file,
    is_link,
    is_real_folder,
    lstat,
    make_private,
    sync_folder,
    write_durably,
)
from session_mirror.bucket.local_path import file_url
from session_mirror.bucket.store import ObjectMissing, Source, SourceChanged, StoredObject
from session_mirror.errors import MirrorError

_TEMP = re.compile(r"\.put-[0-9a-f]{16}\.tmp")
_TEMP_IS_DEAD_AFTER_S = 3600
_LOOKS = 10


class LocalStore:
    """Objects as files below `root`; made when first needed, readable by its owner only.

    Links below the root are never followed. A root that was there and is gone (a drive that was pulled) is an error,
    never an empty store.
    """

    def __init__(self, root: Path, *, create_parents: bool = False) -> None:
        """`create_parents`: make the folders above the root too, as for the default destination."""
        self._root = root
        self._create_parents = create_parents
        self._seen = False
        self._tidied: set[Path] = set()
        self._tidied_lock = threading.Lock()

    def __repr__(self) -> str:
        return f"LocalStore({str(self._root)!r})"

    @property
    def label(self) -> str:
        """The folder's path."""
        return str(self._root)

    @property
    def url(self) -> str:
        """The folder's `file:` URL."""
        return file_url(self._root)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Every object below `prefix`, in key order."""
        check_prefix(prefix)
        folder_key, slash, name_prefix = prefix.rpartition("/")
        with translated(self._root):
            folder = self._find_folder(folder_key.split("/") if slash else [])
            if folder is not None:
                yield from _walk(folder, folder_key + slash, name_prefix)

    def put(self, key: str, body: bytes) -> None:
        """Stores `body` whole or not at all; returns once the file and its name are on the disk."""
        self._store(key, lambda file: append_bytes(file, body))

    def put_stream(self, key: str, chunks: Iterable[bytes], size: int) -> None:
        """Stores the chunks as one object of `size` bytes, whole or not at all."""

        def fill(file: FileIO) -> None:
            for chunk in chunks:
                append_bytes(file, chunk)
            if file.tell() != size:
                raise ValueError(f"{file.tell()} bytes came instead of {size}")

        self._store(key, fill)

    @property
    def composes_from(self) -> int:
        """Files of any size."""
        return 0

    def compose(self, key: str, sources: Sequence[Source]) -> bool:
        """Stores the sources' bytes as one object; the system copies them, on some file systems without reading."""
        paths = [(self._file(source.key), source.size) for source in sources]

        def fill(file: FileIO) -> None:
            try:
                whole = all(path is not None and append_file(file, path, size) for path, size in paths)
            except FileNotFoundError:
                whole = False
            if not whole:
                raise SourceChanged(key)

        self._store(key, fill)
        return True

    def give_up(self, prefix: str, is_stale: Callable[[str, int], bool]) -> None:
        """Nothing to do: what writers that died left in a folder goes with the next `put` into it."""

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """Bytes `[start, start + length)` of an object, to its end without `length`."""
        check_range(start, length)
        with translated(self._root):
            path = self._file(key)
            if path is None:
                raise ObjectMissing(key)
            try:
                with path.open("rb") as file:
                    rest = max(0, os.fstat(file.fileno()).st_size - start)
                    file.seek(start)
                    return file.read(rest if length is None else min(length, rest))
            except FileNotFoundError:
                raise ObjectMissing(key) from None

    def size(self, key: str) -> int | None:
        """Size in bytes, or None without such a key."""
        with translated(self._root):
            path = self._file(key)
            found = lstat(path) if path else None
        return found.st_size if found else None

    def delete(self, keys: Iterable[str]) -> Sequence[str]:
        """Deletes what is there, and returns the keys whose files could not be removed."""
        left = []
        for key in keys:
            with translated(self._root):
                path = self._file(key)
            try:
                if path is not None:
                    path.unlink(missing_ok=True)
            except OSError:
                left.append(key)
        return left

    def close(self) -> None:
        """Nothing is held open."""

    def _store(self, key: str, fill: Callable[[FileIO], None]) -> None:
        check_key(key)
        *folders, name = key.split("/")
        if _TEMP.fullmatch(name) or (sys.platform == "win32" and not all(map(is_windows_name, key.split("/")))):
            raise MirrorError(f"{key} cannot be a file name here.", kind="bug", hint="Please report this with the log.")
        with translated(self._root):
            folder = self._make_folder(folders)
            temp = folder / f".put-{secrets.token_hex(8)}.tmp"
            try:
                written_at = write_durably(temp, fill)
                temp.replace(folder / name)
            except BaseException:
                with suppress(OSError):
                    temp.unlink(missing_ok=True)
                raise
            sync_folder(folder)
        self._tidy(folder, written_at)

    def _file(self, key: str) -> Path | None:
        """The regular file of a key; None when there is none."""
        check_key(key)
        *folders, name = key.split("/")
        folder = self._find_folder(folders)
        if folder is None or _TEMP.fullmatch(name):
            return None
        found = lstat(folder / name)
        return folder / name if found and stat.S_ISREG(found.st_mode) and not is_link(found) else None

    def _find_folder(self, names: Sequence[str]) -> Path | None:
        if not self._has_root():
            return None
        folder = self._root
        for name in names:
            folder /= name
            found = lstat(folder)
            if found is None or not is_real_folder(found, folder):
                return None
        return folder

    def _make_folder(self, names: Sequence[str]) -> Path:
        if not self._has_root():
            make_private(self._root, parents=self._create_parents)
            self._seen = True
        folder = self._root
        for name in names:
            folder /= name
            found = lstat(folder)
            if found is None:
                make_private(folder)
            elif not is_real_folder(found, folder):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
        return folder

    def _has_root(self) -> bool:
        was_seen = self._seen  # asked first: another thread may make the folder after our look
        try:
            found = self._root.stat()
        except FileNotFoundError:
            if was_seen:
                raise MirrorError(
                    f"The mirror folder has disappeared: {self._root}",
                    kind="notFound",
                    hint="Reconnect the drive it is on. If you removed it, restart mirroring to begin an empty one.",
                ) from None
            if not self._create_parents and not self._root.parent.is_dir():
                raise MirrorError(
                    f"The folder {self._root.parent} does not exist.",
                    kind="notFound",
                    hint="Create it, connect the drive it is on, or choose another destination.",
                ) from None
            return False
        if not stat.S_ISDIR(found.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(self._root))
        self._seen = True
        return True

    def _tidy(self, folder: Path, now: float) -> None:
        """Removes what writers that died left in `folder`, once per folder. `now` is by the file system's own clock."""
        with self._tidied_lock:
            if folder in self._tidied:
                return
            self._tidied.add(folder)
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if not _TEMP.fullmatch(entry.name):
                    continue
                if entry.stat(follow_symlinks=False).st_mtime < now - _TEMP_IS_DEAD_AFTER_S:
                    Path(entry.path).unlink(missing_ok=True)


def _walk(folder: Path, folder_key: str, name_prefix: str) -> Iterator[StoredObject]:
    """Files below `folder` in the order of their keys: a folder sorts as its name with a slash."""
    for name, status, path in _steady(folder, name_prefix):
        key = folder_key + name
        if not is_key(key.rstrip("/")):
            continue
        if name.endswith("/"):
            if not is_link(status):
                yield from _walk(path, key, "")
        elif stat.S_ISREG(status.st_mode) and not _TEMP.fullmatch(name):
            yield StoredObject(
                key=key,
                size=status.st_size,
                modified_ms=status.st_mtime_ns // 1_000_000,
                tag=f"{status.st_ino:x}-{status.st_mtime_ns:x}",
            )


def _steady(folder: Path, name_prefix: str) -> list[tuple[str, os.stat_result, Path]]:
    """A folder's entries whose names begin so, in key order; others, thousands perhaps, are not looked at.

    Objects are deleted after others took their place, so a name that vanishes while we look means that a new one may
    have been overlooked: then we look again.
    """
    found: list[tuple[str, os.stat_result, Path]] = []
    for _ in range(_LOOKS):
        found, vanished = [], False
        try:
            with os.scandir(folder) as entries:
                names = [
                    (f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name, entry.path)
                    for entry in entries
                    if entry.name.startswith(name_prefix)
                ]
        except FileNotFoundError:
            return []
        for name, path in names:
            status = lstat(Path(path))
            if status is not None:
                found.append((name, status, Path(path)))
            elif not _TEMP.fullmatch(name):
                vanished = True
        if not vanished:
            break
    return sorted(found, key=lambda item: item[0])
