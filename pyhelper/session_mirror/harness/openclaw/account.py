"""What the entries of one OpenClaw stream are to each other, and what they add up to.

Entries form a tree by `id` and `parentId`; a branch that was left keeps its place in the file. An entry that is written
again under its id is the same entry. When OpenClaw shortens its history it writes the rest of it once more, as a branch
with new ids: those responses cost nothing again. What it removed from its database is not shown, but was spent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from session_mirror.harness.arrangement import Arrangement, Arranger
from session_mirror.harness.base import Glance, ReadRecord
from session_mirror.harness.json_values import as_object, as_text
from session_mirror.harness.tally import EVERY_TURN, Spent, Tally, counted
from session_mirror.protocol.statistics import Statistics, Tokens

from .messages import is_own, model_of
from .records import parse_record
from .rows import removed_key
from .tree import Tree

_Entry = dict[str, object]
_COSTLY: Final = frozenset({"branch_summary", "compaction", "usage"})
"""Entries of the model's work besides its messages; recent versions tell what it cost."""


class Account:
    """See `harness.base.Account` for what each method promises."""

    def __init__(self) -> None:
        self._tally = Tally()
        self._arranger = Arranger()
        self._tree = Tree()
        self._model = ""
        self._known: tuple[Arrangement | None, Sequence[range], Arrangement] = None, (), Arrangement()

    def feed(self, line: bytes) -> Glance:
        """Takes the next line."""
        entry, record = parse_record(line)
        self._model = record.model or self._model
        identity = as_text(entry.get("id"))
        number = len(self._arranger)
        is_copy = self._arranger.add(identity or None, as_text(entry.get("parentId")) or None)
        self._tree.add(entry, lambda named: self._line_before(named, number))
        removed = None if identity else self._arranger.newest(removed_key(entry))
        if removed is not None:
            self._arranger.fold(removed)
        self._tally.line(record.time_ms, bookkeeping=is_copy or not record.events)
        if not is_copy:
            self._count(record)
        self._spend(entry, number)
        return record

    def arrangement(self) -> Arrangement:
        """File order, nobody before its parent, each entry once."""
        arranged, left = self._arranger.arrangement(), self._tree.left()
        if arranged is not self._known[0] or left is not self._known[1]:
            self._known = arranged, left, attrs.evolve(arranged, taken_back=left)
        return self._known[2]

    def statistics(self, turns: slice = EVERY_TURN) -> Statistics:
        """Counts and tokens."""
        return self._tally.statistics(turns)

    def turn_count(self) -> int:
        """By prompts."""
        return self._tally.turn_count()

    def responses(self) -> Mapping[str, Spent]:
        """Costs by what the copies of an entry share in forks, rewritten branches and both eras."""
        return self._tally.responses()

    def _line_before(self, identity: str, line: int) -> int | None:
        """The line that told an entry first, but for the present one."""
        found = self._arranger.first(identity)
        return None if found == line else found

    def _count(self, record: ReadRecord) -> None:
        for event in record.events:
            if event.kind == "prompt":
                self._tally.prompt(event.text.value, record.time_ms)
            self._tally.event(event.kind, is_error=event.is_error)
            if event.kind in ("toolCall", "subAgent") and event.tool is not None:
                self._tally.tool(event.tool.name)

    def _spend(self, entry: _Entry, number: int) -> None:
        message = as_object(entry.get("message"))
        if as_text(entry.get("type")) in _COSTLY:
            model, usage = as_text(entry.get("model")) or self._model, as_object(entry.get("usage"))
        elif message.get("role") == "assistant":
            model, usage = "" if is_own(message) else model_of(message) or self._model, as_object(message.get("usage"))
        else:
            return
        tokens = tokens_of(usage)
        if tokens.total:
            self._tally.spent(_response(entry, message) or f"line {number}", model, tokens)


def tokens_of(usage: _Entry) -> Tokens:
    """An entry's `usage`: its input is what neither came from the cache nor went to it."""
    return counted(
        fresh=_count(usage.get("input")),
        output=_count(usage.get("output")),
        cache_read=_count(usage.get("cacheRead")),
        cache_write=_count(usage.get("cacheWrite")),
        reasoning=_count(usage.get("reasoning")),
    )


def _response(entry: _Entry, message: _Entry) -> str:
    """What tells a response from others: its provider's id and its time, else the entry's; either alone may recur."""
    response, spoken_at = message.get("responseId"), message.get("timestamp")
    if isinstance(response, str) and response and spoken_at:
        return f"{response} {spoken_at}"
    identity = as_text(entry.get("id"))
    return f"{identity} {entry.get('timestamp')}" if identity else ""


def _count(value: object) -> int:
    # JSON has floats as large as one likes, and infinite ones.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
