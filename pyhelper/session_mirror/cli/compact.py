"""`session-mirror compact`: many parts become one."""

from __future__ import annotations

import signal
import sys
import threading

import click

from session_mirror.cli.common import counted, destination_option, open_deps, shows_errors, size_text
from session_mirror.harness.registry import REGISTRY
from session_mirror.mirror.compacting import compact_session


@click.command()
@click.argument("session_id")
@click.option("--keep-tail", type=click.IntRange(min=0), default=0, show_default=True, metavar="N",
              help="Leave the newest N parts alone.")  # fmt: skip
@destination_option
@shows_errors
def compact(*, session_id: str, keep_tail: int, destination: str) -> None:
    """Merge a session's parts into one with the same bytes; Ctrl-C ends early and leaves the session whole."""
    deps = open_deps(destination)
    stopping = threading.Event()
    before = signal.signal(signal.SIGINT, lambda _number, _frame: stopping.set())
    try:
        with click.progressbar(length=0, label="Compacting", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

            def show(done: int, total: int) -> None:
                bar.length = total
                bar.update(done - bar.pos)

            done = compact_session(
                deps,
                session_id,
                harnesses=tuple(REGISTRY),
                keep_tail=keep_tail,
                progress=show,
                cancelled=stopping.is_set,
            )
    finally:
        signal.signal(signal.SIGINT, before)
    if done.cancelled:
        raise click.ClickException(f"Stopped at {counted(done.parts_after, 'part')}; the session is whole.")
    if not done.merged:
        click.echo(f"nothing to compact: session={session_id} has {counted(done.parts_after, 'part')}")
        return
    size = size_text(done.stream_bytes)
    click.echo(f"compacted session={session_id}: {done.parts_before} -> {counted(done.parts_after, 'part')}, {size}")
    if done.undeleted:
        left = counted(len(done.undeleted), "old part")
        click.echo(f"{left} could not be deleted; compact again to collect them.", err=True)
