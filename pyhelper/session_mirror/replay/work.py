"""Groups of work: what an agent does between a prompt and its reply, found in what the index knows of the lines.

Kept are a letter for each position and four numbers for each group; what a group tells is put together when it is asked
for.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from session_mirror.protocol.work import WorkGroup, WorkResult
from session_mirror.replay.contents import Contents
from session_mirror.replay.event_index import BIT, EDITS, FAILED, UNTIMED, Touched
from session_mirror.replay.work_letters import BOUNDARY, NOTHING, Masks, letters_of, spans_in

_GROUPS_AT_ONCE: Final = 500
_ANSWER: Final = re.compile(rb"[ts.]*r")
_CALLS: Final = BIT["toolCall"] | BIT["subAgent"]


class WorkGroups:
    """The groups of one session, found anew when it has grown. Thread-safe."""

    def __init__(self, contents: Callable[[], Contents]) -> None:
        self._contents = contents
        self._found: _Groups | None = None

    def page(self, start: int) -> WorkResult:
        """Some 500 groups from a number on."""
        contents = self._contents()
        start = max(0, start)
        end = start + _GROUPS_AT_ONCE
        found = self._found
        if found is None or not found.holds(contents, end):
            found = self._found = _Groups(contents)
        return WorkResult(
            groups=tuple(found[start:end]),
            group_count=len(found),
            is_complete=found.contents.analysed == contents.count,
        )


def work_groups(contents: Contents) -> Sequence[WorkGroup]:
    """All groups in the lines looked at so far, in order."""
    return _Groups(contents)[:]


class _Groups:
    """The groups as they were found once."""

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self._masks = Masks(contents)
        self._letters = letters_of(self._masks, contents.analysed)
        self._begins, self._ends = spans_in(self._letters)
        further = (line for line in contents.index.further_calls if not contents.places.is_folded(line))
        self._further_calls = _positions(contents, array("I", further))
        self._files = array("I", bytes(self._begins.itemsize * len(self._begins)))
        self._changed_files = self._files[:]
        for file in contents.index.every_file():
            self._take_file(file)

    def __len__(self) -> int:
        return len(self._begins)

    def __getitem__(self, numbers: slice) -> list[WorkGroup]:
        return [self._group(number) for number in range(len(self))[numbers]]

    def holds(self, now: Contents, end: int) -> bool:
        """Whether those before number `end` are still the same: while a session grows, only the last one changes."""
        then = self.contents
        if then.index is not now.index or then.places.arrangement is not now.places.arrangement:
            return False
        return then.analysed == now.analysed or end < len(self)

    def _take_file(self, file: Touched) -> None:
        number = end = -1
        is_changed = False
        for position in _positions(self.contents, file.lines):
            if position >= end:
                number = bisect_right(self._begins, position, max(0, number)) - 1
                if number < 0 or position >= self._ends[number]:
                    continue
                end, is_changed = self._ends[number], False
                self._files[number] += 1
            if file.writes and not is_changed and self._masks[position] & EDITS:
                is_changed = True
                self._changed_files[number] += 1

    def _group(self, number: int) -> WorkGroup:
        first, end = self._begins[number], self._ends[number]
        calls = bisect_left(self._further_calls, end) - bisect_left(self._further_calls, first)
        failed = 0
        for masks in self._masks.pieces(first, end):
            for mask in masks:
                calls += mask & _CALLS != 0
                failed += mask & FAILED != 0
        return WorkGroup(
            first=first,
            last=end - 1,
            records=end - first - self._letters.count(NOTHING, first, end),
            calls=calls,
            failed=failed,
            files=self._files[number],
            changed_files=self._changed_files[number],
            took_ms=self._took_ms(first, end),
        )

    def _took_ms(self, first: int, end: int) -> int | None:
        before = self._letters.rfind(BOUNDARY, 0, first)
        is_prompted = before >= 0 and self._masks[before] & BIT["prompt"]
        answer = _ANSWER.match(self._letters, end)
        began = self._time_in(range(before if is_prompted else first, end))
        ended = self._time_in(range(answer.end() - 1 if answer else end - 1, first - 1, -1))
        return None if began is None or ended is None else max(0, ended - began)

    def _time_in(self, positions: Iterable[int]) -> int | None:
        times, line_at = self.contents.index.times, self.contents.places.line_at
        told = (times[line_at(position)] for position in positions)
        return next((time_ms for time_ms in told if time_ms != UNTIMED), None)


def _positions(contents: Contents, lines: array[int]) -> array[int]:
    """Where lines, which ascend, are shown; ascending as well."""
    if contents.places.arrangement.order is None:
        return lines
    return array("I", sorted(map(contents.places.position_of, lines)))
