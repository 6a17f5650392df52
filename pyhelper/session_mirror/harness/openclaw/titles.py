"""A session's title by its transcript: the name it was given last, else what it began with."""

from __future__ import annotations

from typing import Final

import attrs

from session_mirror.harness.json_values import as_list, as_object, as_text, one_line, parse_object
from session_mirror.harness.titles import TITLE_LENGTH

from .prompts import split_prompt, without_time

_NAMED: Final = b'"session_info"'
_LONGEST_NAME: Final = 256 * 1024
_LONGEST_PROMPT: Final = 16 * 1024 * 1024


@attrs.define
class TitleScan:
    """What was found so far. Its memory is bounded, however long the session."""

    _named: str = ""
    _first_prompt: str = ""

    def feed(self, data: bytes) -> None:
        """Takes the next whole lines."""
        if _NAMED in data:
            for line in data.split(b"\n"):
                if _NAMED in line and len(line) <= _LONGEST_NAME:
                    self._take_name(parse_object(line))
        if not self._first_prompt and b'"user"' in data:
            for line in data.split(b"\n"):
                if b'"user"' in line and len(line) <= _LONGEST_PROMPT:
                    self._first_prompt = _typed_in(parse_object(line))
                if self._first_prompt:
                    break

    def title(self) -> str:
        """The best so far, on one line of at most 200 characters; empty without any."""
        return self._named or self._first_prompt

    def _take_name(self, entry: dict[str, object]) -> None:
        if entry.get("type") == "session_info":
            self._named = one_line(as_text(entry.get("name")), TITLE_LENGTH) or self._named


def _typed_in(entry: dict[str, object]) -> str:
    message = as_object(entry.get("message"))
    if message.get("role") != "user":
        return ""
    content = message.get("content")
    texts = [content] if isinstance(content, str) else [_text(block) for block in as_list(content)]
    for text in texts:
        for piece in split_prompt(text):
            if piece.kind == "prompt" and (title := one_line(without_time(piece.text), TITLE_LENGTH)):
                return title
    return ""


def _text(block: object) -> str:
    return block if isinstance(block, str) else as_text(as_object(block).get("text"))
