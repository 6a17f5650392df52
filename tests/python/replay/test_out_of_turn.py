"""A large session in a bucket can be read anywhere at once, by an index that is never trusted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session_mirror.bucket import ranges, reader
from session_mirror.bucket.line_index import encode_index, index_name, line_lengths
from session_mirror.bucket.names import format_part, session_prefix
from session_mirror.bucket.store import Store
from session_mirror.compaction.compact import compact
from session_mirror.errors import MirrorError
from session_mirror.mirror.shelves import shelves
from session_mirror.protocol.replay import ReplayChanged
from session_mirror.protocol.search import ReplaySearchParams, SearchPlace
from session_mirror.replay import blocks, copying, out_of_turn
from session_mirror.replay.copying import StreamCopy
from session_mirror.replay.search import search
from session_mirror.replay.session import Replay
from session_mirror.replay.spool import BucketSource
from support.compacting_store import CompactingStore
from support.following import until
from support.line_harness import LineHarness, line_of
from support.memory_store import MemoryStore, offline

HARNESS = "lines"
PREFIX = session_prefix(HARNESS, "s")
LINES = [line_of(f"{number} " + "x" * (number % 700)) + b"\n" for number in range(400)]
STREAM = b"".join(LINES)


class CountingStore(MemoryStore):
    """Knows how many bytes it handed out."""

    sent = 0

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        body = super().get(key, start, length)
        self.sent += len(body)
        return body


class Gate:
    """Keeps the copying from going on until it is opened."""

    def __init__(self) -> None:
        self._opened = threading.Event()

    def open(self) -> None:
        self._opened.set()

    def wait(self) -> None:
        assert self._opened.wait(60), "the gate was never opened"


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    found, take_rest = Gate(), StreamCopy._take_rest

    def take_rest_later(copy: StreamCopy, chunks: Generator[bytes, None, None]) -> None:
        found.wait()
        take_rest(copy, chunks)

    monkeypatch.setattr(StreamCopy, "_take_rest", take_rest_later)
    yield found
    found.open()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes at which a short stream is a large one."""
    monkeypatch.setattr(copying, "_FIRST_BYTES", 2000)
    monkeypatch.setattr(copying, "_INDEX_FROM_BYTES", 4000)
    monkeypatch.setattr(copying, "_HEAD_START_S", 0.0)
    monkeypatch.setattr(copying, "_FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 4096)
    monkeypatch.setattr(blocks.Blocks.__init__, "__defaults__", (4096,))


def plant_stream(store: MemoryStore, stream: bytes = STREAM, part_bytes: int = 30_000) -> None:
    end = 0
    for seq, start in enumerate(range(0, len(stream), part_bytes)):
        body = stream[start : start + part_bytes]
        end += len(body)
        store.plant(PREFIX + format_part(seq, end), body)


def plant_index(store: MemoryStore, told: bytes = STREAM) -> None:
    """An index for the lines of `told`."""
    body = encode_index(line_lengths(told))
    store.plant(PREFIX + index_name(len(told), body), body)


def opened(store: Store) -> Replay:
    return Replay("r", BucketSource(store, HARNESS, "s", patience_s=0), LineHarness())


def line_of_text(line: bytes) -> str:
    (event,) = LineHarness().read_record(line.rstrip(b"\n")).events
    return event.text.value


def shown(replay: Replay, start: int, stop: int) -> list[str]:
    texts: list[str] = []
    while start < stop:
        records = replay.window(start, stop - start).records
        assert [record.index for record in records] == list(range(start, start + len(records)))
        assert records
        texts += [record.events[0].text.value for record in records]
        start += len(records)
    return texts


def polled_until_complete(replay: Replay) -> list[ReplayChanged]:
    news: list[ReplayChanged | None] = []

    def is_complete() -> bool:
        news.append(replay.poll(look=False))
        return replay.is_complete

    until(is_complete, "all of the session is here")
    return [each for each in news if each is not None]


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


def shifted() -> bytes:
    return STREAM[:20_000] + STREAM[20_000:].replace(b"\n", b"#\n", 1)[:-2] + b"\n"


def lying(told: bytes) -> Callable[[MemoryStore], None]:
    return lambda store: plant_index(store, told)


def broken(store: MemoryStore) -> None:
    body = encode_index(line_lengths(STREAM))
    store.plant(PREFIX + index_name(len(STREAM), body), body[:-1] + b"x")


def of_a_longer_stream(store: MemoryStore) -> None:
    plant_index(store, STREAM + b"more\n")


LIES = {
    "shifted by a byte": lying(shifted()),
    "with one line too few": lying(STREAM[:20_000] + STREAM[20_000:].replace(b"\n", b"#", 1)),
    "with one line too many": lying(STREAM[:50_000] + b"\n" + STREAM[50_001:]),
    "of another stream": lying(b"other\n" * (len(STREAM) // 6) + b"x" * (len(STREAM) % 6 - 1) + b"\n"),
    "cut in the middle of a line": lying(STREAM[:20_000] + b"\n"),
    "of other bytes than its name says": broken,
    "of a stream that isn't there": of_a_longer_stream,
}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_by_an_index_that_lies_no_wrong_line_is_shown(gate: Gate, lie: Callable[[MemoryStore], None]) -> None:
    store = CountingStore()
    plant_stream(store)
    lie(store)
    replay = opened(store)
    true = {line.decode().removesuffix("\n") for line in LINES}
    for start in (0, replay.record_count - 4, replay.record_count // 2, 40):
        try:
            assert {replay.raw(start, 0).value} <= true
            assert set(shown(replay, start, min(start + 4, replay.record_count))) <= {line_of_text(x) for x in LINES}
        except MirrorError as error:
            assert error.kind in ("source", "notFound")
    before = replay.record_count
    gate.open()
    news = polled_until_complete(replay)
    assert any(each.restarted for each in news) or before <= len(LINES)
    assert shown(replay, 0, replay.record_count) == [line_of_text(line) for line in LINES]
    replay.close()


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("half", [0, 1])
def test_neither_half_of_a_line_that_is_told_as_two_is_shown(gate: Gate, half: int) -> None:
    store = CountingStore()
    plant_stream(store)
    LIES["with one line too many"](store)
    replay = opened(store)
    with pytest.raises(MirrorError):
        replay.raw(STREAM[:50_000].count(b"\n") + half, 0)
    gate.open()
    replay.close()


@pytest.mark.usefixtures("small")
def test_a_lie_that_is_met_by_reading_is_told_at_once(gate: Gate) -> None:
    store = CountingStore()
    plant_stream(store)
    plant_index(store, shifted())
    replay = opened(store)
    with pytest.raises(MirrorError) as caught:
        replay.window(300, 5)
    assert caught.value.as_problem().retryable
    news = replay.poll(look=False)
    assert news is not None
    assert news.restarted
    assert news.record_count < 100
    gate.open()
    replay.close()


@pytest.mark.usefixtures("small")
def test_an_index_that_cannot_be_read_is_as_good_as_none(gate: Gate) -> None:
    store = CountingStore()
    plant_stream(store)
    plant_index(store)
    store.fail("get", offline(), matching="lines-", times=100)
    replay = opened(store)
    assert replay.record_count < 100
    gate.open()
    polled_until_complete(replay)
    assert replay.record_count == len(LINES)
    assert replay.problem is None
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
        lines = [line.decode(errors="replace") for line in store.stream.split(b"\n")]
        for is_poll, share in doings:
            if is_poll:
                replay.poll(look=share < 0.5)
            elif replay.record_count:
                index = int(share * (replay.record_count - 1))
                assert replay.raw(index, 0).value == lines[index]

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
