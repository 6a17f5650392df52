"""Groups of work: what an agent does between a prompt and its reply, found in what the index knows of the lines."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import attrs

from session_mirror.protocol.work import WorkGroup, WorkResult
from session_mirror.replay.contents import Contents
from session_mirror.replay.event_index import ANY_KIND, BIT, EDITS, FAILED, SIDECHAIN, UNTIMED

_GROUPS_AT_ONCE: Final = 500

# One letter a position, so that runs are found by searching in bytes.
_BOUNDARY, _REPLY, _THOUGHT, _CALL, _ASIDE, _NOTHING = b"Prtcs."
_LETTERS: Final = (
    (BIT["prompt"] | BIT["error"] | BIT["compaction"], _BOUNDARY),
    (BIT["toolCall"] | BIT["toolResult"] | BIT["subAgent"], _CALL),
    (BIT["reply"], _REPLY),
    (BIT["thinking"], _THOUGHT),
    (ANY_KIND, _ASIDE),
)
"""Of a record with several kinds the first of these counts."""
_SHOWN: Final = re.compile(rb"[^.]")
_THOUGHTS: Final = re.compile(rb"[ts.]*t")
_ANSWER: Final = re.compile(rb"[ts.]*r")


class WorkGroups:
    """The groups of one session, found anew when it has grown. Thread-safe."""

    def __init__(self, contents: Callable[[], Contents]) -> None:
        self._contents = contents
        self._found: _Found | None = None

    def page(self, start: int) -> WorkResult:
        """Some 500 groups from a number on."""
        contents = self._contents()
        start = max(0, start)
        end = start + _GROUPS_AT_ONCE
        found = self._found
        if found is None or not found.holds(contents, end):
            found = self._found = _Found(contents, work_groups(contents))
        return WorkResult(
            groups=tuple(found.groups[start:end]),
            group_count=len(found.groups),
            is_complete=found.contents.analysed == contents.count,
        )


@attrs.frozen
class _Found:
    """The groups as they were found once."""

    contents: Contents
    groups: Sequence[WorkGroup]

    def holds(self, now: Contents, end: int) -> bool:
        """Whether those before number `end` are still the same: while a session grows, only the last one changes."""
        then = self.contents
        if then.index is not now.index or then.places.arrangement is not now.places.arrangement:
            return False
        return then.analysed == now.analysed or end < len(self.groups)


def work_groups(contents: Contents) -> Sequence[WorkGroup]:
    """All groups in the lines looked at so far, in order."""
    lines = _lines_in_order(contents)
    masks = array("H", map(contents.index.masks.__getitem__, lines))
    for position in _folded_positions(contents, len(lines)):
        masks[position] = 0
    letters = _letters(masks)
    spans = list(_spans(letters))
    told = _Told(contents, lines, masks, letters)
    files = _files_by_span(contents, masks, spans)
    return [
        told.group(first, end, touched, changed) for (first, end), (touched, changed) in zip(spans, files, strict=True)
    ]


def _lines_in_order(contents: Contents) -> Sequence[int]:
    """The line at each position, as far as lines were looked at."""
    order = contents.places.arrangement.order
    if order is None:
        return range(contents.analysed)
    return [*order[: contents.analysed], *range(len(order), contents.analysed)]


def _folded_positions(contents: Contents, count: int) -> Iterator[int]:
    for line in contents.places.arrangement.folded:
        position = contents.places.position_of(line)
        if position < count:
            yield position


def _letters(masks: Sequence[int]) -> bytes:
    known = set(masks)
    # In a sub-agent's own session everything is marked as being one's: there it means nothing.
    is_nested = any(mask & ANY_KIND and not mask & SIDECHAIN for mask in known)
    letters = {mask: _letter(mask, nested=is_nested and bool(mask & SIDECHAIN)) for mask in known}
    return bytes(map(letters.__getitem__, masks))


def _letter(mask: int, *, nested: bool) -> int:
    if nested and mask & ANY_KIND:
        return _CALL
    letter = next((letter for kinds, letter in _LETTERS if mask & kinds), _NOTHING)
    return _BOUNDARY if letter == _ASIDE and mask & FAILED else letter


def _spans(letters: bytes) -> Iterator[tuple[int, int]]:
    """Begin and end of each group: between two boundaries up to the last call, and what was thought right after it."""
    begin = 0
    while begin < len(letters):
        end = letters.find(_BOUNDARY, begin)
        end = len(letters) if end < 0 else end
        last_call = letters.rfind(_CALL, begin, end)
        shown = _SHOWN.search(letters, begin, end)
        if last_call >= 0 and shown is not None:
            thoughts = _THOUGHTS.match(letters, last_call + 1, end)
            span = shown.start(), thoughts.end() if thoughts else last_call + 1
            # One record is one line already.
            if span[1] - span[0] - letters.count(_NOTHING, *span) > 1:
                yield span
        begin = end + 1


def _marked(masks: Sequence[int], bits: int) -> bytes:
    """1 where a mask has one of these bits."""
    marks = {mask: 1 if mask & bits else 0 for mask in set(masks)}
    return bytes(map(marks.__getitem__, masks))


class _Told:
    """What is told of a group besides its files."""

    def __init__(self, contents: Contents, lines: Sequence[int], masks: Sequence[int], letters: bytes) -> None:
        self._times = contents.index.times
        self._lines = lines
        self._masks = masks
        self._letters = letters
        self._calls = _marked(masks, BIT["toolCall"] | BIT["subAgent"])
        self._failed = _marked(masks, FAILED)
        self._further_calls = sorted(map(contents.places.position_of, contents.index.further_calls))

    def group(self, first: int, end: int, files: int, changed_files: int) -> WorkGroup:
        """The group of the positions from `first` to before `end`."""
        further = bisect_left(self._further_calls, end) - bisect_left(self._further_calls, first)
        return WorkGroup(
            first=first,
            last=end - 1,
            records=end - first - self._letters.count(_NOTHING, first, end),
            calls=self._calls.count(1, first, end) + further,
            failed=self._failed.count(1, first, end),
            files=files,
            changed_files=changed_files,
            took_ms=self._took_ms(first, end),
        )

    def _took_ms(self, first: int, end: int) -> int | None:
        before = self._letters.rfind(_BOUNDARY, 0, first)
        is_prompted = before >= 0 and self._masks[before] & BIT["prompt"]
        answer = _ANSWER.match(self._letters, end)
        began = self._time_in(range(before if is_prompted else first, end))
        ended = self._time_in(range(answer.end() - 1 if answer else end - 1, first - 1, -1))
        return None if began is None or ended is None else max(0, ended - began)

    def _time_in(self, positions: Iterable[int]) -> int | None:
        times = (self._times[self._lines[position]] for position in positions)
        return next((time_ms for time_ms in times if time_ms != UNTIMED), None)


def _files_by_span(
    contents: Contents, masks: Sequence[int], spans: Sequence[tuple[int, int]]
) -> Sequence[tuple[int, int]]:
    """How many files the tools of each group touched, and how many they changed."""
    begins = [first for first, _ in spans]
    touched, changed = [0] * len(spans), [0] * len(spans)
    is_in_order = contents.places.arrangement.order is None
    for file in contents.index.every_file():
        seen: dict[int, bool] = {}
        for position in file.lines if is_in_order else map(contents.places.position_of, file.lines):
            number = bisect_right(begins, position) - 1
            if number >= 0 and position < spans[number][1]:
                seen[number] = seen.get(number, False) or bool(file.writes and masks[position] & EDITS)
        for number, is_changed in seen.items():
            touched[number] += 1
            changed[number] += is_changed
    return list(zip(touched, changed, strict=True))
