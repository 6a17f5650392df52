"""What user and assistant records say."""

from __future__ import annotations

from typing import Final

from session_mirror.harness.drafts import Drafts
from session_mirror.harness.images import ImageSource, image_in
from session_mirror.harness.json_values import as_object, as_text

from .prompts import split_prompt
from .tools import SUB_AGENT_TOOLS, answered_call, describe_call, result_content, spilled_name, told_apart

SYNTHETIC: Final = "<synthetic>"
"""The model of messages that the agent made up itself."""


def read_assistant(record: dict[str, object], drafts: Drafts) -> bool:
    """Replies, thinking and calls; False when there is no message to read."""
    content = as_object(record.get("message")).get("content")
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    if not isinstance(content, list):
        return False
    failure = as_text(record.get("error")) or "api_error" if record.get("isApiErrorMessage") is True else ""
    for block in content:
        fields = as_object(block)
        text = as_text(fields.get("text"))
        if fields.get("type") != "text":
            _read_assistant_block(block, drafts)
        elif failure:
            drafts.add("error", text, "markdown", is_error=True, label=failure)
        elif text.strip():
            drafts.add("reply", text, "markdown")
    return True


def _read_assistant_block(block: object, drafts: Drafts) -> None:
    fields = as_object(block)
    kind = as_text(fields.get("type"))
    if kind == "thinking":
        # Recent versions keep only the signature.
        if thought := as_text(fields.get("thinking")):
            drafts.add("thinking", thought, "markdown")
    elif kind == "redacted_thinking":
        drafts.add("thinking", "", label="redacted")
    elif kind.endswith("tool_use"):
        _read_call(fields, drafts)
    elif kind.endswith("tool_result"):
        _read_result(fields, drafts)
    elif kind == "image":
        drafts.add("reply", "", images=(image_in(block),))
    else:
        drafts.add_json("opaque", block, label=kind or "unknown")


def _read_call(block: dict[str, object], drafts: Drafts) -> None:
    tool = describe_call(block)
    arguments = as_object(block.get("input"))
    if tool.name in SUB_AGENT_TOOLS:
        task = as_text(arguments.get("prompt")) or as_text(arguments.get("description"))
        drafts.add("subAgent", task, "markdown", tool=tool, label=as_text(arguments.get("subagent_type")))
    else:
        drafts.add_json("toolCall", block.get("input", {}), tool=tool)


def _read_result(block: dict[str, object], drafts: Drafts, told: object = None) -> None:
    """`told` is what the agent noted of the result for itself; it may be all there is."""
    content = result_content(block.get("content"))
    drafts.add(
        "toolResult",
        content.text or ("" if content.images else told_apart(told)),
        tool=answered_call(block),
        is_error=block.get("is_error") is True,
        images=content.images,
        attachment=spilled_name(content.text, told),
    )


def read_user(record: dict[str, object], drafts: Drafts) -> bool:
    """Prompts, tool results, and what is injected in the user's name; False when there is no message to read."""
    content = as_object(record.get("message")).get("content")
    if record.get("isCompactSummary") is True:
        drafts.add("compaction", result_content(content).text, "markdown", label="summary")
        return True
    if isinstance(content, list):
        results = [as_object(block) for block in content if _is_result(block)]
        for block in results:
            _read_result(block, drafts, record.get("toolUseResult") if len(results) == 1 else None)
        content = [block for block in content if not _is_result(block)]
    injected = injected_as(record)
    return read_user_content(content, drafts, label=injected, injected=bool(injected))


def injected_as(record: dict[str, object]) -> str:
    """In a few words, what put a message in the user's name; empty where a person typed it."""
    origin = as_text(as_object(record.get("origin")).get("kind"))
    if origin not in {"", "human"}:
        return origin
    flags = ("isMeta", "isVisibleInTranscriptOnly")
    by_agent = record.get("promptSource") == "system" or any(record.get(flag) is True for flag in flags)
    return "injected" if by_agent else ""


def _is_result(block: object) -> bool:
    return as_object(block).get("type") == "tool_result"


def read_user_content(content: object, drafts: Drafts, *, label: str = "", injected: bool = False) -> bool:
    """A message's string or blocks: wrappers and injected text as `system`, what was typed as `prompt`."""
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    if not isinstance(content, list):
        return False
    images: list[ImageSource] = []
    for block in content:
        fields = as_object(block)
        kind = as_text(fields.get("type"))
        if isinstance(block, str) or kind == "text":
            _read_text(block if isinstance(block, str) else as_text(fields.get("text")), drafts, label, injected)
        elif kind == "image":
            images.append(image_in(block))
        elif kind == "document":
            drafts.add("system", as_text(fields.get("title")), label="document")
        else:
            drafts.add_json("opaque", block, label=kind or "unknown")
    if images:
        drafts.add_images(images)
    return True


def _read_text(text: str, drafts: Drafts, label: str, injected: bool) -> None:
    if injected:
        drafts.add("system", text, label=label)
        return
    for piece in split_prompt(text):
        drafts.add(piece.kind, piece.text, label=piece.label or label)
