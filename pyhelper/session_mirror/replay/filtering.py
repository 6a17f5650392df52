"""Which positions a filter shows, from what the index knows of their lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from session_mirror.protocol.search import ReplayFilter, ReplayFilterResult
from session_mirror.replay.contents import Contents
from session_mirror.replay.event_index import BIT, FAILED, SIDECHAIN, EventIndex

_RUNS_AT_ONCE = 10_000

_ALL_KINDS = sum(BIT.values())
_SHOWN, _HIDDEN = 1, 0


def filtered(contents: Contents, wanted: ReplayFilter, start: int) -> ReplayFilterResult:
    """The positions shown from `start` on, as far as lines were looked at; at most 10,000 runs of them."""
    shown = shown_positions(contents, wanted)
    runs: list[int] = []
    at = start = max(0, min(start, len(shown)))
    while at < len(shown) and len(runs) < 2 * _RUNS_AT_ONCE:
        begin = _next(shown, _SHOWN, at)
        at = _next(shown, _HIDDEN, begin)
        if begin < at:
            runs += begin, at - begin
    return ReplayFilterResult(start=start, until=at, runs=tuple(runs))


def _next(shown: bytearray, value: int, at: int) -> int:
    found = shown.find(value, at)
    return found if found >= 0 else len(shown)


def shown_positions(contents: Contents, wanted: ReplayFilter) -> bytearray:
    """1 for each position that is shown, 0 for each that isn't, up to the first line that was not looked at."""
    lines = _shown_lines(contents.index, wanted, contents.analysed)
    for line in contents.places.arrangement.folded:
        if line < len(lines):
            lines[line] = _HIDDEN
    order = contents.places.arrangement.order
    if order is None:
        return lines
    # Lines that came since the arrangement was made stand where they are in the stream.
    return bytearray(lines[line] for line in order[: len(lines)]) + lines[len(order) :]


def _shown_lines(index: EventIndex, wanted: ReplayFilter, count: int) -> bytearray:
    kinds = _ALL_KINDS & ~sum({BIT[kind] for kind in wanted.hidden_kinds})
    required = FAILED if wanted.errors_only else 0
    required |= SIDECHAIN if wanted.agents == "sub" else 0
    excluded = SIDECHAIN if wanted.agents == "main" else 0
    masks = index.masks[:count]
    verdicts = {mask: mask & kinds != 0 and mask & required == required and not mask & excluded for mask in set(masks)}
    shown = bytearray(map(verdicts.__getitem__, masks))
    if wanted.tools:
        shown = _only(shown, _of_tools(index, wanted.tools))
    if wanted.path is not None:
        shown = _only(shown, _of_file(index, wanted.path))
    return shown


def _only(shown: bytearray, lines: Iterable[int]) -> bytearray:
    kept = bytearray(len(shown))
    for line in lines:
        if line < len(shown):
            kept[line] = shown[line]
    return kept


def _of_tools(index: EventIndex, names: Iterable[str]) -> set[int]:
    return _with_answers(index, {line for name in names for line in index.lines_of_tool(name)})


def _of_file(index: EventIndex, path: str) -> set[int]:
    return _with_answers(index, set(index.lines_of_file(path)))


def _with_answers(index: EventIndex, calls: set[int]) -> set[int]:
    return calls | set(_answers(index, calls))


def _answers(index: EventIndex, calls: set[int]) -> Iterator[int]:
    for call, answer in index.pairs():
        if call in calls:
            yield answer
