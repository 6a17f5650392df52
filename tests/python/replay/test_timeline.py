"""The time axis: whatever the records' times are, playing goes forward, and every record has its moment."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

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


def timeline(records: Sequence[ReadRecord]) -> Timeline:
    return Timeline(index_of(records))


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
    line = timeline(records)
    played = [line.played_at(places, position) or 0 for position in range(len(records))]
    assert played == sorted(played)
    assert all(after - before <= IDLE_MS for before, after in pairwise(played))
    assert line.played_at(places, len(records)) is None


@given(arranged(), st.integers(1, 40))
def test_the_buckets_hold_every_shown_record_once_in_order(made: tuple[list[ReadRecord], Places], count: int) -> None:
    records, places = made
    told = timeline(records).told(places, count, is_complete=True)
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
    line = timeline(records)
    found = line.position_at(places, at_ms)
    for position in range(len(records)):
        played = line.played_at(places, position)
        its = places.line_at(position)
        if played is not None and played <= at_ms and records[its].events and not places.is_folded(its):
            assert position <= found


def test_a_long_pause_is_shortened_and_named() -> None:
    told = timeline([record(0), record(1_000), record(2_281_000), record(2_282_000)]).told(
        FILE_ORDER, 10, is_complete=True
    )
    assert [(pause.index, pause.pause_ms) for pause in told.pauses] == [(2, 2_280_000)]
    assert told.duration_ms == 1_000 + IDLE_MS + 1_000
    assert told.real_ms == 2_282_000


def test_times_that_go_back_hold_nothing_up() -> None:
    line = timeline([record(5_000), record(1_000), record(6_000)])
    assert [line.played_at(FILE_ORDER, position) for position in range(3)] == [0, 0, 1_000]


def test_what_shows_nothing_takes_no_time() -> None:
    line = timeline([record(0), record(9_000, None), record(12_000)])
    assert line.played_at(FILE_ORDER, 2) == IDLE_MS
    assert line.played_at(FILE_ORDER, 1) == 0


def test_without_any_times_records_come_at_an_even_pace() -> None:
    line = timeline([record(None), record(None, None), record(None), record(None)])
    assert [line.played_at(FILE_ORDER, position) for position in range(4)] == [0, 0, UNTIMED_MS, 2 * UNTIMED_MS]


def test_prompts_and_compactions_are_marked() -> None:
    told = timeline([record(0, "prompt"), record(1, "reply"), record(2, "compaction"), record(3, "prompt")]).told(
        FILE_ORDER, 4, is_complete=True
    )
    assert [(mark.kind, mark.index) for mark in told.marks] == [("prompt", 0), ("compaction", 2), ("prompt", 3)]


def test_the_axis_is_made_anew_when_lines_come_or_are_rearranged() -> None:
    index = index_of([record(0), record(1_000)])
    line = Timeline(index)
    assert line.told(FILE_ORDER, 1, is_complete=True).duration_ms == 1_000
    index.add(record(3_000))
    assert line.told(FILE_ORDER, 1, is_complete=True).duration_ms == 3_000
    folded = Places(Arrangement(None, frozenset({2})))
    assert line.told(folded, 1, is_complete=True).duration_ms == 1_000
