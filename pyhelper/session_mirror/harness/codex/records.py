"""One line of a Codex rollout as events.

`response_item` lines are what the model got and said. `event_msg` lines mostly repeat it for Codex's own screen; which
of them say something that no other line says, only a look at all lines can tell (`echoes`), so here each of them gives
its events. Records that only keep the agent's books (its state, settings, token counts, turn contexts), and what tells
the model of its instructions and surroundings, give none: the raw view shows them. Whatever isn't known is `opaque`,
with its line as text.
"""

from __future__ import annotations

from typing import Final

import attrs

from session_mirror.harness.base import ReadRecord
from session_mirror.harness.drafts import Drafts
from session_mirror.harness.json_values import as_list, as_object, as_text, displayable, parse_line, pretty_json
from session_mirror.harness.opaque import opaque_event
from session_mirror.harness.times import time_ms
from session_mirror.protocol.replay import ReplayEvent

from .compacted import summary_of
from .items import read_item
from .screen import read_screen_item, screen_item

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
_NEWS: Final = frozenset(
    {
        "agent_message_delta",
        "agent_reasoning_delta",
        "agent_reasoning_section_break",
        "apply_patch_approval_request",
        "background_event",
        "dynamic_tool_call_request",
        "dynamic_tool_call_response",
        "exec_approval_request",
        "exec_command_begin",
        "exec_command_output_delta",
        "image_generation_begin",
        "item_started",
        "mcp_startup_complete",
        "mcp_startup_update",
        "mcp_tool_call_begin",
        "patch_apply_begin",
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
        "web_search_begin",
    }
)
"""Events of something that is under way, or that another record tells."""
_FAILURES: Final = frozenset({"error", "stream_error", "warning", "deprecation_notice", "model_error"})
_TELLING: Final = ("message", "text", "reason", "user_facing_hint")


def read_record(line: bytes) -> ReadRecord:
    """Reads one line, with or without its line feed; never raises."""
    return read_line(line)[1]


def read_line(line: bytes) -> tuple[dict[str, object], ReadRecord]:
    """The same, and the record itself, parsed only once; empty for a line that is no record. Never raises."""
    line = line.rstrip(b"\r\n")
    if not line.strip():
        return {}, ReadRecord(None, None, is_sidechain=False, events=())
    record: dict[str, object] = {}
    try:
        parsed = summary_of(line) or parse_line(line)
        if not isinstance(parsed, dict):
            return {}, _opaque(line, {}, "unknown")
        drafts = Drafts()
        if _read(parsed, drafts):
            return parsed, attrs.evolve(_told(parsed, drafts.events()), images=drafts.images())
        record = parsed
    except ValueError:
        return {}, _opaque(line, {}, "unparsable")
    except RecursionError:
        return {}, _opaque(line, {}, "nested too deeply")
    kind = as_text(record.get("type")) or "unknown"
    inner = as_text(payload_of(record).get("type")) if "payload" in record else ""
    return record, _opaque(line, record, f"{kind}: {inner}" if inner else kind)


def payload_of(record: dict[str, object]) -> dict[str, object]:
    """What a record is about; in the oldest files it is the record itself."""
    return as_object(record.get("payload")) if "payload" in record else record


def _read(record: dict[str, object], drafts: Drafts) -> bool:
    """False for a record that isn't understood."""
    kind = record.get("type")
    payload = payload_of(record)
    if kind == "event_msg":
        return _read_event(payload, drafts)
    if as_object(record.get("metadata")).get("compaction_output") is True:
        drafts.add("system", _telling({**payload, "message": _whole_text(payload)}), "markdown", label="compaction")
        return True
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
    item = screen_item(payload)
    if item is not None:
        return read_screen_item(item, drafts)
    if kind in _NEWS or kind.startswith("collab_"):
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
    elif kind == "thread_goal_updated":
        drafts.add(
            "system", as_text(as_object(payload.get("goal")).get("objective")) or _telling(payload), label="goal"
        )
    elif kind in {"turn_aborted", "entered_review_mode", "guardian_assessment"}:
        drafts.add("system", _telling(payload), label=kind)
    else:
        return False
    return True


def _whole_text(item: dict[str, object]) -> str:
    texts = (as_text(as_object(part).get("text")) for part in as_list(item.get("content")))
    return "\n".join(filter(None, texts))


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
