"""Tool calls and their results."""

from __future__ import annotations

import re
from typing import Final

import attrs

from session_mirror.harness.actions import tool_call
from session_mirror.harness.images import ImageSource, images_in
from session_mirror.harness.json_values import as_list, as_object, as_text, displayable, pretty_json
from session_mirror.protocol.replay import ToolCall

SUB_AGENT_TOOLS: Final = frozenset({"Task", "Agent"})
_SPILLED: Final = "<persisted-output>"
_SPILLED_HEAD: Final = 8192
"""The note comes before the preview."""
_SAVED_AT: Final = re.compile(r"saved to: ([^\n]+)")
_TELLING_INPUTS: Final = (
    "command",
    "file_path",
    "notebook_path",
    "pattern",
    "url",
    "query",
    "skill",
    "path",
    "description",
    "subject",
    "question",
    "prompt",
)
"""Inputs that say what a call acts on, the most telling first."""


@attrs.frozen
class Content:
    """What a result or a message holds."""

    text: str
    images: tuple[ImageSource, ...] = ()


def describe_call(block: dict[str, object]) -> ToolCall:
    """The call in a `tool_use` block."""
    arguments = as_object(block.get("input"))
    return tool_call(as_text(block.get("id")), as_text(block.get("name")), _target(arguments), arguments)


def answered_call(block: dict[str, object]) -> ToolCall:
    """The call that a `tool_result` block answers: only its id is known here."""
    return tool_call(as_text(block.get("tool_use_id")), "")


def result_content(content: object) -> Content:
    """A result's text: a string, or an array of text, images, references and things to come."""
    if isinstance(content, str):
        return Content(content)
    if isinstance(content, list):
        return Content("\n".join(filter(None, map(_block_text, content))), tuple(images_in(content)))
    return Content("" if content is None else pretty_json(content))


def told_apart(told: object) -> str:
    """What a result's `toolUseResult` says, be it text, blocks, or a command's output."""
    if isinstance(told, (str, list)):
        return result_content(told).text
    fields = as_object(told)
    texts = [as_text(fields.get(key)) for key in ("stdout", "stderr")]
    content = fields.get("content")
    return "\n".join(filter(None, texts)) or (result_content(content).text if isinstance(content, (str, list)) else "")


def spilled_name(text: str, told: object) -> str | None:
    """The name of the file that keeps the whole of an output too long for the transcript."""
    path = as_text(as_object(told).get("persistedOutputPath"))
    if not path and text.startswith(_SPILLED):
        saved = _SAVED_AT.search(text, 0, _SPILLED_HEAD)
        path = saved[1].strip() if saved else ""
    return displayable(re.split(r"[/\\]", path)[-1]) or None


def _block_text(block: object) -> str:
    fields = as_object(block)
    kind = fields.get("type")
    if kind == "image":
        return ""
    if kind == "text" and isinstance(fields.get("text"), str):
        return as_text(fields.get("text"))
    if kind == "tool_reference":
        return as_text(fields.get("tool_name"))
    return block if isinstance(block, str) else pretty_json(block)


def _target(arguments: dict[str, object]) -> str:
    for key in _TELLING_INPUTS:
        value = as_text(arguments.get(key))
        if value.strip():
            within = as_text(arguments.get("path")) if key == "pattern" else ""
            return f"{value} in {within}" if within else value
    todos = as_list(arguments.get("todos"))
    return f"{len(todos)} item{'' if len(todos) == 1 else 's'}" if todos else ""
