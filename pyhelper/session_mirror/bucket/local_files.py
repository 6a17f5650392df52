"""Files as a mirror folder needs them: private, durable, never through a link."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from io import FileIO
from pathlib import Path

from session_mirror.errors import MirrorError

_BLOCK_BYTES = 1 << 20


def lstat(path: Path) -> os.stat_result | None:
    """What is there, links unfollowed; None when nothing is."""
    try:
        return path.lstat()
    except FileNotFoundError:
        return None


def is_real_folder(found: os.stat_result, path: Path) -> bool:
    """Whether it is a folder.

    Raises:
        MirrorError: it is a link.
    """
    if is_link(found):
        raise MirrorError(
            f"{path} is a link, and links inside a mirror folder are not followed.",
            kind="conflict",
            hint="Replace it by a real folder, or choose the folder it points to as destination.",
        )
    return stat.S_ISDIR(found.st_mode)


def is_link(found: os.stat_result) -> bool:
    """A symbolic link, or on Windows a junction."""
    tag = getattr(found, "st_reparse_tag", 0)
    return stat.S_ISLNK(found.st_mode) or (tag != 0 and tag == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1))


def make_private(folder: Path, *, parents: bool = False) -> None:
    """Makes a folder that only its owner can read, durably; it may have appeared meanwhile."""
    if parents and not folder.parent.is_dir():
        make_private(folder.parent, parents=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        if not folder.is_dir() or folder.is_symlink():
            raise
        return
    sync_folder(folder.parent)


def write_durably(path: Path, fill: Callable[[FileIO], None]) -> float:
    """Makes a new file that only its owner can read, on the disk itself; returns its modification time."""
    with open(path, "xb", buffering=0, opener=_open_private) as file:
        fill(file)
        os.fsync(file.fileno())
        return os.fstat(file.fileno()).st_mtime


def append_bytes(file: FileIO, body: bytes) -> None:
    """Writes all of it, however little the system takes at once."""
    view = memoryview(body)
    while view:
        view = view[file.write(view) :]


def append_file(file: FileIO, source: Path, size: int) -> bool:
    """Appends a whole file, by the system's own means where it has them; False unless it has exactly that size.

    Raises:
        FileNotFoundError: there is no such file.
    """
    with source.open("rb", buffering=0) as opened:
        if os.fstat(opened.fileno()).st_size != size:
            return False
        left = size
        while left and (copied := _append_some(file, opened, left)):
            left -= copied
    return left == 0


def _append_some(file: FileIO, source: FileIO, most: int) -> int:
    if sys.platform == "linux":
        with suppress(OSError):  # not between these file systems, or not on this kernel
            return os.copy_file_range(source.fileno(), file.fileno(), most)
    body = source.read(min(most, _BLOCK_BYTES))
    append_bytes(file, body)
    return len(body)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def sync_folder(folder: Path) -> None:
    """Makes names in the folder durable, where the system has a way to."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # some network file systems cannot
            raise
    finally:
        os.close(handle)
