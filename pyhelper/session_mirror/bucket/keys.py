"""Which object keys every store accepts: the ones that no known store, and no file system, reads as something else."""

from __future__ import annotations

import re

from session_mirror.errors import MirrorError

_MAX_KEY_BYTES = 1024
_MAX_SEGMENT_BYTES = 255
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\\ud800-\udfff]")
_WINDOWS_UNSAFE = re.compile(r'[<>:"|?*]|[. ]\Z')
_WINDOWS_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def is_key(key: str) -> bool:
    """Whether every store takes it: non-empty segments, none of them `.` or `..`, no control character or backslash."""
    if _UNSAFE.search(key) or len(key.encode()) > _MAX_KEY_BYTES:
        return False
    return all(_is_segment(segment) for segment in key.split("/"))


def is_windows_name(segment: str) -> bool:
    """Whether a segment is a plain file name on Windows: no device, no stream, nothing Windows would strip."""
    return not (_WINDOWS_UNSAFE.search(segment) or _WINDOWS_DEVICE.fullmatch(segment))


def check_key(key: str) -> None:
    """Refuses what is not a key.

    Raises:
        MirrorError: of kind `bug`: callers encode names before they build keys.
    """
    if not is_key(key):
        raise _refused("object key", key)


def check_prefix(prefix: str) -> None:
    """Refuses a prefix that no key can have. Its last segment may be incomplete, or empty.

    Raises:
        MirrorError: of kind `bug`.
    """
    whole, slash, rest = prefix.rpartition("/")
    if (slash and not is_key(whole)) or _UNSAFE.search(rest):
        raise _refused("key prefix", prefix)


def check_range(start: int, length: int | None) -> None:
    """Refuses a negative range.

    Raises:
        ValueError: `start` or `length` is below zero.
    """
    if start < 0 or (length is not None and length < 0):
        raise ValueError(f"no range begins at {start} with length {length}")


def _is_segment(segment: str) -> bool:
    return segment not in {"", ".", ".."} and len(segment.encode()) <= _MAX_SEGMENT_BYTES


def _refused(what: str, key: str) -> MirrorError:
    shown = ascii(key if len(key) <= 120 else key[:120] + "...")
    return MirrorError(f"{shown} is not a usable {what}.", kind="bug", hint="Please report this with the log.")
