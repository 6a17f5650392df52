"""What the messages in OpenClaw's transcripts say, by the role of who says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from session_mirror.harness.actions import tool_call
from session_mirror.harness.drafts import Drafts
from session_mirror.harness.images import ImageSource, image_in
from session_mirror.harness.json_values import as_object, as_text, pretty_json

from .prompts import split_prompt
from .tools import CALLS, SPAWNING, answered_call, arguments_of, content_of, describe_call

_Message = dict[str, object]
_OWN_PROVIDER: Final = "openclaw"
_OWN_MODELS: Final = frozenset({"acp-runtime", "delivery-mirror", "gateway-injected"})


def read_message(message: _Message, drafts: Drafts) -> bool:
    """Adds a message's events; False when it isn't understood."""
    read = _READERS.get(as_text(message.get("role")))
    return read is not None and read(message, drafts)


def model_of(message: _Message) -> str:
    """The model that spoke: the one that answered, else the one that was asked; empty for OpenClaw's own words."""
    model = as_text(message.get("responseModel")) or as_text(message.get("model"))
    return "" if is_own(message) else model


def is_own(message: _Message) -> bool:
    """Whether OpenClaw itself spoke in the model's name, or noted again what it delivered."""
    return message.get("provider") == _OWN_PROVIDER and as_text(message.get("model")) in _OWN_MODELS


def _read_user(message: _Message, drafts: Drafts) -> bool:
    content = message.get("content")
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    if not isinstance(blocks, list):
        return False
    images: list[ImageSource] = []
    for block in blocks:
        fields = as_object(block)
        kind = as_text(fields.get("type"))
        if kind == "image":
            images.append(image_in(block))
        elif kind == "text" or isinstance(block, str):
            for piece in split_prompt(block if isinstance(block, str) else as_text(fields.get("text"))):
                drafts.add(piece.kind, piece.text, label=piece.label)
        else:
            drafts.add("opaque", pretty_json(block), "json", label=kind or "unknown")
    if images:
        drafts.add_images(images)
    return True


def _read_assistant(message: _Message, drafts: Drafts) -> bool:
    content = message.get("content")
    failure = as_text(message.get("errorMessage"))
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    if not isinstance(blocks, list):
        if not failure:
            return False
        blocks = []
    for block in blocks:
        _read_block(block, drafts)
    if failure:
        drafts.add("error", failure, is_error=True, label=as_text(message.get("stopReason")))
    return True


def _read_block(block: object, drafts: Drafts) -> None:
    fields = as_object(block)
    kind = as_text(fields.get("type"))
    if kind == "text" or isinstance(block, str):
        text = block if isinstance(block, str) else as_text(fields.get("text"))
        if text.strip():
            drafts.add("reply", text, "markdown")
    elif kind == "thinking":
        if thought := as_text(fields.get("thinking")):
            drafts.add("thinking", thought, "markdown")
        elif fields.get("redacted") is True:
            drafts.add("thinking", "", label="redacted")
    elif kind in CALLS:
        _read_call(fields, drafts)
    elif kind == "image":
        drafts.add("reply", "", images=(image_in(block),))
    else:
        drafts.add("opaque", pretty_json(block), "json", label=kind or "unknown")


def _read_call(block: _Message, drafts: Drafts) -> None:
    arguments = arguments_of(block)
    tool = describe_call(block, arguments)
    task = as_text(as_object(arguments).get("task"))
    if tool.name == SPAWNING and task:
        kind = as_text(as_object(arguments).get("label")) or as_text(as_object(arguments).get("agentId"))
        drafts.add("subAgent", task, "markdown", tool=tool, label=kind)
    elif isinstance(arguments, str):
        drafts.add("toolCall", arguments, tool=tool)
    else:
        drafts.add("toolCall", pretty_json(arguments), "json", tool=tool)


def _read_result(message: _Message, drafts: Drafts) -> bool:
    content = content_of(message.get("content"))
    # A command that ran is no error of the tool's, whatever came of it.
    code = as_object(message.get("details")).get("exitCode")
    drafts.add(
        "toolResult",
        content.text,
        tool=answered_call(message),
        is_error=message.get("isError") is True or (isinstance(code, int) and code != 0),
        images=content.images,
    )
    return True


def _read_bash(message: _Message, drafts: Drafts) -> bool:
    """A command that the user ran, without the model."""
    command = as_text(message.get("command"))
    if not command and "output" not in message:
        return False
    tool = tool_call("", "bash", command)
    drafts.add("toolCall", command, tool=tool, label="user")
    code = message.get("exitCode")
    failed = message.get("cancelled") is True or (isinstance(code, int) and code != 0)
    drafts.add("toolResult", as_text(message.get("output")), tool=tool, is_error=failed, label="user")
    return True


def _read_custom(message: _Message, drafts: Drafts) -> bool:
    content = content_of(message.get("content"))
    drafts.add("system", content.text, "markdown", label=as_text(message.get("customType")), images=content.images)
    return True


def _read_branch(message: _Message, drafts: Drafts) -> bool:
    drafts.add("system", as_text(message.get("summary")), "markdown", label="branch summary")
    return True


def _read_compaction(message: _Message, drafts: Drafts) -> bool:
    drafts.add("compaction", as_text(message.get("summary")), "markdown", label="summary")
    return True


def _read_system(message: _Message, drafts: Drafts) -> bool:
    content = content_of(message.get("content"))
    drafts.add("system", content.text, label="system", images=content.images)
    return True


_READERS: Final[Mapping[str, Callable[[_Message, Drafts], bool]]] = {
    "assistant": _read_assistant,
    "bashExecution": _read_bash,
    "branchSummary": _read_branch,
    "compactionSummary": _read_compaction,
    "custom": _read_custom,
    "hookMessage": _read_custom,
    "system": _read_system,
    "toolResult": _read_result,
    "user": _read_user,
}
