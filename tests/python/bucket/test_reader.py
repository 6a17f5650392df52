"""Reading is exact: an unbroken prefix, never shorter than what was there, or a gap that says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session_mirror.bucket import fetch
from session_mirror.bucket.names import format_part
from session_mirror.bucket.reader import ReadCancelled, StreamGap, StreamReader
from session_mirror.bucket.store import StoredObject
from session_mirror.errors import MirrorError
from support.compacting_store import CompactingStore
from support.memory_store import MemoryStore, offline

PREFIX = "sessions/claude-code/s/"


class Waits:
    """Counts waits instead of waiting; cancels at the n-th."""

    def __init__(self, cancel_at: int | None = None) -> None:
        self.seconds: list[float] = []
        self._calls = 0
        self._cancel_at = cancel_at

    def __call__(self, seconds: float) -> bool:
        self._calls += 1
        if seconds:
            self.seconds.append(seconds)
        return self._cancel_at is not None and self._calls >= self._cancel_at


def fill(store: MemoryStore, parts: list[bytes], seq: int = 0, start: int = 0) -> bytes:
    end = start
    for number, body in enumerate(parts):
        end += len(body)
        store.plant(PREFIX + format_part(seq + number, end), body)
    return b"".join(parts)


def reader_of(store: MemoryStore | CompactingStore, waits: Waits | None = None) -> StreamReader:
    return StreamReader(store, PREFIX, wait=waits or Waits())


def read(store: MemoryStore | CompactingStore, start: int = 0) -> bytes:
    return b"".join(reader_of(store).read(start))


@pytest.fixture
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "WHOLE_BYTES", 7)


@given(st.lists(st.binary(min_size=1, max_size=30), max_size=20), st.data())
def test_a_quiet_stream_is_read_exactly_from_any_offset(parts: list[bytes], data: st.DataObject) -> None:
    store = MemoryStore()
    whole = fill(store, parts)
    start = data.draw(st.integers(0, len(whole)))
    assert read(store, start) == whole[start:]


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.binary(min_size=1, max_size=30), min_size=1, max_size=12),
    st.text("amd.", max_size=60),
    st.sampled_from([3, 9, 1 << 20]),
    st.data(),
)
def test_whatever_is_flushed_merged_and_deleted_meanwhile_the_read_is_an_exact_prefix_and_not_shorter(
    parts: list[bytes], script: str, whole_bytes: int, data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetch, "WHOLE_BYTES", whole_bytes)
        store = CompactingStore(PREFIX, parts, script)
        before = store.stream
        start = data.draw(st.integers(0, len(before)))
        got = read(store, start)
    assert before[:start] + got == store.stream[: start + len(got)]
    assert start + len(got) >= len(before)


@settings(deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=9), min_size=1, max_size=8), st.text("amd", max_size=40))
def test_one_reader_following_a_stream_sees_every_byte_once(parts: list[bytes], script: str) -> None:
    store = CompactingStore(PREFIX, parts, script)
    reader = reader_of(store)
    got = b""
    for _ in range(6):
        got += b"".join(reader.read(len(got)))
        assert got == store.stream[: len(got)]
    while len(got) < len(store.stream):
        got += b"".join(reader.read(len(got)))
    assert got == store.stream


def test_a_part_that_changed_its_size_is_never_cut_at_the_listed_offsets() -> None:
    class Replacing(MemoryStore):
        """The listing is one replacement behind: the part of the same name now begins at 0."""

        stale = True

        def list(self, prefix: str) -> Iterator[StoredObject]:
            for listed in super().list(prefix):
                late = listed.key.endswith(format_part(1, 8)) and self.stale
                yield StoredObject(listed.key, 4 if late else listed.size, 0)
            self.stale = False

    store = Replacing()
    store.plant(PREFIX + format_part(0, 4), b"abc\n")
    store.plant(PREFIX + format_part(1, 8), b"abc\ndef\n")
    assert read(store) == b"abc\ndef\n"


@pytest.mark.usefixtures("small_ranges")
def test_a_large_part_replaced_under_our_ranges_is_never_mixed_in() -> None:
    class Growing(MemoryStore):
        """After the first range, the part is replaced by a merged one of the same name, which begins earlier."""

        gets = 0

        def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
            self.gets += 1
            if self.gets == 2:
                self.plant(PREFIX + format_part(1, 40), bytes(range(40)))
            return super().get(key, start, length)

    store = Growing()
    store.plant(PREFIX + format_part(0, 10), bytes(range(10)))
    store.plant(PREFIX + format_part(1, 40), bytes(range(10, 40)))
    assert read(store) == bytes(range(40))


@pytest.mark.usefixtures("small_ranges")
def test_a_large_part_is_read_in_ranges() -> None:
    store = MemoryStore()
    whole = fill(store, [bytes(range(100))])
    chunks = list(reader_of(store).read())
    assert b"".join(chunks) == whole
    assert max(map(len, chunks)) == 7


def test_many_parts_are_fetched_at_once_and_boundedly() -> None:
    class Counting(MemoryStore):
        now = most = 0
        meet = threading.Barrier(4, timeout=10)
        guard = threading.Lock()

        def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
            with self.guard:
                self.now += 1
                self.most = max(self.most, self.now)
            self.meet.wait()  # returns only when four requests are under way together
            with self.guard:
                self.now -= 1
            return super().get(key, start, length)

    store = Counting()
    whole = fill(store, [b"%03d\n" % number for number in range(40)])
    assert read(store) == whole
    assert store.most == 4


def test_reading_a_quiet_stream_costs_one_listing_and_one_get_for_each_part() -> None:
    store = MemoryStore()
    fill(store, [b"a\n"] * 20)
    read(store)
    assert store.requests == {"list": 1, "get": 20}


def test_nothing_new_costs_one_listing() -> None:
    store = MemoryStore()
    whole = fill(store, [b"a\n"] * 20)
    assert read(store, len(whole)) == b""
    assert store.requests == {"list": 1}


def test_a_hole_that_stays_is_raised_after_everything_before_it_was_read() -> None:
    store = MemoryStore()
    fill(store, [b"aaa\n", b"bbb\n"])
    fill(store, [b"ddd\n", b"eee\n"], seq=3, start=12)
    waits = Waits()
    chunks: list[bytes] = []
    with pytest.raises(StreamGap) as raised:
        chunks.extend(reader_of(store, waits).read())
    assert raised.value.at == 8
    assert raised.value.resumes_at == 12
    assert len(waits.seconds) > 2
    assert waits.seconds == sorted(waits.seconds)


def test_everything_before_a_hole_is_handed_out() -> None:
    store = MemoryStore()
    fill(store, [b"aaa\n", b"bbb\n"])
    fill(store, [b"ddd\n", b"eee\n"], seq=3, start=12)
    got = b""
    with pytest.raises(StreamGap):
        for chunk in reader_of(store).read():
            got += chunk
    assert got == b"aaa\nbbb\n"


def test_a_hole_that_closes_meanwhile_is_read_through() -> None:
    store = MemoryStore()
    fill(store, [b"aaa\n"])
    fill(store, [b"ccc\n", b"ddd\n"], seq=2, start=8)

    def wait(seconds: float) -> bool:
        if seconds > 0.1:
            store.plant(PREFIX + format_part(1, 8), b"bbb\n")
        return False

    assert b"".join(StreamReader(store, PREFIX, wait=wait).read()) == b"aaa\nbbb\nccc\nddd\n"


def test_a_listing_that_missed_the_last_joint_once_does_not_shorten_the_read() -> None:
    class Paging(MemoryStore):
        """The first listing misses the part before the last, as when it was merged between two pages."""

        missed = False

        def list(self, prefix: str) -> Iterator[StoredObject]:
            hidden = "" if self.missed else PREFIX + format_part(1, 8)
            self.missed = True
            return (listed for listed in super().list(prefix) if listed.key != hidden)

    store = Paging()
    whole = fill(store, [b"aaa\n", b"bbb\n", b"ccc\n"])
    assert read(store) == whole


def test_a_stream_that_lost_its_end_is_a_gap() -> None:
    store = MemoryStore()
    whole = fill(store, [b"aaa\n", b"bbb\n"])
    reader = reader_of(store)
    assert b"".join(reader.read()) == whole
    store.remove(PREFIX + format_part(1, 8))
    with pytest.raises(StreamGap):
        list(reader.read(len(whole)))


def test_a_stream_that_lost_its_beginning_is_not_taken_for_another_layout() -> None:
    store = MemoryStore()
    fill(store, [b"aaa\n", b"bbb\n", b"ccc\n"])
    reader = reader_of(store)
    list(reader.read())
    store.remove(PREFIX + format_part(0, 4))
    store.remove(PREFIX + format_part(2, 12))
    store.plant(PREFIX + "part-00000-deadbeef.jsonl", b"zz")
    with pytest.raises(StreamGap):
        next(reader.read(4))


def test_a_strangers_part_is_left_out_and_asked_about_once() -> None:
    store = MemoryStore()
    whole = fill(store, [b"aaa\n", b"bbb\n"])
    store.plant(PREFIX + "part-00002-7eadbeef.jsonl", b"stranger\n")
    reader = reader_of(store)
    assert b"".join(reader.read()) == whole
    assert store.requests["list"] == 2
    assert reader.cover is not None
    assert len(reader.cover.foreign) == 1
    list(reader.read(len(whole)))
    assert store.requests["list"] == 3


def test_tracecrafts_sessions_are_joined_in_name_order() -> None:
    store = MemoryStore()
    for seq, word in enumerate(["9f3a11d0", "03bc42aa", "d00dfeed"]):
        store.plant(f"{PREFIX}part-{seq:05d}-{word}.jsonl", b"%d\n" % seq)
    assert read(store) == b"0\n1\n2\n"
    assert read(store, 3) == b"\n2\n"


def test_objects_below_the_session_are_no_parts_of_it() -> None:
    store = MemoryStore()
    whole = fill(store, [b"aaa\n"])
    store.plant(PREFIX + "tool-results/" + format_part(1, 8), b"bbb\n")
    assert read(store) == whole


def test_an_unknown_session_reads_as_nothing() -> None:
    assert read(MemoryStore()) == b""


def test_a_failing_store_is_reported_as_it_is_and_reading_can_go_on_there() -> None:
    store = MemoryStore()
    whole = fill(store, [b"%d\n" % number for number in range(9)])
    store.fail("get", offline(), matching=format_part(5, 12))
    reader = reader_of(store)
    got = b""
    with pytest.raises(MirrorError, match="cannot be reached"):
        for chunk in reader.read():
            got += chunk
    assert got == whole[:10]
    assert got + b"".join(reader.read(len(got))) == whole


@pytest.mark.parametrize("cancel_at", [1, 2, 3])
def test_a_cancelled_read_ends_at_its_next_step(cancel_at: int) -> None:
    store = MemoryStore()
    fill(store, [b"a\n"] * 30)
    chunks: list[bytes] = []
    with pytest.raises(ReadCancelled):
        chunks.extend(reader_of(store, Waits(cancel_at)).read())
    assert len(chunks) < cancel_at


def test_a_cancelled_wait_for_a_hole_ends_at_once() -> None:
    store = MemoryStore()
    fill(store, [b"bbb\n", b"ccc\n"], seq=1, start=4)
    with pytest.raises(ReadCancelled):
        list(reader_of(store, Waits(cancel_at=2)).read())
