"""What the lines of a Hermes session are to each other, and what they add up to.

A row's last line counts, in the place of its first one; a row that is gone or was taken back shows nothing. What a
response cost is not told by the rows, only what the session cost: that belongs to no turn, unless there is one only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from session_mirror.harness.arrangement import Arrangement
from session_mirror.harness.base import Glance
from session_mirror.harness.json_values import as_object, as_text, parse_object
from session_mirror.harness.tally import Spent, Tally, counted
from session_mirror.protocol.statistics import Statistics, Tokens

from .clones import clones
from .messages import Message
from .records import read_record, record_of
from .rows import OURS, SESSION, USAGE
from .words import Word, word_of

_COUNTS: Final = {
    "fresh": "input_tokens",
    "output": "output_tokens",
    "cache_read": "cache_read_tokens",
    "cache_write": "cache_write_tokens",
    "reasoning": "reasoning_tokens",
}


class HermesAccount:
    """See `harness.base.Account` for what each method promises. It takes a few hundred bytes of memory a row."""

    def __init__(self) -> None:
        self._lines = 0
        self._words: dict[object, Word] = {}
        """By a row's id, or by a line's number where it has none."""
        self._first: dict[object, int] = {}
        self._around: dict[str, Message] = {}

    def feed(self, line: bytes) -> Glance:
        """Takes the next line."""
        number = self._lines
        self._lines += 1
        row = parse_object(line)
        ours = as_object(row.get(OURS))
        key = row.get("id", f"line {number}") if not as_text(ours.get("key")) else None
        if ours.get("removed") is True:
            self._words.pop(_hashable(key), None)
            self._around.pop(as_text(ours.get("key")), None)
        elif ours:
            self._around[as_text(ours.get("key"))] = row
        else:
            record = record_of(row, line) if row else read_record(line)
            key = _hashable(key)
            place = self._first.setdefault(key, number)
            self._words[key] = word_of(row, record, number, place)
            return record
        return read_record(line)

    def arrangement(self) -> Arrangement:
        """Rows in the order of their first lines."""
        order = list(range(self._lines))
        for word in self._words.values():
            if word.line != word.place:
                order[word.place], order[word.line] = word.line, word.place
        shown = {word.line for word in self._shown()}
        folded = frozenset(line for line in range(self._lines) if line not in shown)
        return Arrangement(None if all(map(int.__eq__, order, range(self._lines))) else order, folded)

    def statistics(self) -> Statistics:
        """Counts of what is shown, and tokens as Hermes added them up itself."""
        shown = self._shown()
        told = self._tally(shown).statistics()
        turns = [attrs.evolve(turn, line=shown[turn.line].line) if turn.prompt else turn for turn in told.turns]
        return attrs.evolve(told, turns=tuple(turns))

    def responses(self) -> Mapping[str, Spent]:
        """What each session's models cost; of single responses nothing is known."""
        return self._tally(self._shown()).responses()

    def _tally(self, shown: Sequence[Word]) -> Tally:
        """Of the rows in their order: the numbers of its lines are theirs."""
        tally = Tally()
        has_one_turn = sum(word.prompt is not None for word in shown) == 1
        if not has_one_turn:
            self._spend(tally)
        for word in shown:
            tally.line(word.time_ms, bookkeeping=not word.kinds)
            if word.prompt is not None:
                tally.prompt(word.prompt, word.time_ms)
            for kind, is_error in word.kinds:
                tally.event(kind, is_error=is_error)
            for tool in word.tools:
                tally.tool(tool)
        if has_one_turn:
            self._spend(tally)
        for _ in range(self._lines - len(shown)):
            tally.line(bookkeeping=True)
        return tally

    def _shown(self) -> Sequence[Word]:
        """In their order."""
        visible = sorted((word for word in self._words.values() if not word.is_hidden), key=lambda word: word.place)
        folded = clones(visible)
        return [word for word in visible if word.line not in folded]

    def _spend(self, tally: Tally) -> None:
        """By model where that adds up to what the session cost. What other tasks cost is not part of that."""
        of_table = {
            table: [row for row in self._around.values() if as_object(row.get(OURS)).get("table") == table]
            for table in (SESSION, USAGE)
        }
        main = [row for row in of_table[USAGE] if not row.get("task")]
        whole = [_tokens(row) for row in of_table[SESSION]]
        by_model = [_tokens(row) for row in main]
        rows, spent = (main, by_model) if _sum(by_model) == _sum(whole) or not whole else (of_table[SESSION], whole)
        for row, tokens in zip(rows, spent, strict=True):
            if tokens.total:
                identity = f"{row.get('session_id', row.get('id'))} {as_object(row.get(OURS)).get('key')}"
                tally.spent(identity, as_text(row.get("model")), tokens)


def _tokens(row: Mapping[str, object]) -> Tokens:
    """Hermes' input is without what the cache held, its output with reasoning."""
    counts = {name: value if isinstance(value := row.get(column), int) else 0 for name, column in _COUNTS.items()}
    return counted(**counts)


def _sum(tokens: Sequence[Tokens]) -> tuple[int, ...]:
    return tuple(sum(column) for column in zip(*(attrs.astuple(one) for one in tokens), strict=True))


def _hashable(key: object) -> object:
    return key if isinstance(key, (str, int)) else repr(key)
