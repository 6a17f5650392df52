"""What an operating system's error means for a mirror folder."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from session_mirror.errors import MirrorError
from session_mirror.protocol.mirror import ErrorKind

_WINDOWS_IN_USE = {32, 33}  # sharing violation, lock violation: reported as EACCES, but nobody denied anything

_FULL = "Free some space there; what is waiting is mirrored as soon as it fits."
_DENIED = "Give your user write permission on that folder, or choose another destination."
_GONE = "Create the folder, reconnect the drive it is on, or choose another destination."
_IN_THE_WAY = "Move what is in the way, or choose another destination."
_REMOTE = "Check the connection to the file server; mirroring goes on when it answers."
_BROKEN = "Check the drive; mirroring tries again."


def _meanings() -> dict[int, tuple[ErrorKind, str, str]]:
    by_name: dict[str, tuple[ErrorKind, str, str]] = {
        "ENOSPC": ("disk", "The disk is full", _FULL),
        "EDQUOT": ("disk", "Your disk quota is used up", _FULL),
        "EFBIG": ("disk", "The file system takes no file this large", "Choose a destination on another file system."),
        "EROFS": ("disk", "The disk is read-only", "Make it writable, or choose another destination."),
        "EIO": ("disk", "The disk reports an error", _BROKEN),
        "ENAMETOOLONG": ("disk", "The path is too long", "Choose a destination with a shorter path."),
        "EACCES": ("auth", "Access was denied", _DENIED),
        "EPERM": ("auth", "Access was denied", _DENIED),
        "ENOENT": ("notFound", "The folder does not exist", _GONE),
        "ENODEV": ("notFound", "The drive is not there", _GONE),
        "ENXIO": ("notFound", "The drive is not there", _GONE),
        "ENOTDIR": ("conflict", "A file is where a folder should be", _IN_THE_WAY),
        "EISDIR": ("conflict", "A folder is where a file should be", _IN_THE_WAY),
        "EEXIST": ("conflict", "A file is where a folder should be", _IN_THE_WAY),
        "ELOOP": ("conflict", "Links lead in a circle", _IN_THE_WAY),
        "ESTALE": ("network", "The file server has forgotten the folder", _REMOTE),
        "ETIMEDOUT": ("network", "The file server does not answer", _REMOTE),
        "EHOSTDOWN": ("network", "The file server does not answer", _REMOTE),
        "EHOSTUNREACH": ("network", "The file server cannot be reached", _REMOTE),
        "ENETUNREACH": ("network", "The file server cannot be reached", _REMOTE),
        "ENOTCONN": ("network", "The file server is not connected", _REMOTE),
    }
    return {getattr(errno, name): meaning for name, meaning in by_name.items() if hasattr(errno, name)}


_BY_ERRNO = _meanings()


def describe(error: OSError, folder: Path) -> MirrorError:
    """The error in words for the owner of the folder."""
    if getattr(error, "winerror", None) in _WINDOWS_IN_USE:
        return MirrorError(
            f"Another program holds a file open in {folder}.", kind="disk", hint="Close it, or wait; we try again."
        )
    kind, text, hint = _BY_ERRNO.get(
        error.errno or 0, ("disk", f"The file system failed ({error.strerror or type(error).__name__})", _BROKEN)
    )
    return MirrorError(f"{text}: {folder}", kind=kind, hint=hint)


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Turns every OSError inside into a MirrorError about `folder`."""
    try:
        yield
    except OSError as error:
        raise describe(error, folder) from error
