"""The time axis: whatever the records' times are, playing goes forward, and every record has its moment."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness.arrangement import Arrangement
from session_mirror.harness.base import ReadRecord
from session_mirror.protocol.replay import EventKind, ReplayEvent, TextSlice
from session_mirror.replay.event_index import KINDS, EventIndex
from session_mirror.replay.places import Places
from session_mirror.replay.timeline import IDLE_MS, UNTIMED_MS, Timeline

FILE_ORDER = Places()


def record(time_ms: int | None, kind: EventKind | None = "reply", *, is_error: bool = False) -> ReadRecord:
    text = TextSlice(value="", total_chars=0)
    event = kind and ReplayEvent(kind=kind, field=0, text=text, format="plain", is_error=is_error)
    return ReadRecord(time_ms, None, is_sidechain=False, events=(event,) if event else ())


def timeline(records: Sequence[ReadRecord], places: Places = FILE_ORDER) -> Timeline:
    line = Timeline(index_of(records))
    line.catch_up(places, at_last=True)
    return line


def index_of(records: Sequence[ReadRecord]) -> EventIndex:
    index = EventIndex()
    for each in records:
        index.add(each)
    return index


RECORDS = st.lists(
    st.builds(
        record,
        st.none() | st.integers(-5, 10**6) | st.integers(10**12, 10**12 + 10**6) | st.integers(10**17, 10**18),
        st.none() | st.sampled_from(KINDS),
        is_error=st.booleans(),
    ),
    max_size=30,
)


@st.composite
def arranged(draw: st.DrawFn) -> tuple[list[ReadRecord], Places]:
    records = draw(RECORDS)
    order = draw(st.none() | st.permutations(range(len(records))))
    folded = draw(st.sets(st.integers(0, max(0, len(records) - 1)), max_size=5))
    return records, Places(Arrangement(order, frozenset(folded)))


@given(arranged())
def test_playing_goes_forward_and_no_pause_is_longer_than_the_cap(made: tuple[list[ReadRecord], Places]) -> None:
    records, places = made
    line = timeline(records, places)
    played = [line.played_at(position) or 0 for position in range(len(records))]
    assert played == sorted(played)
    assert all(after - before <= IDLE_MS for before, after in pairwise(played))
    assert line.played_at(len(records)) is None


@given(arranged(), st.integers(1, 40))
def test_the_buckets_hold_every_shown_record_once_in_order(made: tuple[list[ReadRecord], Places], count: int) -> None:
    records, places = made
    told = timeline(records, places).told(count, is_complete=True)
    lines = {position: places.line_at(position) for position in range(len(records))}
    shown = [p for p, line in lines.items() if records[line].events and not places.is_folded(line)]
    assert len(told.buckets) == count
    assert sum(bucket.records for bucket in told.buckets) == len(shown)
    indices = [bucket.index for bucket in told.buckets]
    assert indices == sorted(indices)
    failed = [p for p in shown if any(e.is_error or e.kind == "error" for e in records[lines[p]].events)]
    assert sum(bucket.errors for bucket in told.buckets) == len(failed)
    assert [mark.index for mark in told.marks if mark.kind == "error"] == failed


@given(arranged(), st.integers(-1, 10**6))
def test_seeking_finds_the_record_that_is_being_shown_then(made: tuple[list[ReadRecord], Places], at_ms: int) -> None:
    records, places = made
    line = timeline(records, places)
    found = line.position_at(at_ms)
    for position in range(len(records)):
        played = line.played_at(position)
        its = places.line_at(position)
        if played is not None and played <= at_ms and records[its].events and not places.is_folded(its):
            assert position <= found


def test_a_long_pause_is_shortened_and_named() -> None:
    told = timeline([record(0), record(1_000), record(2_281_000), record(2_282_000)]).told(10, is_complete=True)
    assert [(pause.index, pause.pause_ms) for pause in told.pauses] == [(2, 2_280_000)]
    assert told.duration_ms == 1_000 + IDLE_MS + 1_000
    assert told.real_ms == 2_282_000


def test_times_that_go_back_hold_nothing_up() -> None:
    line = timeline([record(5_000), record(1_000), record(6_000)])
    assert [line.played_at(position) for position in range(3)] == [0, 0, 1_000]


def test_what_shows_nothing_takes_no_time() -> None:
    line = timeline([record(0), record(9_000, None), record(12_000)])
    assert line.played_at(2) == IDLE_MS
    assert line.played_at(1) == 0


def test_without_any_times_records_come_at_an_even_pace() -> None:
    line = timeline([record(None), record(None, None), record(None), record(None)])
    assert [line.played_at(position) for position in range(4)] == [0, 0, UNTIMED_MS, 2 * UNTIMED_MS]


def test_prompts_and_compactions_are_marked() -> None:
    told = timeline([record(0, "prompt"), record(1, "reply"), record(2, "compaction"), record(3, "prompt")]).told(
        4, is_complete=True
    )
    assert [(mark.kind, mark.index) for mark in told.marks] == [("prompt", 0), ("compaction", 2), ("prompt", 3)]


@given(arranged(), st.lists(st.integers(0, 30), max_size=6), st.data())
def test_an_axis_that_grew_in_steps_is_the_one_made_at_once(
    made: tuple[list[ReadRecord], Places], steps: list[int], data: st.DataObject
) -> None:
    records, last = made
    index = EventIndex()
    line = Timeline(index)
    for step in steps:
        for each in records[len(index) : len(index) + step]:
            index.add(each)
        order = data.draw(st.none() | st.permutations(range(len(index))))
        folded = data.draw(st.sets(st.integers(0, max(0, len(index) - 1)), max_size=2))
        line.catch_up(Places(Arrangement(order, frozenset(folded))), at_last=data.draw(st.booleans()))
    for each in records[len(index) :]:
        index.add(each)
    line.catch_up(last, at_last=True)
    at_once = timeline(records, last)
    assert line.told(7, is_complete=True) == at_once.told(7, is_complete=True)
    positions = range(len(records) + 1)
    assert [line.played_at(each) for each in positions] == [at_once.played_at(each) for each in positions]


def test_lines_that_come_cost_no_look_at_those_before(monkeypatch: pytest.MonkeyPatch) -> None:
    index = index_of([record(number) for number in range(100)])
    line = Timeline(index)
    asked: list[int] = []

    def is_folded(_places: Places, each: int) -> bool:
        asked.append(each)
        return False

    monkeypatch.setattr(Places, "is_folded", is_folded)
    for number in range(100, 200):
        line.catch_up(FILE_ORDER, at_last=True)
        index.add(record(number))
    assert asked == list(range(199))


def test_the_axis_is_made_anew_when_lines_come_or_are_rearranged() -> None:
    index = index_of([record(0), record(1_000)])
    line = Timeline(index)
    line.catch_up(FILE_ORDER, at_last=True)
    assert line.told(1, is_complete=True).duration_ms == 1_000
    index.add(record(3_000))
    line.catch_up(FILE_ORDER, at_last=True)
    told = line.told(1, is_complete=True)
    assert (told.duration_ms, told.record_count) == (3_000, 3)
    line.catch_up(Places(Arrangement(None, frozenset({2}))), at_last=True)
    assert line.told(1, is_complete=True).duration_ms == 1_000
