"""The helper's own process with a large session open: what it holds, and how long its answers take meanwhile.

Each session is opened in a real helper over JSON-RPC, after a small one that warms it up, and the page's first window
is asked for. Until all lines are known there are windows at random places, as for a reader who seeks; then everything
that is known of the session is asked for.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from big_agents import RECORDS
from big_sessions import write
from common import Machine, cost_of, heading, machine, table

_RECORDS = 60
"""As many as the page asks for."""
_BUCKETS = 200
_TURNS = 256
_REST_S = 2.0


_TITLES = (
    "agent",
    "session",
    "lines",
    "open",
    "first window",
    "known after",
    "windows meanwhile",
    "windows then",
    "axis, numbers, turns, files",
    "memory",
    "CPU",
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--megabytes", type=int, nargs="+", default=[1, 100, 1000])
    options.add_argument("--harness", nargs="+", choices=sorted(RECORDS), default=["claude-code"])
    options.add_argument("--seconds", type=float, default=900.0, help="for how long lines are looked at, at most")
    options.add_argument("--between-windows", type=float, default=0.1, metavar="S", help="how long the reader looks")
    options.add_argument("--folder", type=Path, help="where sessions are kept for the next run")
    options.add_argument("--package", type=Path, help="a folder with another version of the helper")
    asked = options.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="session-mirror-benchmark-") as scratch:
        for harness in asked.harness:
            for megabytes in asked.megabytes:
                path = (asked.folder or Path(scratch)).resolve() / f"{harness}-{megabytes}.jsonl"
                if not path.exists():
                    write(path, megabytes, harness=harness)
                rows.append((harness, f"{megabytes} MB", *measured(path, asked)))
    print(heading(f"The helper with a session open; load {os.getloadavg()[0]:.1f}"))
    print(table(_TITLES, rows))
    print("\nOpening: until the answer, then until the first window, with the CPU of both. Windows and questions:")
    print("median, slowest but a twentieth, slowest; in milliseconds. Memory: before, at most, at rest in the end.")


def measured(path: Path, asked: argparse.Namespace) -> tuple[str, ...]:
    """A row of figures."""
    with machine() as (made, destination), helper(made, asked.package) as client:
        client.ask("mirror/configure", folders=[str(made.workspace)], destination={"url": destination})
        warm = made.root / "warm.jsonl"
        write(warm, 1)
        client.ask("replay/close", replayId=client.open(warm)["replayId"])
        before = memory_of(client.pid)
        used_s = cost_of(client.pid).cpu_s
        begun = time.monotonic()
        opened = client.open(path)
        open_s = time.monotonic() - begun
        replay_id, count = opened["replayId"], opened["recordCount"]
        client.ask("replay/window", replayId=replay_id, start=0, count=_RECORDS)
        first_s = time.monotonic() - begun
        first_cpu_s = cost_of(client.pid).cpu_s - used_s
        places = random.Random(4)  # noqa: S311  any places

        def window() -> float:
            return client.waited("replay/window", replayId=replay_id, start=places.randrange(count), count=_RECORDS)

        meanwhile = [window()]
        while not client.is_complete(replay_id) and time.monotonic() - begun < asked.seconds:
            meanwhile.append(window())
            time.sleep(asked.between_windows)
        known_s = time.monotonic() - begun
        then = [window() for _ in range(100)]
        questions = [
            client.waited("replay/timeline", replayId=replay_id, buckets=_BUCKETS),
            client.waited("replay/statistics", replayId=replay_id),
            client.waited("replay/statistics", replayId=replay_id, fromTurn=_TURNS),
            client.waited("replay/files", replayId=replay_id, start=0),
        ]
        time.sleep(_REST_S)
        after, most = memory_of(client.pid), memory_of(client.pid, "VmHWM")
        return (
            f"{count}",
            f"{open_s:.2f} s",
            f"{first_s:.2f} s ({first_cpu_s:.2f})",
            f"{known_s:.0f} s" if client.is_complete(replay_id) else "time is up",
            spread(meanwhile),
            spread(then),
            " / ".join(f"{waited * 1000:.0f}" for waited in questions),
            f"{before / 1e6:.0f} / {most / 1e6:.0f} / {after / 1e6:.0f} MB",
            f"{cost_of(client.pid).cpu_s - used_s:.1f} s",
        )


def spread(waits: list[float]) -> str:
    """Median, slowest but a twentieth, and slowest, in milliseconds."""
    ordered = sorted(waits)
    told = ordered[len(ordered) // 2], ordered[-1 - len(ordered) // 20], ordered[-1]
    return " / ".join(f"{each * 1000:.0f}" for each in told)


def memory_of(pid: int, name: str = "VmRSS") -> int:
    """Bytes, from `/proc`."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split(f"\n{name}:")[1].split()[0]) * 1024


class Client:
    """An editor's end of the pipe, which waits for each answer."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("a process without pipes")
        self.pid = process.pid
        self._stdin: IO[bytes] = process.stdin
        self._stdout: IO[bytes] = process.stdout
        self._next_id = 0
        self._send("initialize", {"processId": os.getpid(), "rootUri": None, "capabilities": {}})

    def open(self, path: Path) -> Any:
        """A transcript, by its path."""
        return self.ask("replay/open", harness="", sessionId="", path=str(path))

    def is_complete(self, replay_id: str) -> bool:
        """Whether all lines are known."""
        return bool(self.ask("replay/files", replayId=replay_id, start=1 << 30)["isComplete"])

    def waited(self, method: str, **params: object) -> float:
        """How long an answer takes, in seconds."""
        begun = time.monotonic()
        self.ask(method, **params)
        return time.monotonic() - begun

    def ask(self, method: str, **params: object) -> Any:
        """The result of a method of ours.

        Raises:
            RuntimeError: it is an error.
        """
        return self._send(f"sessionMirror/{method}", params)

    def _send(self, method: str, params: object) -> Any:
        self._next_id += 1
        body = json.dumps({"jsonrpc": "2.0", "id": self._next_id, "method": method, "params": params}).encode()
        self._stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._stdin.flush()
        while True:
            message = self._received()
            if message.get("id") == self._next_id and "method" not in message:
                if "error" in message:
                    raise RuntimeError(message["error"]["message"])
                return message["result"]

    def _received(self) -> Any:
        length = 0
        while header := self._stdout.readline().strip():
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return json.loads(self._stdout.read(length))


@contextmanager
def helper(made: Machine, package: Path | None) -> Iterator[Client]:
    """A helper's process, ended with the block."""
    environment = {**made.environment, **({"PYTHONPATH": str(package)} if package else {})}
    command = [sys.executable, "-m", "session_mirror", "serve"]
    process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield Client(process)
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
