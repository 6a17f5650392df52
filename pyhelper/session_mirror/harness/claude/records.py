"""One line of a Claude Code transcript as events.

Records that only keep the agent's own books (titles, modes, costs, queue, file history, request logs) give no events:
the raw view shows them. What Claude Code injects in the user's name, hooks and attachments are `system` events.
Whatever isn't known is `opaque`, with its line as text.
"""

from __future__ import annotations

from typing import Final

from session_mirror.harness.base import ReadRecord
from session_mirror.harness.drafts import Drafts
from session_mirror.harness.json_values import as_object, as_text, displayable, parse_line, pretty_json
from session_mirror.harness.opaque import opaque_event
from session_mirror.harness.times import time_ms
from session_mirror.protocol.replay import EventKind, ReplayEvent

from .messages import read_assistant, read_user, read_user_content

_BOOKKEEPING: Final = frozenset(
    {
        "agent-color",
        "agent-name",
        "agent-setting",
        "ai-title",
        "api-request",
        "api-request-blob",
        "api-request-shape",
        "atis-latch",
        "bridge-session",
        "content-replacement",
        "continued-in",
        "cost-state",
        "custom-title",
        "ended-by-model",
        "file-history-delta",
        "file-history-snapshot",
        "fork-context-ref",
        "frame-link",
        "last-prompt",
        "mode",
        "permission-mode",
        "pr-link",
        "progress",
        "queue-operation",
        "relocated",
        "summary",
        "tag",
        "tools-used",
        "worktree-state",
    }
)
_ENVELOPE: Final = frozenset(
    {
        "agentId",
        "cwd",
        "entrypoint",
        "gitBranch",
        "isMeta",
        "isSidechain",
        "parentUuid",
        "sessionId",
        "slug",
        "subtype",
        "timestamp",
        "type",
        "userType",
        "uuid",
        "version",
    }
)


def read_record(line: bytes) -> ReadRecord:
    """Reads one line, with or without its line feed; never raises."""
    return read_with_record(line)[0]


def read_with_record(line: bytes) -> tuple[ReadRecord, dict[str, object]]:
    """The same, and the record itself: empty where the line holds no object, or one that can't be read."""
    line = line.rstrip(b"\r\n")
    if not line.strip():
        return ReadRecord(None, None, is_sidechain=False, events=()), {}
    try:
        record = parse_line(line)
        if not isinstance(record, dict):
            return _opaque(line, {}, "unknown"), {}
        events = _events(record)
    except ValueError:
        return _opaque(line, {}, "unparsable"), {}
    except RecursionError:
        return _opaque(line, {}, "nested too deeply"), {}
    if events is None:
        return _opaque(line, record, as_text(record.get("type")) or "unknown"), record
    return _read(record, events), record


def _events(record: dict[str, object]) -> tuple[ReplayEvent, ...] | None:
    """None for a record that isn't understood."""
    drafts = Drafts()
    kind = record.get("type")
    if kind == "assistant":
        understood = read_assistant(record, drafts)
    elif kind == "user":
        understood = read_user(record, drafts)
    elif kind == "system":
        understood = _read_system(record, drafts)
    elif kind == "attachment":
        understood = _read_attachment(record, drafts)
    else:
        understood = isinstance(kind, str) and kind in _BOOKKEEPING
    return drafts.events() if understood else None


def _read_system(record: dict[str, object], drafts: Drafts) -> bool:
    subtype = as_text(record.get("subtype"))
    content = as_text(record.get("content"))
    if subtype.endswith("compact_boundary"):
        drafts.add("compaction", _boundary_text(content, as_object(record.get("compactMetadata"))), label=subtype)
        return True
    failed = subtype == "api_error" or record.get("level") == "error"
    kind: EventKind = "error" if failed else "system"
    if content:
        drafts.add(kind, content, label=subtype, is_error=failed)
    else:
        own = {key: value for key, value in record.items() if key not in _ENVELOPE}
        drafts.add(kind, pretty_json(own) if own else "", "json", label=subtype, is_error=failed)
    return True


def _boundary_text(content: str, metadata: dict[str, object]) -> str:
    before, after = (metadata.get(key) for key in ("preTokens", "postTokens"))
    details = [as_text(metadata.get("trigger"))]
    details += [f"{before:,} tokens before"] if isinstance(before, int) else []
    details += [f"{after:,} after"] if isinstance(after, int) else []
    told = ", ".join(filter(None, details))
    return (content or "Conversation compacted") + (f" ({told})" if told else "")


def _read_attachment(record: dict[str, object], drafts: Drafts) -> bool:
    attachment = as_object(record.get("attachment"))
    kind = as_text(attachment.get("type"))
    if not kind:
        return False
    if kind == "queued_command":
        # Typed while the model worked; it may be nowhere else.
        injected = attachment.get("commandMode") == "task-notification"
        return read_user_content(attachment.get("prompt"), drafts, label="queued", injected=injected)
    content = attachment.get("content")
    if isinstance(content, str):
        drafts.add("system", content, label=kind)
    else:
        own = {key: value for key, value in attachment.items() if key != "type"}
        drafts.add("system", pretty_json(own) if own else "", "json", label=kind)
    return True


def _read(record: dict[str, object], events: tuple[ReplayEvent, ...]) -> ReadRecord:
    model = as_text(as_object(record.get("message")).get("model"))
    return ReadRecord(
        time_ms=time_ms(record.get("timestamp")),
        model=displayable(model) if model and model != "<synthetic>" else None,
        is_sidechain=record.get("isSidechain") is True,
        events=events,
    )


def _opaque(line: bytes, record: dict[str, object], label: str) -> ReadRecord:
    return _read(record, (opaque_event(line, is_object=bool(record), label=label),))
