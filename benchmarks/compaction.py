"""What compacting a session costs, against a plain loop that gets, concatenates, puts and deletes one by one.

Each runs in a process of its own, on a copy of the same parts on the S3 server of the test suite: time, requests, bytes
through the client, peak memory. With `--latency`, over a line that is so many milliseconds longer.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs
from common import heading, ministack, table

from session_mirror.bucket.destination import open_store
from session_mirror.bucket.listing import list_whole
from session_mirror.bucket.names import format_part, session_prefix
from session_mirror.bucket.s3 import S3Store
from session_mirror.compaction.compact import compact
from session_mirror.protocol.mirror import Credentials, Destination

_HARNESS, _SESSION = "claude-code", "session"
_PREFIX = session_prefix(_HARNESS, _SESSION)
_LINE = Path(__file__).with_name("slow_line.py")
_VERBS = (b"GET ", b"PUT ", b"POST", b"HEAD", b"DELE")


class Counted(socket.socket):
    """Counts what goes through all sockets of this process."""

    requests = sent = received = 0

    def sendall(self, data: Any, flags: int = 0) -> None:
        view = memoryview(data)
        Counted.sent += view.nbytes
        Counted.requests += bytes(view[:4]) in _VERBS
        super().sendall(data, flags)

    def recv_into(self, *arguments: Any) -> int:
        count = super().recv_into(*arguments)
        Counted.received += count
        return count


@attrs.frozen
class Case:
    """So many parts of such a size."""

    parts: int
    size: int

    @property
    def words(self) -> str:
        size = f"{self.size >> 20} MiB" if self.size >= 1 << 20 else f"{self.size} B"
        return f"{self.parts} parts of {size}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--parts", type=int, default=10_000)
    options.add_argument("--bytes", type=int, default=2048)
    options.add_argument("--latency", type=float, default=0.0, metavar="MS")
    options.add_argument("--worker", nargs=2, metavar=("WAY", "DESTINATION"), help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.worker:
        work(*asked.worker)
        return
    case = Case(asked.parts, asked.bytes)
    with tempfile.TemporaryDirectory(prefix="session-mirror-benchmark-") as folder, ministack(Path(folder)) as server:
        near = {way: server.destination(way) for way in ("ours", "plain")}
        digests = {way: fill(near[way], case) for way in near}
        with line(server.endpoint_url, asked.latency) as endpoint_url:
            told = {way: run(way, attrs.evolve(near[way], endpoint_url=endpoint_url)) for way in near}
        changed = [way for way, destination in near.items() if digest(destination) != digests[way]]
    if changed:
        sys.exit(f"changed a byte: {changed}")
    print(heading(f"Compacting {case.words}, {asked.latency:g} ms of added latency"))
    titles = ("", "time", "requests", "sent", "received", "peak memory", "parts after")
    print(table(titles, [row(way, told[way]) for way in near]))
    print(f"\n{told['plain']['seconds'] / told['ours']['seconds']:.1f} times as fast")


def row(way: str, told: dict[str, float]) -> tuple[str, ...]:
    return (
        way,
        f"{told['seconds']:.1f} s",
        f"{told['requests']:.0f}",
        f"{told['sent'] / 1e6:.1f} MB",
        f"{told['received'] / 1e6:.1f} MB",
        f"{told['peak'] / 1e6:.0f} MB",
        f"{told['parts']:.0f}",
    )


def fill(destination: Destination, case: Case) -> str:
    """Stores the parts; returns the stream's digest."""
    store = open_store(destination, default_dir=Path("unused"))
    whole = hashlib.sha256()

    def bodies() -> Iterator[tuple[str, bytes]]:
        for seq in range(case.parts):
            body = (b'{"part":%d}\n' % seq * (case.size // 8))[: case.size]
            whole.update(body)
            yield _PREFIX + format_part(seq, (seq + 1) * case.size), body

    with ThreadPoolExecutor(8) as pool:
        for batch in _batches(bodies(), 16):
            list(pool.map(lambda item: store.put(*item), batch))
    store.close()
    return whole.hexdigest()


def digest(destination: Destination) -> str:
    """Of the stream as an exact reader finds it."""
    store = open_store(destination, default_dir=Path("unused"))
    whole = hashlib.sha256()
    for piece in list_whole(store, _PREFIX).cover.slices:
        whole.update(store.get(piece.part.key))
    store.close()
    return whole.hexdigest()


@contextmanager
def line(endpoint_url: str, latency_ms: float) -> Iterator[str]:
    """The server's address, or a distant one's that leads there."""
    if not latency_ms:
        yield endpoint_url
        return
    where = urlsplit(endpoint_url)
    command = [sys.executable, str(_LINE), str(where.hostname), str(where.port), str(latency_ms)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        port = process.stdout.readline().strip() if process.stdout else ""
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def run(way: str, destination: Destination) -> dict[str, float]:
    """One way, in a process of its own."""
    told = json.dumps({**attrs.asdict(destination)})
    command = [sys.executable, __file__, "--worker", way, told]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def work(way: str, told: str) -> None:
    """What a worker process does."""
    fields = json.loads(told)
    keys = fields.pop("credentials")
    store = open_store(Destination(**fields, credentials=Credentials(**keys)), default_dir=Path("unused"))
    if not isinstance(store, S3Store):
        raise TypeError(told)
    setattr(socket, "socket", Counted)  # noqa: B010  every library's sockets
    begun = time.monotonic()
    if way == "ours":
        compact(store, _HARNESS, _SESSION)
    else:
        plainly(store)
    print(
        json.dumps(
            {
                "seconds": time.monotonic() - begun,
                "requests": Counted.requests,
                "sent": Counted.sent,
                "received": Counted.received,
                "peak": peak_bytes(),
                "parts": sum(1 for _ in store.list(_PREFIX)),
            }
        )
    )


def peak_bytes() -> int:
    """The most memory this program ever held; unlike `ru_maxrss`, without what its parent had before it began."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


def plainly(store: S3Store) -> None:
    """As one would write it in ten lines of boto3."""
    client, bucket, root = store._connect(), store._place.bucket, store._place.key_prefix  # noqa: SLF001
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=root + _PREFIX)
    names = [found.get("Key", "") for page in pages for found in page.get("Contents", ())]
    body = b"".join(client.get_object(Bucket=bucket, Key=name)["Body"].read() for name in names)
    merged = names[0].rpartition("/")[0] + "/" + format_part(0, len(body))
    client.put_object(Bucket=bucket, Key=merged, Body=body)
    for name in names:
        client.delete_object(Bucket=bucket, Key=name)


def _batches(items: Iterator[tuple[str, bytes]], size: int) -> Iterator[list[tuple[str, bytes]]]:
    batch: list[tuple[str, bytes]] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    yield batch


if __name__ == "__main__":
    main()
