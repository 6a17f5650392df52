"""What a long session costs: requests and bytes for each flush, on the S3 server of the test suite.

    .venv/bin/python benchmarks/flush_cost.py --flushes 10000

The session's clock is simulated, a flush every five seconds; requests, uploads and the journal are real.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import click
from common import machine

from session_mirror.bucket.destination import open_store
from session_mirror.bucket.lookup import Stored
from session_mirror.harness.registry import get_harness
from session_mirror.journal.journal import Journal
from session_mirror.journal.machine import this_machine
from session_mirror.mirror.compacting import compact_stored
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.session import SessionMirror
from session_mirror.mirror.tidying import GROWING_LIMIT, KEEP_TAIL, count_small
from session_mirror.protocol.mirror import Credentials, Destination
from session_mirror.redaction.rules import TOKEN_SHAPES

HARNESS = "claude-code"
VERBS = frozenset({"list", "put", "get", "size", "delete", "put_stream", "compose", "give_up"})


@attrs.define
class Counting:
    """A store, and what it was asked."""

    store: Any
    requests: Counter[str] = attrs.field(factory=Counter)
    uploaded: int = 0
    rewritten: int = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.store, name)
        return self._counted(name, found) if name in VERBS else found

    def _counted(self, name: str, verb: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*arguments: Any) -> Any:
            self.requests[name] += 1
            if name == "put":
                self.uploaded += len(arguments[1])
            if name == "put_stream":
                self.rewritten += arguments[2]
            return verb(*arguments)

        return asked


@click.command()
@click.option("--flushes", type=int, default=10_000, show_default=True)
@click.option("--line-bytes", type=int, default=2000, show_default=True, help="New bytes between two flushes.")
@click.option("--pause", type=float, default=5.0, show_default=True, help="Simulated seconds between two flushes.")
@click.option("--compact", is_flag=True, help="Merge small parts as a follower does.")
def main(*, flushes: int, line_bytes: int, pause: float, compact: bool) -> None:
    """Flushes one session that often."""
    with tempfile.TemporaryDirectory() as state, machine(s3=True) as (made, destination):
        env = made.env
        keys = Credentials(access_key_id=env["AWS_ACCESS_KEY_ID"], secret_access_key=env["AWS_SECRET_ACCESS_KEY"])
        endpoint = env["AWS_ENDPOINT_URL_S3"]
        where = Destination(url=destination, endpoint_url=endpoint, region="us-east-1", credentials=keys)
        store = Counting(open_store(where, default_dir=Path(state)))
        clock = [time.time_ns() // 1_000_000]
        harness = get_harness(HARNESS, (made.root / "claude",))
        deps = Deps(
            store=store,  # type: ignore[arg-type]  counts by name
            journal=Journal(Path(state)),
            state=Path(state),
            machine=this_machine(),
            harnesses={HARNESS: harness},
            rules=TOKEN_SHAPES,
            now_ms=lambda: clock[0],
        )
        path = made.session("s00001")
        (found,) = harness.discover((made.workspace,))
        mirror = SessionMirror(deps, found)
        line = b'{"type":"system","subtype":"' + b"x" * line_bytes + b'"}\n'
        began, cpu = time.perf_counter(), time.process_time()
        for _ in range(flushes):
            with path.open("ab") as file:
                file.write(line)
            mirror.flush()
            mirror.upkeep()
            if compact:
                _tidy(deps, mirror)
            clock[0] += int(pause * 1000)
        mirror.upkeep(ended=True)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        source = path.stat().st_size
        stream = mirror.position()
        parts = deps.journal.part_count(stream.key) if stream else 0
        click.echo(f"{flushes} flushes, {line_bytes} B each, {pause:g} s apart (simulated)")
        click.echo(f"requests per flush      {store.requests.total() / flushes:.4f}   {dict(store.requests)}")
        click.echo(f"uploaded / source bytes {store.uploaded / source:.4f}   {store.uploaded} / {source}")
        click.echo(f"rewritten / source bytes {store.rewritten / source:.4f}   {store.rewritten} / {source}")
        click.echo(f"parts at the end        {parts}")
        click.echo(f"milliseconds per flush  {1000 * seconds / flushes:.2f} (CPU {1000 * cpu / flushes:.2f})")


def _tidy(deps: Deps, mirror: SessionMirror) -> None:
    stream = mirror.position()
    if stream is not None and count_small(deps.journal.part_ends(stream.key)) > GROWING_LIMIT:
        stored = Stored(stream.key.harness, stream.key.session_id)
        compact_stored(deps, stored, keep_tail=KEEP_TAIL, tiers=True)


if __name__ == "__main__":
    main()
