"""Telling what a person typed from what was put around it.

Claude Code stores slash commands, hook output, reminders and the editor's context as user messages wrapped in tags,
alone or in front of the typed text in the same message.
"""

from __future__ import annotations

import re
from typing import Final, Literal

import attrs

_COMMAND_TAGS: Final = ("command-name", "command-message", "command-args", "command-contents")
_TAGS: Final = (
    *_COMMAND_TAGS,
    "bash-input",
    "bash-stdout",
    "bash-stderr",
    "ide_diagnostics",
    "ide_opened_file",
    "ide_selection",
    "local-command-caveat",
    "local-command-stderr",
    "local-command-stdout",
    "session-start-hook",
    "system-reminder",
    "task-notification",
    "teammate-message",
    "user-prompt-submit-hook",
)
_OPENING: Final = re.compile(rf"\s*<({'|'.join(_TAGS)})(?:\s[^<>]*)?>")
_CLOSING: Final = re.compile(r"</([a-z_-]+)>\s*\Z")
_INTERRUPTED: Final = "[Request interrupted by user"
_LONGEST_CLOSING: Final = 64
_MOST_TRAILING: Final = 16


@attrs.frozen
class Piece:
    """A part of a user message. `label` names the wrapper, `command` or `bash`; typed text has none."""

    kind: Literal["prompt", "system"]
    text: str
    label: str = ""


def split_prompt(text: str) -> list[Piece]:
    """The pieces of a user message's text, wrappers at either end taken off; nothing for blank text."""
    wrapped, rest = _strip_wrappers(text)
    fields = dict(wrapped)
    pieces: list[Piece] = []
    if name := fields.get("command-name", "").strip():
        slash = name if name.startswith("/") else f"/{name}"
        pieces.append(Piece("prompt", f"{slash} {fields.get('command-args', '').strip()}".rstrip(), "command"))
    for tag, inner in wrapped:
        if tag == "bash-input":
            pieces.append(Piece("prompt", "!" + inner, "bash"))
        elif inner.strip() and (tag not in _COMMAND_TAGS or not name):
            pieces.append(Piece("system", inner, tag))
    if rest.startswith(_INTERRUPTED):
        pieces.append(Piece("system", rest, "interrupted"))
    elif rest:
        pieces.append(Piece("prompt", rest))
    return pieces


def _strip_wrappers(text: str) -> tuple[list[tuple[str, str]], str]:
    """Tags with their contents, and what lies between those at the beginning and those at the end."""
    leading: list[tuple[str, str]] = []
    position = 0
    while opening := _OPENING.match(text, position):
        tag = opening[1]
        end = text.find(f"</{tag}>", opening.end())
        if end < 0:
            break
        leading.append((tag, text[opening.end() : end]))
        position = end + len(tag) + 3
    trailing: list[tuple[str, str]] = []
    rest = text[position:].strip()
    for _ in range(_MOST_TRAILING):
        closing = _CLOSING.search(rest, max(0, len(rest) - _LONGEST_CLOSING))
        if closing is None:
            break
        start = rest.rfind(f"<{closing[1]}", 0, closing.start())
        begin = _OPENING.match(rest, start) if start >= 0 else None
        if begin is None or begin[1] != closing[1]:
            break
        trailing.append((closing[1], rest[begin.end() : closing.start()]))
        rest = rest[:start].rstrip()
    return [*leading, *reversed(trailing)], rest
