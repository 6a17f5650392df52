"""One line of an OpenClaw transcript as events, in both eras: the database holds the lines that the files held.

Entries that only keep OpenClaw's own books (headers, models, levels, names, navigation, caches) give no events: the raw
view shows them. Whatever isn't known is `opaque`, with its line as text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import attrs

from session_mirror.harness.base import ReadRecord
from session_mirror.harness.drafts import Drafts
from session_mirror.harness.json_values import as_object, as_text, displayable, parse_line, pretty_json
from session_mirror.harness.opaque import opaque_event
from session_mirror.harness.times import time_ms
from session_mirror.protocol.replay import ReplayEvent

from .messages import model_of, read_message
from .rows import REMOVED, unwrapped
from .tools import content_of

_Entry = dict[str, object]
_BOOKKEEPING: Final = frozenset(
    {
        "active_tools_change",
        "context_edit",
        "leaf",
        "model_change",
        REMOVED,
        "session",
        "session_info",
        "thinking_level_change",
        "usage",
    }
)
_FAILED: Final = "openclaw:prompt-error"
_ABORTED: Final = "openclaw:turn-aborted"


def read_record(line: bytes) -> ReadRecord:
    """Reads one line, with or without its line feed; never raises."""
    return parse_record(line)[1]


def parse_record(line: bytes) -> tuple[_Entry, ReadRecord]:
    """The same with the entry itself, out of its wrapper; empty where the line is no object."""
    line = line.rstrip(b"\r\n")
    if not line.strip():
        return {}, ReadRecord(None, None, is_sidechain=False, events=())
    try:
        entry = parse_line(line)
        if not isinstance(entry, dict):
            return {}, _opaque(line, {}, "unknown")
        entry = unwrapped(entry)
        drafts = Drafts()
        is_understood = _read_entry(entry, drafts)
    except ValueError:
        return {}, _opaque(line, {}, "unparsable")
    except RecursionError:
        return {}, _opaque(line, {}, "nested too deeply")
    if not is_understood:
        return entry, _opaque(line, entry, as_text(entry.get("type")) or "unknown")
    return entry, attrs.evolve(_told(entry, drafts.events()), images=drafts.images())


def _read_entry(entry: _Entry, drafts: Drafts) -> bool:
    """False for an entry that isn't understood."""
    kind = as_text(entry.get("type"))
    read = _READERS.get(kind)
    return read(entry, drafts) if read is not None else kind in _BOOKKEEPING


def _read_message_entry(entry: _Entry, drafts: Drafts) -> bool:
    return read_message(as_object(entry.get("message")), drafts)


def _read_compaction(entry: _Entry, drafts: Drafts) -> bool:
    details = [
        f"{count:,} tokens {when}"
        for key, when in (("tokensBefore", "before"), ("tokensAfter", "after"))
        if isinstance(count := entry.get(key), int)
    ]
    summary = as_text(entry.get("summary")) or "Conversation compacted"
    drafts.add("compaction", summary, "markdown", label=", ".join(details))
    return True


def _read_reset(entry: _Entry, drafts: Drafts) -> bool:
    drafts.add("system", as_text(entry.get("reason")), label="reset")
    return True


def _read_branch(entry: _Entry, drafts: Drafts) -> bool:
    drafts.add("system", as_text(entry.get("summary")), "markdown", label="branch summary")
    return True


def _read_custom(entry: _Entry, drafts: Drafts) -> bool:
    """Extensions' own books; of OpenClaw's own, what went wrong is worth seeing."""
    kind = as_text(entry.get("customType"))
    data = as_object(entry.get("data"))
    if kind == _FAILED:
        drafts.add("error", as_text(data.get("error")) or pretty_json(data), is_error=True, label="prompt")
    elif kind == _ABORTED:
        drafts.add("system", as_text(data.get("reason")), label="turn aborted")
    return True


def _read_custom_message(entry: _Entry, drafts: Drafts) -> bool:
    content = content_of(entry.get("content"))
    drafts.add("system", content.text, "markdown", label=as_text(entry.get("customType")), images=content.images)
    return True


def _read_label(entry: _Entry, drafts: Drafts) -> bool:
    if label := as_text(entry.get("label")):
        drafts.add("system", label, label="label")
    return True


_READERS: Final[Mapping[str, Callable[[_Entry, Drafts], bool]]] = {
    "branch_summary": _read_branch,
    "compaction": _read_compaction,
    "custom": _read_custom,
    "custom_message": _read_custom_message,
    "label": _read_label,
    "message": _read_message_entry,
    "reset": _read_reset,
}


def _told(entry: _Entry, events: tuple[ReplayEvent, ...]) -> ReadRecord:
    message = as_object(entry.get("message"))
    model = model_of(message)
    if entry.get("type") == "model_change":
        model = as_text(entry.get("modelId"))
    return ReadRecord(
        time_ms=time_ms(entry.get("timestamp")) or time_ms(message.get("timestamp")),
        model=displayable(model) or None,
        is_sidechain=False,
        events=events,
    )


def _opaque(line: bytes, entry: _Entry, label: str) -> ReadRecord:
    return _told(entry, (opaque_event(line, is_object=bool(entry), label=label),))
