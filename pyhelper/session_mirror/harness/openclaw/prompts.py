"""Telling what a person typed from what OpenClaw put around it: who wrote where, what happened meanwhile, the time.

What comes from a channel is introduced by blocks of JSON, each under a heading that says it is untrusted or carries
OpenClaw's own mark; what the system has to say comes in lines that begin with `System`.
"""

from __future__ import annotations

import re
from typing import Final, Literal

import attrs

_CONTEXT: Final = re.compile(
    r"\s*(?P<label>[A-Z][^\n]{0,120}?)(?: \(untrusted[^\n)]*\):| ?:? \u27e6openclaw:ctx\u27e7)[ \t]*\n"
    r"```json\n(?P<text>.*?)\n```[ \t]*(?:\n|\Z)",
    re.DOTALL,
)
_NOTICE: Final = re.compile(r"\s*System(?: \(untrusted\))?: (?P<text>\[[^\n]*)(?:\n|\Z)")
_TIME: Final = re.compile(r"\A\s*\[[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d[^\]\n]{0,40}\] ?")


@attrs.frozen
class Piece:
    """A part of a user message. `label` names the wrapper; typed text has none."""

    kind: Literal["prompt", "system"]
    text: str
    label: str = ""


def split_prompt(text: str) -> list[Piece]:
    """The pieces of a user message's text; nothing for blank text."""
    pieces: list[Piece] = []
    position = 0
    while True:
        if (context := _CONTEXT.match(text, position)) is not None:
            pieces.append(Piece("system", context["text"], context["label"].strip(": ")))
            position = context.end()
        elif (notice := _NOTICE.match(text, position)) is not None:
            pieces.append(Piece("system", notice["text"], "System"))
            position = notice.end()
        else:
            break
    if rest := text[position:].strip():
        pieces.append(Piece("prompt", rest))
    return pieces


def without_time(text: str) -> str:
    """A prompt without the time that OpenClaw writes before it."""
    return _TIME.sub("", text, count=1)
