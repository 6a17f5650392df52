"""What the benchmarks share: a scratch machine full of sessions, a following process, and what processes cost.

Linux only: costs are read from `/proc`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "pyhelper"), str(ROOT / "tests" / "python")]

from support.servers import ministack  # noqa: E402  found by the line above
from support.transcripts import Transcript, session_path  # noqa: E402

_FOLLOWING = Path(__file__).with_name("following.py")
_DAY_S = 86_400
_LIMIT_S = 600


@attrs.frozen
class Machine:
    """A developer's machine below one scratch directory: a workspace, Claude Code's transcripts, a state directory."""

    root: Path
    env: dict[str, str] = attrs.field(factory=dict)

    @property
    def workspace(self) -> Path:
        return self.root / "ws"

    @property
    def local(self) -> str:
        """A local destination."""
        return (self.root / "bucket").as_uri()

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root),
            "CLAUDE_CONFIG_DIR": str(self.root / "claude"),
            "SESSION_MIRROR_STATE_DIR": str(self.root / "state"),
            "PYTHONPATH": str(ROOT / "pyhelper"),
        }
        return {**own, **self.env}

    def session(self, session_id: str, *, age_s: float = 0) -> Path:
        """A new session of two turns, about 5 kB, last written that long ago."""
        made = Transcript(str(self.workspace), session_id)
        made.turn()
        made.turn()
        path = made.write(self.root / "claude")
        at = time.time() - age_s
        os.utime(path, (at, at))
        return path

    def sessions(self, count: int) -> None:
        """That many sessions of yesterday."""
        for number in range(count):
            self.session(f"s{number:05d}", age_s=_DAY_S)

    def path(self, session_id: str) -> Path:
        return session_path(self.root / "claude", str(self.workspace), session_id)


@contextmanager
def machine(*, s3: bool = False) -> Iterator[tuple[Machine, str]]:
    """A fresh machine and its destination: a local folder, or the S3 server of the test suite."""
    with tempfile.TemporaryDirectory(prefix="session-mirror-benchmark-") as folder:
        root = Path(folder).resolve()
        (root / "ws").mkdir()
        if not s3:
            made = Machine(root)
            yield made, made.local
            return
        (root / "server").mkdir()
        with ministack(root / "server") as server:
            destination = server.destination("benchmark")
            keys = destination.credentials
            env = {"AWS_ENDPOINT_URL_S3": server.endpoint_url, "AWS_DEFAULT_REGION": "us-east-1"}
            if keys is not None:
                env |= {"AWS_ACCESS_KEY_ID": keys.access_key_id, "AWS_SECRET_ACCESS_KEY": keys.secret_access_key}
            yield Machine(root, env), destination.url


@attrs.frozen
class Following:
    """A process that follows a machine's workspace; see `following.py`."""

    process: subprocess.Popen[str]

    def told(self) -> dict[str, int]:
        """Its health and its requests so far."""
        print(file=self.process.stdin, flush=True)
        answer: dict[str, int] = json.loads(next(iter(self.process.stdout or ())))
        return answer

    def until(self, done: Callable[[dict[str, int]], bool]) -> dict[str, int]:
        """Asks until an answer fits.

        Raises:
            TimeoutError: none does within ten minutes.
        """
        deadline = time.monotonic() + _LIMIT_S
        while time.monotonic() < deadline:
            if done(told := self.told()):
                return told
            time.sleep(0.05)
        raise TimeoutError("the following process does not get there")


@contextmanager
def following(made: Machine, destination: str, *, interval_s: float = 5.0) -> Iterator[Following]:
    """Follows from a process of its own, ended with the block."""
    process = subprocess.Popen(
        [sys.executable, str(_FOLLOWING), str(made.workspace), destination, str(interval_s)],
        env=made.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Following(process)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


@attrs.frozen
class Cost:
    """What a process has used so far."""

    cpu_s: float
    rss_bytes: int
    wakeups: int
    """Context switches that its threads asked for."""


def cost_of(pid: int) -> Cost:
    """Reads a process's use from `/proc`."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    ticks = int(fields[11]) + int(fields[12])
    rss = int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    threads = Path(f"/proc/{pid}/task").iterdir()
    statuses = [(thread / "status").read_text() for thread in threads]
    wakeups = sum(int(text.split("\nvoluntary_ctxt_switches:")[1].split()[0]) for text in statuses)
    return Cost(ticks / os.sysconf("SC_CLK_TCK"), rss, wakeups)


def heading(what: str) -> str:
    """Says on what machine figures were taken."""
    return f"{what}\n(Python {sys.version.split()[0]}, {os.cpu_count()} cores, {sys.platform})\n"


def table(titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Columns under their titles."""
    widths = [max(len(row[column]) for row in [titles, *rows]) for column in range(len(titles))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in [titles, *rows]]
    return "\n".join(lines)
