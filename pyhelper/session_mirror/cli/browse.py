"""`session-mirror list` and `session-mirror show`: what the bucket holds."""

from __future__ import annotations

import json
import sys
from datetime import datetime

import attrs
import click

from session_mirror.bucket.listing import list_whole
from session_mirror.bucket.lookup import Stored, find_one
from session_mirror.bucket.names import META_NAME
from session_mirror.bucket.reader import StreamReader
from session_mirror.bucket.store import ObjectMissing, Store
from session_mirror.cli.common import HARNESS, counted, destination_option, open_deps, shows_errors, size_text
from session_mirror.cli.words import one_line, state_words
from session_mirror.harness.registry import REGISTRY
from session_mirror.mirror.library import Library
from session_mirror.protocol.sessions import SessionSummary

_TAIL_BYTES = 256 << 10


@click.command("list")
@click.option("--harness", type=HARNESS, default=None, help="Only this coding agent's sessions.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most this many.")
@click.option("--sort-by", type=click.Choice(["recent", "size"]), default="recent", show_default=True)
@click.option("--all-generations", is_flag=True, help="Also the earlier generations of sessions that were rewritten.")
@click.option("--no-agents", is_flag=True, help="Without the sessions that agents began: their sub-agents.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array on standard output, for programs.")
@destination_option
@shows_errors
def list_sessions(
    *,
    harness: str | None,
    limit: int,
    sort_by: str,
    all_generations: bool,
    no_agents: bool,
    as_json: bool,
    destination: str,
) -> None:
    """List the sessions in the bucket, from all machines, each by its newest generation."""
    library = Library(open_deps(destination))
    found = library.streams() if all_generations else library.rows()
    rows = [row for row in found if harness in (None, row.harness) and not (no_agents and row.parent_id)]
    if sort_by == "size":
        rows.sort(key=lambda row: -row.stream_bytes)
    rows = rows[:limit]
    if as_json:
        click.echo(json.dumps([_fields(row) for row in rows], indent=2))
    elif not rows:
        click.echo("(no sessions)")
    else:
        _print_table(rows)


@click.command()
@click.argument("session_id")
@click.option("--tail", type=click.IntRange(min=0), default=0, metavar="N", help="Also print the last N lines.")
@click.option("--raw", is_flag=True, help="Exactly the stream's bytes on standard output, and nothing else.")
@destination_option
@shows_errors
def show(*, session_id: str, tail: int, raw: bool, destination: str) -> None:
    """Show a session's meta.json, its last lines, or all of its bytes.

    ID means the newest generation, ID~g1 the first.
    """
    deps = open_deps(destination)
    if raw and tail:
        raise click.UsageError("--raw and --tail exclude each other.")
    stored = find_one(deps.store, REGISTRY, session_id)
    if raw:
        _write_all(deps.store, stored)
        return
    click.echo(_meta_text(deps.store, stored))
    if tail:
        click.echo("\n--- tail ---")
        for line in _last_lines(deps.store, stored, tail):
            click.echo(line.decode("utf-8", errors="replace"))


def _write_all(store: Store, stored: Stored) -> None:
    out = sys.stdout.buffer
    for piece in StreamReader(store, stored.prefix).read():
        out.write(piece)
    out.flush()


def _meta_text(store: Store, stored: Stored) -> str:
    try:
        body = store.get(stored.prefix + META_NAME)
    except ObjectMissing:
        return json.dumps({"harness": stored.harness, "session_id": stored.session_id, "meta": None}, indent=2)
    try:
        return json.dumps(json.loads(body), indent=2)
    except ValueError:
        return body.decode("utf-8", errors="replace")


def _last_lines(store: Store, stored: Stored, count: int) -> list[bytes]:
    """The stream's last lines, without their line feeds; reads no more than needed."""
    reader = StreamReader(store, stored.prefix)
    end = list_whole(store, stored.prefix).cover.end
    span = _TAIL_BYTES
    while True:
        start = max(0, end - span)
        data = b"".join(reader.read(start))
        lines = data.removesuffix(b"\n").split(b"\n") if data else []
        if start == 0 or len(lines) > count:
            return lines[-count:]
        span *= 4


def _print_table(rows: list[SessionSummary]) -> None:
    wide = max(36, *(len(row.session_id) for row in rows))
    click.echo(
        f"{'HARNESS':<12} {'SESSION':<{wide}} {'SIZE':>9} {'PARTS':>6}  {'LAST UPLOAD':<16}  {'STATE':<19}  TITLE"
    )
    for row in rows:
        when = datetime.fromtimestamp(row.modified_at_ms / 1000).astimezone().strftime("%Y-%m-%d %H:%M")
        layout = f"{size_text(row.stream_bytes):>9} {row.part_count:>6}"
        title = one_line(f"{'└ ' if row.parent_id else ''}{row.title}", 60)
        click.echo(f"{row.harness:<12} {row.session_id:<{wide}} {layout}  {when:<16}  {state_words(row):<19}  {title}")
    rewritten = sum(row.history_count > 0 for row in rows)
    if rewritten:
        click.echo(f"{counted(rewritten, 'session')} with earlier generations: see --all-generations.", err=True)


def _fields(row: SessionSummary) -> dict[str, object]:
    told = ("harness", "session_id", "generation", "history_count", "title", "cwd", "source_path", "state", "machine")
    relations = ("parent_id", "agent", "driven_by")
    numbers = (
        "started_at_ms",
        "modified_at_ms",
        "stream_bytes",
        "mirrored_source_bytes",
        "part_count",
        "redaction_count",
    )
    fields = attrs.asdict(row)
    return {name: fields[name] for name in (*told, *relations, *numbers)}
