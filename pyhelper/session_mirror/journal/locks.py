"""One writer per session on this host: an operating system lock that dies with its process."""

from __future__ import annotations

import hashlib
from pathlib import Path

from filelock import FileLock, Timeout

from session_mirror.errors import MirrorError
from session_mirror.journal.state_dir import ensure_private


class SessionLock:
    """The right to write one session's streams at one destination. Not for use by two threads at once."""

    def __init__(self, state: Path, destination: str, harness: str, session_id: str) -> None:
        """All generations of a session share the lock."""
        name = "\n".join((destination, harness, session_id)).encode("utf-8", "surrogatepass")
        self._directory = state / "locks"
        file = self._directory / f"{hashlib.sha256(name).hexdigest()[:32]}.lock"
        self._lock = FileLock(file, mode=0o600, thread_local=False)

    @property
    def held(self) -> bool:
        return self._lock.is_locked

    def acquire(self) -> bool:
        """Takes the lock if nobody has it; True when it is ours (already).

        Raises:
            MirrorError: the lock file cannot be made.
        """
        if self._lock.is_locked:
            return True
        try:
            ensure_private(self._directory)
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        except OSError as error:
            raise MirrorError(
                f"No lock can be taken in {self._directory}: {error.strerror}.",
                kind="disk",
                hint="Make the state directory writable; mirroring goes on by itself afterwards.",
            ) from error
        return True

    def release(self) -> None:
        """Gives the lock back; without it, does nothing."""
        self._lock.release()
