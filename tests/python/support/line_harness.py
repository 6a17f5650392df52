"""A harness for tests of the replay room: a line is JSON like `{"t": time, "texts": [...]}`, or else opaque.

Lines with an `id` may be said again, and may name a `parent`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from session_mirror.harness.base import Account, FoundSession, Glance, ReadRecord
from session_mirror.harness.json_values import as_list, as_text, parse_object
from session_mirror.harness.plain import PlainAccount, PlainFiles
from session_mirror.protocol.mirror import Problem
from session_mirror.protocol.replay import ReplayEvent, TextSlice, ToolCall


def line_of(*texts: str, tool: str | None = None, **more: str) -> bytes:
    """A line that this harness reads as one event for each text; `more`: an `id` and a `parent`."""
    return json.dumps({"t": 1000, "texts": texts, "tool": tool, **more}).encode()


class LineAccount(PlainAccount):
    """Every line's first text is a prompt."""

    def __init__(self) -> None:
        super().__init__(lambda _: ReadRecord(None, None, is_sidechain=False, events=()))

    def feed(self, line: bytes) -> Glance:
        record = parse_object(line)
        self._arranger.add(as_text(record.get("id")) or None, as_text(record.get("parent")) or None)
        self._tally.line(1000)
        for text in as_list(record.get("texts"))[:1]:
            self._tally.prompt(as_text(text), 1000)
        return read_line(line)


class LineHarness(PlainFiles):
    """Counts what it parses in `parsed_bytes`."""

    name = "lines"
    label = "Lines"

    def __init__(self) -> None:
        self.parsed_bytes = 0

    def roots(self) -> Sequence[Path]:
        return ()

    def discover(self, folders: Sequence[Path]) -> list[FoundSession]:
        return []

    def problems(self) -> Sequence[Problem]:
        return []

    def title(self, path: Path) -> str:
        return self.title_of_lines(path.read_bytes().split(b"\n"))

    def title_of_lines(self, lines: Sequence[bytes]) -> str:
        return f"{len(lines)} lines"

    def account(self) -> Account:
        return LineAccount()

    def read_record(self, line: bytes) -> ReadRecord:
        self.parsed_bytes += len(line)
        return read_line(line)


def read_line(line: bytes) -> ReadRecord:
    """An event for each text."""
    try:
        record = json.loads(line)
        texts, time_ms, tool = record["texts"], record["t"], record["tool"]
    except (ValueError, TypeError, KeyError):
        return ReadRecord(None, None, is_sidechain=False, events=(_event(0, line.decode(errors="replace"), None),))
    events = tuple(_event(field, text, tool) for field, text in enumerate(texts))
    return ReadRecord(time_ms, "model", is_sidechain=False, events=events)


def _event(field: int, text: str, tool: str | None) -> ReplayEvent:
    return ReplayEvent(
        kind="reply",
        field=field,
        text=TextSlice(value=text, total_chars=len(text)),
        format="plain",
        tool=(tool and ToolCall(call_id=tool, name=tool, target=tool)) or None,
        label=tool or "",
    )
