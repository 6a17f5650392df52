"""What the lines of a Hermes session are to each other, and what they add up to.

A row's last line counts, in the place of its first one; a row that is gone or was taken back shows nothing. What a
response cost is not told by the rows, only what the session cost: that belongs to no turn, unless there is one only.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from session_mirror.harness.arrangement import Arrangement
from session_mirror.harness.base import Glance
from session_mirror.harness.compact import LineSet, count_on
from session_mirror.harness.json_values import as_object, as_text, parse_object
from session_mirror.harness.ledger import NO_TOKENS, Ledger
from session_mirror.harness.recount import Columns, SpentIn, Sums, first_prompt
from session_mirror.harness.tally import EVERY_TURN, Spent, counted
from session_mirror.protocol.statistics import Statistics, Tokens

from .clones import without_clones
from .messages import Message
from .records import read_record, record_of
from .rows import OURS, SESSION, USAGE
from .words import Words

_COUNTS: Final = {
    "fresh": "input_tokens",
    "output": "output_tokens",
    "cache_read": "cache_read_tokens",
    "cache_write": "cache_write_tokens",
    "reasoning": "reasoning_tokens",
}


@attrs.define
class _Found:
    """What the lines so far come to."""

    shown: array[int]
    """Those that say something of their own, in the order of their rows."""
    arrangement: Arrangement | None = None
    sums: Sums | None = None


class HermesAccount:
    """See `harness.base.Account` for what each method promises. It takes some ninety bytes of memory a row."""

    def __init__(self) -> None:
        self._words = Words()
        self._columns = Columns()
        self._around: dict[str, Message] = {}
        self._found: _Found | None = None

    def feed(self, line: bytes) -> Glance:
        """Takes the next line."""
        self._found = None
        number = len(self._columns)
        row = parse_object(line)
        read = record_of(row, line) if row else read_record(line)
        ours = as_object(row.get(OURS))
        key = row.get("id", f"line {number}") if not as_text(ours.get("key")) else None
        if ours.get("removed") is True:
            self._words.remove(key)
            self._around.pop(as_text(ours.get("key")), None)
            self._columns.add()
        elif ours:
            self._around[as_text(ours.get("key"))] = row
            self._columns.add()
        else:
            self._words.take(key, row, read, number)
            self._columns.add(read, first_prompt(read))
        return read

    def arrangement(self) -> Arrangement:
        """Rows in the order of their first lines."""
        found = self._now()
        if found.arrangement is None:
            found.arrangement = self._arranged(found.shown)
        return found.arrangement

    def statistics(self, turns: slice = EVERY_TURN) -> Statistics:
        """Counts of what is shown, and tokens as Hermes added them up itself."""
        sums, spent = self._sums(), self._spent()
        return sums.statistics(spent.models(), _spent_in(sums, spent), turns)

    def turn_count(self) -> int:
        """By the prompts that are shown."""
        sums = self._sums()
        return sums.turn_count(_spent_in(sums, self._spent()))

    def responses(self) -> Mapping[str, Spent]:
        """What each session's models cost; of single responses nothing is known."""
        return self._spent()

    def _sums(self) -> Sums:
        found = self._now()
        if found.sums is None:
            found.sums = self._columns.sums(found.shown, LineSet())
        return found.sums

    def _now(self) -> _Found:
        if self._found is None:
            self._found = _Found(without_clones(self._words))
        return self._found

    def _arranged(self, shown: array[int]) -> Arrangement:
        order = array("I")
        for place, line in self._words.moved():
            count_on(order, len(self._columns))
            order[place], order[line] = line, place
        folded = bytearray(b"\1") * len(self._columns)
        for line in shown:
            folded[line] = 0
        return Arrangement(order or None, LineSet(marks=folded), positions=order or None)

    def _spent(self) -> Ledger:
        """By model where that adds up to what the session cost. What other tasks cost is not part of that."""
        of_table = {
            table: [row for row in self._around.values() if as_object(row.get(OURS)).get("table") == table]
            for table in (SESSION, USAGE)
        }
        main = [row for row in of_table[USAGE] if not row.get("task")]
        whole = [_tokens(row) for row in of_table[SESSION]]
        by_model = [_tokens(row) for row in main]
        rows, spent = (main, by_model) if _sum(by_model) == _sum(whole) or not whole else (of_table[SESSION], whole)
        ledger = Ledger()
        for row, tokens in zip(rows, spent, strict=True):
            if tokens.total:
                identity = f"{row.get('session_id', row.get('id'))} {as_object(row.get(OURS)).get('key')}"
                ledger.take(identity, 0, as_text(row.get("model")), tokens)
        return ledger


def _spent_in(sums: Sums, spent: Ledger) -> SpentIn:
    """All of it in the only turn with a prompt; of several nobody knows."""
    is_told = sums.prompt_count == 1
    return lambda turn, _: spent.by_turn[0] if is_told and turn == 1 else NO_TOKENS


def _tokens(row: Mapping[str, object]) -> Tokens:
    """Hermes' input is without what the cache held, its output with reasoning."""
    counts = {name: value if isinstance(value := row.get(column), int) else 0 for name, column in _COUNTS.items()}
    return counted(**counts)


def _sum(tokens: Sequence[Tokens]) -> tuple[int, ...]:
    return tuple(sum(column) for column in zip(*(attrs.astuple(one) for one in tokens), strict=True))
