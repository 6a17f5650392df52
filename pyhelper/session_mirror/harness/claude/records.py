"""One line of a Claude Code transcript as events.

Records that only keep the agent's own books (titles, modes, costs, queue, file history, request logs), and what tells
the model of its tools and surroundings, give no events: the raw view shows them. What Claude Code injects in the user's
name, hooks and all other attachments are `system` events.
Whatever isn't known is `opaque`, with its line as text.
"""

from __future__ import annotations

from typing import Final

from session_mirror.harness.base import ReadRecord
from session_mirror.harness.drafts import Drafts
from session_mirror.harness.json_values import as_object, as_text, displayable, parse_line
from session_mirror.harness.opaque import opaque_event
from session_mirror.harness.times import time_ms
from session_mirror.protocol.replay import EventKind

from .messages import SYNTHETIC, injected_as, read_assistant, read_user, read_user_content
from .prompts import split_prompt

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
_CONVERSATION: Final = frozenset({"assistant", "attachment", "system", "user"})
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
_CIRCUMSTANCES: Final = frozenset(
    {
        "agent_listing_delta",
        "date",
        "date_change",
        "deferred_tools_delta",
        "deferred_tools_record",
        "environment",
        "mcp_instructions_delta",
        "model",
        "prompt_snapshot",
        "remote_session_change",
        "session_context",
        "skill_listing",
        "task_reminder",
        "todo_reminder",
        "token_usage",
        "total_tokens_reminder",
    }
)
"""Attachments that tell the model of its tools, its budget and its surroundings, some of them at every step."""
_TEXTS: Final = ("content", "text")
"""Where an attachment keeps what it says."""


def read_record(line: bytes) -> ReadRecord:
    """Reads one line, with or without its line feed; never raises."""
    line = line.rstrip(b"\r\n")
    drafts = Drafts()
    record, unknown = read_into(line, drafts)
    opaque = unknown and (opaque_event(line, is_object=bool(record), label=unknown),)
    model = as_text(as_object(record.get("message")).get("model"))
    return ReadRecord(
        time_ms=time_ms(record.get("timestamp")),
        model=displayable(model) if model and model != SYNTHETIC else None,
        is_sidechain=record.get("isSidechain") is True,
        events=opaque or drafts.events(),
        images={} if opaque else drafts.images(),
    )


def read_into(line: bytes, drafts: Drafts) -> tuple[dict[str, object], str]:
    """Reads one line's events, and returns its record, empty where the line holds none; never raises.

    The text is empty, or what to call a line that isn't understood: then the events don't count.
    """
    if not line.strip():
        return {}, ""
    try:
        record = parse_line(line)
    except ValueError:
        return {}, "unparsable"
    if not isinstance(record, dict):
        return {}, "unknown"
    try:
        understood = _read(record, drafts)
    except RecursionError:
        return {}, "nested too deeply"
    return record, "" if understood else as_text(record.get("type")) or "unknown"


def is_known(record: dict[str, object]) -> bool:
    """Whether a record is of a type that is read here."""
    kind = record.get("type")
    return isinstance(kind, str) and (kind in _BOOKKEEPING or kind in _CONVERSATION)


def _read(record: dict[str, object], drafts: Drafts) -> bool:
    """False for a record that isn't understood."""
    kind = record.get("type")
    if kind == "assistant":
        return read_assistant(record, drafts)
    if kind == "user":
        return read_user(record, drafts)
    if kind == "system":
        return _read_system(record, drafts)
    if kind == "attachment":
        return _read_attachment(record, drafts)
    return isinstance(kind, str) and kind in _BOOKKEEPING


def _read_system(record: dict[str, object], drafts: Drafts) -> bool:
    subtype = as_text(record.get("subtype"))
    content = as_text(record.get("content"))
    if subtype.endswith("compact_boundary"):
        drafts.add("compaction", _boundary_text(content, as_object(record.get("compactMetadata"))), label=subtype)
        return True
    failed = subtype == "api_error" or record.get("level") == "error"
    kind: EventKind = "error" if failed else "system"
    if content:
        drafts.add(kind, _unwrapped(content), label=subtype, is_error=failed)
    else:
        own = {key: value for key, value in record.items() if key not in _ENVELOPE}
        _add_facts(kind, own, drafts, label=subtype, is_error=failed)
    return True


def _unwrapped(content: str) -> str:
    """What a local command said, or was, without its tags."""
    return "\n".join(piece.text for piece in split_prompt(content)) if content.startswith("<") else content


def _add_facts(
    kind: EventKind, facts: dict[str, object], drafts: Drafts, *, label: str, is_error: bool = False
) -> None:
    if facts:
        drafts.add_json(kind, facts, label=label, is_error=is_error)
    else:
        drafts.add(kind, "", label=label, is_error=is_error)


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
        by_agent = attachment.get("commandMode") == "task-notification"
        injected = by_agent or bool(injected_as(record) or injected_as(attachment))
        return read_user_content(attachment.get("prompt"), drafts, label="queued", injected=injected)
    text = next((value for key in _TEXTS if isinstance(value := attachment.get(key), str)), None)
    if kind in _CIRCUMSTANCES:
        return True
    if text is not None:
        drafts.add("system", text, label=kind)
    else:
        _add_facts("system", {key: value for key, value in attachment.items() if key != "type"}, drafts, label=kind)
    return True
