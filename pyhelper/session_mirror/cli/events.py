"""`session-mirror events`: a session as replay shows it, an event a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone

import click

from session_mirror.cli.common import HARNESS, destination_option, open_deps, shows_errors
from session_mirror.cli.reading import opened
from session_mirror.cli.words import one_line
from session_mirror.protocol.replay import ReplayEvent, ReplayRecord
from session_mirror.replay.session import Replay

_AT_ONCE = 500
_SHOWN_CHARS = 160


@click.command()
@click.argument("session")
@click.option("--harness", type=HARNESS, default=None, help="Which agent wrote a file; by default its lines tell.")
@click.option("--all-lines", is_flag=True, help="Also the lines that show nothing by themselves.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with whole texts, for programs.")
@destination_option
@shows_errors
def events(*, session: str, harness: str | None, all_lines: bool, as_json: bool, destination: str) -> None:
    """Print what happened in a session, in the order in which replay shows it.

    SESSION is an id in the bucket, or the path of a transcript.
    """
    with opened(open_deps(destination), session, harness) as replay:
        for record in _records(replay):
            if all_lines and not record.events:
                click.echo(json.dumps({"line": record.line, "kind": None}) if as_json else _blank(record))
            for event in record.events:
                click.echo(json.dumps(_fields(replay, record, event)) if as_json else _line(record, event))


def _records(replay: Replay) -> Iterator[ReplayRecord]:
    start = 0
    while records := replay.window(start, _AT_ONCE).records:
        yield from records
        start += len(records)


def _fields(replay: Replay, record: ReplayRecord, event: ReplayEvent) -> dict[str, object]:
    tool = event.tool
    return {
        "line": record.line,
        "time_ms": record.time_ms,
        "kind": event.kind,
        "label": event.label,
        "model": record.model,
        "is_sidechain": record.is_sidechain,
        "is_error": event.is_error,
        "tool": tool and {"call_id": tool.call_id, "name": tool.name, "target": tool.target},
        "images": event.images,
        "text": _whole_text(replay, record, event),
    }


def _whole_text(replay: Replay, record: ReplayRecord, event: ReplayEvent) -> str:
    pieces = [event.text.value]
    length = len(event.text.value)
    while length < event.text.total_chars:
        piece = replay.text(record.index, event.field, length).value
        if not piece:
            break
        pieces.append(piece)
        length += len(piece)
    return "".join(pieces)


def _line(record: ReplayRecord, event: ReplayEvent) -> str:
    told = [event.label, event.tool.name if event.tool else "", event.tool.target if event.tool else ""]
    words = " ".join(filter(None, [*told, event.text.value[: 4 * _SHOWN_CHARS]]))
    mark = "!" if event.is_error else " "
    return f"{record.line:>7}  {_clock(record.time_ms):<19} {mark}{event.kind:<11} {one_line(words, _SHOWN_CHARS)}"


def _blank(record: ReplayRecord) -> str:
    return f"{record.line:>7}  {_clock(record.time_ms):<19}  -"


def _clock(time_ms: int | None) -> str:
    if time_ms is None:
        return ""
    try:
        return datetime.fromtimestamp(time_ms / 1000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return ""
