"""Folder destinations as text: plain absolute paths and `file:` URLs, of POSIX and of Windows."""

from __future__ import annotations

import os
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from urllib.parse import quote, unquote, urlsplit

from session_mirror.errors import MirrorError

_HINT = "Write an absolute path, or a URL like file:///home/me/mirror."


def parse_folder(text: str, *, windows: bool = os.name == "nt") -> PurePath:
    """The absolute folder that a path or a `file:` URL names. `windows`: whose rules of paths apply.

    Raises:
        MirrorError: it is relative, has `..` in it, or names another host.
    """
    plain = _decoded(text, windows=windows) if text[:5].lower() == "file:" else os.path.expanduser(text)  # noqa: PTH111
    path = PureWindowsPath(plain) if windows else PurePosixPath(plain)
    if "\0" in str(path):
        raise MirrorError("A folder's path cannot hold a NUL character.", kind="conflict", hint=_HINT)
    if not path.is_absolute():
        raise MirrorError("The destination folder must be an absolute path.", kind="conflict", hint=_HINT)
    if ".." in path.parts:
        raise MirrorError("The destination folder's path has '..' in it.", kind="conflict", hint=_HINT)
    return path


def file_url(folder: PurePath) -> str:
    """The `file:` URL of an absolute folder; `parse_folder` reads it back."""
    path = folder.as_posix()
    if isinstance(folder, PureWindowsPath):
        host_or_drive = "file:" if path.startswith("//") else "file:///"
        return host_or_drive + quote(path, safe="/:", errors="surrogateescape")
    return "file://" + quote(path, errors="surrogateescape")


def _decoded(url: str, *, windows: bool) -> str:
    parts = urlsplit(url)
    if parts.query or parts.fragment:
        raise MirrorError("A file: URL cannot hold a bare ? or #.", kind="conflict", hint="Write them as %3F and %23.")
    path = unquote(parts.path, errors="surrogateescape")
    host = "" if parts.netloc.lower() == "localhost" else parts.netloc
    if windows:
        return f"//{host}{path}" if host else path.removeprefix("/")
    if host:
        raise MirrorError(
            "A file: URL of this machine has no host.", kind="conflict", hint="Write three slashes: file:///path."
        )
    return path
