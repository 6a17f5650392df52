"""A large session in a bucket is open as soon as its first lines are here; the rest arrives while it is read."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session_mirror.bucket import fetch
from session_mirror.bucket.names import format_part, session_prefix
from session_mirror.bucket.reader import StreamReader
from session_mirror.replay import copying
from session_mirror.replay.handles import ReplaySessions
from session_mirror.replay.session import Replay
from session_mirror.replay.spool import BucketSource
from support.compacting_store import CompactingStore
from support.following import until
from support.indexed_stream import polled_until_complete
from support.line_harness import LineHarness, line_of
from support.memory_store import MemoryStore, offline

HARNESS = "lines"
PREFIX = session_prefix(HARNESS, "s")
PARTS = [line_of(f"{number} one") + b"\n" + line_of(f"{number} two") + b"\n" for number in range(30)]
STREAM = b"".join(PARTS)
LAST = format_part(len(PARTS) - 1, len(STREAM))


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "_FIRST_PAUSE_S", 0.001)


def stored(parts: list[bytes] = PARTS, prefix: str = PREFIX) -> MemoryStore:
    store = MemoryStore()
    end = 0
    for seq, body in enumerate(parts):
        end += len(body)
        store.plant(prefix + format_part(seq, end), body)
    return store


def opened(store: MemoryStore | CompactingStore, directory: Path | None = None) -> BucketSource:
    """Never waits for more than the first line."""
    return BucketSource(store, HARNESS, "s", directory=directory, wait=lambda _seconds: False, patience_s=0)


def shown(replay: Replay) -> list[str]:
    texts: list[str] = []
    while window := replay.window(len(texts), 50).records:
        assert [record.index for record in window] == list(range(len(texts), len(texts) + len(window)))
        texts += [record.events[0].text.value for record in window]
    return texts


def all_texts(parts: list[bytes] = PARTS) -> list[str]:
    return [f"{number} {which}" for number in range(len(parts)) for which in ("one", "two")]


def test_the_first_lines_are_shown_while_the_rest_is_on_its_way() -> None:
    store = stored()
    with store.hold("get", format_part(20, len(b"".join(PARTS[:21])))):
        replay = Replay("r", opened(store), LineHarness())
        until(lambda: replay.poll(look=False) is None and replay.record_count == 40, "twenty parts are here")
        assert shown(replay) == all_texts()[:40]
        assert (replay.total_bytes, replay.missing_bytes) == (len(STREAM), len(b"".join(PARTS[20:])))
        assert not replay.is_complete
        assert not replay.statistics(0).is_complete
        assert replay.problem is None
    news = polled_until_complete(replay)
    assert shown(replay) == all_texts()
    assert (news[-1].record_count, news[-1].missing_bytes, news[-1].restarted) == (60, 0, False)
    assert replay.statistics(0).is_complete
    replay.close()


def test_what_arrived_since_the_last_look_is_told_as_missing() -> None:
    store = stored()
    with store.hold("get", LAST):
        source = opened(store)
        replay = Replay("r", source, LineHarness())
        known = replay.record_count
    until(lambda: not source.is_arriving, "all parts are here")
    assert replay.record_count == known < len(all_texts())
    assert 0 < replay.missing_bytes < replay.total_bytes == len(STREAM)
    news = polled_until_complete(replay)
    assert (news[-1].record_count, news[-1].missing_bytes) == (len(all_texts()), 0)
    replay.close()


def test_growth_is_told_until_the_last_byte_whenever_it_lands() -> None:
    """Nobody looks at the bucket again for a minute: what arrives has to be noticed without that."""
    store = stored()
    replays = ReplaySessions()
    with store.hold("get", LAST):
        replay = Replay("r", opened(store), LineHarness())
        replays.add(replay)
        until(lambda: replays.poll(look=False) == ([], []) and replay.record_count == 58, "all but the last part")
        assert replays.has_unfinished
    while replays.has_unfinished:
        replays.poll(look=False)
    assert replay.record_count == 60
    replays.close_all()


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.binary(min_size=1, max_size=9), min_size=1, max_size=12),
    st.text("amd.", max_size=60),
    st.lists(st.sampled_from(["look", "poll", "read"]), max_size=20),
)
def test_copied_beside_readers_growth_and_compaction_the_stream_is_exact(
    parts: list[bytes], script: str, doings: list[str]
) -> None:
    store = CompactingStore(PREFIX, [b"begin\n", *parts], script)
    source = opened(store)
    replay = Replay("r", source, LineHarness())
    for doing in doings:
        if doing == "read":
            size = source.size
            assert source.read(0, size) == store.stream[:size]
            assert replay.record_count <= store.stream.count(b"\n")
        else:
            replay.poll(look=doing == "look")

    def is_all_here() -> bool:
        replay.poll()
        return source.size == len(store.stream) and replay.is_complete

    until(is_all_here, "the copy has all of the stream")
    assert source.read(0, source.size) == store.stream
    lines = store.stream.split(b"\n")[:-1]
    assert [replay.raw(index, 0).value for index in range(replay.record_count)] == [
        line.decode(errors="replace") for line in lines
    ]
    replay.close()


def test_a_store_that_fails_meanwhile_is_told_and_tried_until_it_is_back() -> None:
    store = stored()
    with store.hold("get", LAST):
        replay = Replay("r", opened(store), LineHarness())
        store.fail("get", offline(), times=10**6)
        store.fail("list", offline(), times=10**6)
    until(lambda: (news := replay.poll(look=False)) is not None and news.problem is not None, "the failure is told")
    assert replay.problem is not None
    assert replay.problem.kind == "network"
    here = replay.record_count
    assert shown(replay) == all_texts()[:here]
    assert not replay.is_complete
    store.heal()
    news = polled_until_complete(replay)
    assert shown(replay) == all_texts()
    assert news[-1].problem is None
    replay.close()


def test_a_hole_ends_the_copying_and_is_looked_at_again() -> None:
    store = stored()
    key = PREFIX + format_part(20, len(b"".join(PARTS[:21])))
    body = store.objects[key]
    store.remove(key)
    replay = Replay("r", opened(store), LineHarness())
    until(lambda: bool(replay.poll(look=False) or True) and replay.is_complete, "what is there is here")
    assert replay.record_count == 40
    assert replay.problem is not None
    assert replay.missing_bytes == 0
    store.plant(key, body)
    until(lambda: bool(replay.poll() or True) and replay.is_complete and replay.record_count == 60, "it is whole")
    assert replay.problem is None
    replay.close()


def test_a_new_generation_takes_over_from_one_that_is_on_its_way() -> None:
    store = stored()
    with store.hold("get", LAST):
        replay = Replay("r", opened(store), LineHarness())
        newer = session_prefix(HARNESS, "s~g2")
        store.plant(newer + format_part(0, len(PARTS[7])), PARTS[7])
        news = replay.poll()
        assert news is not None
        assert news.restarted
        assert shown(replay) == ["7 one", "7 two"]
    assert replay.is_complete
    replay.close()


def test_closing_ends_the_copying_and_leaves_nothing_behind(tmp_path: Path) -> None:
    store = stored()
    with store.hold("get", LAST):
        source = opened(store, tmp_path)
        assert source.is_arriving
        source.close()
    until(lambda: not source.is_arriving, "nothing is copied any more")
    assert list(tmp_path.iterdir()) == []
    assert source.problem is None


def test_one_line_larger_than_all_patience_is_waited_for() -> None:
    long = line_of("x" * 5000) + b"\n"
    store = stored([long[at : at + 100] for at in range(0, len(long), 100)])
    replay = Replay("r", opened(store), LineHarness())
    assert replay.record_count == 1
    replay.close()


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.integers(1, 70), st.data())
def test_whoever_waits_for_the_beginning_gets_it_in_small_pieces_and_all_of_it(
    sizes: list[int], first: int, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, sum(sizes)))
    stream = bytes(number % 251 for number in range(sum(sizes)))
    ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]
    store = stored([stream[end - size : end] for end, size in zip(ends, sizes, strict=True)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetch, "WHOLE_BYTES", 32)
        chunks = list(StreamReader(store, PREFIX, wait=lambda _: False).read(start, first_bytes=first))
    assert b"".join(chunks) == stream[start:]
    for number, chunk in enumerate(chunks):
        assert len(chunk) <= max(first * 2**number, 32)


def test_opening_a_large_part_asks_for_a_small_piece_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "_FIRST_BYTES", len(PARTS[0]))
    store = stored([STREAM])
    asked: list[int | None] = []
    second = threading.Event()
    get = store.get

    def counting(key: str, start: int = 0, length: int | None = None) -> bytes:
        asked.append(length)
        if start:
            assert second.wait(20)
        return get(key, start, length)

    monkeypatch.setattr(store, "get", counting)
    replay = Replay("r", opened(store), LineHarness())
    assert replay.record_count == 2
    second.set()
    polled_until_complete(replay)
    assert shown(replay) == all_texts()
    assert asked[0] == len(PARTS[0])
    replay.close()
