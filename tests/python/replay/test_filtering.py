"""Filters: which positions are shown, in runs, in pages, and no further than lines were looked at."""

from __future__ import annotations

from pathlib import Path
from typing import cast, get_args

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from session_mirror.harness.actions import tool_call
from session_mirror.harness.arrangement import Arrangement
from session_mirror.harness.base import ReadRecord
from session_mirror.protocol.replay import EventKind, ReplayEvent, TextSlice
from session_mirror.protocol.search import ReplayFilter
from session_mirror.replay import filtering
from session_mirror.replay.contents import Contents
from session_mirror.replay.disk import DiskSource
from session_mirror.replay.event_index import EventIndex
from session_mirror.replay.filtering import filtered
from session_mirror.replay.lines import Lines
from session_mirror.replay.places import Places
from support.line_harness import LineHarness

KINDS = get_args(EventKind)
TOOLS = ("Bash", "Read", "Edit")
PATHS = ("a.py", "b.py")

events = st.builds(
    lambda kind, is_error, call, tool, path: ReplayEvent(
        kind=kind,
        field=0,
        text=TextSlice(value="", total_chars=0),
        format="plain",
        is_error=is_error,
        tool=tool_call(call, tool if kind == "toolCall" else "", "", {"file_path": path})
        if kind in ("toolCall", "toolResult")
        else None,
    ),
    # Events with tools are what filters find hard to tell apart.
    st.sampled_from([*KINDS, *["toolCall", "toolResult"] * 3]),
    st.booleans(),
    st.sampled_from(["", "c1", "c2", "c3"]),
    st.sampled_from(TOOLS),
    st.sampled_from(PATHS),
)


def answered_once(some: list[ReadRecord]) -> bool:
    """Of a result that is told again, only the last one is its call's."""
    told = [event.tool.call_id for each in some for event in each.events if event.tool and event.kind == "toolResult"]
    return len(set(filter(None, told))) == len(list(filter(None, told)))


records = st.lists(
    st.builds(
        lambda is_sidechain, some: ReadRecord(None, None, is_sidechain=is_sidechain, events=tuple(some)),
        st.booleans(),
        st.lists(events, max_size=3),
    ),
    max_size=12,
).filter(answered_once)
filters = st.builds(
    lambda hidden, tools, path, errors_only, agents: ReplayFilter(
        hidden_kinds=tuple(hidden), tools=tuple(tools), path=path, errors_only=errors_only, agents=agents
    ),
    st.sets(st.sampled_from(KINDS)),
    st.just(()) | st.sets(st.sampled_from([*TOOLS, "Other"]), min_size=1),
    st.none() | st.sampled_from([*PATHS, "c.py"]),
    st.booleans(),
    st.sampled_from(["all", "main", "sub"]),
)


class Numbered(LineHarness):
    """Each line is the number of a record that was made up."""

    def __init__(self, some: list[ReadRecord]) -> None:
        super().__init__()
        self._some = some

    def read_record(self, line: bytes) -> ReadRecord:
        return self._some[int(line)]


def contents_of(path: Path, some: list[ReadRecord], places: Places, unseen: int = 0) -> Contents:
    path.write_text("".join(f"{number}\n" for number in range(len(some) + unseen)))
    lines, index = Lines(DiskSource(path)), EventIndex()
    lines.extend()
    for each in some:
        index.add(each)
    return Contents(lines, places, index, Numbered(some), len(lines), len(some))


def is_shown(record: ReadRecord, some: list[ReadRecord], wanted: ReplayFilter) -> bool:
    """By what each condition says of an event, one after the other."""
    if wanted.agents != "all" and record.is_sidechain != (wanted.agents == "sub"):
        return False
    return any(passes(event, some, wanted) for event in record.events)


def passes(event: ReplayEvent, some: list[ReadRecord], wanted: ReplayFilter) -> bool:
    call = event.tool
    if event.tool and event.kind == "toolResult":
        calls = [each.tool for record in some for each in record.events if each.tool and each.kind != "toolResult"]
        call = next((each for each in calls if each.call_id and each.call_id == event.tool.call_id), None)
    return (
        event.kind not in wanted.hidden_kinds
        and (not wanted.errors_only or event.is_error or event.kind == "error")
        and (not wanted.tools or (call is not None and call.name in wanted.tools))
        and (wanted.path is None or (call is not None and wanted.path in call.paths))
    )


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records, filters, st.data())
def test_what_is_shown_is_what_all_filters_let_pass_wherever_it_stands(
    tmp_path: Path, some: list[ReadRecord], wanted: ReplayFilter, data: st.DataObject
) -> None:
    order = data.draw(st.none() | st.permutations(range(data.draw(st.integers(0, len(some))))))
    folded = frozenset(data.draw(st.sets(st.integers(0, 11))))
    places = Places(Arrangement(order, folded))
    start = data.draw(st.integers(0, 12))
    budget_s = data.draw(st.sampled_from([0.0, 9.0]))
    contents = contents_of(tmp_path / "s.jsonl", some, places, unseen=3)
    shown: list[int] = []
    result = filtered(contents, wanted, start, budget_s=budget_s)
    while True:
        runs = zip(result.runs[::2], result.runs[1::2], strict=True)
        shown += [position for begin, length in runs for position in range(begin, begin + length)]
        if result.until == result.start:
            break
        result = filtered(contents, wanted, result.until, budget_s=budget_s)
    lines = {position: places.line_at(position) for position in range(len(some))}
    assert shown == [
        position
        for position, line in lines.items()
        if position >= start and line not in folded and is_shown(some[line], some, wanted)
    ]
    assert result.until == len(some), "what was not looked at is not told of"


def test_many_runs_come_in_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filtering, "_RUNS_AT_ONCE", 2)
    kinds = cast("list[EventKind]", ["prompt", "reply"] * 5)
    event = ReplayEvent(kind="reply", field=0, text=TextSlice(value="", total_chars=0), format="plain")
    some = [ReadRecord(None, None, is_sidechain=False, events=(attrs.evolve(event, kind=kind),)) for kind in kinds]
    contents = contents_of(tmp_path / "s.jsonl", some, Places())
    runs: list[int] = []
    start = pages = 0
    while start < len(some):
        page = filtered(contents, ReplayFilter(hidden_kinds=("reply",)), start)
        assert len(page.runs) <= 4
        assert page.until > start
        runs += page.runs
        start, pages = page.until, pages + 1
    assert (runs, pages) == ([0, 1, 2, 1, 4, 1, 6, 1, 8, 1], 3)
