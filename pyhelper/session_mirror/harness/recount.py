"""Adds up lines whose worth changes after they were read: told again, taken back, or found to be copies.

What each line tells is kept in twelve bytes, and adding up goes through all of them at once. What counts as what is
each agent's own affair, as with `tally`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import mul
from typing import Final

import attrs

from session_mirror.harness.base import ReadRecord
from session_mirror.harness.compact import LineSet, Texts
from session_mirror.harness.json_values import one_line
from session_mirror.harness.tally import EVERY_TURN, NO_TIME, Spending, statistics_of, time_number
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
_AT_ONCE: Final = 1 << 13
"""Lines that are gone through while no other thread comes to work: for about a millisecond."""
_INVERTED: Final = bytes.maketrans(b"\0\1", b"\1\0")


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

    def sums(self, order: array[int] | None, silent: LineSet) -> Sums:
        """Of the lines in an order, or of all of them in their own; of `silent` ones only the time counts."""
        marks = silent.below(len(self))
        return Sums(
            lines=len(self),
            count=len(self) if order is None else len(order),
            times=_Column(self._times, order),
            numbers=_Column(self._numbers, order),
            telling=_Column(marks.ljust(len(self), b"\0").translate(_INVERTED), order) if marks else None,
            known=list(self._known),
            order=order,
            prompt_of=self._prompt_of,
        )

    def _prompt_of(self, line: int) -> str:
        return self._prompts[bisect_left(self._prompted, line)]


@attrs.frozen
class _Column:
    """What lines tell, by their place in an order; what is there once never changes."""

    by_line: array[int] | bytes
    order: array[int] | None

    def between(self, begin: int, end: int) -> Sequence[int]:
        if self.order is None:
            return self.by_line[begin:end]
        return list(map(self.by_line.__getitem__, self.order[begin:end]))


class Sums:
    """Never changes. Turn 0 is what comes before any prompt. Goes through the lines piece by piece: a pass in one go
    would neither leave memory nor time to others."""

    def __init__(
        self,
        *,
        lines: int,
        count: int,
        times: _Column,
        numbers: _Column,
        telling: _Column | None,
        known: Sequence[_Told],
        order: array[int] | None,
        prompt_of: Callable[[int], str],
    ) -> None:
        """`lines` is how many there are altogether, `count` how many have a place in the order. `telling`: 0 of those
        of which only the time counts."""
        self._lines = lines
        self._count = count
        self._times = times
        self._numbers = numbers
        self._telling = telling
        self._known = known
        self._order = order
        self._prompt_of = prompt_of
        self._all, self._starts = self._added_up(0, count), self._begins()

    @property
    def prompt_count(self) -> int:
        """How many turns begin with a prompt."""
        return len(self._starts)

    def turn_count(self, spent: SpentIn) -> int:
        """How many of them `statistics` tells."""
        return self.prompt_count + self._has_beginning(spent)

    def statistics(self, spending: Spending, spent: SpentIn, turns: slice = EVERY_TURN) -> Statistics:
        """With what the responses cost; only some of the turns."""
        events: Counter[str] = Counter()
        tools: Counter[str] = Counter()
        for number, times in self._all.told.items():
            for kind, _ in self._known[number].events:
                events[kind] += times
            for tool in self._known[number].tools:
                tools[tool] += times
        telling = sum(times for number, times in self._all.told.items() if self._known[number].events)
        numbers = range(0 if self._has_beginning(spent) else 1, self.prompt_count + 1)
        return statistics_of(
            lines=self._lines,
            bookkeeping=self._lines - telling,
            events=events,
            tools=tools,
            spending=spending,
            turns=(self._turn(number, spent) for number in numbers[turns]),
            first_at_ms=self._all.earliest_ms,
            last_at_ms=self._all.latest_ms,
        )

    def _has_beginning(self, spent: SpentIn) -> bool:
        before = self._turn(0, spent)
        return bool(before.tokens.total or before.tool_calls or before.errors)

    def _turn(self, number: int, spent: SpentIn) -> Turn:
        begin = self._starts[number - 1] if number else 0
        end = self._starts[number] if number < len(self._starts) else self._count
        found = self._added_up(begin, end)
        line = begin if self._order is None or not number else self._order[begin]
        return Turn(
            line=line,
            prompt=self._prompt_of(line) if number else "",
            began_at_ms=found.first_ms,
            ended_at_ms=found.latest_ms,
            tokens=spent(number, range(begin, end)),
            tool_calls=sum(len(self._known[each].tools) * times for each, times in found.told.items()),
            errors=sum(
                is_error * times for each, times in found.told.items() for _, is_error in self._known[each].events
            ),
        )

    def _begins(self) -> array[int]:
        """The places where turns begin."""
        begins = bytes(told.begins_turn for told in self._known)
        starts = array("I")
        for begin, end in _pieces(0, self._count):
            marks = LineSet(marks=bytes(map(begins.__getitem__, self._numbers_between(begin, end))))
            starts.extend(begin + place for place in marks)
        return starts

    def _added_up(self, begin: int, end: int) -> _Found:
        found = _Found()
        for piece in _pieces(begin, end):
            found.take(self._times.between(*piece), self._numbers_between(*piece))
        return found

    def _numbers_between(self, begin: int, end: int) -> Iterable[int]:
        numbers = self._numbers.between(begin, end)
        return numbers if self._telling is None else map(mul, numbers, self._telling.between(begin, end))


class _Found:
    """What some lines tell, added up."""

    def __init__(self) -> None:
        self.told: Counter[int] = Counter()
        """How many lines tell the same, by its number."""
        self.first_ms: int | None = None
        """The first time that is told."""
        self.earliest_ms: int | None = None
        self.latest_ms: int | None = None

    def take(self, times: Sequence[int], numbers: Iterable[int]) -> None:
        """Further lines, of which there is one at least."""
        self.told.update(numbers)
        latest = max(times)
        if latest == NO_TIME:
            return
        earliest = min(filter(NO_TIME.__ne__, times))
        if self.first_ms is None:
            self.first_ms = next(filter(NO_TIME.__ne__, times))
        self.earliest_ms = earliest if self.earliest_ms is None else min(self.earliest_ms, earliest)
        self.latest_ms = latest if self.latest_ms is None else max(self.latest_ms, latest)


def _pieces(begin: int, end: int) -> Iterator[tuple[int, int]]:
    return ((at, min(end, at + _AT_ONCE)) for at in range(begin, end, _AT_ONCE))


def _told(read: ReadRecord, *, begins_turn: bool) -> _Told:
    tools = (event.tool for event in read.events if event.kind in _CALLS)
    return _Told(
        tuple((event.kind, event.is_error) for event in read.events),
        tuple(tool.name for tool in tools if tool is not None),
        begins_turn,
    )
