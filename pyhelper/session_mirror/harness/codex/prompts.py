"""Telling what a person typed from what Codex put into messages of its own: the environment, instructions, notices.

Recent versions label each part of a message with its kind. Without a label, the wrappers tell.
"""

from __future__ import annotations

import re
from typing import Final, Literal

import attrs

from session_mirror.harness.json_values import as_list, as_object, as_text

_TAGS: Final = (
    "apps_instructions",
    "collaboration_mode",
    "environment_context",
    "permissions instructions",
    "plugins_instructions",
    "skill",
    "skills_instructions",
    "subagent_notification",
    "turn_aborted",
    "user_action",
    "user_instructions",
    "user_shell_command",
)
_CIRCUMSTANCES: Final = frozenset(
    {
        "AGENTS.md",
        "apps_instructions",
        "collaboration_mode",
        "environment_context",
        "permissions_instructions",
        "plugins_instructions",
        "skills_instructions",
        "user_instructions",
    }
)
_CIRCUMSTANCE_KINDS: Final = ("environments.",), (".instructions",)
"""How labels begin or end of what tells the model the same in recent versions."""
_OPENING: Final = re.compile(rf"\s*<({'|'.join(_TAGS)})>")
_AGENTS: Final = re.compile(r"\s*# AGENTS\.md instructions\b.*?(?:</INSTRUCTIONS>|\Z)", re.DOTALL)
_IMAGE: Final = re.compile(r"\s*(?:<image(?: [^>]{0,4096})?>|</image>)\s*")
"""Stands before and behind an image, which is a part of its own."""
_TASK: Final = re.compile(r"Message Type: NEW_TASK\n(?:Task name: ([^\n]*)\n)?(?:[^\n]*\n)*?Payload:\n?(.*)", re.DOTALL)
"""What an agent is told that another one began. The payload may be encrypted, and then isn't part of the text."""
_EDITOR: Final = "# Context from my IDE setup"
_REQUEST: Final = "## My request for Codex:"
_TYPED_KINDS: Final = ("user.", "unknown")


@attrs.frozen
class Piece:
    """A part of a user message. `label` names the wrapper or the kind; typed text has none."""

    kind: Literal["prompt", "system"]
    text: str
    label: str = ""

    @property
    def is_circumstance(self) -> bool:
        """Whether it only tells the model of its instructions, its tools and its surroundings."""
        beginnings, endings = _CIRCUMSTANCE_KINDS
        return self.label in _CIRCUMSTANCES or self.label.startswith(beginnings) or self.label.endswith(endings)


def content_kinds(message: dict[str, object]) -> list[str]:
    """What recent versions say each content item of a message is."""
    labels = as_object(message.get("internal_chat_message_metadata_passthrough"))
    return [as_text(kind) for kind in as_list(labels.get("content_item_kinds"))]


def agent_text(message: dict[str, object]) -> str:
    """What an `agent_message` says, as far as it isn't encrypted."""
    texts = [as_text(as_object(part).get("text")) for part in as_list(message.get("content"))]
    return as_text(message.get("content")) or "\n".join(filter(None, texts))


def task_in(message: str) -> str:
    """The task that a message to a new agent gives it, or at least that task's name; empty for any other message."""
    found = _TASK.match(message)
    return (found[2].strip() or (found[1] or "").rpartition("/")[2].strip()) if found else ""


def typed_text(item: dict[str, object]) -> str:
    """What a person, or another agent, typed in a `response_item`; empty for any other item."""
    if item.get("type") == "agent_message":
        return task_in(agent_text(item))
    if item.get("type") != "message" or item.get("role") != "user":
        return ""
    kinds = content_kinds(item)
    for number, part in enumerate(as_list(item.get("content"))):
        kind = kinds[number] if number < len(kinds) else ""
        for piece in split_prompt(as_text(as_object(part).get("text")), kind):
            if piece.kind == "prompt" and piece.text.strip():
                return piece.text
    return ""


def split_prompt(text: str, kind: str = "") -> list[Piece]:
    """The pieces of one content item's text; nothing for blank text, and for what only encloses an image."""
    if _IMAGE.fullmatch(text):
        return []
    if kind and not kind.startswith(_TYPED_KINDS):
        return [Piece("system", text, kind)] if text.strip() else []
    pieces: list[Piece] = []
    position = 0
    while (wrapped := _wrapped(text, position)) is not None:
        piece, position = wrapped
        pieces.append(piece)
    rest = text[position:].strip()
    if rest.startswith(_EDITOR) and _REQUEST in rest:
        context, _, rest = rest.partition(_REQUEST)
        pieces.append(Piece("system", context.strip(), "ide"))
        rest = rest.strip()
    if rest:
        pieces.append(Piece("prompt", rest))
    return pieces


def _wrapped(text: str, position: int) -> tuple[Piece, int] | None:
    """What is wrapped at a position, and where that ends."""
    opening = _OPENING.match(text, position)
    if opening is not None:
        closing = f"</{opening[1]}>"
        end = text.find(closing, opening.end())
        if end >= 0:
            inner = text[opening.end() : end].strip("\n")
            return Piece("system", inner, opening[1].replace(" ", "_")), end + len(closing)
    agents = _AGENTS.match(text, position)
    if agents is not None:
        return Piece("system", agents[0].strip(), "AGENTS.md"), agents.end()
    return None
