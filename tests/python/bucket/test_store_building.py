"""Objects built from many pieces, asked of every store: sent by us in pieces, or put together by the store itself."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Iterator

import pytest

from session_mirror.bucket import s3
from session_mirror.bucket.s3 import S3Store
from session_mirror.bucket.store import Source, SourceChanged, Store

SESSION = "sessions/claude-code/abc"
PART = f"{SESSION}/part-00000-0000000a.jsonl"
MIB = 1 << 20


def keys(store: Store) -> list[str]:
    return [found.key for found in store.list("")]


def body_of(number: int, size: int) -> bytes:
    return hashlib.sha256(bytes([number])).digest() * (-(-size // 32))


def sources(store: Store, *sizes: int) -> tuple[list[Source], bytes]:
    """Stored objects of these sizes, as listed, and their bytes together."""
    whole = b""
    for number, size in enumerate(sizes):
        body = body_of(number, size)[:size]
        store.put(f"{SESSION}/part-{number:05d}-{number:08x}.jsonl", body)
        whole += body
    return [Source(found.key, found.size, found.tag) for found in store.list(f"{SESSION}/part-")], whole


def unfinished(store: Store) -> list[str]:
    """Keys of uploads that were begun and neither finished nor given up."""
    found: list[str] = []

    def look(key: str, _started_ms: int) -> bool:
        found.append(key)
        return False

    store.give_up("", look)
    return found


@pytest.fixture
def in_pieces(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Every kind of store, sending in pieces what takes one request otherwise."""
    monkeypatch.setattr(s3, "_SINGLE_PUT_BYTES", 0)
    return store


@pytest.mark.parametrize("size", [0, 1, 5 * MIB])
def test_chunks_become_one_object(store: Store, size: int) -> None:
    body = body_of(1, size)[:size]
    store.put_stream(PART, (body[at : at + 700_001] for at in range(0, size, 700_001)), size)
    assert store.get(PART) == body
    assert [(found.key, found.size) for found in store.list("")] == [(PART, size)]


def test_more_than_a_piece_of_chunks_becomes_one_object(in_pieces: Store) -> None:
    size = 40 * MIB + 17
    body = body_of(2, size)[:size]
    in_pieces.put_stream(PART, (body[at : at + 3 * MIB] for at in range(0, size, 3 * MIB)), size)
    assert hashlib.sha256(in_pieces.get(PART)).digest() == hashlib.sha256(body).digest()
    assert in_pieces.size(PART) == size
    assert unfinished(in_pieces) == []


@pytest.mark.parametrize("told", [9, 11])
def test_chunks_of_another_size_than_told_store_nothing(in_pieces: Store, told: int) -> None:
    with pytest.raises(ValueError, match="10 bytes came"):
        in_pieces.put_stream(PART, iter([b"01234", b"56789"]), told)
    assert keys(in_pieces) == []
    assert unfinished(in_pieces) == []


def test_chunks_that_fail_to_come_store_nothing_and_leave_nothing_behind(in_pieces: Store) -> None:
    def chunks() -> Iterator[bytes]:
        yield body_of(1, 17 * MIB)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        in_pieces.put_stream(PART, chunks(), 20 * MIB)
    assert keys(in_pieces) == []
    assert unfinished(in_pieces) == []


@pytest.mark.parametrize("store", ["local", "ministack"], indirect=True)
def test_memory_holds_a_few_pieces_and_not_the_object(in_pieces: Store) -> None:
    def chunks() -> Iterator[bytes]:
        for number in range(16):
            yield body_of(number, 16 * MIB)

    tracemalloc.start()
    try:
        in_pieces.put_stream(PART, chunks(), 256 * MIB)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert in_pieces.size(PART) == 256 * MIB
    assert peak < 160 * MIB


def test_a_store_that_can_puts_objects_together_itself(store: Store) -> None:
    listed, whole = sources(store, 5 * MIB, 6 * MIB + 1, 10)
    able = store.compose(PART, listed)
    assert able == (store.composes_from is not None)
    assert unfinished(store) == []
    if able:
        assert store.get(PART) == whole
    else:
        assert keys(store) == [source.key for source in listed]
    assert [store.size(source.key) for source in listed] == [5 * MIB, 6 * MIB + 1, 10]


def test_pieces_that_are_too_small_are_left_to_us(store: Store) -> None:
    listed, _ = sources(store, 10, 10)
    small_is_fine = store.composes_from == 0
    assert store.compose(PART, listed) is small_is_fine
    assert (PART in keys(store)) is small_is_fine


@pytest.mark.parametrize("change", ["gone", "larger", "smaller"])
def test_a_source_that_is_not_as_listed_stores_nothing(store: Store, change: str) -> None:
    listed, _ = sources(store, 5 * MIB, 6 * MIB, 10)
    if not store.compose(PART, listed):
        return
    store.delete([PART])
    if change == "gone":
        store.delete([listed[1].key])
    else:
        store.put(listed[1].key, body_of(9, 7 * MIB if change == "larger" else 5 * MIB))
    with pytest.raises(SourceChanged):
        store.compose(PART, listed)
    assert PART not in keys(store)
    assert unfinished(store) == []


@pytest.mark.parametrize("store", ["moto", "ministack", "rclone"], indirect=True)
def test_what_a_killed_upload_left_is_given_up_when_it_is_stale(store: Store) -> None:
    assert isinstance(store, S3Store)
    client, place = store._connect(), store._place
    for name in ("a", "b"):
        client.create_multipart_upload(Bucket=place.bucket, Key=f"{place.project}/{SESSION}/{name}")
    assert unfinished(store) == [f"{SESSION}/a", f"{SESSION}/b"]
    store.give_up(f"{SESSION}/", lambda key, _: key.endswith("/a"))
    assert unfinished(store) == [f"{SESSION}/b"]
    store.give_up("sessions/other/", lambda *_: True)
    store.give_up(f"{SESSION}/", lambda _, started_ms: started_ms < 0)
    assert unfinished(store) == [f"{SESSION}/b"]
