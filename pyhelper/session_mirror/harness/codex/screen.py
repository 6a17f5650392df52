"""What Codex tells its own screen: the same things as its response items, in another form.

Newer versions write `item_completed` with an item, older ones an event for each kind. Most of it repeats a
`response_item`, but not all: copies of a parent's history keep only these, and commands that a tool runs inside of
itself have no response item at all. Older events are read as the items that they became.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from session_mirror.harness.drafts import Drafts
from session_mirror.harness.images import ImageSource, images_in
from session_mirror.harness.json_values import as_list, as_object, as_text, pretty_json
from session_mirror.protocol.replay import EventKind, ToolCall

from .prompts import split_prompt, typed_text
from .tools import call, command_text, generated_image, result_of, target_of

_Item = dict[str, object]
_CALLS: Final = {
    "exec_command_end": "CommandExecution",
    "image_generation_end": "ImageGeneration",
    "mcp_tool_call_end": "McpToolCall",
    "patch_apply_end": "FileChange",
    "view_image_tool_call": "ImageView",
    "web_search_end": "WebSearch",
}
_IMPORTED: Final = "<EXTERNAL SESSION IMPORTED>"
"""What Codex puts behind a conversation that it took over from another agent."""
_REVIEWED: Final = ("review", "user_facing_hint")
_IMAGES: Final = frozenset({"image", "local_image", "localImage"})


def screen_item(event: _Item) -> _Item | None:
    """The item that an `event_msg` tells, whichever version wrote it; None for an event of another sort."""
    kind = as_text(event.get("type"))
    if kind == "item_completed":
        return as_object(event.get("item"))
    if kind in _CALLS:
        return {**event, **as_object(event.get("invocation")), "type": _CALLS[kind], "id": event.get("call_id")}
    say = _SAYINGS.get(kind)
    return None if say is None else say(event)


def read_screen_item(item: _Item, drafts: Drafts) -> bool:
    """Adds an item's events; False when it isn't understood."""
    read = _READERS.get(as_text(item.get("type")))
    if read is None:
        return False
    read(item, drafts)
    return True


def texts_of(item: _Item) -> list[str]:
    """The texts in an item's content or summary."""
    if item.get("type") == "Reasoning":
        parts = as_list(item.get("summary_text")) or as_list(item.get("raw_content"))
        return [text for part in parts if (text := as_text(part))]
    return [text for part in as_list(item.get("content")) if (text := as_text(as_object(part).get("text")))]


def typed_in(record: _Item, payload: _Item) -> str:
    """What a person typed, in whichever form a record tells of it; empty for any other record."""
    if record.get("type") != "event_msg":
        return typed_text(payload)
    item = screen_item(payload) or {}
    if item.get("type") != "UserMessage":
        return ""
    return typed_text({"type": "message", "role": "user", "content": item.get("content")})


def _said_prompt(event: _Item) -> _Item:
    images = [{"type": "image", "image_url": address} for address in as_list(event.get("images"))]
    images += [{"type": "local_image", "path": path} for path in as_list(event.get("local_images"))]
    return {"type": "UserMessage", "content": [{"type": "text", "text": event.get("message")}, *images]}


def _said_reply(event: _Item) -> _Item:
    return {"type": "AgentMessage", "content": [{"type": "Text", "text": event.get("message")}]}


def _said_thought(event: _Item) -> _Item:
    return {"type": "Reasoning", "summary_text": [event.get("text")]}


def _said_compaction(_event: _Item) -> _Item:
    return {"type": "ContextCompaction"}


_SAYINGS: Final[Mapping[str, Callable[[_Item], _Item]]] = {
    "agent_message": _said_reply,
    "agent_reasoning": _said_thought,
    "agent_reasoning_raw_content": _said_thought,
    "context_compacted": _said_compaction,
    "user_message": _said_prompt,
}


def _read_prompt(item: _Item, drafts: Drafts) -> None:
    for text in texts_of(item):
        for piece in split_prompt(text):
            drafts.add(piece.kind, piece.text, label=piece.label)
    if images := tuple(images_in(as_list(item.get("content")), _IMAGES)):
        drafts.add_images(images)


def _read_reply(item: _Item, drafts: Drafts) -> None:
    text = "".join(texts_of(item))
    if text == _IMPORTED:
        drafts.add("system", text, label="import")
    elif text:
        drafts.add("reply", text, "markdown")


def _read_thoughts(item: _Item, drafts: Drafts) -> None:
    if text := "\n\n".join(texts_of(item)):
        drafts.add("thinking", text, "markdown")


def _read_command(item: _Item, drafts: Drafts) -> None:
    if item.get("source") == "user_shell":
        return  # told again in full, as the user's message that the model gets
    command = command_text(item.get("command"))
    drafts.add("toolCall", command, tool=call(item, "shell", command))
    code = item.get("exit_code")
    output = as_text(item.get("aggregated_output")) or as_text(item.get("stdout")) + as_text(item.get("stderr"))
    failed = item.get("status") in {"failed", "declined"} or (isinstance(code, int) and code != 0)
    drafts.add("toolResult", output, tool=_answered(item), is_error=failed)


def _read_mcp_call(item: _Item, drafts: Drafts) -> None:
    name = ".".join(filter(None, (as_text(item.get("server")), as_text(item.get("tool")))))
    _read_call_of(name, item, drafts)


def _read_dynamic_call(item: _Item, drafts: Drafts) -> None:
    name = ".".join(filter(None, (as_text(item.get("namespace")), as_text(item.get("tool")))))
    _read_call_of(name, item, drafts)


def _read_call_of(name: str, item: _Item, drafts: Drafts) -> None:
    arguments = item.get("arguments")
    drafts.add("toolCall", pretty_json(arguments), "json", tool=call(item, name, target_of(arguments), arguments))
    told = item.get("result", item.get("content_items"))
    error = item.get("error") or as_object(told).get("Err")
    found = result_of(as_object(told).get("Ok", told) if error is None else error)
    failed = found.is_error or error is not None or item.get("success") is False
    drafts.add("toolResult", found.text, tool=_answered(item), is_error=failed, images=found.images)


def _read_changes(item: _Item, drafts: Drafts) -> None:
    changes = item.get("changes")
    files = ", ".join(as_object(changes)) if isinstance(changes, dict) else ""
    drafts.add(
        "toolCall",
        pretty_json(changes),
        "json",
        tool=call(item, "apply_patch", files, {"paths": list(as_object(changes))}),
    )
    failed = item.get("success") is False or item.get("status") in {"failed", "declined"}
    output = as_text(item.get("stdout")) + as_text(item.get("stderr"))
    if output or failed:
        drafts.add("toolResult", output, tool=_answered(item), is_error=failed)


def _read_search(item: _Item, drafts: Drafts) -> None:
    action = as_object(item.get("action"))
    query = as_text(item.get("query")) or target_of(action)
    drafts.add("toolCall", pretty_json(action or {"query": query}), "json", tool=call(item, "web_search", query))


def _read_image(item: _Item, drafts: Drafts) -> None:
    prompt = as_text(item.get("revised_prompt"))
    drafts.add("toolCall", prompt, tool=call(item, "image_generation", prompt), images=(generated_image(item),))


def _read_viewed(item: _Item, drafts: Drafts) -> None:
    path = as_text(item.get("path"))
    tool = call(item, "view_image", path, {"path": path})
    drafts.add("toolCall", path, tool=tool, images=(ImageSource(absence="file"),))


def _read_collaboration(item: _Item, drafts: Drafts) -> None:
    name, prompt = as_text(item.get("tool")), as_text(item.get("prompt"))
    kind: EventKind = "subAgent" if prompt and "spawn" in name else "toolCall"
    told = prompt or pretty_json(item.get("receiver_thread_ids"))
    drafts.add(kind, told, "markdown" if prompt else "json", tool=call(item, name, prompt))


def _read_plan(item: _Item, drafts: Drafts) -> None:
    drafts.add("reply", as_text(item.get("text")), "markdown", label="plan")


def _read_hook(item: _Item, drafts: Drafts) -> None:
    texts = [as_text(as_object(part).get("text")) for part in as_list(item.get("fragments"))]
    drafts.add("system", "\n".join(filter(None, texts)) or pretty_json(item), label="hook")


def _read_compaction(_item: _Item, drafts: Drafts) -> None:
    drafts.add("compaction", "Conversation compacted")


def _read_review(item: _Item, drafts: Drafts) -> None:
    output = as_object(item.get("review_output"))
    texts = [as_text(output.get("overall_explanation")), *(as_text(item.get(key)) for key in _REVIEWED)]
    drafts.add("system", next(filter(None, texts), "") or pretty_json(item), "markdown", label="review")


def _read_output(item: _Item, drafts: Drafts) -> None:
    found = result_of(item.get("output"))
    drafts.add("toolResult", found.text, tool=_answered(item), is_error=found.is_error, images=found.images)


def _read_nothing(_item: _Item, _drafts: Drafts) -> None:
    """News of what is told elsewhere."""


def _answered(item: _Item) -> ToolCall:
    return call({"call_id": item.get("call_id"), "id": item.get("id")}, "", "")


_READERS: Final[Mapping[str, Callable[[_Item, Drafts], None]]] = {
    "AgentMessage": _read_reply,
    "CollabAgentToolCall": _read_collaboration,
    "CommandExecution": _read_command,
    "ContextCompaction": _read_compaction,
    "DynamicToolCall": _read_dynamic_call,
    "EnteredReviewMode": _read_review,
    "ExitedReviewMode": _read_review,
    "FileChange": _read_changes,
    "FunctionCallOutput": _read_output,
    "HookPrompt": _read_hook,
    "ImageGeneration": _read_image,
    "ImageView": _read_viewed,
    "McpToolCall": _read_mcp_call,
    "Plan": _read_plan,
    "Reasoning": _read_thoughts,
    "Sleep": _read_nothing,
    "SubAgentActivity": _read_nothing,
    "UserMessage": _read_prompt,
    "WebSearch": _read_search,
}
