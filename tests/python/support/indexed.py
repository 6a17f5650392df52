"""What a replay knows of its lines, made of records without any transcript behind them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from session_mirror.harness.actions import tool_call
from session_mirror.harness.base import ReadRecord
from session_mirror.protocol.replay import EventKind, ReplayEvent, TextSlice
from session_mirror.replay.contents import Contents
from session_mirror.replay.disk import DiskSource
from session_mirror.replay.event_index import EventIndex
from session_mirror.replay.lines import Lines
from session_mirror.replay.places import Places
from support.line_harness import LineHarness


def event(kind: EventKind, tool: str = "", path: str = "", *, failed: bool = False) -> ReplayEvent:
    called = tool_call("", tool, "", {"file_path": path} if path else {}) if tool else None
    return ReplayEvent(
        kind=kind, field=0, text=TextSlice(value="", total_chars=0), format="plain", tool=called, is_error=failed
    )


def record(*events: ReplayEvent, time_ms: int | None = None, is_sidechain: bool = False) -> ReadRecord:
    return ReadRecord(time_ms, None, is_sidechain=is_sidechain, events=events)


def indexed(path: Path, records: Sequence[ReadRecord], places: Places | None = None, unseen: int = 0) -> Contents:
    """`unseen`: so many further lines have not been looked at."""
    path.write_bytes(b"{}\n" * (len(records) + unseen))
    lines, index = Lines(DiskSource(path)), EventIndex()
    lines.extend()
    for each in records:
        index.add(each)
    return Contents(lines, places or Places(), index, LineHarness(), len(lines), len(records))
