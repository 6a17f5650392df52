"""An index of lines is never trusted: by none that lies, or can't be read, is a wrong line shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from session_mirror.bucket.line_index import encode_index, index_name, line_lengths
from session_mirror.errors import MirrorError
from support.indexed_stream import (
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
from support.memory_store import MemoryStore, offline


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
