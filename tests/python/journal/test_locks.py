"""One writer per session, also when it dies without a word."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from session_mirror.errors import MirrorError
from session_mirror.journal.locks import SessionLock

HOLD = """
import sys
from pathlib import Path
from session_mirror.journal.locks import SessionLock
lock = SessionLock(Path(sys.argv[1]), "d", "h", "s")
print(lock.acquire(), flush=True)
sys.stdin.read()
"""


def test_a_lock_is_held_by_one_process_until_it_is_killed(tmp_path: Path) -> None:
    ours = SessionLock(tmp_path, "d", "h", "s")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        assert not ours.acquire()
        assert not ours.held
        holder.kill()
        holder.wait()
    assert ours.acquire()
    assert ours.held


def test_other_sessions_and_destinations_have_their_own_locks(tmp_path: Path) -> None:
    locks = [SessionLock(tmp_path, *name) for name in (("d", "h", "s"), ("e", "h", "s"), ("d", "h", "t"))]
    assert all(lock.acquire() for lock in locks)
    assert not SessionLock(tmp_path, "d", "h", "s").acquire()
    for lock in locks:
        lock.release()
    assert SessionLock(tmp_path, "d", "h", "s").acquire()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary directory, for this test alone."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


@pytest.mark.usefixtures("temporary")
def test_without_room_in_the_state_directory_there_is_still_one_writer(tmp_path: Path) -> None:
    (tmp_path / "locks").write_text("in the way")
    ours = SessionLock(tmp_path, "d", "h", "s")
    assert ours.acquire()
    assert not SessionLock(tmp_path, "d", "h", "s").acquire()
    ours.release()
    assert SessionLock(tmp_path, "d", "h", "s").acquire()


def test_without_room_anywhere_it_is_a_disk_problem(tmp_path: Path, temporary: Path) -> None:
    (tmp_path / "locks").write_text("in the way")
    temporary.rmdir()
    temporary.write_text("in the way")
    with pytest.raises(MirrorError) as caught:
        SessionLock(tmp_path, "d", "h", "s").acquire()
    assert caught.value.kind == "disk"


def test_a_lock_whose_file_was_removed_is_not_held_any_more(tmp_path: Path) -> None:
    ours, theirs = (SessionLock(tmp_path, "d", "h", "s") for _ in range(2))
    assert ours.acquire()
    shutil.rmtree(tmp_path / "locks")
    assert theirs.acquire()
    assert not ours.held
    assert not ours.acquire()
