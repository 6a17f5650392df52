"""One writer per session, also when it dies without a word."""

import subprocess
import sys
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


def test_a_place_without_room_for_locks_is_a_disk_problem(tmp_path: Path) -> None:
    (tmp_path / "locks").write_text("in the way")
    with pytest.raises(MirrorError) as caught:
        SessionLock(tmp_path, "d", "h", "s").acquire()
    assert caught.value.kind == "disk"
