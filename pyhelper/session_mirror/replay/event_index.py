"""What each line of a session holds, in a few bytes a line: enough to lay out time, filter, and pair calls."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import Final

import attrs

from session_mirror.harness.base import Glance, Happened
from session_mirror.harness.compact import NumberByText
from session_mirror.protocol.replay import EventKind, ToolAction

KINDS: Final[tuple[EventKind, ...]] = (
    "error",
    "compaction",
    "prompt",
    "subAgent",
    "toolCall",
    "toolResult",
    "reply",
    "thinking",
    "system",
    "opaque",
)
"""Of a line with several kinds the first of these is what it is shown as at a glance."""
BIT: Final[dict[EventKind, int]] = {kind: 1 << number for number, kind in enumerate(KINDS)}
FAILED: Final = 1 << 10
SIDECHAIN: Final = 1 << 11
SEVERAL: Final = 1 << 12
"""The line holds more than one event."""
EDITS: Final = 1 << 13
"""The line calls a tool to change a file."""
UNTIMED: Final = -1
ANY_KIND: Final = (1 << len(KINDS)) - 1
CHANGING: Final[tuple[ToolAction, ...]] = ("edit", "write")
"""What tools do that change files."""
_CALLS: Final[tuple[EventKind, ...]] = ("toolCall", "subAgent")
_ANY_CALL: Final = BIT["toolCall"] | BIT["subAgent"]
_LATEST_MS: Final = 253_402_300_800_000
"""The year 10000: what is said to be later is no time."""
_MOST_TOOLS: Final = 1 << 16
_MOST_FILES: Final = 20_000


def kind_number(mask: int) -> int:
    """The place in `KINDS` of what a line with these kinds, at least one, is at a glance."""
    kinds = mask & ANY_KIND
    return (kinds & -kinds).bit_length() - 1


@attrs.define
class Touched:
    """A file that tools read or wrote: by which lines first and last, and how often."""

    path: str
    first_line: int
    last_line: int
    first_ms: int | None
    last_ms: int | None
    reads: int = 0
    writes: int = 0
    lines: array[int] = attrs.field(factory=lambda: array("I"))
    """Each line with a call on it, in order."""


class EventIndex:
    """Twelve bytes a line, and an entry for each call and file. Written by one thread, read by any."""

    def __init__(self) -> None:
        self.is_timed = False
        """Whether any line tells a time."""
        self._times = array("q")
        self._masks = array("H")
        self._tools = array("H")
        self._tool_ids: dict[str, int] = {"": 0}
        self._calls = NumberByText()
        self._answers = NumberByText()
        self._files: dict[str, Touched] = {}
        self._further_tools: dict[int, array[int]] = {}
        """By tool: the lines that are about another one first."""
        self._further_calls = array("I")
        self._chains = array("I")
        """By line, up to the last one that is of any."""
        self._chain_begins = array("I")
        self._pictured: list[tuple[int, int, int]] = []
        """Lines with images, how many each, and of how many bytes."""

    def __len__(self) -> int:
        return len(self._times)

    @property
    def times(self) -> array[int]:
        """By line: Unix epoch milliseconds, `UNTIMED` without one."""
        return self._times

    @property
    def masks(self) -> array[int]:
        """By line: the kinds of its events as `BIT`s, and the flags `FAILED`, `SIDECHAIN`, `SEVERAL` and `EDITS`."""
        return self._masks

    @property
    def further_calls(self) -> array[int]:
        """The lines with several calls, each once for every call after its first."""
        return self._further_calls[:]

    @property
    def chain_begins(self) -> Sequence[int]:
        """The first line of each chain of sub-agents inside the session, from chain 1 on."""
        return self._chain_begins[:]

    def chain_of(self, line: int) -> int:
        """The chain that a line is of; 0 of none."""
        return self._chains[line] if line < len(self._chains) else 0

    def lines_of_chain(self, chain: int) -> Iterator[int]:
        """The lines of a chain, in order."""
        return (line for line, each in enumerate(self._chains[:]) if each == chain)

    def images(self, folded: AbstractSet[int]) -> tuple[int, int]:
        """How many images there are, and of how many bytes about, but for those of some lines."""
        told = [(count, size) for line, count, size in self._pictured[:] if line not in folded]
        return sum(count for count, _ in told), sum(size for _, size in told)

    @property
    def file_count(self) -> int:
        """How many files were touched."""
        return len(self._files)

    def files(self, start: int, stop: int) -> list[Touched]:
        """Some of them, in the order in which they were touched first."""
        return list(islice(self._files.values(), start, stop))

    def every_file(self) -> Iterable[Touched]:
        """All of them, in that order."""
        return list(self._files.values())

    def add(self, record: Glance) -> None:
        """The next line of the stream."""
        line = len(self._times)
        time_ms = record.time_ms
        is_time = time_ms is not None and 0 <= time_ms < _LATEST_MS
        self._times.append(time_ms if is_time and time_ms is not None else UNTIMED)
        self.is_timed = self.is_timed or is_time
        mask = (SIDECHAIN if record.is_sidechain else 0) | (SEVERAL if len(record.events) > 1 else 0)
        tool = 0
        for event in record.events:
            if event.kind in _CALLS and mask & _ANY_CALL:
                self._further_calls.append(line)
            mask |= BIT[event.kind]
            if event.is_error or event.kind == "error":
                mask |= FAILED
            if event.tool is not None:
                number = self._tool_id(event.tool.name)
                tool = tool or number
                if number != tool:
                    self._further_tools.setdefault(number, array("I")).append(line)
                self._take_call(line, event)
                if event.kind != "toolResult" and event.tool.action in CHANGING:
                    mask |= EDITS
        if record.chain:
            self._take_chain(line, record.chain)
        if record.images:
            every = [image for images in record.images.values() for image in images]
            self._pictured.append((line, len(every), sum(image.about_bytes for image in every)))
        self._masks.append(mask)
        self._tools.append(tool)

    def kind(self, line: int) -> EventKind | None:
        """What a line is at a glance; None where it shows nothing."""
        mask = self._masks[line]
        return KINDS[kind_number(mask)] if mask & ANY_KIND else None

    def tool(self, name: str) -> int | None:
        """The number of a tool; None where it was never called."""
        return self._tool_ids.get(name)

    def tool_of(self, line: int) -> int:
        """The number of the first tool that a line is about; 0 of none."""
        return self._tools[line]

    def lines_of_tool(self, name: str) -> Iterator[int]:
        """The lines that call a tool, or name it otherwise; in no order."""
        number = self._tool_ids.get(name)
        if number:
            yield from [line for line, tool in enumerate(self._tools[:]) if tool == number]
            yield from self._further_tools.get(number, ())

    def lines_of_file(self, path: str) -> Sequence[int]:
        """The lines that read or wrote a file."""
        known = self._files.get(path)
        return known.lines[:] if known else ()

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Calls, each with its last result, by their lines."""
        for call_id, answer in self._answers.hashes():
            call = self._calls.number_of(call_id)
            if call is not None:
                yield call, answer

    def call_of(self, call_id: str) -> int | None:
        """The line of a call."""
        return self._calls.get(call_id)

    def answer_of(self, call_id: str) -> int | None:
        """The line of the last result of a call."""
        return self._answers.get(call_id)

    def _tool_id(self, name: str) -> int:
        if len(self._tool_ids) >= _MOST_TOOLS:
            return self._tool_ids.get(name, 0)
        return self._tool_ids.setdefault(name, len(self._tool_ids))

    def _take_chain(self, line: int, chain: int) -> None:
        self._chains.extend([0] * (line + 1 - len(self._chains)))
        self._chains[line] = chain
        if chain > len(self._chain_begins):
            self._chain_begins.append(line)

    def _take_call(self, line: int, event: Happened) -> None:
        tool = event.tool
        if tool is None:
            return
        if event.kind == "toolResult":
            if tool.call_id:
                self._answers[tool.call_id] = line
            return
        if tool.call_id:
            self._calls.setdefault(tool.call_id, line)
        for path in tool.paths:
            self._touch(path, line, is_write=tool.action in CHANGING)

    def _touch(self, path: str, line: int, *, is_write: bool) -> None:
        time_ms = None if self._times[line] == UNTIMED else self._times[line]
        known = self._files.get(path)
        if known is None:
            if len(self._files) >= _MOST_FILES:
                return
            known = self._files[path] = Touched(path, line, line, time_ms, time_ms)
        known.last_line = line
        known.last_ms = time_ms if time_ms is not None else known.last_ms
        if not known.lines or known.lines[-1] != line:
            known.lines.append(line)
        known.reads += not is_write
        known.writes += is_write
