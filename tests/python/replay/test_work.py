"""Groups of work: which records they hold, what they tell, and that they lie in order without touching."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from session_mirror.harness.arrangement import Arrangement
from session_mirror.harness.base import ReadRecord
from session_mirror.protocol.replay import EventKind
from session_mirror.replay import work
from session_mirror.replay.places import Places
from session_mirror.replay.work import WorkGroups, work_groups
from support.indexed import event, indexed, record

ALWAYS_SHOWN = {"prompt", "error", "compaction"}
CALLS = {"toolCall", "toolResult", "subAgent"}

records = st.lists(
    st.builds(
        lambda kinds, side: record(*(event(kind) for kind in kinds), is_sidechain=side),
        st.lists(st.sampled_from(get_args(EventKind)), max_size=2),
        st.sampled_from([False, False, True]),
    ),
    max_size=24,
)


def call(tool: str = "Bash", path: str = "", time_ms: int | None = None) -> ReadRecord:
    return record(event("toolCall", tool, path), time_ms=time_ms)


def result(time_ms: int | None = None, *, failed: bool = False) -> ReadRecord:
    return record(event("toolResult", failed=failed), time_ms=time_ms)


def said(kind: EventKind, time_ms: int | None = None) -> ReadRecord:
    return record(event(kind), time_ms=time_ms)


def test_all_between_a_prompt_and_the_last_reply_is_a_group(tmp_path: Path) -> None:
    turn = [
        said("prompt", 1000),
        record(),
        said("thinking", 2000),
        said("reply", 2500),
        call("Read", "a.py", 3000),
        result(3500),
        record(event("toolCall", "Edit", "a.py"), event("toolCall", "Edit", "b.py"), time_ms=4000),
        result(5000, failed=True),
        said("thinking", 6000),
        said("reply", 9000),
        said("system", 9001),
        said("prompt", 60_000),
    ]
    (group,) = work_groups(indexed(tmp_path / "s", turn))
    assert (group.first, group.last, group.records, group.calls, group.failed) == (2, 8, 7, 3, 1)
    assert (group.files, group.changed_files, group.took_ms) == (2, 2, 8000)


def test_what_went_wrong_and_what_was_forgotten_stands_between_groups(tmp_path: Path) -> None:
    turn = [said("prompt"), call(), result(), said("error"), call(), result(), said("compaction"), call(), result()]
    groups = work_groups(indexed(tmp_path / "s", turn))
    assert [(group.first, group.last) for group in groups] == [(1, 2), (4, 5), (7, 8)]


def test_an_interruption_after_the_last_call_stays_in_sight(tmp_path: Path) -> None:
    (group,) = work_groups(indexed(tmp_path / "s", [said("prompt"), call(), result(), said("system")]))
    assert group.last == 2


def test_a_reply_with_nothing_done_for_it_is_no_work(tmp_path: Path) -> None:
    turn = [said("prompt"), said("thinking"), said("reply"), said("prompt"), call(), said("reply")]
    assert work_groups(indexed(tmp_path / "s", turn)) == []


def test_a_sub_agent_inside_is_part_of_the_work_and_its_own_session_has_prompts(tmp_path: Path) -> None:
    nested = [record(event(kind), is_sidechain=True) for kind in ("prompt", "toolCall", "toolResult", "reply")]
    (whole,) = work_groups(indexed(tmp_path / "s", [said("prompt"), *nested, said("reply")]))
    assert (whole.first, whole.last) == (1, 4)
    (own,) = work_groups(indexed(tmp_path / "s", nested))
    assert (own.first, own.last) == (1, 2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records)
def test_groups_hold_every_call_that_has_company_and_nothing_that_is_always_shown(
    tmp_path: Path, some: list[ReadRecord]
) -> None:
    groups = work_groups(indexed(tmp_path / "s", some))
    is_nested = any(each.events and not each.is_sidechain for each in some)
    inside = [number for group in groups for number in range(group.first, group.last + 1)]
    assert inside == sorted(set(inside))
    for group in groups:
        held = some[group.first : group.last + 1]
        assert held[0].events and held[-1].events
        assert group.records == sum(bool(each.events) for each in held) > 1
        own = [each for each in held if not (is_nested and each.is_sidechain)]
        assert not {event.kind for each in own for event in each.events} & ALWAYS_SHOWN
        assert group.calls == sum(event.kind in ("toolCall", "subAgent") for each in held for event in each.events)
    for number, each in enumerate(some):
        kinds = {event.kind for event in each.events}
        if kinds & CALLS and not kinds & ALWAYS_SHOWN and number not in inside:
            neighbours = [some[at] for at in (number - 1, number + 1) if 0 <= at < len(some)]
            assert not any(
                {event.kind for event in other.events} & CALLS - ALWAYS_SHOWN
                for other in neighbours
                if not {event.kind for event in other.events} & ALWAYS_SHOWN
            )


def test_lines_that_are_shown_elsewhere_are_grouped_where_they_are_shown(tmp_path: Path) -> None:
    stream = [result(5000), said("reply", 6000), said("prompt", 1000), call("Write", "a.py", 2000)]
    places = Places(Arrangement(order=[2, 3, 0, 1]))
    (group,) = work_groups(indexed(tmp_path / "s", stream, places))
    assert (group.first, group.last, group.calls, group.changed_files, group.took_ms) == (1, 2, 1, 1, 5000)


def test_groups_come_in_pages_and_grow_with_the_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_GROUPS_AT_ONCE", 2)
    turn = [said("prompt"), call(), result(), said("reply")]
    contents = indexed(tmp_path / "s", turn * 3, unseen=1)
    groups = WorkGroups(lambda: contents)
    first = groups.page(0)
    assert ([group.first for group in first.groups], first.group_count, first.is_complete) == ([1, 5], 3, False)
    assert [group.first for group in groups.page(2).groups] == [9]
    contents = indexed(tmp_path / "s", [*turn * 3, call()])
    grown = groups.page(2)
    assert ([(group.first, group.last) for group in grown.groups], grown.is_complete) == ([(9, 12)], True)
