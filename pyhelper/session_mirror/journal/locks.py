"""One writer per session on this host: an operating system lock that dies with its process."""

from __future__ import annotations

import getpass
import hashlib
import os
import tempfile
from pathlib import Path

from filelock import FileLock, Timeout

from session_mirror.errors import MirrorError
from session_mirror.journal.state_dir import ensure_private


class SessionLock:
    """The right to write one session's streams at one destination. Not for use by two threads at once.

    Lock files lie in the state directory; where that is read-only, full or on a file system without locks, in the
    system's temporary directory. Two processes that see different places would write both, which costs uploads, but
    no data: overlapping parts of one source agree.
    """

    def __init__(self, state: Path, destination: str, harness: str, session_id: str) -> None:
        """All generations of a session share the lock."""
        name = "\n".join((destination, harness, session_id)).encode("utf-8", "surrogatepass")
        self._name = f"{hashlib.sha256(name).hexdigest()[:32]}.lock"
        self._places = (state / "locks", _shared_place())
        self._lock: FileLock | None = None
        self._inode = 0

    @property
    def held(self) -> bool:
        """Whether we have it; not any more once somebody removed its file, since the next one would lock another."""
        if self._lock is None:
            return False
        if _inode(Path(self._lock.lock_file)) == self._inode:
            return True
        self.release()
        return False

    def acquire(self) -> bool:
        """Takes the lock if nobody has it; True when it is ours (already).

        Raises:
            MirrorError: the lock file can be made nowhere.
        """
        if self.held:
            return True
        problem: Exception | None = None
        for place in self._places:
            lock = FileLock(place / self._name, mode=0o600, thread_local=False)
            try:
                ensure_private(place)
                lock.acquire(timeout=0)
            except Timeout:
                return False
            except (OSError, NotImplementedError) as error:
                problem = problem or error
                continue
            self._lock, self._inode = lock, _inode(place / self._name)
            return True
        raise MirrorError(
            f"No lock can be taken in {self._places[0]}: {getattr(problem, 'strerror', None) or problem}.",
            kind="disk",
            hint="Make the state directory writable; mirroring goes on by itself afterwards.",
        ) from problem

    def release(self) -> None:
        """Gives the lock back; without it, does nothing."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def _shared_place() -> Path:
    """One directory a user, whichever process asks."""
    try:
        user = str(os.getuid()) if hasattr(os, "getuid") else getpass.getuser()
    except (KeyError, OSError, ImportError):
        user = "user"
    return Path(tempfile.gettempdir()) / f"session-mirror-{user}"


def _inode(file: Path) -> int:
    try:
        return file.stat().st_ino
    except OSError:
        return -1
