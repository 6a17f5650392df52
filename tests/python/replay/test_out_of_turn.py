"""A large session in a bucket can be read anywhere at once, by an index that is never trusted."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session_mirror.bucket import ranges, reader
from session_mirror.bucket.names import format_part
from session_mirror.compaction.compact import compact
from session_mirror.errors import MirrorError
from session_mirror.mirror.shelves import shelves
from session_mirror.protocol.search import ReplaySearchParams, SearchPlace
from session_mirror.replay import blocks, copying, out_of_turn
from session_mirror.replay.search import search
from session_mirror.replay.session import Replay
from session_mirror.replay.spool import BucketSource
from support.compacting_store import CompactingStore
from support.following import until
from support.indexed_stream import (
    HARNESS,
    LINES,
    PREFIX,
    STREAM,
    CountingStore,
    Gate,
    line_of_text,
    opened,
    plant_index,
    plant_stream,
    polled_until_complete,
    shown,
)
from support.line_harness import LineHarness, line_of
from support.memory_store import MemoryStore, offline


def test_the_end_of_a_large_session_is_seen_before_a_twentieth_of_it_was_transferred(gate: Gate) -> None:
    lines = [line_of(f"{number} " + "y" * 3050) + b"\n" for number in range(17_000)]
    stream = b"".join(lines)
    assert len(stream) > 50 << 20
    store = CountingStore()
    store.plant(PREFIX + format_part(0, len(stream)), stream)
    plant_index(store, stream)
    replay = opened(store)
    assert replay.record_count == len(lines)
    assert shown(replay, len(lines) - 50, len(lines)) == [line_of_text(line) for line in lines[-50:]]
    assert shown(replay, 9000, 9050) == [line_of_text(line) for line in lines[9000:9050]]
    assert replay.text(len(lines) - 1, 0, 0).value == line_of_text(lines[-1])
    assert store.sent < 3 << 20
    assert replay.missing_bytes > 49 << 20
    gate.open()
    replay.close()


@pytest.mark.usefixtures("small")
def test_all_records_are_known_and_read_in_any_order_before_the_copy_goes_on(gate: Gate) -> None:
    store = CountingStore()
    plant_stream(store)
    plant_index(store)
    replay = opened(store)
    assert replay.record_count == len(LINES)
    for start in (395, 0, 200, 210, 7, 330):
        assert shown(replay, start, start + 5) == [line_of_text(line) for line in LINES[start : start + 5]]
        assert replay.raw(start, 0).value == LINES[start].decode().removesuffix("\n")
    assert not replay.is_complete
    assert not replay.statistics(0).is_complete
    gate.open()
    news = polled_until_complete(replay)
    assert not any(each.restarted for each in news)
    assert shown(replay, 0, len(LINES)) == [line_of_text(line) for line in LINES]
    assert replay.missing_bytes == 0
    replay.close()


@pytest.mark.usefixtures("small")
def test_what_was_brought_once_costs_no_request_again(gate: Gate) -> None:
    store = CountingStore()
    plant_stream(store)
    plant_index(store)
    replay = opened(store)
    before = shown(replay, 300, 310)
    asked = len(store.log)
    assert shown(replay, 300, 310) == before
    assert len(store.log) == asked
    gate.open()
    replay.close()


@pytest.mark.usefixtures("small")
def test_what_is_asked_of_all_lines_waits_for_the_copy_and_fetches_nothing(gate: Gate) -> None:
    store = CountingStore()
    plant_stream(store)
    plant_index(store)
    replay = opened(store)
    asked = len(store.log)
    found = search(replay.contents(), ReplaySearchParams(replay_id="r", query="399 ", start=SearchPlace(index=0)))
    assert (found.hits, found.is_complete) == ((), True)
    assert 0 < found.next.index < 100
    replay.analyse()
    assert replay.statistics(0).statistics.turns
    assert len(store.log) == asked
    gate.open()
    polled_until_complete(replay)
    found = search(replay.contents(), ReplaySearchParams(replay_id="r", query="399 ", start=found.next))
    assert [hit.index for hit in found.hits] == [399]
    replay.close()


@pytest.mark.usefixtures("small")
def test_lines_behind_the_index_are_known_as_well_before_the_copy_comes_to_them(gate: Gate) -> None:
    store = CountingStore()
    plant_stream(store)
    plant_index(store, b"".join(LINES[:333]))
    replay = opened(store)
    until(lambda: replay.poll(look=False) is None and replay.record_count == len(LINES), "the tail is known")
    assert shown(replay, 330, 400) == [line_of_text(line) for line in LINES[330:]]
    gate.open()
    assert not any(each.restarted for each in polled_until_complete(replay))
    replay.close()


@pytest.mark.usefixtures("small")
def test_a_short_stream_is_opened_without_a_look_at_its_index() -> None:
    store = CountingStore()
    plant_stream(store, STREAM[:3000])
    plant_index(store, STREAM[: STREAM.rindex(b"\n", 0, 3000) + 1])
    replay = opened(store)
    polled_until_complete(replay)
    assert not [key for verb, key in store.log if verb == "get" and "lines-" in key]
    replay.close()


@pytest.mark.usefixtures("small")
def test_a_window_that_cannot_be_fetched_says_why_and_is_fetched_when_asked_again(gate: Gate) -> None:
    store = CountingStore()
    plant_stream(store)
    plant_index(store)
    replay = opened(store)
    store.fail("get", offline())
    with pytest.raises(MirrorError) as caught:
        replay.window(300, 5)
    assert caught.value.kind == "network"
    assert shown(replay, 300, 305) == [line_of_text(line) for line in LINES[300:305]]
    gate.open()
    replay.close()


@pytest.mark.usefixtures("small")
def test_nobody_else_waits_for_a_window_that_is_being_fetched(gate: Gate) -> None:
    store = CountingStore()
    plant_stream(store)
    plant_index(store)
    replay = opened(store)
    texts: list[str] = []
    with store.hold("get") as hold:
        reading = threading.Thread(target=lambda: texts.extend(shown(replay, 300, 305)))
        reading.start()
        hold.wait_until_reached()
        assert shown(replay, 0, 3) == [line_of_text(line) for line in LINES[:3]]
        replay.poll(look=False)
        assert replay.contents().count > 0
    reading.join(20)
    assert texts == [line_of_text(line) for line in LINES[300:305]]
    gate.open()
    replay.close()


@pytest.mark.usefixtures("small")
def test_bytes_that_the_copy_brings_just_while_they_are_looked_for_are_read(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = CountingStore()
    plant_stream(store)
    plant_index(store)
    source = BucketSource(store, HARNESS, "s", patience_s=0)
    start = len(STREAM) - len(LINES[-1])

    def overtaken(*_: object) -> None:
        gate.open()
        until(lambda: source._copy.size == len(STREAM), "the copy has all")

    monkeypatch.setattr(out_of_turn.OutOfTurn, "read", overtaken)
    assert source.read(start, len(LINES[-1])) == LINES[-1]
    source.close()


@pytest.mark.usefixtures("small")
def test_closing_ends_a_window_that_is_being_fetched(gate: Gate) -> None:
    store = CountingStore()
    plant_stream(store)
    plant_index(store)
    replay = opened(store)
    ended: list[MirrorError] = []

    def read() -> None:
        with pytest.raises(MirrorError) as caught:
            replay.window(300, 5)
        ended.append(caught.value)

    with store.hold("get") as hold:
        reading = threading.Thread(target=read)
        reading.start()
        hold.wait_until_reached()
        replay.close()
    reading.join(20)
    assert [error.kind for error in ended] == ["source"]
    gate.open()


@pytest.mark.usefixtures("small")
def test_parts_that_were_compacted_since_are_found_again(gate: Gate) -> None:
    store = CountingStore()
    plant_stream(store)
    plant_index(store)
    replay = opened(store)
    compact(store, HARNESS, "s")
    assert shown(replay, 390, 400) == [line_of_text(line) for line in LINES[390:]]
    gate.open()
    polled_until_complete(replay)
    assert shown(replay, 0, len(LINES)) == [line_of_text(line) for line in LINES]
    replay.close()


@pytest.mark.usefixtures("small")
def test_bytes_that_are_gone_are_told_as_a_hole(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "PAUSES_S", (0.0, 0.001))
    store = CountingStore()
    plant_stream(store)
    plant_index(store)
    replay = opened(store)
    store.remove(PREFIX + format_part(2, 90_000))
    line = next(number for number in range(len(LINES)) if len(b"".join(LINES[:number])) > 65_000)
    with pytest.raises(MirrorError) as caught:
        replay.window(line, 5)
    assert caught.value.kind == "notFound"
    gate.open()
    replay.close()


@pytest.mark.usefixtures("small")
def test_a_hole_that_the_copy_meets_ends_the_session_there_until_it_is_closed(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "PAUSES_S", (0.0, 0.001))
    store = CountingStore()
    plant_stream(store)
    plant_index(store)
    replay = opened(store)
    key = PREFIX + format_part(2, 90_000)
    body = store.objects[key]
    store.remove(key)
    gate.open()
    news = polled_until_complete(replay)
    assert any(each.restarted for each in news)
    assert news[-1].problem is not None
    assert replay.record_count == STREAM[:60_000].count(b"\n")
    assert shown(replay, 0, replay.record_count) == [line_of_text(line) for line in LINES[: replay.record_count]]
    store.plant(key, body)
    until(lambda: bool(replay.poll() or True) and replay.record_count == len(LINES), "it is whole")
    assert replay.problem is None
    replay.close()


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.binary(min_size=1, max_size=9), min_size=4, max_size=12),
    st.text("amd.", max_size=60),
    st.lists(st.tuples(st.booleans(), st.floats(0, 1)), max_size=12),
)
def test_read_out_of_turn_beside_growth_compaction_and_the_copy_every_line_is_exact(
    parts: list[bytes], script: str, doings: list[tuple[bool, float]]
) -> None:
    store = CompactingStore(PREFIX, [b"begin\n", *parts, b"\n"], script)
    plant_index(store.inner, store.stream)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copying, "_FIRST_BYTES", 3)
        patch.setattr(copying, "_INDEX_FROM_BYTES", 1)
        patch.setattr(copying, "_HEAD_START_S", 0.0)
        patch.setattr(ranges, "PAUSES_S", (0.0,) * 50)
        patch.setattr(blocks.Blocks.__init__, "__defaults__", (4,))
        source = BucketSource(store, HARNESS, "s", patience_s=0)
        replay = Replay("r", source, LineHarness())
        for is_poll, share in doings:
            if is_poll:
                replay.poll(look=share < 0.5)
            elif replay.record_count:
                index = int(share * (replay.record_count - 1))
                shown_line = replay.raw(index, 0).value
                assert shown_line == store.stream.split(b"\n")[index].decode(errors="replace")

        def is_all_here() -> bool:
            replay.poll()
            return source.size == len(store.stream) and replay.is_complete

        until(is_all_here, "the copy has all of the stream")
        assert source.read(0, source.size) == store.stream
        replay.close()


def test_the_tail_that_is_looked_through_is_bounded(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "_FIRST_BYTES", 2000)
    monkeypatch.setattr(copying, "_INDEX_FROM_BYTES", 4000)
    monkeypatch.setattr(out_of_turn, "_TAIL_BYTES", 1000)
    store = CountingStore()
    plant_stream(store)
    plant_index(store, b"".join(LINES[:333]))
    replay = opened(store)
    replay.poll(look=False)
    assert replay.record_count == 333
    gate.open()
    polled_until_complete(replay)
    assert replay.record_count == len(LINES)
    replay.close()


def test_a_session_is_no_more_live_for_an_index_that_was_just_made() -> None:
    clock = [1000]
    store = MemoryStore(clock_ms=lambda: clock[0])
    plant_stream(store)
    clock[0] = 9000
    plant_index(store)
    source = BucketSource(store, HARNESS, "s")
    assert source.modified_ms == 1000
    source.close()
    (shelf,) = shelves(store.list("sessions/"))
    assert shelf.changed_ms == 1000
    assert shelf.cover.end == len(STREAM)
