"""Adds up a stream: events by kind, tools, models, tokens, turns. What counts as what is each agent's own affair."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Final

from session_mirror.harness.compact import Texts
from session_mirror.harness.json_values import one_line
from session_mirror.harness.ledger import NO_TOKENS, Ledger, Spent, counted
from session_mirror.harness.titles import TITLE_LENGTH
from session_mirror.protocol.statistics import Count, ModelTokens, Statistics, Tokens, Turn

__all__ = ["NO_TOKENS", "Spent", "Tally", "add_tokens", "counted"]

EVERY_TURN: Final = slice(None)
NO_TIME: Final = -(1 << 63)
Spending = Sequence[tuple[str, Tokens]]
"""What the responses of each model cost, the dearest first."""
_LATEST_MS: Final = 1 << 62


def add_tokens(one: Tokens, other: Tokens) -> Tokens:
    """The sum."""
    return Tokens(
        input=one.input + other.input,
        output=one.output + other.output,
        cache_read=one.cache_read + other.cache_read,
        cache_write=one.cache_write + other.cache_write,
        reasoning=one.reasoning + other.reasoning,
        total=one.total + other.total,
    )


class _Turns:
    """In columns: a session may have very many."""

    def __init__(self) -> None:
        self._lines = array("I")
        self._prompts = Texts()
        self._began = array("q")
        self._ended = array("q")
        self._tool_calls = array("I")
        self._errors = array("I")

    def __len__(self) -> int:
        return len(self._lines)

    def begin(self, line: int, prompt: str, time_ms: int | None) -> None:
        self._lines.append(line)
        self._prompts.append(prompt)
        for column in (self._began, self._ended):
            column.append(time_number(time_ms))
        for counts in (self._tool_calls, self._errors):
            counts.append(0)

    def lasts(self, time_ms: int) -> None:
        """The last turn goes on at that time."""
        if self._began[-1] == NO_TIME:
            self._began[-1] = time_number(time_ms)
        self._ended[-1] = max(self._ended[-1], time_number(time_ms))

    def calls_tool(self) -> None:
        self._tool_calls[-1] += 1

    def fails(self) -> None:
        self._errors[-1] += 1

    def told(self, number: int, spent: Tokens) -> Turn:
        return Turn(
            line=self._lines[number],
            prompt=self._prompts[number],
            began_at_ms=time_told(self._began[number]),
            ended_at_ms=time_told(self._ended[number]),
            tokens=spent,
            tool_calls=self._tool_calls[number],
            errors=self._errors[number],
        )


class Tally:
    """Mutable. Whoever feeds it tells each thing once; responses that are told again replace what they told before."""

    def __init__(self) -> None:
        self._lines = 0
        self._bookkeeping = 0
        self._events: Counter[str] = Counter()
        self._tools: Counter[str] = Counter()
        self._turns = _Turns()
        self._turns.begin(0, "", None)  # what comes before any prompt
        self._spent = Ledger()
        self._first_at: int | None = None
        self._last_at: int | None = None
        self._time_ms: int | None = None
        """Of the present line, until it is known whether a turn begins there."""

    def line(self, time_ms: int | None = None, *, bookkeeping: bool = False) -> None:
        """The next line of the stream; what follows is told of it."""
        self._settle()
        self._lines += 1
        self._bookkeeping += bookkeeping
        self._time_ms = time_ms
        if time_ms is None:
            return
        self._first_at = time_ms if self._first_at is None else min(self._first_at, time_ms)
        self._last_at = time_ms if self._last_at is None else max(self._last_at, time_ms)

    def prompt(self, text: str, time_ms: int | None) -> None:
        """A person's prompt in the present line, where a turn begins; counted as an event by `event`."""
        self._time_ms = None
        self._turns.begin(self._lines - 1, one_line(text, TITLE_LENGTH), time_ms)

    def event(self, kind: str, *, is_error: bool = False) -> None:
        """Something that replay shows, of the present line."""
        self._events[kind] += 1
        if is_error:
            self._turns.fails()

    def tool(self, name: str) -> None:
        """A call of a tool; counted as an event by `event`."""
        self._tools[name] += 1
        self._turns.calls_tool()

    def spent(self, response: str, model: str, counted: Tokens) -> None:
        """What a response of the model cost; told again under the same identity, the larger one counts."""
        self._spent.take(response, len(self._turns) - 1, model, counted)

    def forget(self, response: str) -> None:
        """A response that turned out to be a copy of another's."""
        self._spent.forget(response)

    def responses(self) -> Mapping[str, Spent]:
        """What each response cost, by its identity."""
        return self._spent

    def turn_count(self) -> int:
        """How many turns `statistics` tells."""
        return len(self._told_turns())

    def statistics(self, turns: slice = EVERY_TURN) -> Statistics:
        """What the lines so far add up to; only some of the turns."""
        self._settle()
        return statistics_of(
            lines=self._lines,
            bookkeeping=self._bookkeeping,
            events=self._events,
            tools=self._tools,
            spending=self._spent.models(),
            turns=map(self._turn, self._told_turns()[turns]),
            first_at_ms=self._first_at,
            last_at_ms=self._last_at,
        )

    def _told_turns(self) -> range:
        """Numbers of the turns; the first is left out where nothing happened in it."""
        before = self._turn(0)
        is_empty = not (before.tokens.total or before.tool_calls or before.errors)
        return range(is_empty, len(self._turns))

    def _turn(self, number: int) -> Turn:
        return self._turns.told(number, self._spent.by_turn[number])

    def _settle(self) -> None:
        """The present line's time belongs to the turn it is in."""
        time_ms, self._time_ms = self._time_ms, None
        if time_ms is not None:
            self._turns.lasts(time_ms)


def statistics_of(
    *,
    lines: int,
    bookkeeping: int,
    events: Counter[str],
    tools: Counter[str],
    spending: Spending,
    turns: Iterable[Turn],
    first_at_ms: int | None,
    last_at_ms: int | None,
) -> Statistics:
    """The figures in the form in which they are told."""
    return Statistics(
        lines=lines,
        events=_counts(events),
        bookkeeping=bookkeeping,
        tools=_counts(tools),
        models=tuple(ModelTokens(*told) for told in spending),
        tokens=reduce(add_tokens, (tokens for _, tokens in spending), NO_TOKENS),
        turns=tuple(turns),
        first_at_ms=first_at_ms,
        last_at_ms=last_at_ms,
    )


def _counts(counter: Counter[str]) -> tuple[Count, ...]:
    return tuple(Count(name, count) for name, count in counter.most_common())


def time_number(time_ms: int | None) -> int:
    """A time as it stands in columns: `NO_TIME` for none, or for what is none."""
    return time_ms if time_ms is not None and -_LATEST_MS < time_ms < _LATEST_MS else NO_TIME


def time_told(number: int) -> int | None:
    """The time in a column."""
    return None if number == NO_TIME else number
