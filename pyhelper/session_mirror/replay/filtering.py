"""Which positions a filter shows: from what the index knows of their lines, and by the lines themselves where that
leaves it open."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Final

from session_mirror.protocol.search import ReplayFilter, ReplayFilterResult
from session_mirror.replay.contents import Contents, LastFiltered
from session_mirror.replay.event_filter import EventFilter
from session_mirror.replay.event_index import BIT, FAILED, SEVERAL, SIDECHAIN, EventIndex

LOOKED_S: Final = 0.3
_RUNS_AT_ONCE = 10_000

_ALL_KINDS = sum(BIT.values())
_HIDDEN, _SHOWN, _OPEN = 0, 1, 2
"""`_OPEN`: each condition holds for an event of the line; whether all do for one isn't known."""


def filtered(contents: Contents, wanted: ReplayFilter, start: int, *, budget_s: float = LOOKED_S) -> ReplayFilterResult:
    """The positions shown from `start` on, as far as that was told in about so long; at most 10,000 runs of them.

    Raises:
        MirrorError: the source cannot be read.
    """
    shown = candidates(contents, wanted)
    start = max(0, min(start, len(shown)))
    until = _decide(contents, wanted, shown, start, budget_s)
    runs: list[int] = []
    at = start
    while at < until and len(runs) < 2 * _RUNS_AT_ONCE:
        begin = min(until, _next(shown, _SHOWN, at))
        at = min(until, _next(shown, _HIDDEN, begin))
        if begin < at:
            runs += begin, at - begin
    return ReplayFilterResult(start=start, until=at, runs=tuple(runs))


def _decide(contents: Contents, wanted: ReplayFilter, shown: bytearray, start: int, budget_s: float) -> int:
    """Settles what is open from `start` on, one position at least; returns how far."""
    events = EventFilter(contents, wanted)
    deadline = time.monotonic() + budget_s
    at = _next(shown, _OPEN, start)
    while at < len(shown):
        shown[at] = _SHOWN if events.shows_any(contents.places.line_at(at)) else _HIDDEN
        at = _next(shown, _OPEN, at)
        if time.monotonic() >= deadline:
            break
    return at


def _next(shown: bytearray, value: int, at: int) -> int:
    found = shown.find(value, at)
    return found if found >= 0 else len(shown)


def candidates(contents: Contents, wanted: ReplayFilter) -> bytearray:
    """0 for each position that isn't shown, something else for each that is or may be, up to the first line that was
    not looked at."""
    last = contents.beside.filtered
    now = contents.index, contents.places, contents.analysed
    if last is None or last.filter != wanted or (last.index, last.places, last.analysed) != now:
        shown = bytes(_candidates(contents, wanted))
        last = contents.beside.filtered = LastFiltered(wanted, *now, shown)
    return bytearray(last.shown)


def _candidates(contents: Contents, wanted: ReplayFilter) -> bytearray:
    lines = _candidate_lines(contents.index, wanted, contents.analysed)
    if wanted.agent is not None:
        _keep_only(lines, _lines_of_agent(contents, wanted.agent))
    for line in contents.places.arrangement.folded:
        if line < len(lines):
            lines[line] = _HIDDEN
    order = contents.places.arrangement.order
    if order is None:
        return lines
    # Lines that came since the arrangement was made stand where they are in the stream.
    return bytearray(lines[line] for line in order[: len(lines)]) + lines[len(order) :]


def _candidate_lines(index: EventIndex, wanted: ReplayFilter, count: int) -> bytearray:
    kinds = _ALL_KINDS & ~sum({BIT[kind] for kind in wanted.hidden_kinds})
    required = FAILED if wanted.errors_only else 0
    required |= SIDECHAIN if wanted.agents == "sub" else 0
    excluded = SIDECHAIN if wanted.agents == "main" else 0
    # Of several events one may be of the kind and another one have failed.
    asks = bool(wanted.tools), wanted.path is not None, wanted.agent is not None
    asks_events = sum(asks) + wanted.errors_only + (kinds != _ALL_KINDS)
    is_open = SEVERAL if asks_events > 1 else 0

    def verdict(mask: int) -> int:
        if not mask & kinds or mask & required != required or mask & excluded:
            return _HIDDEN
        return _OPEN if mask & is_open else _SHOWN

    masks = index.masks[:count]
    verdicts = {mask: verdict(mask) for mask in set(masks)}
    shown = bytearray(map(verdicts.__getitem__, masks))
    if wanted.tools:
        _keep(shown, index, {line for name in wanted.tools for line in index.lines_of_tool(name)})
    if wanted.path is not None:
        _keep(shown, index, set(index.lines_of_file(wanted.path)))
    return shown


def _keep(shown: bytearray, index: EventIndex, lines: set[int]) -> None:
    """Hides what is neither one of these lines nor has results of their calls."""
    before = bytes(shown)
    _keep_only(shown, lines)
    for line, is_sure in _answers(index, lines):
        if line < len(shown) and line not in lines and before[line]:
            shown[line] = before[line] if is_sure else _OPEN


def _keep_only(shown: bytearray, lines: Iterable[int]) -> None:
    kept = bytearray(len(shown))
    for line in lines:
        if line < len(shown):
            kept[line] = shown[line]
    shown[:] = kept


def _lines_of_agent(contents: Contents, key: str) -> Iterator[int]:
    """Where a sub-agent is called, or spoken to, and answers, and what it did inside the session."""
    agent = contents.beside.sub_agents.find(contents, key)
    if agent is not None:
        yield from agent.lines
        yield from agent.further.values()
        answers = map(contents.index.answer_of, agent.calls)
        yield from (answer for answer in answers if answer is not None)
        for chain in agent.chains:
            yield from contents.index.lines_of_chain(chain)


def _answers(index: EventIndex, calls: set[int]) -> Iterator[tuple[int, bool]]:
    """The lines that answer calls of these lines, and whether there is only one call that it may be."""
    for call, answer in index.pairs():
        if call in calls:
            yield answer, not index.masks[call] & SEVERAL
