"""Real compactions, killed at random moments, while a session grows and another process reads it again and again."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import attrs

from session_mirror.bucket.store import Store
from support.parts import PREFIX, SESSION, key

# A store that refuses one deletion in ten.
COMPACTOR = """
import random, sys
from session_mirror.bucket import local, s3
from session_mirror.cli import main
from session_mirror.compaction import delete

def refusing(whole):
    def delete_some(self, keys):
        asked = list(keys)
        refused = {key for key in asked if random.random() < 0.1}
        return [*whole(self, [key for key in asked if key not in refused]), *refused]
    return delete_some

for kind in (local.LocalStore, s3.S3Store):
    kind.delete = refusing(kind.delete)
delete.AT_ONCE = 5
main(sys.argv[1:])
"""


@attrs.define
class Tally:
    """What happened."""

    kills: int = 0
    finished: int = 0
    reads: int = 0
    failed: list[str] = attrs.field(factory=list)


@attrs.define
class KillLoop:
    """Over any store; `env` makes the command line open the same one."""

    store: Store
    env: Mapping[str, str]
    folder: Path
    seed: int
    tally: Tally = attrs.field(factory=Tally)
    truth: bytes = b""
    _acknowledged: int = 0
    _seq: int = 0

    def run(self, kills: int) -> Tally:
        """Goes on until so many compactions were killed; then one is left to finish."""
        rng = random.Random(self.seed)
        self._grow(rng)
        takes_s = self._time_one()
        done = threading.Event()
        reader = threading.Thread(target=self._read_until, args=(done,))
        reader.start()
        try:
            while self.tally.kills < kills and not self.tally.failed:
                self._grow(rng)
                together = [self._compact(rng.choice([0, 0, 2])) for _ in range(rng.choice([1, 1, 2]))]
                for process in together:
                    self._kill_within(process, rng.uniform(0.2, 1.1) * takes_s)
        finally:
            done.set()
            reader.join()
        for _ in range(3):
            self._compact(0).wait(60)
        self._read()
        return self.tally

    def parts(self) -> list[str]:
        """What the session's parts are called now."""
        return [found.key for found in self.store.list(PREFIX + "part-")]

    def _grow(self, rng: random.Random) -> None:
        for _ in range(rng.randrange(10, 40)):
            body = b'{"seq": %d, "text": "%s"}\n' % (self._seq, b"x" * rng.randrange(400))
            self.truth += body
            self.store.put(key(self._seq, len(self.truth)), body)
            self._acknowledged = len(self.truth)
            self._seq += 1

    def _start(self, *arguments: str, output: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", COMPACTOR, *arguments]
        return subprocess.Popen(command, cwd=self.folder, env=dict(self.env), stdout=output, stderr=subprocess.DEVNULL)

    def _compact(self, keep_tail: int) -> subprocess.Popen[bytes]:
        return self._start("compact", SESSION, "--keep-tail", str(keep_tail), output=subprocess.DEVNULL)

    def _time_one(self) -> float:
        begun = time.monotonic()
        self._compact(0).wait(60)
        return time.monotonic() - begun

    def _kill_within(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        try:
            process.wait(seconds)
            self.tally.finished += 1
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            self.tally.kills += 1

    def _read_until(self, done: threading.Event) -> None:
        while not done.is_set() and not self.tally.failed:
            self._read()

    def _read(self) -> None:
        """One reader's life: it finds exactly what was acknowledged before it began, and so no less than the last."""
        least = self._acknowledged
        reader = self._start("show", SESSION, "--raw", output=subprocess.PIPE)
        found, _ = reader.communicate(timeout=60)
        self.tally.reads += 1
        if reader.returncode:
            self.tally.failed.append(f"read {self.tally.reads} ended with {reader.returncode}")
        elif not self.truth.startswith(found):
            self.tally.failed.append(f"read {self.tally.reads} is no prefix of the truth")
        elif len(found) < least:
            self.tally.failed.append(f"read {self.tally.reads} has {len(found)} bytes of {least}")
