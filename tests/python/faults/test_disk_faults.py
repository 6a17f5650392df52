"""A folder as destination on a disk that is full, read-only or gone: shown, waited out, and caught up with."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest

from session_mirror.bucket.local import LocalStore
from session_mirror.protocol.mirror import ErrorKind
from support.fault_rig import Rig
from support.terminal import SESSION, Terminal
from support.transcripts import long_line, session_path


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    mirror = tmp_path / "mirror"
    return Rig(tmp_path, LocalStore(mirror), LocalStore(mirror))


@contextmanager
def failing(code: int, function: str) -> Iterator[None]:
    """Within the block, a function of `os` fails for what belongs to the mirror folder."""
    real = getattr(os, function)

    def failed(place: object, *arguments: object, **more: object) -> object:
        path = str(Path(f"/proc/self/fd/{place}").readlink()) if isinstance(place, int) else str(place)
        if "/mirror/" in path and ".put-" in path:
            raise OSError(code, os.strerror(code))
        return real(place, *arguments, **more)

    with mock.patch.object(os, function, failed):
        yield


@pytest.mark.skipif(sys.platform != "linux", reason="finds files by /proc/self/fd")
@pytest.mark.parametrize(
    ("code", "function", "kind", "remedy"),
    [
        (errno.ENOSPC, "fsync", "disk", "Free some space"),
        (errno.ENOSPC, "open", "disk", "Free some space"),
        (errno.EDQUOT, "fsync", "disk", "Free some space"),
        (errno.EROFS, "open", "disk", "writable"),
        (errno.EACCES, "open", "auth", "write permission"),
        (errno.EIO, "fsync", "disk", "Check the drive"),
        (errno.ESTALE, "open", "network", "file server"),
    ],
)
def test_a_disk_that_refuses_is_shown_and_caught_up_with(
    rig: Rig, code: int, function: str, kind: ErrorKind, remedy: str
) -> None:
    with rig.following():
        rig.begin()
        with failing(code, function):
            rig.append("s", b"two\n")
            rig.shows(kind, remedy)
            rig.append("s", b"three\n")
        rig.is_well()
    assert not list((rig.home / "mirror").rglob(".put-*"))


def test_a_drive_that_is_pulled_and_comes_back_is_caught_up_with(rig: Rig) -> None:
    mirror, away = rig.home / "mirror", rig.home / "away"
    with rig.following():
        rig.begin()
        mirror.rename(away)
        rig.append("s", b"two\n")
        rig.shows("notFound", "Reconnect")
        assert not mirror.exists(), "an empty folder was made in its place"
        away.rename(mirror)
        rig.is_well()


def test_a_folder_that_someone_emptied_is_filled_again(rig: Rig) -> None:
    with rig.following():
        rig.begin()
        for file in (rig.home / "mirror").rglob("part-*"):
            file.unlink()
    rig.append("s", b"two\n")
    with rig.following():
        rig.is_well()


@pytest.mark.skipif(sys.platform == "win32", reason="limits of the shell")
def test_a_real_limit_on_files_is_explained_and_nothing_is_lost(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    transcript = session_path(tmp_path / ".claude", str(terminal.workspace.resolve()), SESSION)
    terminal.append(long_line(3_000_000).replace(b'"cwd":"/w/app"', f'"cwd":"{terminal.workspace.resolve()}"'.encode()))
    command = ["bash", "-c", 'ulimit -f 2000; exec "$@"', "bash", *terminal.command("mirror")]
    limited = subprocess.run(
        command, cwd=terminal.workspace, env=terminal.environment(), capture_output=True, timeout=60, check=False
    )
    assert limited.returncode == 1
    assert b"no file this large" in limited.stderr
    assert b"Choose a destination" in limited.stderr
    assert terminal.run("mirror").code == 0
    assert terminal.stream() == transcript.read_bytes()
