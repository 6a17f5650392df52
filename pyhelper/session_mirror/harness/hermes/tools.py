"""Hermes' tool calls and their results."""

from __future__ import annotations

from typing import Final, Literal

from session_mirror.harness.actions import tool_call
from session_mirror.harness.drafts import Drafts
from session_mirror.harness.exit_codes import with_exit_code
from session_mirror.harness.json_values import (
    as_list,
    as_object,
    as_text,
    parse_line,
    pretty_json,
)
from session_mirror.protocol.replay import ToolCall

from .messages import Content, Message

DELEGATING: Final = "delegate_task"
_TELLING: Final = (
    "command",
    "pattern",
    "query",
    "path",
    "file_path",
    "url",
    "goal",
    "code",
    "prompt",
    "question",
    "name",
    "content",
    "action",
)
"""Arguments that say what a call acts on, the most telling first."""


def read_call(call: Message, drafts: Drafts) -> None:
    """Adds a call's event."""
    function = as_object(call.get("function"))
    name = as_text(function.get("name")) or as_text(call.get("name"))
    arguments = _arguments(function.get("arguments", call.get("arguments")))
    fields = as_object(arguments)
    tool = _tool(as_text(call.get("id")) or as_text(call.get("call_id")), name, _target(fields), arguments)
    task = _task(fields) if name == DELEGATING else ""
    if task:
        drafts.add("subAgent", task, "markdown", tool=tool, label=name)
    elif isinstance(arguments, str):
        drafts.add("toolCall", arguments, tool=tool)
    else:
        drafts.add("toolCall", pretty_json(arguments), "json", tool=tool)


def read_result(row: Message, content: Content, drafts: Drafts) -> None:
    """Adds the event of a call's result: what a command printed, where the result is that of one."""
    tool = _tool(as_text(row.get("tool_call_id")), as_text(row.get("tool_name")) or as_text(row.get("name")), "")
    text = content.text
    told: dict[str, object] = {}
    if text.startswith("{"):
        try:
            told = as_object(parse_line(text.encode("utf-8", "surrogatepass")))
        except ValueError:
            told = {}
    failure = as_text(told.get("error"))
    code = told.get("exit_code")
    is_error = bool(failure) or told.get("success") is False or (isinstance(code, int) and code != 0)
    printed = told.get("output")
    if isinstance(printed, str) and not told.keys() - {"output", "exit_code", "error"}:
        text = with_exit_code("\n".join(filter(None, (printed, failure))), code)
        told = {}
    text_format: Literal["json", "plain"] = "json" if told else "plain"
    drafts.add("toolResult", text, text_format, tool=tool, is_error=is_error, images=content.images)


def _tool(call_id: str, name: str, target: str, arguments: object = None) -> ToolCall:
    return tool_call(call_id, name, target, arguments)


def _arguments(value: object) -> object:
    """They come as JSON in a string; the string where it is none."""
    if not isinstance(value, str):
        return {} if value is None else value
    try:
        return parse_line(value.encode("utf-8", "surrogatepass")) if value else {}
    except ValueError:
        return value


def _target(fields: dict[str, object]) -> str:
    told = next(filter(None, (as_text(fields.get(name)).strip() for name in _TELLING)), "")
    within = as_text(fields.get("path")).strip() if as_text(fields.get("pattern")).strip() == told else ""
    return f"{told} in {within}" if told and within not in {"", "."} else told


def _task(fields: dict[str, object]) -> str:
    tasks = [as_text(as_object(task).get("goal")) for task in as_list(fields.get("tasks"))]
    return as_text(fields.get("goal")) or "\n\n".join(filter(None, tasks))
