"""Adds up lines whose worth changes after they were read: told again, taken back, or found to be copies.

What each line tells is kept in twelve bytes, and adding up goes through all of them at once. What counts as what is
each agent's own affair, as with `tally`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import attrs

from session_mirror.harness.base import ReadRecord
from session_mirror.harness.compact import LineSet, Texts
from session_mirror.harness.json_values import one_line
from session_mirror.harness.tally import EVERY_TURN, NO_TIME, Spending, statistics_of, time_number, time_told
from session_mirror.harness.titles import TITLE_LENGTH
from session_mirror.protocol.statistics import Statistics, Tokens, Turn

SpentIn = Callable[[int, range], Tokens]
"""What the responses in a turn cost, by its number and its places in the order."""


@attrs.frozen
class _Told:
    """What a line tells besides its time. `events`: kinds, and whether they tell of an error; `tools`: those called."""

    events: tuple[tuple[str, bool], ...] = ()
    tools: tuple[str, ...] = ()
    begins_turn: bool = False


_NOTHING: Final = _Told()
_CALLS: Final = frozenset({"toolCall", "subAgent"})


def first_prompt(read: ReadRecord) -> str | None:
    """What was typed first in a line, on one line; None where nothing was."""
    found = next((event.text.value for event in read.events if event.kind == "prompt"), None)
    return None if found is None else one_line(found, TITLE_LENGTH)


class Columns:
    """Collects what lines tell."""

    def __init__(self) -> None:
        self._times = array("q")
        self._numbers = array("I")
        """By line: which of the things known it tells."""
        self._known: dict[_Told, int] = {_NOTHING: 0}
        self._prompted = array("I")
        self._prompts = Texts()

    def __len__(self) -> int:
        return len(self._times)

    def add(self, read: ReadRecord | None = None, prompt: str | None = None) -> None:
        """The next line, by what was read of it, where that counts; `prompt` where a turn begins."""
        if prompt is not None:
            self._prompted.append(len(self))
            self._prompts.append(prompt)
        told = _NOTHING if read is None else _told(read, begins_turn=prompt is not None)
        self._times.append(time_number(None if read is None else read.time_ms))
        self._numbers.append(self._known.setdefault(told, len(self._known)))

    def sums(self, order: array[int] | None, silent: Iterable[int]) -> Sums:
        """Of the lines in an order, or of all of them in their own; of `silent` ones only the time counts."""
        numbers, times = self._numbers[:], self._times[:]
        for line in silent:
            numbers[line] = 0
        if order is not None:
            numbers = array("I", map(numbers.__getitem__, order))
            times = array("q", map(times.__getitem__, order))
        return Sums(
            lines=len(self),
            times=times,
            numbers=numbers,
            known=list(self._known),
            order=order,
            prompt_of=self._prompt_of,
        )

    def _prompt_of(self, line: int) -> str:
        return self._prompts[bisect_left(self._prompted, line)]


class Sums:
    """Never changes. Turn 0 is what comes before any prompt."""

    def __init__(
        self,
        *,
        lines: int,
        times: array[int],
        numbers: array[int],
        known: Sequence[_Told],
        order: array[int] | None,
        prompt_of: Callable[[int], str],
    ) -> None:
        """Times and numbers by place in the order; `lines` is how many there are altogether."""
        self._lines = lines
        self._times = times
        self._numbers = numbers
        self._known = known
        self._order = order
        self._prompt_of = prompt_of
        begins = bytes(told.begins_turn for told in known)
        self._starts = array("I", LineSet(marks=bytes(map(begins.__getitem__, numbers))))

    @property
    def prompt_count(self) -> int:
        """How many turns begin with a prompt."""
        return len(self._starts)

    def turn_count(self, spent: SpentIn) -> int:
        """How many of them `statistics` tells."""
        return self.prompt_count + self._has_beginning(spent)

    def statistics(self, spending: Spending, spent: SpentIn, turns: slice = EVERY_TURN) -> Statistics:
        """With what the responses cost; only some of the turns."""
        counts = Counter(self._numbers)
        events: Counter[str] = Counter()
        tools: Counter[str] = Counter()
        for number, times in counts.items():
            for kind, _ in self._known[number].events:
                events[kind] += times
            for tool in self._known[number].tools:
                tools[tool] += times
        telling = sum(times for number, times in counts.items() if self._known[number].events)
        numbers = range(0 if self._has_beginning(spent) else 1, self.prompt_count + 1)
        return statistics_of(
            lines=self._lines,
            bookkeeping=self._lines - telling,
            events=events,
            tools=tools,
            spending=spending,
            turns=(self._turn(number, spent) for number in numbers[turns]),
            first_at_ms=min(filter(NO_TIME.__ne__, self._times), default=None),
            last_at_ms=time_told(max(self._times, default=NO_TIME)),
        )

    def _has_beginning(self, spent: SpentIn) -> bool:
        before = self._turn(0, spent)
        return bool(before.tokens.total or before.tool_calls or before.errors)

    def _turn(self, number: int, spent: SpentIn) -> Turn:
        begin = self._starts[number - 1] if number else 0
        end = self._starts[number] if number < len(self._starts) else len(self._times)
        times = self._times[begin:end]
        told = Counter(self._numbers[begin:end])
        line = begin if self._order is None or not number else self._order[begin]
        began = times[0] if number else NO_TIME
        if began == NO_TIME:
            began = next(filter(NO_TIME.__ne__, times), NO_TIME)
        return Turn(
            line=line,
            prompt=self._prompt_of(line) if number else "",
            began_at_ms=time_told(began),
            ended_at_ms=time_told(max(times, default=NO_TIME)),
            tokens=spent(number, range(begin, end)),
            tool_calls=sum(len(self._known[each].tools) * times for each, times in told.items()),
            errors=sum(is_error * times for each, times in told.items() for _, is_error in self._known[each].events),
        )


def _told(read: ReadRecord, *, begins_turn: bool) -> _Told:
    tools = (event.tool for event in read.events if event.kind in _CALLS)
    return _Told(
        tuple((event.kind, event.is_error) for event in read.events),
        tuple(tool.name for tool in tools if tool is not None),
        begins_turn,
    )
