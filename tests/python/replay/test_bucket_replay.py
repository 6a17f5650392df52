"""A session in a bucket is found by its id, copied privately, and followed through compaction and generations."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session_mirror.bucket.lookup import find_stored, newest_stored
from session_mirror.bucket.names import format_part, session_prefix
from session_mirror.bucket.reader import ReadCancelled
from session_mirror.errors import MirrorError
from session_mirror.replay.session import Replay
from session_mirror.replay.spool import BucketSource
from support.compacting_store import CompactingStore
from support.line_harness import LineHarness
from support.memory_store import MemoryStore, offline

HARNESS = "lines"


def no_wait(_seconds: float) -> bool:
    return False


def plant(store: MemoryStore, session_id: str, *parts: bytes) -> None:
    prefix = session_prefix(HARNESS, session_id)
    known = [key for key in store.objects if key.startswith(prefix)]
    end = sum(len(store.objects[key]) for key in known)
    for seq, body in enumerate(parts, len(known)):
        end += len(body)
        store.plant(prefix + format_part(seq, end), body)


def source_of(store: MemoryStore | CompactingStore, session_id: str = "s") -> BucketSource:
    return BucketSource(store, HARNESS, session_id, wait=no_wait)


def whole(source: BucketSource) -> bytes:
    return source.read(0, source.size)


def test_the_newest_generation_is_meant_unless_one_is_named() -> None:
    store = MemoryStore()
    for session_id in ("s", "s~g2", "s~g10", "s~g10x", "s~g10~g99", "s~agent-1", "s2~g77"):
        plant(store, session_id, b"a\n")
    for asked, meant in {"s": "s~g10", "s~g1": "s", "s~g2": "s~g2", "s2": "s2~g77", "s~agent-1": "s~agent-1"}.items():
        found = newest_stored(store, HARNESS, asked)
        assert found is not None
        assert found.session_id == meant
    for unknown in ("", "~", "s~g3", "t"):
        assert not unknown or newest_stored(store, HARNESS, unknown) is None


def test_only_exact_ids_are_found_and_in_every_harness() -> None:
    store = MemoryStore()
    plant(store, "session-1", b"a\n")
    store.plant("sessions/codex/session-1/" + format_part(0, 2), b"a\n")
    store.plant("sessions/codex/session-2/meta.json", b"{}")
    assert [one.harness for one in find_stored(store, [HARNESS, "codex", "none"], "session-1")] == [HARNESS, "codex"]
    assert find_stored(store, [HARNESS, "codex"], "session") == []
    assert find_stored(store, ["codex"], "session-2") == []


def test_the_copy_is_the_stream_and_grows_with_it() -> None:
    store = MemoryStore()
    plant(store, "s", b"one\n", b"two\n")
    source = source_of(store)
    assert whole(source) == b"one\ntwo\n"
    assert source.refresh() == "same"
    plant(store, "s", b"three\n")
    assert source.refresh() == "grew"
    assert whole(source) == b"one\ntwo\nthree\n"
    assert source.read(4, 3) == b"two"
    source.close()


@settings(deadline=None, max_examples=60)
@given(st.lists(st.binary(min_size=1, max_size=9), min_size=1, max_size=8), st.text("amd", max_size=40))
def test_followed_through_compaction_the_copy_stays_exact(parts: list[bytes], script: str) -> None:
    store = CompactingStore(session_prefix(HARNESS, "s"), parts, script)
    source = source_of(store)
    for _ in range(8):
        source.refresh()
        assert whole(source) == store.stream[: source.size]
    while source.size < len(store.stream):
        source.refresh()
    assert whole(source) == store.stream
    source.close()


def test_a_new_generation_restarts_the_replay_and_the_old_one_is_shown_until_then() -> None:
    store = MemoryStore()
    plant(store, "s", b"old 1\n", b"old 2\n")
    source = source_of(store)
    replay = Replay("r", source, LineHarness())
    plant(store, "s~g2", b"new\n")
    assert source.refresh() == "restarted"
    assert whole(source) == b"old 1\nold 2\n"
    news = replay.poll()
    assert news is not None
    assert (news.restarted, news.record_count) == (True, 1)
    assert replay.window(0, 9).records[0].events[0].text.value == "new"
    replay.close()


def test_a_named_generation_is_never_left() -> None:
    store = MemoryStore()
    plant(store, "s", b"old\n")
    source = source_of(store, "s~g1")
    plant(store, "s~g2", b"new\n")
    assert source.refresh() == "same"
    assert whole(source) == b"old\n"
    source.close()


def test_a_hole_is_a_problem_that_is_told_and_goes_when_it_closes() -> None:
    store = MemoryStore()
    plant(store, "s", b"one\n", b"two\n", b"three\n", b"four\n")
    key = session_prefix(HARNESS, "s") + format_part(1, 8)
    body = store.objects[key]
    store.remove(key)
    source = source_of(store)
    assert whole(source) == b"one\n"
    assert source.problem is not None
    assert source.problem.kind == "notFound"
    store.plant(key, body)
    assert source.refresh() == "grew"
    assert source.problem is None
    assert whole(source) == b"one\ntwo\nthree\nfour\n"
    source.close()


def test_a_session_deleted_from_the_bucket_stays_shown() -> None:
    store = MemoryStore()
    plant(store, "s", b"one\n")
    source = source_of(store)
    store.remove(session_prefix(HARNESS, "s") + format_part(0, 4))
    assert source.refresh() == "same"
    assert source.problem is not None
    assert whole(source) == b"one\n"
    source.close()


def test_an_unreachable_store_leaves_what_is_shown() -> None:
    store = MemoryStore()
    plant(store, "s", b"one\n")
    source = source_of(store)
    store.fail("list", offline())
    with pytest.raises(MirrorError, match="cannot be reached"):
        source.refresh()
    assert whole(source) == b"one\n"
    assert source.refresh() == "same"
    source.close()


def test_an_unknown_session_is_a_clear_error() -> None:
    with pytest.raises(MirrorError, match="holds no session 's'") as raised:
        source_of(MemoryStore())
    assert raised.value.kind == "notFound"


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_the_copy_is_private_and_leaves_nothing_behind(tmp_path: Path) -> None:
    store = MemoryStore()
    plant(store, "s", b"one\n")
    source = BucketSource(store, HARNESS, "s", directory=tmp_path, wait=no_wait)
    descriptor = source._copy._file.fileno()
    assert stat.S_IMODE(os.fstat(descriptor).st_mode) & 0o077 == 0
    assert list(tmp_path.iterdir()) == []
    source.close()
    source.close()
    with pytest.raises(MirrorError, match="closed"):
        source.read(0, 1)


def test_an_abandoned_copy_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[IO[bytes]] = []

    temporary_file = tempfile.TemporaryFile

    def make(**options: Any) -> IO[bytes]:
        made.append(temporary_file(**options))
        return made[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", make)
    store = MemoryStore()
    plant(store, "s", b"one\n", b"two\n")
    with pytest.raises(ReadCancelled):
        BucketSource(store, HARNESS, "s", wait=lambda _seconds: True)
    assert [file.closed for file in made] == [True]


def test_progress_tells_how_much_of_how_much() -> None:
    store = MemoryStore()
    plant(store, "s", b"one\n", b"two\n", b"three\n")
    told: list[tuple[int, int]] = []
    BucketSource(store, HARNESS, "s", wait=no_wait, progress=lambda done, total: told.append((done, total))).close()
    assert told == [(4, 14), (8, 14), (14, 14)]
