"""What user and assistant records say."""

from __future__ import annotations

from session_mirror.harness.drafts import Drafts
from session_mirror.harness.json_values import as_object, as_text, pretty_json

from .prompts import split_prompt
from .tools import SUB_AGENT_TOOLS, answered_call, describe_call, result_content


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
        drafts.add("reply", "", images=1)
    else:
        drafts.add("opaque", pretty_json(block), "json", label=kind or "unknown")


def _read_call(block: dict[str, object], drafts: Drafts) -> None:
    tool = describe_call(block)
    arguments = as_object(block.get("input"))
    task = as_text(arguments.get("prompt"))
    if tool.name in SUB_AGENT_TOOLS and task:
        drafts.add("subAgent", task, "markdown", tool=tool, label=as_text(arguments.get("subagent_type")))
    else:
        drafts.add("toolCall", pretty_json(block.get("input", {})), "json", tool=tool)


def _read_result(block: dict[str, object], drafts: Drafts, fallback: object = None) -> None:
    content = result_content(block.get("content"))
    text = content.text or as_text(fallback)
    is_error = block.get("is_error") is True
    drafts.add("toolResult", text, tool=answered_call(block), is_error=is_error, images=content.images)


def read_user(record: dict[str, object], drafts: Drafts) -> bool:
    """Prompts, tool results, and what is injected in the user's name; False when there is no message to read."""
    content = as_object(record.get("message")).get("content")
    if record.get("isCompactSummary") is True:
        drafts.add("compaction", result_content(content).text, "markdown", label="summary")
        return True
    origin = as_text(as_object(record.get("origin")).get("kind"))
    injected = record.get("isMeta") is True or origin not in {"", "human"}
    if isinstance(content, list):
        results = [as_object(block) for block in content if _is_result(block)]
        for block in results:
            _read_result(block, drafts, record.get("toolUseResult") if len(results) == 1 else None)
        content = [block for block in content if not _is_result(block)]
    return read_user_content(content, drafts, label=origin if injected else "", injected=injected)


def _is_result(block: object) -> bool:
    return as_object(block).get("type") == "tool_result"


def read_user_content(content: object, drafts: Drafts, *, label: str = "", injected: bool = False) -> bool:
    """A message's string or blocks: wrappers and injected text as `system`, what was typed as `prompt`."""
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    if not isinstance(content, list):
        return False
    images = 0
    for block in content:
        fields = as_object(block)
        kind = as_text(fields.get("type"))
        if isinstance(block, str) or kind == "text":
            _read_text(block if isinstance(block, str) else as_text(fields.get("text")), drafts, label, injected)
        elif kind == "image":
            images += 1
        elif kind == "document":
            drafts.add("system", as_text(fields.get("title")), label="document")
        else:
            drafts.add("opaque", pretty_json(block), "json", label=kind or "unknown")
    if images:
        drafts.add_images(images)
    return True


def _read_text(text: str, drafts: Drafts, label: str, injected: bool) -> None:
    if injected:
        drafts.add("system", text, label=label or "injected")
        return
    for piece in split_prompt(text):
        drafts.add(piece.kind, piece.text, label=piece.label or label)
