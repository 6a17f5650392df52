"""Tool calls and their results, as OpenClaw and its family write them."""

from __future__ import annotations

from typing import Final

import attrs

from session_mirror.harness.actions import tool_call
from session_mirror.harness.images import ImageSource, images_in
from session_mirror.harness.json_values import (
    as_list,
    as_object,
    as_text,
    parse_line,
    pretty_json,
)
from session_mirror.protocol.replay import ToolCall

SPAWNING: Final = "sessions_spawn"
CALLS: Final = frozenset({"toolCall", "toolUse", "tool_use", "functionCall"})
_TELLING: Final = (
    "command",
    "path",
    "file_path",
    "filePath",
    "pattern",
    "query",
    "url",
    "action",
    "task",
    "sessionKey",
    "message",
    "prompt",
    "name",
)
"""Arguments that say what a call acts on, the most telling first."""


@attrs.frozen
class Content:
    """What a message or a result holds."""

    text: str
    images: tuple[ImageSource, ...] = ()


def arguments_of(block: dict[str, object]) -> object:
    """A call's arguments: an object, or JSON in a string; the string where it is none."""
    value = block.get("arguments", block.get("input", {}))
    if not isinstance(value, str):
        return value
    try:
        return parse_line(value.encode("utf-8", "surrogatepass"))
    except ValueError:
        return value


def describe_call(block: dict[str, object], arguments: object) -> ToolCall:
    """The call in a block of an assistant's message."""
    target = _target(as_object(arguments))
    return tool_call(as_text(block.get("id")), as_text(block.get("name")), target, arguments)


def answered_call(message: dict[str, object]) -> ToolCall:
    """The call that a result answers."""
    call_id = as_text(message.get("toolCallId")) or as_text(message.get("toolUseId"))
    return tool_call(call_id, as_text(message.get("toolName")))


def content_of(content: object) -> Content:
    """Text, or an array of texts, images and things to come."""
    if isinstance(content, str):
        return Content(content)
    if isinstance(content, list):
        return Content("\n".join(filter(None, map(_block_text, content))), tuple(images_in(content)))
    return Content("" if content is None else pretty_json(content))


def _block_text(block: object) -> str:
    fields = as_object(block)
    if fields.get("type") == "image":
        return ""
    if fields.get("type") == "text" and isinstance(fields.get("text"), str):
        return as_text(fields.get("text"))
    return block if isinstance(block, str) else pretty_json(block)


def _target(arguments: dict[str, object]) -> str:
    told = next(filter(str.strip, (as_text(arguments.get(key)) for key in _TELLING)), "")
    if told:
        return told
    steps = as_list(arguments.get("plan"))
    return f"{len(steps)} step{'' if len(steps) == 1 else 's'}" if steps else ""
