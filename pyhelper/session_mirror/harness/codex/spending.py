"""What a thread's responses cost, by what Codex noted of them.

Newer versions write a `token_usage_record` for each response, all of them `token_count` events with what the last
response cost and what all did. Counts come again unchanged, with a limit's news or after a compaction; a count that
follows records tells of the same responses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from session_mirror.harness.json_values import as_object, as_text
from session_mirror.harness.tally import Tally, counted
from session_mirror.protocol.statistics import Tokens

_FIELDS: Final = (
    "input_tokens",
    "cached_input_tokens",
    "cache_write_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
    "total_tokens",
)
_TOTAL: Final = len(_FIELDS) - 1
_Usage = tuple[int, ...]


class Spending:
    """Mutable; fed with each record that isn't a repetition."""

    def __init__(self, tally: Tally) -> None:
        """`tally` is told."""
        self._tally = tally
        self._told = 0
        """Responses since the last ones that were another thread's."""
        self._thread = ""
        self._turn = ""
        self._total: _Usage | None = None
        self._last: _Usage | None = None
        self._has_record = False

    def take(self, record: Mapping[str, object], payload: dict[str, object], model: str, *, is_copy: bool) -> None:
        """The next record; a copy of another thread's was paid for there."""
        kind = record.get("type")
        if kind == "token_usage_record":
            self._take_record(payload, model, is_copy=is_copy)
        elif kind == "event_msg" and payload.get("type") == "token_count":
            self._take_count(as_object(payload.get("info")), model, is_copy=is_copy)
        elif kind == "turn_context":
            self._turn = as_text(payload.get("turn_id"))
        elif kind == "session_meta" and not self._thread:
            self._thread = as_text(payload.get("id"))

    def forget(self) -> None:
        """All so far was another thread's."""
        for response in list(self._tally.responses()):
            self._tally.forget(response)
        self._told = 0

    def _take_record(self, payload: dict[str, object], model: str, *, is_copy: bool) -> None:
        usage = _usage(payload.get("usage"))
        if usage is None:
            return
        self._has_record = True
        if not is_copy:
            self._spend(as_text(payload.get("response_id")), model, usage)

    def _take_count(self, info: dict[str, object], model: str, *, is_copy: bool) -> None:
        total, last = _usage(info.get("total_token_usage")), _usage(info.get("last_token_usage"))
        is_repeated = last == self._last if total is None else total == self._total
        if is_repeated or (total is None and last is None):
            return
        spent = last if last is not None and any(last[:_TOTAL]) else _difference(total, self._total)
        self._total = total or _sum(self._total, last)
        self._last = last if total is None else None
        if not self._has_record and not is_copy and spent is not None:
            self._spend(self._identity(total), model, spent)
        self._has_record = False

    def _identity(self, total: _Usage | None) -> str:
        """Of a response that has no id: the turn it was in, and what had been spent by then, are the same in copies."""
        if total is None:
            return f"{self._thread} #{self._told}"
        return f"{self._turn or self._thread} {'/'.join(map(str, total))}"

    def _spend(self, response: str, model: str, usage: _Usage) -> None:
        response = response or self._identity(None)
        self._told += 1
        self._tally.spent(response, model, _normalised(usage))


def _usage(value: object) -> _Usage | None:
    fields = as_object(value)
    found = [fields.get(name) for name in _FIELDS]
    numbers = tuple(number if type(number) is int and number > 0 else 0 for number in found)
    return numbers if fields else None


def _difference(total: _Usage | None, before: _Usage | None) -> _Usage | None:
    if total is None or before is None or total[_TOTAL] < before[_TOTAL]:
        return total
    return tuple(now - then for now, then in zip(total, before, strict=True))


def _sum(one: _Usage | None, other: _Usage | None) -> _Usage | None:
    if one is None or other is None:
        return one
    return tuple(here + there for here, there in zip(one, other, strict=True))


def _normalised(usage: _Usage) -> Tokens:
    """Codex counts what came from or went to the cache as input too."""
    whole, cached, written, output, reasoning, _ = usage
    cached = min(cached, whole)
    written = min(written, whole - cached)
    fresh = whole - cached - written
    return counted(fresh=fresh, output=output, cache_read=cached, cache_write=written, reasoning=reasoning)
