"""One line of a Codex rollout as events.

`response_item` lines are the one stream that is shown. `event_msg` lines repeat it for Codex's own screen, so only
those give events that say something else: errors, interruptions, reviews. Records that only keep the agent's books (its
state, settings, token counts, turn contexts) give none: the raw view shows them. Whatever isn't known is `opaque`, with
its line as text.
"""

from __future__ import annotations

from typing import Final

from session_mirror.harness.base import ReadRecord
from session_mirror.harness.drafts import Drafts
from session_mirror.harness.json_values import as_object, as_text, displayable, parse_line, pretty_json
from session_mirror.harness.opaque import opaque_event
from session_mirror.harness.times import time_ms
from session_mirror.protocol.replay import ReplayEvent

from .items import read_item

_BOOKKEEPING: Final = frozenset(
    {
        "inter_agent_communication_metadata",
        "retained_context",
        "security_risk_score",
        "session_meta",
        "token_usage_record",
        "turn_context",
        "world_state",
    }
)
_REPEATED_EVENTS: Final = frozenset(
    {
        "agent_message",
        "agent_message_delta",
        "agent_reasoning",
        "agent_reasoning_delta",
        "agent_reasoning_raw_content",
        "agent_reasoning_section_break",
        "apply_patch_approval_request",
        "background_event",
        "context_compacted",
        "dynamic_tool_call_request",
        "dynamic_tool_call_response",
        "exec_approval_request",
        "exec_command_begin",
        "exec_command_end",
        "exec_command_output_delta",
        "image_generation_begin",
        "image_generation_end",
        "item_started",
        "mcp_startup_complete",
        "mcp_startup_update",
        "mcp_tool_call_begin",
        "mcp_tool_call_end",
        "patch_apply_begin",
        "patch_apply_end",
        "plan_update",
        "session_configured",
        "sub_agent_activity",
        "task_complete",
        "task_started",
        "terminal_interaction",
        "thread_name_updated",
        "thread_settings_applied",
        "token_count",
        "turn_complete",
        "turn_diff",
        "turn_started",
        "user_message",
        "view_image_tool_call",
        "web_search_begin",
        "web_search_end",
    }
)
_REPEATED_ITEMS: Final = frozenset(
    {
        "AgentMessage",
        "CollabAgentToolCall",
        "CommandExecution",
        "ContextCompaction",
        "DynamicToolCall",
        "FileChange",
        "HookPrompt",
        "ImageGeneration",
        "ImageView",
        "McpToolCall",
        "Plan",
        "Reasoning",
        "SubAgentActivity",
        "UserMessage",
        "WebSearch",
    }
)
_FAILURES: Final = frozenset({"error", "stream_error", "warning", "deprecation_notice", "model_error"})
_TELLING: Final = ("message", "text", "reason", "user_facing_hint")


def read_record(line: bytes) -> ReadRecord:
    """Reads one line, with or without its line feed; never raises."""
    line = line.rstrip(b"\r\n")
    if not line.strip():
        return ReadRecord(None, None, is_sidechain=False, events=())
    try:
        record = parse_line(line)
        if not isinstance(record, dict):
            return _opaque(line, {}, "unknown")
        drafts = Drafts()
        if _read(record, drafts):
            return _told(record, drafts.events())
    except ValueError:
        return _opaque(line, {}, "unparsable")
    except RecursionError:
        return _opaque(line, {}, "nested too deeply")
    kind = as_text(record.get("type")) or "unknown"
    inner = as_text(as_object(record.get("payload")).get("type"))
    return _opaque(line, record, f"{kind}: {inner}" if inner else kind)


def payload_of(record: dict[str, object]) -> dict[str, object]:
    """What a record is about; in the oldest files it is the record itself."""
    return as_object(record.get("payload")) if "payload" in record else record


def _read(record: dict[str, object], drafts: Drafts) -> bool:
    """False for a record that isn't understood."""
    kind = record.get("type")
    payload = payload_of(record)
    if kind == "event_msg":
        return _read_event(payload, drafts)
    if kind == "response_item" or "payload" not in record:
        return read_item(payload, drafts) or _is_old_state(record)
    if kind == "compacted":
        drafts.add(
            "compaction", as_text(payload.get("message")) or "Conversation compacted", "markdown", label="summary"
        )
        return True
    if kind == "inter_agent_communication":
        drafts.add("system", _telling(payload), label="agents")
        return True
    return isinstance(kind, str) and kind in _BOOKKEEPING


def _is_old_state(record: dict[str, object]) -> bool:
    """The head and the state lines of files from before records had an envelope."""
    return record.get("record_type") == "state" or ("type" not in record and {"id", "timestamp"} <= record.keys())


def _read_event(payload: dict[str, object], drafts: Drafts) -> bool:
    kind = as_text(payload.get("type"))
    if kind == "item_completed":
        return as_text(as_object(payload.get("item")).get("type")) in _REPEATED_ITEMS
    if kind in _REPEATED_EVENTS or kind.startswith("collab_"):
        return True
    if kind in _FAILURES:
        failed = kind not in {"deprecation_notice", "warning"}
        drafts.add("error" if failed else "system", _telling(payload), is_error=failed, label=kind)
        return True
    return _read_notice(kind, payload, drafts)


def _read_notice(kind: str, payload: dict[str, object], drafts: Drafts) -> bool:
    if kind == "thread_rolled_back":
        count = payload.get("num_turns")
        drafts.add("system", f"Turns taken back: {count}" if isinstance(count, int) else "", label=kind)
    elif kind == "exited_review_mode":
        output = as_object(payload.get("review_output"))
        drafts.add("system", as_text(output.get("overall_explanation")) or _telling(payload), "markdown", label=kind)
    elif kind in {"turn_aborted", "entered_review_mode", "guardian_assessment"}:
        drafts.add("system", _telling(payload), label=kind)
    else:
        return False
    return True


def _telling(payload: dict[str, object]) -> str:
    """What a notice says in words; else all of it."""
    texts = (as_text(payload.get(key)) for key in _TELLING)
    return next(filter(None, texts), "") or pretty_json({key: payload[key] for key in payload if key != "type"})


def _told(record: dict[str, object], events: tuple[ReplayEvent, ...]) -> ReadRecord:
    model = as_text(payload_of(record).get("model")) if record.get("type") == "turn_context" else ""
    return ReadRecord(
        time_ms=time_ms(record.get("timestamp")),
        model=displayable(model) or None,
        is_sidechain=False,
        events=events,
    )


def _opaque(line: bytes, record: dict[str, object], label: str) -> ReadRecord:
    return _told(record, (opaque_event(line, is_object=bool(record), label=label),))
