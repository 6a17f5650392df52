"""The last word of each row, in columns of some fifty bytes a row."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from typing import Final

from session_mirror.harness.base import ReadRecord
from session_mirror.harness.compact import NumberByText

from .messages import Message, calls_of, is_archived, is_taken_back

_IDENTITY: Final = ("role", "content", "tool_call_id", "tool_calls", "tool_name")
_GONE: Final = (1 << 32) - 1
_OF_CALL, _ARCHIVED, _HIDDEN, _SUMMARY = 1, 2, 4, 8
NO_MOMENT: Final = 0


class Words:
    """By rows, in the order of their first lines."""

    def __init__(self) -> None:
        self._rows = NumberByText()
        self.places = array("I")
        """The line in which the row stood first."""
        self.lines = array("I")
        """The line with its last word."""
        self.identities = array("q")
        """The same for rows that say the same."""
        self.likenesses = array("q")
        """The same for calls of the same ids, and for their results, however they were shortened; else the identity."""
        self.moments = array("q")
        """The same for rows that say the same at the same time; `NO_MOMENT` without one."""
        self.times_s = array("d")
        """What tells the time in numbers, otherwise what is no number."""
        self._marks = bytearray()

    def take(self, key: object, row: Message, read: ReadRecord, line: int) -> None:
        """A line with a row's word, and what is shown of it."""
        number = self._rows.setdefault(_text_of(key), len(self.lines))
        if number == len(self.lines):
            self.places.append(line)
            self.lines.append(line)
            for column in (self.identities, self.likenesses, self.moments):
                column.append(0)
            self.times_s.append(0)
            self._marks.append(0)
        identity = _hash([row.get(name) for name in _IDENTITY])
        call_ids = [row["tool_call_id"]] if row.get("tool_call_id") else [call.get("id") for call in calls_of(row)]
        is_of_call = any(call_ids)
        at = row.get("timestamp")
        self.lines[number] = line
        self.identities[number] = identity
        self.likenesses[number] = _hash([row.get("role"), *call_ids]) if is_of_call else identity
        self.moments[number] = hash((identity, at)) or 1 if isinstance(at, (int, float, str)) else NO_MOMENT
        self.times_s[number] = _seconds(at)
        self._marks[number] = (
            _OF_CALL * is_of_call
            | _ARCHIVED * is_archived(row)
            | _HIDDEN * is_taken_back(row)
            | _SUMMARY * any(event.kind == "compaction" for event in read.events)
        )

    def remove(self, key: object) -> None:
        """A row that is gone."""
        number = self._rows.get(_text_of(key))
        if number is not None:
            self.lines[number] = _GONE

    def visible(self) -> array[int]:
        """The rows that are there, and were not taken back."""
        marked = zip(self.lines, self._marks, strict=True)
        return array("I", (row for row, (line, marks) in enumerate(marked) if line != _GONE and not marks & _HIDDEN))

    def moved(self) -> Iterator[tuple[int, int]]:
        """First and last lines of the rows that are there and were told more than once."""
        pairs = zip(self.places, self.lines, strict=True)
        return ((place, line) for place, line in pairs if place != line != _GONE)

    def is_of_call(self, row: int) -> bool:
        """Whether it is a call or a result, with an id."""
        return bool(self._marks[row] & _OF_CALL)

    def is_archived(self, row: int) -> bool:
        """Whether the conversation was compacted since."""
        return bool(self._marks[row] & _ARCHIVED)

    def is_summary(self, row: int) -> bool:
        """Whether it takes the place of what was said before."""
        return bool(self._marks[row] & _SUMMARY)


def _text_of(key: object) -> str:
    return f"i{int(key)}" if isinstance(key, int) else f"s{key if isinstance(key, str) else repr(key)}"


def _hash(values: list[object]) -> int:
    try:
        return hash(tuple(values))
    except TypeError:
        return hash(json.dumps(values))


def _seconds(at: object) -> float:
    try:
        return float(at) if isinstance(at, (int, float)) else float("nan")
    except OverflowError:
        return float("nan")
