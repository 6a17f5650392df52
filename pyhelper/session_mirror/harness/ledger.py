"""What each response of the model cost, in some hundred bytes, and what that adds up to by model and by turn."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import attrs

from session_mirror.harness.compact import NumberByText, Texts
from session_mirror.protocol.statistics import Tokens

NO_TOKENS: Final = Tokens()
_MOST_TOKENS: Final = 1 << 40
"""Of one kind in one response; sums of millions of those are still numbers that JavaScript knows."""
_KINDS: Final = 5
_FORGOTTEN: Final = (1 << 32) - 1


def counted(
    *, fresh: int = 0, output: int = 0, cache_read: int = 0, cache_write: int = 0, reasoning: int = 0
) -> Tokens:
    """With their total; `fresh` is input without cache. What is negative counts as nothing."""
    return _tokens(min(_MOST_TOKENS, max(0, count)) for count in (fresh, output, cache_read, cache_write, reasoning))


@attrs.frozen
class Spent:
    """What one response of the model cost."""

    model: str
    tokens: Tokens


class Sums:
    """Tokens by a number from 0."""

    def __init__(self) -> None:
        self._counts = array("q")

    def __getitem__(self, number: int) -> Tokens:
        counts = self._counts[_KINDS * number : _KINDS * (number + 1)]
        return _tokens(counts) if counts else NO_TOKENS

    def between(self, begin: int, end: int) -> Tokens:
        """Those of the numbers `[begin, end)` together."""
        return _tokens(sum(self._counts[_KINDS * begin + kind : _KINDS * end : _KINDS]) for kind in range(_KINDS))

    def add(self, number: int, tokens: Tokens, sign: int) -> None:
        """Adds them, or takes them away where `sign` is -1."""
        missing = _KINDS * (number + 1) - len(self._counts)
        if missing > 0:
            self._counts.extend([0] * missing)
        for kind, count in enumerate(_counts(tokens), _KINDS * number):
            self._counts[kind] += sign * count


class Ledger(Mapping[str, Spent]):
    """By the responses' identities. Told again, the larger figures count, in the turn where it was told first."""

    def __init__(self) -> None:
        self._numbers = NumberByText()
        self._identities = Texts()
        self._turns = array("I")
        self._models = array("I")
        self._tokens = Sums()
        self._model_names: list[str] = []
        self._model_numbers: dict[str, int] = {}
        self._responses: list[int] = []
        """How many there are of each model."""
        self._by_model = Sums()
        self.by_turn: Final = Sums()

    def __len__(self) -> int:
        return sum(self._responses)

    def __iter__(self) -> Iterator[str]:
        return (self._identities[number] for number, turn in enumerate(self._turns) if turn != _FORGOTTEN)

    def __getitem__(self, response: str) -> Spent:
        number = self._number(response)
        if number is None:
            raise KeyError(response)
        return Spent(self._model(number), self._tokens[number])

    @property
    def told_count(self) -> int:
        """How many responses were told, those included that were forgotten; they are numbered in that order."""
        return len(self._turns)

    def between(self, begin: int, end: int) -> Tokens:
        """What the responses of the numbers `[begin, end)` cost."""
        return self._tokens.between(begin, end)

    def models(self) -> list[tuple[str, Tokens]]:
        """What the responses of each model cost, the dearest first."""
        used = [number for number, left in enumerate(self._responses) if left]
        told = [(self._model_names[number], self._by_model[number]) for number in used]
        return sorted(told, key=lambda each: -each[1].total)

    def take(self, response: str, turn: int, model: str, tokens: Tokens) -> None:
        """A response's cost, told in a turn."""
        number = self._number(response)
        if number is None:
            self._put(response, turn, model, tokens)
        elif tokens.total >= self._tokens[number].total:
            self._take_out(number)
            turn, model = self._turns[number], model or self._model(number)
            self._put(response, turn, model, tokens)

    def forget(self, response: str) -> None:
        """It was none."""
        number = self._number(response)
        if number is not None:
            self._take_out(number)
            self._turns[number] = _FORGOTTEN

    def _number(self, response: str) -> int | None:
        number = self._numbers.get(response)
        return None if number is None or self._turns[number] == _FORGOTTEN else number

    def _model(self, number: int) -> str:
        return self._model_names[self._models[number]]

    def _put(self, response: str, turn: int, model: str, tokens: Tokens) -> None:
        number = self._numbers.setdefault(response, len(self._turns))
        if number == len(self._turns):
            self._identities.append(response)
            self._turns.append(turn)
            self._models.append(0)
        self._turns[number] = turn
        self._models[number] = self._model_number(model)
        self._book(number, tokens, 1)

    def _take_out(self, number: int) -> None:
        self._book(number, self._tokens[number], -1)

    def _book(self, number: int, tokens: Tokens, sign: int) -> None:
        self._responses[self._models[number]] += sign
        self._tokens.add(number, tokens, sign)
        self._by_model.add(self._models[number], tokens, sign)
        self.by_turn.add(self._turns[number], tokens, sign)

    def _model_number(self, model: str) -> int:
        number = self._model_numbers.setdefault(model, len(self._model_names))
        if number == len(self._model_names):
            self._model_names.append(model)
            self._responses.append(0)
        return number


def _counts(tokens: Tokens) -> tuple[int, ...]:
    return tokens.input, tokens.output, tokens.cache_read, tokens.cache_write, tokens.reasoning


def _tokens(counts: Iterable[int]) -> Tokens:
    fresh, output, cache_read, cache_write, reasoning = counts
    return Tokens(
        input=fresh,
        output=output,
        cache_read=cache_read,
        cache_write=cache_write,
        reasoning=reasoning,
        total=fresh + output + cache_read + cache_write,
    )
