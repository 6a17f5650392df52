"""Opening large sessions for replay, from disk and from S3 over a line that is 20 ms longer, and reading anywhere.

Each session is opened in a process of its own, as the helper opens it, and the page's first window asked for. While its
lines are looked at in the background, windows at random places are. What it holds in the end is its memory.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import attrs
from big_sessions import write
from common import cost_of, heading, ministack, table

from compaction import line
from session_mirror.bucket.destination import open_store
from session_mirror.bucket.names import format_part, session_prefix
from session_mirror.harness.base import FoundSession
from session_mirror.harness.claude_code import ClaudeCode
from session_mirror.protocol.mirror import Credentials, Destination
from session_mirror.replay.handles import ReplaySessions
from session_mirror.replay.opening import open_from_bucket, open_from_disk
from session_mirror.replay.session import Replay

_HARNESS = "claude-code"
_PART_BYTES = 8 << 20
_RECORDS = 60
"""As many as the page asks for."""
_BETWEEN_WINDOWS_S = 0.05
_BETWEEN_SLICES_S = 0.1


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--megabytes", type=int, nargs="+", default=[1, 100, 1000])
    options.add_argument("--latency", type=float, default=20.0, metavar="MS")
    options.add_argument("--seconds", type=float, default=600.0, help="for how long lines are looked at, at most")
    options.add_argument("--long-line", action="store_true", help="begin with a line of 100 MB")
    options.add_argument("--worker", nargs=2, metavar=("SESSION", "DESTINATION"), help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.worker:
        print(json.dumps(work(*asked.worker, asked.seconds)))
        return
    rows = []
    with tempfile.TemporaryDirectory(prefix="session-mirror-benchmark-") as folder, ministack(Path(folder)) as server:
        near = server.destination("replay")
        with line(server.endpoint_url, asked.latency) as endpoint_url:
            far = attrs.evolve(near, endpoint_url=endpoint_url)
            for megabytes in asked.megabytes:
                path = Path(folder) / f"s{megabytes}.jsonl"
                lines = write(path, megabytes, long_line=asked.long_line)
                upload(path, near)
                for place, destination in (("disk", ""), ("S3", json.dumps(attrs.asdict(far)))):
                    rows.append((f"{megabytes} MB", f"{lines}", place, *row(run(path, destination, asked.seconds))))
                path.unlink()
    print(heading(f"Opening for replay; S3 with {asked.latency:g} ms of added latency"))
    titles = (
        "session",
        "lines",
        "from",
        "first window",
        "lines known",
        "window meanwhile",
        "memory",
        "axis",
        "CPU",
    )
    print(table(titles, rows))
    print("\nA window meanwhile: the median and the slowest but a twentieth, at random places; in milliseconds.")


def row(told: dict[str, float]) -> tuple[str, ...]:
    return (
        f"{told['first_s']:.2f} s",
        f"{told['known']:.0f} in {told['known_s']:.1f} s",
        f"{told['median_ms']:.0f} / {told['slow_ms']:.0f}",
        f"{told['rss'] / 1e6:.0f} MB",
        f"{told['axis_ms']:.0f} ms",
        f"{told['cpu_s']:.1f} s",
    )


def upload(path: Path, destination: Destination) -> None:
    """In parts as catching up makes them: of whole lines, some 8 MiB each; a longer line by itself."""
    store = open_store(destination, default_dir=path.parent / "unused")
    end = seq = 0
    body = b""
    with path.open("rb") as file:
        while more := file.readlines(_PART_BYTES):
            body = b"".join(more)
            end += len(body)
            store.put(session_prefix(_HARNESS, path.stem) + format_part(seq, end), body)
            seq += 1
    store.close()


def run(path: Path, destination: str, seconds: float) -> dict[str, float]:
    """In a process of its own."""
    command = [sys.executable, __file__, "--worker", str(path), destination, "--seconds", str(seconds)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def work(session: str, told: str, seconds: float) -> dict[str, float]:
    """What such a process does."""
    path, harness = Path(session), ClaudeCode()
    open_it = from_bucket(path, told, harness) if told else from_disk(path, harness)
    begun = time.monotonic()
    replay = open_it()
    replay.window(0, _RECORDS)
    first_s = time.monotonic() - begun
    replays = ReplaySessions()
    replays.add(replay)
    waits = looked_through(replays, replay, begun + seconds)
    known_s = time.monotonic() - begun
    known = len(replay.contents().index)
    begun = time.monotonic()
    replay.timeline(200)
    axis_ms = (time.monotonic() - begun) * 1000
    cost = cost_of(os.getpid())
    replays.close_all()
    return {
        "first_s": first_s,
        "known_s": known_s,
        "known": known,
        "median_ms": waits[len(waits) // 2] * 1000,
        "slow_ms": waits[-1 - len(waits) // 20] * 1000,
        "rss": float(cost.rss_bytes),
        "axis_ms": axis_ms,
        "cpu_s": cost.cpu_s,
    }


def from_disk(path: Path, harness: ClaudeCode) -> Callable[[], Replay]:
    status = path.stat()
    found = FoundSession(_HARNESS, path.stem, path, "/home/ada/app", status.st_size, status.st_mtime_ns // 1_000_000)
    return lambda: open_from_disk("r", found, harness).replay


def from_bucket(path: Path, told: str, harness: ClaudeCode) -> Callable[[], Replay]:
    """By a store that has spoken with its server before, as in a running helper."""
    fields = json.loads(told)
    credentials = Credentials(**fields.pop("credentials"))
    store = open_store(Destination(**fields, credentials=credentials), default_dir=path.parent / "unused")
    store.size("warm")
    return lambda: open_from_bucket("r", store, harness, path.stem, directory=path.parent).replay


def looked_through(replays: ReplaySessions, replay: Replay, until: float) -> list[float]:
    """Until all lines are known or time is up, as the helper does; how long windows took meanwhile, sorted."""
    waits: list[float] = []
    is_over = threading.Event()

    def read() -> None:
        places = random.Random(4)  # noqa: S311  any places
        while not is_over.wait(_BETWEEN_WINDOWS_S) or not waits:
            begun = time.monotonic()
            replay.window(places.randrange(replay.record_count), _RECORDS)
            waits.append(time.monotonic() - begun)

    reading = threading.Thread(target=read)
    reading.start()
    while replays.has_unfinished and time.monotonic() < until:
        replays.poll(look=False)
        time.sleep(_BETWEEN_SLICES_S)
    is_over.set()
    reading.join()
    return sorted(waits)


if __name__ == "__main__":
    main()
