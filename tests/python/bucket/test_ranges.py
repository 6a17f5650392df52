"""Any stretch of a stream is read exactly, whatever parts hold it, and by no more bytes than those."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session_mirror.bucket.cover import resolve
from session_mirror.bucket.line_index import decode_index, encode_index, index_name, line_lengths, listed_indexes
from session_mirror.bucket.names import format_part
from session_mirror.bucket.ranges import RangeReader
from session_mirror.bucket.reader import ReadCancelled, StreamGap
from session_mirror.bucket.store import Store
from session_mirror.compaction.compact import compact
from session_mirror.errors import MirrorError
from support.compacting_store import CompactingStore
from support.memory_store import MemoryStore, offline

HARNESS = "claude-code"
PREFIX = f"sessions/{HARNESS}/s/"
SMALL = [b"line %d\n" % number for number in range(20)]
LARGE = b"".join(b"%d %s\n" % (number, b"x" * 99) for number in range(2000))
PARTS = [*SMALL, LARGE, b"the last\n"]
STREAM = b"".join(PARTS)


def fill(store: Store, parts: list[bytes] = PARTS) -> None:
    end = 0
    for seq, body in enumerate(parts):
        end += len(body)
        store.put(PREFIX + format_part(seq, end), body)


def reader_of(store: Store) -> RangeReader:
    return RangeReader(store, PREFIX, resolve(store.list(PREFIX)), wait=lambda _: False)


def test_over_every_store_ranges_and_an_index_are_read_while_parts_are_merged(store: Store) -> None:
    fill(store)
    index = encode_index(line_lengths(STREAM))
    name = index_name(len(STREAM), index)
    store.put(PREFIX + name, index)
    reader = reader_of(store)
    edge = len(b"".join(SMALL))
    spans = [(0, 1), (edge - 5, edge + 5), (edge + 1000, edge + 1007), (edge, edge + len(LARGE)), (0, len(STREAM))]
    for start, end in spans:
        assert reader.read(start, end) == STREAM[start:end]
    compact(store, HARNESS, "s")
    for start, end in spans:
        assert reader.read(start, end) == STREAM[start:end]
    (listed,) = listed_indexes(store.list(PREFIX))
    ends = decode_index(name, store.get(listed.key))
    assert ends is not None
    assert (listed.size, len(ends), ends[-1]) == (len(index), STREAM.count(b"\n"), len(STREAM))


def test_of_a_large_part_only_what_is_wanted_is_transferred() -> None:
    store = MemoryStore()
    fill(store)
    before = len(store.log)
    got: list[int] = []
    get = store.get

    def counting(key: str, start: int = 0, length: int | None = None) -> bytes:
        body = get(key, start, length)
        got.append(len(body))
        return body

    store.get = counting  # type: ignore[method-assign]
    reader_of(store).read(5000, 9000)
    assert got == [4000]
    assert [verb for verb, _ in store.log[before:]] == ["list", "get", "size"]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.binary(min_size=1, max_size=9), min_size=1, max_size=12),
    st.text("amd.", max_size=80),
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=12),
)
def test_beside_growth_and_compaction_every_stretch_is_exact(
    parts: list[bytes], script: str, spans: list[tuple[float, float]]
) -> None:
    store = CompactingStore(PREFIX, parts, script)
    known = len(store.stream)
    reader = RangeReader(store, PREFIX, resolve(store.inner.list(PREFIX)), wait=lambda _: False)
    for one, other in spans:
        start, end = sorted((int(one * known), int(other * known)))
        assert reader.read(start, end) == store.stream[start:end]


def test_what_is_not_there_is_a_hole() -> None:
    store = MemoryStore()
    fill(store)
    reader = reader_of(store)
    with pytest.raises(StreamGap):
        reader.read(len(STREAM) - 1, len(STREAM) + 1)
    store.remove(PREFIX + format_part(20, len(STREAM) - 9))
    with pytest.raises(StreamGap):
        reader.read(1000, 1001)
    assert reader.read(0, 10) == STREAM[:10]


def test_a_failure_is_told_and_the_next_question_answered() -> None:
    store = MemoryStore()
    fill(store)
    reader = reader_of(store)
    store.fail("get", offline())
    with pytest.raises(MirrorError) as caught:
        reader.read(0, 10)
    assert caught.value.kind == "network"
    assert reader.read(0, 10) == STREAM[:10]


def test_who_asks_may_change_his_mind() -> None:
    store = MemoryStore()
    fill(store)
    reader = RangeReader(store, PREFIX, resolve(store.list(PREFIX)), wait=lambda _: True)
    with pytest.raises(ReadCancelled):
        reader.read(0, 10)


def test_offsets_that_stopped_making_sense_are_not_believed() -> None:
    """All that is left to see are parts whose names tell nothing."""
    store = MemoryStore()
    fill(store, SMALL)
    reader = reader_of(store)
    for key in store.objects:
        store.remove(key)
    store.put(PREFIX + "part-00000-deadbeef.jsonl", b"foreign\n" * 30)
    with pytest.raises(StreamGap):
        reader.read(0, 10)
