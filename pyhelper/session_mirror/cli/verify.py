"""`session-mirror verify`: is what the bucket holds whole, and is it what the transcripts say?"""

from __future__ import annotations

import json
import signal
import sys
import threading

import click

from session_mirror.bucket.lookup import Stored, find_one
from session_mirror.bucket.names import SESSIONS
from session_mirror.cli.common import counted, destination_option, open_deps, shows_errors, size_text
from session_mirror.harness.registry import REGISTRY
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.shelves import shelves
from session_mirror.verification.verify import Verdict, verify_and_note

_INTERRUPTED = 130


@click.command()
@click.argument("session_id", required=False)
@click.option("--all", "everything", is_flag=True, help="Every session in the bucket, with all its generations.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on standard output, for programs.")
@destination_option
@shows_errors
def verify(*, session_id: str | None, everything: bool, as_json: bool, destination: str) -> None:
    """Read a session whole: no gap, no torn line, and, where its transcript is here, the same bytes.

    Exits with 1 when something is wrong, and changes nothing.
    """
    if everything == (session_id is not None):
        raise click.UsageError("Give the id of a session, or --all.")
    deps = open_deps(destination)
    wanted = _all(deps) if everything else [find_one(deps.store, REGISTRY, session_id or "")]
    stopping = threading.Event()
    before = signal.signal(signal.SIGINT, lambda _number, _frame: stopping.set())
    wrong = 0
    try:
        for number, stored in enumerate(wanted, 1):
            verdict = _verify_one(deps, stored, f"{number}/{len(wanted)}", stopping)
            if verdict is None:
                sys.exit(_INTERRUPTED)
            wrong += not verdict.ok
            click.echo(json.dumps(_fields(verdict)) if as_json else _line(verdict))
    finally:
        signal.signal(signal.SIGINT, before)
    if everything and not as_json:
        click.echo(f"{counted(len(wanted), 'stream')} verified, {wrong} wrong.", err=True)
    if wrong:
        sys.exit(1)


def _verify_one(deps: Deps, stored: Stored, label: str, stopping: threading.Event) -> Verdict | None:
    with click.progressbar(length=0, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        return verify_and_note(deps, stored, progress=show, cancelled=stopping.is_set)


def _all(deps: Deps) -> list[Stored]:
    found = shelves(deps.store.list(SESSIONS))
    return [Stored(shelf.harness, shelf.session_id) for shelf in found if shelf.cover.slices or shelf.cover.beyond]


def _line(verdict: Verdict) -> str:
    name = f"{verdict.harness}/{verdict.session_id}"
    size = f"{counted(verdict.part_count, 'part')}, {size_text(verdict.stream_bytes)}"
    if not verdict.ok:
        return f"WRONG  {name}  {size}: {verdict.problem}"
    return f"ok     {name}  {size}, {counted(verdict.line_count, 'line')}: {verdict.words}"


def _fields(verdict: Verdict) -> dict[str, object]:
    return {
        "harness": verdict.harness,
        "session_id": verdict.session_id,
        "ok": verdict.ok,
        "problem": verdict.problem,
        "parts": verdict.part_count,
        "stream_bytes": verdict.stream_bytes,
        "lines": verdict.line_count,
        "transcript": verdict.compared.result if verdict.compared else None,
    }
