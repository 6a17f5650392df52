"""Codex's tool calls and their results."""

from __future__ import annotations

import json
import re
from typing import Final

import attrs

from session_mirror.harness.actions import tool_call
from session_mirror.harness.exit_codes import with_exit_code
from session_mirror.harness.images import ImageSource, image_in, image_of_base64, images_in
from session_mirror.harness.json_values import (
    as_list,
    as_object,
    as_text,
    parse_line,
    pretty_json,
)
from session_mirror.protocol.replay import ToolCall

SPAWNING: Final = "spawn_agent"
_OF_AGENTS: Final = ("multi_agent", "collaboration")
"""How the families of tools are named that begin sub-agents and speak to them."""
_TELLING: Final = ("cmd", "command", "path", "file_path", "pattern", "query", "url", "message", "prompt", "explanation")
"""Arguments that say what a call acts on, the most telling first."""
_PATCHED: Final = re.compile(r"^\*\*\* (?:Add|Update|Delete) File: (.+)$", re.MULTILINE)
_IMAGES: Final = ("input_image", "inputImage", "image")
"""As Codex's own tools give them to the model, and as MCP servers do."""
_SHELLS: Final = frozenset({"-c", "-lc"})
_EXIT_LINES: Final = re.compile(r"\A(?:[^\n]*\n){0,4}?(?:Process exited with code|Exit code:) (-?\d+)")
"""Above a command's output stand some lines about its run."""


@attrs.frozen
class Result:
    """What came back."""

    text: str
    images: tuple[ImageSource, ...] = ()
    is_error: bool = False


def call(item: dict[str, object], name: str, target: str, arguments: object = None) -> ToolCall:
    """A call, or the call that a result answers: then only its id is known."""
    call_id = as_text(item.get("call_id")) or as_text(item.get("id"))
    return tool_call(call_id, name, target, arguments)


def full_name(item: dict[str, object]) -> str:
    """A function's name, with that of the server or family it belongs to, if it is of one."""
    name, namespace = as_text(item.get("name")), as_text(item.get("namespace"))
    is_plain = not namespace or name == SPAWNING or namespace.startswith(_OF_AGENTS)
    return name if is_plain else f"{namespace}.{name}"


def arguments_of(item: dict[str, object]) -> object:
    """A function's arguments, which come as JSON in a string; the string where it is none."""
    text = as_text(item.get("arguments"))
    try:
        return parse_line(text.encode("utf-8", "surrogatepass")) if text else {}
    except ValueError:
        return text


def target_of(arguments: object) -> str:
    """What a call acts on in a few words."""
    fields = as_object(arguments)
    for key in _TELLING:
        value = fields.get(key)
        text = command_text(value) if isinstance(value, list) else as_text(value)
        if text.strip():
            return text
    if "session_id" in fields:
        # What is typed into a running command, or a look at it.
        return as_text(fields.get("chars")).strip() or f"session {fields['session_id']}"
    plan = as_list(fields.get("plan"))
    return f"{len(plan)} step{'' if len(plan) == 1 else 's'}" if plan else ""


def command_text(command: object) -> str:
    """A command line as typed: what a shell was told to run, else its words."""
    words = [as_text(word) for word in as_list(command)]
    if len(words) == 3 and words[1] in _SHELLS:
        return words[2]
    return " ".join(words)


def generated_image(item: dict[str, object]) -> ImageSource:
    """What a call for an image came to; it may be kept in a file only."""
    result = as_text(item.get("result"))
    return image_of_base64(result, "image/png") if result else image_in(item)


def patched_files(patch: str) -> str:
    """The files that a patch touches."""
    return ", ".join(dict.fromkeys(_PATCHED.findall(patch)))


def result_of(output: object) -> Result:
    """A call's output: text, text that is JSON of an old version, content items, or an object around one of these."""
    if isinstance(output, str):
        return _text_result(output)
    if isinstance(output, list):
        items = [as_object(item) for item in output]
        images = tuple(images_in(items, _IMAGES))
        texts = [as_text(item.get("text")) for item in items]
        return attrs.evolve(_text_result("\n".join(filter(None, texts))), images=images)
    if isinstance(output, dict):
        inner = result_of(output.get("content")) if "content" in output else Result(pretty_json(output))
        return attrs.evolve(inner, is_error=inner.is_error or output.get("success") is False)
    return Result("" if output is None else pretty_json(output))


def _text_result(text: str) -> Result:
    if text.startswith('{"output":'):
        try:
            old = as_object(json.loads(text))
        except (ValueError, RecursionError):
            old = {}
        if isinstance(old.get("output"), str):
            code = as_object(old.get("metadata")).get("exit_code")
            printed = with_exit_code(as_text(old.get("output")), code)
            return Result(printed, is_error=isinstance(code, int) and code != 0)
    told = _EXIT_LINES.match(text)
    return Result(text, is_error=told is not None and int(told[1][:9]) != 0)
