"""Which lines say what another line of the same rollout said already.

Codex tells most things twice: to the model as a `response_item`, and to its screen as an `event_msg`, in either order.
Whichever comes first is shown, the other is its echo. They are known by the item's id, or by a call's; where there are
none, by what they say: then one line of either sort goes with one of the other within a turn, so that what was said
twice stays said twice.
"""

from __future__ import annotations

from array import array
from collections import Counter
from typing import Final

import attrs

from session_mirror.harness.compact import NumberByText
from session_mirror.harness.json_values import as_list, as_object, as_text

from .prompts import typed_text
from .screen import screen_item, texts_of
from .tools import target_of

_MODEL: Final = 1
_SCREEN: Final = -1
_BOUNDARIES: Final = frozenset({"task_started", "turn_started", "task_complete", "turn_complete", "turn_aborted"})
_Fields = dict[str, object]


@attrs.frozen
class _Said:
    """`side` tells for whom. All `words` have to be said by the other side for this to be an echo."""

    side: int
    identity: str = ""
    words: tuple[int, ...] = ()


class _FirstSaid:
    """By identity: who said it first. It takes some forty bytes each."""

    def __init__(self) -> None:
        self._numbers = NumberByText()
        self._sides = array("b")
        self._words = array("q")
        self._ends = array("I")

    def get(self, identity: str) -> _Said | None:
        number = self._numbers.get(identity)
        if number is None:
            return None
        begin = self._ends[number - 1] if number else 0
        return _Said(self._sides[number], identity, tuple(self._words[begin : self._ends[number]]))

    def know(self, said: _Said) -> None:
        """Unless it was said before, or has no identity."""
        if said.identity and self._numbers.setdefault(said.identity, len(self._sides)) == len(self._sides):
            self._sides.append(said.side)
            self._words.extend(said.words)
            self._ends.append(len(self._words))


class Echoes:
    """Mutable; fed line by line."""

    def __init__(self) -> None:
        self._first = _FirstSaid()
        self._surplus: Counter[int] = Counter()
        """By words: how often the model's side said them more often than the screen's, in this turn."""
        self._open: dict[str, int] = {}
        """Calls that have no answer yet, and what they asked for."""

    def is_echo(self, record: _Fields, payload: _Fields, *, is_shown: bool) -> bool:
        """Whether a record says only what was said before; never one that shows nothing."""
        if record.get("type") == "event_msg" and as_text(payload.get("type")) in _BOUNDARIES:
            self._surplus.clear()
        if not is_shown:
            return False
        if self._is_repeated_call(payload):
            return True
        said = _said(record, payload)
        if said is None:
            return False
        first = self._first.get(said.identity)
        if first is not None and first.side != said.side:
            self._count(first.side, first.words, -1)
            return True
        if said.words and all(self._surplus[word] * said.side < 0 for word in said.words):
            self._count(said.side, said.words, 1)
            self._first.know(said)
            return True
        self._first.know(said)
        self._count(said.side, said.words, 1)
        return False

    def _count(self, side: int, words: tuple[int, ...], times: int) -> None:
        for word in words:
            self._surplus[word] += side * times

    def _is_repeated_call(self, payload: _Fields) -> bool:
        """A call that stands there twice before it is answered; ids alone don't tell, some providers use them again."""
        kind, call_id = as_text(payload.get("type")), as_text(payload.get("call_id"))
        if not call_id:
            return False
        if kind in {"function_call_output", "custom_tool_call_output"}:
            self._open.pop(call_id, None)
        elif kind in {"function_call", "custom_tool_call"}:
            asked = hash(
                (as_text(payload.get("name")), as_text(payload.get("arguments")), as_text(payload.get("input")))
            )
            if self._open.get(call_id) == asked:
                return True
            self._open[call_id] = asked
        return False


def _said(record: _Fields, payload: _Fields) -> _Said | None:
    kind = record.get("type")
    if kind == "event_msg":
        item = screen_item(payload)
        return None if item is None else _told_screen(item)
    if kind == "compacted":
        return _Said(_MODEL, words=(hash("compaction"),))
    return _told_model(payload)


def _told_screen(item: _Fields) -> _Said:
    kind = as_text(item.get("type"))
    texts = texts_of(item)
    words: tuple[int, ...] = ()
    if kind == "UserMessage":
        words = (_prompt(item.get("content")),)
    elif kind == "AgentMessage":
        words = (hash(("reply", "".join(texts))),)
    elif kind == "Reasoning":
        words = tuple(hash(("thinking", text)) for text in texts)
    elif kind == "WebSearch":
        words = (hash(("search", as_text(item.get("query")))),)
    elif kind == "ContextCompaction":
        words = (hash("compaction"),)
    return _Said(_SCREEN, as_text(item.get("id")), words)


def _told_model(item: _Fields) -> _Said | None:
    kind = as_text(item.get("type"))
    own_id = as_text(item.get("id"))
    if kind == "message" and item.get("role") == "user":
        sorts = [as_text(as_object(part).get("type")) for part in as_list(item.get("content"))]
        is_typed = bool(typed_text(item)) or "input_image" in sorts
        return _Said(_MODEL, own_id, (_prompt(item.get("content")),)) if is_typed else None
    if kind == "message" and item.get("role") == "assistant":
        texts = [as_text(as_object(part).get("text")) for part in as_list(item.get("content"))]
        return _Said(_MODEL, own_id, (hash(("reply", "".join(texts))),))
    if kind == "reasoning":
        parts = as_list(item.get("summary")) or as_list(item.get("content"))
        texts = [text for part in parts if (text := as_text(as_object(part).get("text")))]
        return _Said(_MODEL, own_id, tuple(hash(("thinking", text)) for text in texts))
    if kind == "web_search_call":
        return _Said(_MODEL, own_id, (hash(("search", target_of(item.get("action")))),))
    if kind.endswith("_call"):
        return _Said(_MODEL, as_text(item.get("call_id")) or own_id)
    return None


def _prompt(content: object) -> int:
    """Of a prompt's parts the first that was typed: the others are written differently for model and screen."""
    parts = [{**as_object(part), "type": "text"} for part in as_list(content)]
    return hash(("prompt", typed_text({"type": "message", "role": "user", "content": parts})))
