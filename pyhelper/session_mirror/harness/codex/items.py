"""What Codex's response items say: messages, reasoning, calls and their results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from session_mirror.harness.drafts import Drafts
from session_mirror.harness.images import ImageSource, image_in
from session_mirror.harness.json_values import as_list, as_object, as_text, pretty_json

from .prompts import agent_text, content_kinds, split_prompt, task_in
from .tools import (
    SPAWNING,
    arguments_of,
    call,
    command_text,
    full_name,
    generated_image,
    patched_files,
    result_of,
    target_of,
)

_Item = dict[str, object]


def read_item(item: _Item, drafts: Drafts) -> bool:
    """Adds an item's events; False when it isn't understood."""
    read = _READERS.get(as_text(item.get("type")))
    if read is None:
        return False
    read(item, drafts)
    return True


def _read_message(item: _Item, drafts: Drafts) -> None:
    role = as_text(item.get("role"))
    content = item.get("content")
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else as_list(content)
    if not isinstance(content, (str, list)):
        drafts.add("opaque", pretty_json(item), "json", label="message")
    kinds = content_kinds(item)
    images: list[ImageSource] = []
    for number, part in enumerate(parts):
        fields = as_object(part)
        kind = as_text(fields.get("type"))
        label = kinds[number] if number < len(kinds) else ""
        if kind == "input_image":
            images.append(image_in(part))
        elif kind not in {"input_text", "output_text", "text", "refusal"}:
            drafts.add("opaque", pretty_json(part), "json", label=kind or "unknown")
        else:
            _read_text(as_text(fields.get("text")) or as_text(fields.get("refusal")), role, label, drafts)
    if images and role == "user":
        drafts.add_images(images)


def _read_text(text: str, role: str, label: str, drafts: Drafts) -> None:
    if role == "assistant":
        if text.strip():
            drafts.add("reply", text, "markdown")
        return
    for piece in split_prompt(text, label):
        if piece.is_circumstance:
            continue
        if role == "user":
            drafts.add(piece.kind, piece.text, label=piece.label)
        else:
            drafts.add("system", piece.text, label=piece.label or role)


def _read_reasoning(item: _Item, drafts: Drafts) -> None:
    parts = as_list(item.get("summary")) or as_list(item.get("content"))
    texts = [as_text(as_object(part).get("text")) for part in parts]
    if thought := "\n\n".join(filter(None, texts)):
        drafts.add("thinking", thought, "markdown")


def _read_function_call(item: _Item, drafts: Drafts) -> None:
    arguments = arguments_of(item)
    tool = call(item, full_name(item), target_of(arguments), arguments)
    task = as_text(as_object(arguments).get("message"))
    if as_text(item.get("name")) == SPAWNING and task:
        drafts.add("subAgent", task, "markdown", tool=tool, label=as_text(as_object(arguments).get("agent_type")))
    elif isinstance(arguments, str):
        drafts.add("toolCall", arguments, tool=tool)
    else:
        drafts.add("toolCall", pretty_json(arguments), "json", tool=tool)


def _read_custom_call(item: _Item, drafts: Drafts) -> None:
    text = as_text(item.get("input"))
    drafts.add("toolCall", text, tool=call(item, full_name(item), patched_files(text) or text, text))


def _read_result(item: _Item, drafts: Drafts) -> None:
    result = result_of(item.get("output"))
    tool = call({"call_id": item.get("call_id")}, "" if item.get("call_id") else full_name(item), "")
    drafts.add("toolResult", result.text, tool=tool, is_error=result.is_error, images=result.images)


def _read_local_shell(item: _Item, drafts: Drafts) -> None:
    action = as_object(item.get("action"))
    tool = call(item, "local_shell", command_text(action.get("command")))
    drafts.add("toolCall", pretty_json(action), "json", tool=tool)


def _read_web_search(item: _Item, drafts: Drafts) -> None:
    action = as_object(item.get("action"))
    drafts.add("toolCall", pretty_json(action), "json", tool=call(item, "web_search", target_of(action)))


def _read_tool_search(item: _Item, drafts: Drafts) -> None:
    arguments = item.get("arguments")
    drafts.add("toolCall", pretty_json(arguments), "json", tool=call(item, "tool_search", target_of(arguments)))


def _read_tool_search_result(item: _Item, drafts: Drafts) -> None:
    tool = call({"call_id": item.get("call_id")}, "", "")
    drafts.add("toolResult", pretty_json(item.get("tools")), "json", tool=tool)


def _read_image(item: _Item, drafts: Drafts) -> None:
    prompt = as_text(item.get("revised_prompt"))
    drafts.add("toolCall", prompt, tool=call(item, "image_generation", prompt), images=(generated_image(item),))


def _read_agent_message(item: _Item, drafts: Drafts) -> None:
    text = agent_text(item)
    if task := task_in(text):
        drafts.add("prompt", task)
    else:
        drafts.add("system", text, "markdown", label=as_text(item.get("author")) or "agent_message")


def _read_compaction(_item: _Item, drafts: Drafts) -> None:
    drafts.add("compaction", "Conversation compacted")


def _read_nothing(_item: _Item, _drafts: Drafts) -> None:
    """The agent's own books."""


_READERS: Final[Mapping[str, Callable[[_Item, Drafts], None]]] = {
    "agent_message": _read_agent_message,
    "compaction": _read_compaction,
    "compaction_summary": _read_compaction,
    "custom_tool_call": _read_custom_call,
    "custom_tool_call_output": _read_result,
    "function_call": _read_function_call,
    "function_call_output": _read_result,
    "ghost_snapshot": _read_nothing,
    "image_generation_call": _read_image,
    "local_shell_call": _read_local_shell,
    "message": _read_message,
    "reasoning": _read_reasoning,
    "tool_search_call": _read_tool_search,
    "tool_search_output": _read_tool_search_result,
    "tool_search_call_output": _read_tool_search_result,
    "web_search_call": _read_web_search,
}
