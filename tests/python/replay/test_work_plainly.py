"""Groups of work that are found piece by piece in columns are those that a plain look at the records finds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from session_mirror.harness.arrangement import Arrangement
from session_mirror.harness.base import ReadRecord
from session_mirror.protocol.replay import EventKind
from session_mirror.protocol.work import WorkGroup
from session_mirror.replay import work_letters
from session_mirror.replay.event_index import CHANGING
from session_mirror.replay.places import Places
from session_mirror.replay.work import work_groups
from support.indexed import event, indexed, record

EVENTS = st.builds(
    event, st.sampled_from(get_args(EventKind)), st.just(""), st.just(""), failed=st.sampled_from([False, False, True])
)
CALLS = st.builds(
    event, st.just("toolCall"), st.sampled_from(["Read", "Edit", "Write"]), st.sampled_from(["", "a.py", "b.py"])
)
RECORDS = st.lists(
    st.builds(
        lambda events, time_ms, side: record(*events, time_ms=time_ms, is_sidechain=side),
        st.lists(CALLS | EVENTS, max_size=3),
        st.none() | st.integers(0, 9000),
        st.sampled_from([False, False, True]),
    ),
    max_size=30,
)


@st.composite
def arranged(draw: st.DrawFn) -> tuple[list[ReadRecord], Places]:
    records = draw(RECORDS)
    lines = range(draw(st.integers(0, len(records))))
    order = draw(st.none() | st.permutations(lines))
    return records, Places(Arrangement(order, draw(st.sets(st.sampled_from(lines))) if lines else set()))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arranged(), st.sampled_from([1, 4, 8192]))
def test_groups_are_those_of_a_plain_look(tmp_path: Path, made: tuple[list[ReadRecord], Places], at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(work_letters, "_AT_ONCE", at_once)
        assert work_groups(indexed(tmp_path / "s", *made)) == plain_groups(*made)


def plain_groups(records: Sequence[ReadRecord], places: Places) -> list[WorkGroup]:
    lines = [places.line_at(position) for position in range(len(records))]
    shown = [record() if places.is_folded(line) else records[line] for line in lines]
    is_nested = any(each.events and not each.is_sidechain for each in shown)
    text = "".join(letter(each, is_nested=is_nested) for each in shown)
    times = [records[line].time_ms for line in lines]
    paths = [paths_of(records[line]) for line in lines]
    tools = [each.tool for read in records for each in read.events if each.tool is not None]
    written = {path for tool in tools if tool.action in CHANGING for path in tool.paths}
    groups = []
    for stretch in re.finditer("[^P]+", text):
        last_call = stretch[0].rfind("c")
        if last_call < 0:
            continue
        first = stretch.start() + len(stretch[0]) - len(stretch[0].lstrip("."))
        rest = stretch[0][last_call + 1 :]
        thoughts = re.match("[ts.]*t", rest)
        end = stretch.start() + last_call + 1 + (thoughts.end() if thoughts else 0)
        if end - first - text.count(".", first, end) < 2:
            continue
        answer = re.match("[ts.]*r", text[end:])
        prompt = text.rfind("P", 0, first)
        begin = prompt if prompt >= 0 and any(each.kind == "prompt" for each in shown[prompt].events) else first
        before = [time_ms for time_ms in times[begin:end] if time_ms is not None]
        after = [time_ms for time_ms in times[first : end + (answer.end() if answer else 0)] if time_ms is not None]
        inside = range(first, end)
        groups.append(
            WorkGroup(
                first=first,
                last=end - 1,
                records=sum(bool(shown[at].events) for at in inside),
                calls=sum(each.kind in ("toolCall", "subAgent") for at in inside for each in shown[at].events),
                failed=sum(has_failed(shown[at]) for at in inside),
                files=len({path for at in inside for path in paths[at]}),
                changed_files=len({path for at in inside if edits(shown[at]) for path in paths[at] if path in written}),
                took_ms=max(0, after[-1] - before[0]) if before and after else None,
            )
        )
    return groups


def letter(read: ReadRecord, *, is_nested: bool) -> str:
    kinds = {each.kind for each in read.events}
    if not kinds:
        return "."
    if is_nested and read.is_sidechain:
        return "c"
    by_kind = {"P": {"prompt", "error", "compaction"}, "c": {"toolCall", "toolResult", "subAgent"}}
    by_kind |= {"r": {"reply"}, "t": {"thinking"}}
    found = next((each for each, of in by_kind.items() if kinds & of), "s")
    return "P" if found == "s" and has_failed(read) else found


def has_failed(read: ReadRecord) -> bool:
    return any(each.is_error or each.kind == "error" for each in read.events)


def paths_of(read: ReadRecord) -> set[str]:
    return {path for each in read.events if each.tool is not None for path in each.tool.paths}


def edits(read: ReadRecord) -> bool:
    return any(each.tool is not None and each.tool.action in CHANGING for each in read.events)
