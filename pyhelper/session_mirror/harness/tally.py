"""Adds up a stream: events by kind, tools, models, tokens, turns. What counts as what is each agent's own affair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

import attrs

from session_mirror.harness.json_values import one_line
from session_mirror.harness.titles import TITLE_LENGTH
from session_mirror.protocol.statistics import Count, ModelTokens, Statistics, Tokens, Turn

NO_TOKENS: Final = Tokens()


def counted(
    *, fresh: int = 0, output: int = 0, cache_read: int = 0, cache_write: int = 0, reasoning: int = 0
) -> Tokens:
    """With their total; `fresh` is input without cache. What is negative counts as nothing."""
    counts = [max(0, count) for count in (fresh, output, cache_read, cache_write)]
    return Tokens(
        input=counts[0],
        output=counts[1],
        cache_read=counts[2],
        cache_write=counts[3],
        reasoning=max(0, reasoning),
        total=sum(counts),
    )


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


@attrs.define
class _Turn:
    line: int
    prompt: str
    began_at_ms: int | None = None
    ended_at_ms: int | None = None
    tool_calls: int = 0
    errors: int = 0


@attrs.frozen
class Spent:
    """What one response of the model cost."""

    turn: int
    """Number of the turn it belongs to, from 0; the first is what comes before any prompt."""
    model: str
    tokens: Tokens


class Tally:
    """Mutable. Whoever feeds it tells each thing once; responses that are told again replace what they told before."""

    def __init__(self) -> None:
        self._lines = 0
        self._bookkeeping = 0
        self._events: Counter[str] = Counter()
        self._tools: Counter[str] = Counter()
        self._turns = [_Turn(0, "")]
        """The first is what comes before any prompt."""
        self._spent: dict[str, Spent] = {}
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
        self._turns.append(_Turn(self._lines - 1, one_line(text, TITLE_LENGTH), time_ms, time_ms))

    def event(self, kind: str, *, is_error: bool = False) -> None:
        """Something that replay shows, of the present line."""
        self._events[kind] += 1
        if is_error:
            self._turns[-1].errors += 1

    def tool(self, name: str) -> None:
        """A call of a tool; counted as an event by `event`."""
        self._tools[name] += 1
        self._turns[-1].tool_calls += 1

    def spent(self, response: str, model: str, counted: Tokens) -> None:
        """What a response of the model cost; told again under the same identity, the larger one counts."""
        known = self._spent.get(response)
        turn = known.turn if known else len(self._turns) - 1
        if known is None or counted.total >= known.tokens.total:
            self._spent[response] = Spent(turn, model or (known.model if known else ""), counted)

    def forget(self, response: str) -> None:
        """A response that turned out to be a copy of another's."""
        self._spent.pop(response, None)

    def responses(self) -> Mapping[str, Spent]:
        """What each response cost, by its identity."""
        return self._spent

    def statistics(self) -> Statistics:
        """What the lines so far add up to."""
        self._settle()
        whole = NO_TOKENS
        models: dict[str, Tokens] = {}
        turns: dict[int, Tokens] = {}
        for spent in self._spent.values():
            whole = add_tokens(whole, spent.tokens)
            models[spent.model] = add_tokens(models.get(spent.model, NO_TOKENS), spent.tokens)
            turns[spent.turn] = add_tokens(turns.get(spent.turn, NO_TOKENS), spent.tokens)
        told = [_told(turn, turns.get(number, NO_TOKENS)) for number, turn in enumerate(self._turns)]
        before, *prompted = told
        has_beginning = before.tokens.total or before.tool_calls or before.errors
        return Statistics(
            lines=self._lines,
            events=_counts(self._events),
            bookkeeping=self._bookkeeping,
            tools=_counts(self._tools),
            models=tuple(ModelTokens(*told) for told in sorted(models.items(), key=lambda told: -told[1].total)),
            tokens=whole,
            turns=tuple(told if has_beginning else prompted),
            first_at_ms=self._first_at,
            last_at_ms=self._last_at,
        )

    def _settle(self) -> None:
        """The present line's time belongs to the turn it is in."""
        time_ms, self._time_ms = self._time_ms, None
        if time_ms is not None:
            turn = self._turns[-1]
            turn.began_at_ms = time_ms if turn.began_at_ms is None else turn.began_at_ms
            turn.ended_at_ms = time_ms if turn.ended_at_ms is None else max(turn.ended_at_ms, time_ms)


def _counts(counter: Counter[str]) -> tuple[Count, ...]:
    return tuple(Count(name, count) for name, count in counter.most_common())


def _told(turn: _Turn, spent: Tokens) -> Turn:
    return Turn(
        line=turn.line,
        prompt=turn.prompt,
        began_at_ms=turn.began_at_ms,
        ended_at_ms=turn.ended_at_ms,
        tokens=spent,
        tool_calls=turn.tool_calls,
        errors=turn.errors,
    )
