"""A session's title: what the user or the agent named it, else what it began with.

The last `custom-title` wins, then the last `ai-title`, the last `last-prompt`, the last `summary`, the first prompt and
the first slash command. A `summary` whose leaf is a record of another file describes that other session: it ranks
behind the first prompt. A sub-agent, in whose file all is side chain, has its task as the last resort.
"""

from __future__ import annotations

from typing import Final

import attrs

from session_mirror.harness.json_values import as_list, as_object, as_text, one_line, parse_object
from session_mirror.harness.titles import TITLE_LENGTH

from .messages import injected_as
from .prompts import split_prompt

_METADATA_MARKS: Final = (b'"custom-title"', b'"ai-title"', b'"last-prompt"', b'"summary"')
_LONGEST_METADATA: Final = 256 * 1024
_LONGEST_PROMPT: Final = 16 * 1024 * 1024
_MOST_LEAVES: Final = 32


@attrs.define
class TitleScan:
    """What was found so far. Its memory is bounded, however long the session."""

    _custom: str = ""
    _by_agent: str = ""
    _last_prompt: str = ""
    _own_summary: str = ""
    _foreign_summary: str = ""
    _first_prompt: str = ""
    _command: str = ""
    _task: str = ""
    """The first prompt of a side chain."""
    _leaves: dict[bytes, str] = attrs.field(factory=dict)
    """Summaries whose leaf was not met yet."""

    def feed(self, data: bytes) -> None:
        """Takes the next whole lines."""
        if any(mark in data for mark in _METADATA_MARKS):
            for line in data.split(b"\n"):
                if len(line) <= _LONGEST_METADATA and any(mark in line for mark in _METADATA_MARKS):
                    self._take_metadata(parse_object(line))
        for leaf in [leaf for leaf in self._leaves if leaf in data]:
            self._own_summary = self._leaves.pop(leaf)
        if not self._first_prompt and b'"user"' in data:
            self._find_prompt(data)

    def title(self) -> str:
        """The best so far, on one line of at most 200 characters; empty without any."""
        ranked = (self._custom, self._by_agent, self._last_prompt, self._own_summary, self._first_prompt)
        return next(filter(None, (*ranked, self._foreign_summary, self._command, self._task)), "")

    @property
    def has_custom(self) -> bool:
        """Whether a person named the session."""
        return bool(self._custom)

    def _take_metadata(self, record: dict[str, object]) -> None:
        kind = record.get("type")
        if kind == "custom-title":
            self._custom = _titled(record.get("customTitle")) or self._custom
        elif kind == "ai-title":
            self._by_agent = _titled(record.get("aiTitle")) or self._by_agent
        elif kind == "last-prompt":
            typed, _ = _first_typed(as_text(record.get("lastPrompt")))
            self._last_prompt = typed or self._last_prompt
        elif kind == "summary" and (summary := _titled(record.get("summary"))):
            self._take_summary(summary, as_text(record.get("leafUuid")))

    def _take_summary(self, summary: str, leaf: str) -> None:
        if not leaf:
            self._own_summary = summary
            return
        self._foreign_summary = summary
        self._leaves[f'"uuid":"{leaf}"'.encode("utf-8", "replace")] = summary
        if len(self._leaves) > _MOST_LEAVES:
            self._leaves.pop(next(iter(self._leaves)))

    def _find_prompt(self, data: bytes) -> None:
        for line in data.split(b"\n"):
            if b'"user"' not in line or len(line) > _LONGEST_PROMPT:
                continue
            record = parse_object(line)
            typed, command = _typed_in(record)
            if record.get("isSidechain") is True:
                self._task = self._task or typed
                continue
            self._command = self._command or command
            if typed:
                self._first_prompt = typed
                return


def _typed_in(record: dict[str, object]) -> tuple[str, str]:
    """What a person typed in a record, and the slash command in it."""
    if record.get("type") != "user" or record.get("isCompactSummary") is True or injected_as(record):
        return "", ""
    content = as_object(record.get("message")).get("content")
    blocks = [as_object(block) for block in as_list(content)]
    texts = [as_text(content), *(as_text(block.get("text")) for block in blocks if block.get("type") == "text")]
    found = [_first_typed(text) for text in texts if text]
    typed = next((prompt for prompt, _ in found if prompt), "")
    return typed, next((command for _, command in found if command), "")


def _first_typed(text: str) -> tuple[str, str]:
    pieces = [piece for piece in split_prompt(text) if piece.kind == "prompt"]
    typed = next((_titled(piece.text) for piece in pieces if piece.label != "command"), "")
    return typed, next((_titled(piece.text) for piece in pieces if piece.label == "command"), "")


def _titled(value: object) -> str:
    return one_line(as_text(value), TITLE_LENGTH)
