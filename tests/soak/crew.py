"""Real processes that mirror and compact until they are killed, and what happens to the state directory beside them."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import attrs

import session_mirror
from support.servers import KEYS

_MARK = "SESSION_MIRROR_SOAK"
_AT_WORK = 0.8
"""This share of followers is killed some seconds after it began to mirror, the others after they were started."""
_START_S = 30.0


@attrs.frozen
class Camp:
    """Where it all happens, below one scratch directory, and where it is mirrored to."""

    root: Path
    destination: str
    interval_s: float

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def workspace(self) -> Path:
        return self.root / "ws"

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def output(self) -> Path:
        """A folder with what each process said."""
        folder = self.root / "output"
        folder.mkdir(exist_ok=True)
        return folder

    def environment(self) -> dict[str, str]:
        """Nothing of this machine's but the path to its programs."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(Path(session_mirror.__file__).parents[1]),
            "SESSION_MIRROR_STATE_DIR": str(self.state),
            "SESSION_MIRROR_DESTINATION": self.destination,
            "AWS_ACCESS_KEY_ID": KEYS.access_key_id,
            "AWS_SECRET_ACCESS_KEY": KEYS.secret_access_key or "",
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
            _MARK: str(self.root),
        }

    def start(self, *arguments: str, says: Path | None = None) -> subprocess.Popen[bytes]:
        """Starts a command in the workspace; what it says is added to a file."""
        with (says or self.output / f"{arguments[0]}.txt").open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "session_mirror", *arguments],
                cwd=self.workspace,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def follow(self) -> subprocess.Popen[bytes]:
        return self.start("mirror", "--follow", "--all", "--interval", str(self.interval_s))

    def processes(self) -> list[int]:
        """Every process that was started here, or by one that was, and lives."""
        mark = f"{_MARK}={self.root}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdecimal() and mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
        return found


class Crew:
    """Followers and compactions that are started again and again. Ends with `dismiss`."""

    def __init__(self, camp: Camp, sessions: list[str], *, seed: int) -> None:
        self._camp = camp
        self._sessions = sessions
        self._rng = random.Random(seed)
        self._gate = threading.RLock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self.counts: Counter[str] = Counter()

    def enlist(self, followers: int) -> None:
        works: list[Callable[[random.Random], None]] = [self._compact, self._mishaps]
        works += [self._follow] * followers
        for number, work in enumerate(works):
            rng = random.Random(self._rng.getrandbits(64))
            thread = threading.Thread(target=self._repeat, args=(work, rng), name=f"crew-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def dismiss(self) -> None:
        """Kills all, and returns when all are gone."""
        self._ending.set()
        with self._gate:
            self._kill_all()
        for thread in self._threads:
            thread.join()

    def _repeat(self, work: Callable[[random.Random], None], rng: random.Random) -> None:
        while not self._ending.is_set():
            work(rng)

    def _follow(self, rng: random.Random) -> None:
        says = self._camp.output / f"follower-{rng.getrandbits(64):016x}.txt"
        process = self._launch("mirror", "--follow", "--all", "--interval", str(self._camp.interval_s), says=says)
        if process is None:
            return
        if rng.random() < _AT_WORK:
            self._wait_until_at_work(process, says)
        if self._wait(process, rng.uniform(1.0, 5.0)) is None:
            process.kill()
            process.wait()
            self.counts["followers killed"] += 1
        elif process.returncode != -signal.SIGKILL:
            self.counts["followers that ended by themselves"] += 1
        self._running.discard(process)
        self._ending.wait(rng.uniform(0.0, 0.3))

    def _compact(self, rng: random.Random) -> None:
        process = self._launch("compact", rng.choice(self._sessions), "--keep-tail", str(rng.randint(0, 4)))
        if process is None:
            return
        limit = rng.uniform(0.3, 2.0) if rng.random() < 0.2 else 60.0
        if self._wait(process, limit) is None:
            process.kill()
            process.wait()
            self.counts["compactions killed"] += 1
        else:
            self.counts["compactions done" if process.returncode == 0 else "compactions failed"] += 1
        self._running.discard(process)
        self._ending.wait(rng.uniform(0.5, 2.0))

    def _mishaps(self, rng: random.Random) -> None:
        """The journal is deleted under whoever uses it, or comes back from a backup while nobody runs."""
        if self._ending.wait(rng.uniform(5.0, 12.0)):
            return
        saved = self._camp.root / "saved"
        if rng.random() < 0.3:
            self._delete_journal()
            self.counts["journals deleted in use"] += 1
            return
        with self._gate:
            self._kill_all()
            if rng.random() < 0.3:
                self._delete_journal()
                self.counts["journals deleted"] += 1
            elif saved.exists():
                self._delete_journal()
                for file in saved.iterdir():
                    shutil.copy2(file, self._camp.state / file.name)
                shutil.rmtree(saved)
                self.counts["journals rolled back"] += 1
            else:
                saved.mkdir()
                for file in self._camp.state.glob("state.db*"):
                    shutil.copy2(file, saved / file.name)

    def _delete_journal(self) -> None:
        for file in self._camp.state.glob("state.db*"):
            file.unlink(missing_ok=True)

    def _launch(self, *arguments: str, says: Path | None = None) -> subprocess.Popen[bytes] | None:
        with self._gate:
            if self._ending.is_set():
                return None
            process = self._camp.start(*arguments, says=says)
            self._running.add(process)
            return process

    def _wait_until_at_work(self, process: subprocess.Popen[bytes], says: Path) -> None:
        """A busy computer needs longer to start a process than it may live."""
        deadline = time.monotonic() + _START_S
        while not says.stat().st_size and process.poll() is None and time.monotonic() < deadline:
            self._ending.wait(0.05)

    def _kill_all(self) -> None:
        for process in list(self._running):
            process.kill()
            process.wait()

    @staticmethod
    def _wait(process: subprocess.Popen[bytes], seconds: float) -> int | None:
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
