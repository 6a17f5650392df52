"""One line of a Hermes session as events: a row of its database, or a record of its older transcripts.

The session's own rows, tombstones and what a gateway notes of itself give no events: the raw view shows them. Whatever
isn't known is `opaque`, with its line as text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from session_mirror.harness.base import ReadRecord
from session_mirror.harness.drafts import Drafts
from session_mirror.harness.json_values import as_object, as_text, displayable, parse_line
from session_mirror.harness.opaque import opaque_event
from session_mirror.harness.times import time_ms

from .messages import Message, calls_of, content_of, is_summary, thought_of
from .rows import OURS, SESSION
from .tools import read_call, read_result

_FAILED: Final = frozenset({"content_filter", "error"})


def read_record(line: bytes) -> ReadRecord:
    """Reads one line, with or without its line feed; never raises."""
    line = line.rstrip(b"\r\n")
    if not line.strip():
        return ReadRecord(None, None, is_sidechain=False, events=())
    try:
        row = parse_line(line)
    except ValueError:
        return _opaque(line, {}, "unparsable")
    if not isinstance(row, dict):
        return _opaque(line, {}, "unknown")
    return record_of(row, line)


def record_of(row: Message, line: bytes) -> ReadRecord:
    """The same of a line that was parsed."""
    ours = as_object(row.get(OURS))
    if ours:
        model = as_text(row.get("model")) if ours.get("table") == SESSION else ""
        return ReadRecord(None, displayable(model) or None, is_sidechain=False, events=())
    role = as_text(row.get("role"))
    read = _READERS.get(role)
    if read is None:
        return _opaque(line, row, role or "unknown")
    drafts = Drafts()
    try:
        read(row, drafts)
    except RecursionError:
        return _opaque(line, row, "nested too deeply")
    return ReadRecord(
        time_ms(row.get("timestamp")),
        _model(row),
        is_sidechain=False,
        events=drafts.events(),
        images=drafts.images(),
    )


def _read_user(row: Message, drafts: Drafts) -> None:
    if _read_summary(row, drafts):
        return
    content = content_of(row)
    if row.get("observed") in (1, True):
        drafts.add("system", content.text, label="observed", images=content.images)
    elif content.text.strip() or content.images:
        drafts.add("prompt", content.text, images=content.images)


def _read_assistant(row: Message, drafts: Drafts) -> None:
    if _read_summary(row, drafts):
        return
    if thought := thought_of(row):
        drafts.add("thinking", thought, "markdown")
    content = content_of(row)
    ended = as_text(row.get("finish_reason"))
    if ended in _FAILED:
        drafts.add("error", content.text or ended, is_error=True, label=ended)
    elif content.text.strip() or content.images:
        drafts.add("reply", content.text, "markdown", images=content.images)
    for call in calls_of(row):
        read_call(call, drafts)


def _read_tool(row: Message, drafts: Drafts) -> None:
    content = content_of(row)
    read_result(row, content, drafts)


def _read_system(row: Message, drafts: Drafts) -> None:
    if not _read_summary(row, drafts):
        drafts.add("system", content_of(row).text, label="system")


def _read_summary(row: Message, drafts: Drafts) -> bool:
    if is_summary(row):
        drafts.add("compaction", content_of(row).text, "markdown", label="summary")
        return True
    return False


def _read_nothing(_row: Message, _drafts: Drafts) -> None:
    """The gateway's own books: tools, model, platform."""


_READERS: Final[Mapping[str, Callable[[Message, Drafts], None]]] = {
    "assistant": _read_assistant,
    "session_meta": _read_nothing,
    "system": _read_system,
    "tool": _read_tool,
    "user": _read_user,
}


def _model(row: Message) -> str | None:
    return displayable(as_text(row.get("model"))) or None


def _opaque(line: bytes, row: Message, label: str) -> ReadRecord:
    event = opaque_event(line, is_object=bool(row), label=label)
    return ReadRecord(time_ms(row.get("timestamp")), None, is_sidechain=False, events=(event,))
