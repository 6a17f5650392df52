"""Compaction by itself in a follower: it is in nobody's way, and ends when it should."""

from __future__ import annotations

import os
import time
from functools import partial

import pytest

from session_mirror.bucket.cover import resolve
from session_mirror.bucket.names import session_prefix
from session_mirror.journal.journal import Journal
from session_mirror.mirror import projection as projection_module
from session_mirror.mirror import rounds as rounds_module
from session_mirror.mirror import tidying as tidying_module
from session_mirror.mirror.tidying import KEEP_TAIL
from support.engine import HARNESS
from support.following import Machinery, machinery, until
from support.memory_store import Verb, offline

__all__ = ["machinery"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Followers that look around often, and compact soon."""
    monkeypatch.setattr(rounds_module, "SWEEP_S", 0.05)
    monkeypatch.setattr(tidying_module, "GROWING_LIMIT", 6)


def grow(machinery: Machinery, name: str, times: int) -> bytes:
    """A session flushed that often, each time on its own."""
    written = machinery.stream(name)
    for number in range(times):
        machinery.append(name, b"line %d\n" % number)
        written += b"line %d\n" % number
        until(partial(_is_stream, machinery, name, written), f"line {number}")
    return written


def _is_stream(machinery: Machinery, name: str, written: bytes) -> bool:
    return machinery.stream(name) == written


def part_count(machinery: Machinery, name: str = "s") -> int:
    return resolve(machinery.store.list(session_prefix(HARNESS, name))).part_count


def date_back(machinery: Machinery, name: str = "s") -> None:
    hour_ago = time.time() - 3600
    os.utime(machinery.folder / f"{name}.jsonl", (hour_ago, hour_ago))


@pytest.mark.usefixtures("quick")
def test_a_followed_session_is_compacted_while_it_grows_and_its_row_says_so(machinery: Machinery) -> None:
    _, ears = machinery.follow(interval_s=0.01)
    written = grow(machinery, "s", 7)
    until(lambda: part_count(machinery) == KEEP_TAIL + 1, "the compaction")
    until(lambda: ears.rows["s"].part_count == KEEP_TAIL + 1, "the row")
    assert machinery.stream("s") == written
    assert grow(machinery, "s", 3) == machinery.stream("s")


@pytest.mark.usefixtures("quick")
def test_a_flush_does_not_wait_for_a_compaction_that_hangs(machinery: Machinery) -> None:
    machinery.follow(interval_s=0.01)
    with machinery.store.hold("get", "part-") as hold:
        grow(machinery, "s", 7)
        hold.wait_until_reached()
        begun = time.monotonic()
        grow(machinery, "s", 3)
        grow(machinery, "other", 1)
        assert time.monotonic() - begun < 5
        assert part_count(machinery) == 10, "it hung all the time"
    until(lambda: part_count(machinery) < 10, "its end")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("verb", "left"), [("get", 7), ("size", KEEP_TAIL + 1)], ids=["reading", "writing"])
def test_stopping_amid_a_compaction_is_quick_and_leaves_the_stream_exact(
    machinery: Machinery, verb: Verb, left: int
) -> None:
    follower, _ = machinery.follow(interval_s=0.01)
    written = grow(machinery, "s", 6)
    with machinery.store.hold(verb, "part-") as hold:
        written = grow(machinery, "s", 1)
        hold.wait_until_reached()
        begun = time.monotonic()
        assert follower.stop(timeout_s=4)
        assert time.monotonic() - begun < 1
        assert machinery.stream("s") == written
    until(lambda: not follower.is_compacting, "the thread's end")
    assert machinery.stream("s") == written
    assert part_count(machinery) == left


@pytest.mark.usefixtures("quick")
def test_a_stop_that_ends_the_sessions_compacts_them_and_waits_for_no_hanging_store(machinery: Machinery) -> None:
    follower, _ = machinery.follow(interval_s=0.01)
    written = grow(machinery, "s", 5)
    assert follower.stop(timeout_s=10, ended=True)
    assert part_count(machinery) == 1
    assert machinery.stream("s") == written
    again, _ = machinery.follow(interval_s=0.01)
    written = grow(machinery, "s", 4)
    with machinery.store.hold("get", "part-"):
        begun = time.monotonic()
        assert again.stop(timeout_s=1, ended=True)
        assert time.monotonic() - begun < 3
        assert again.is_compacting
    assert machinery.stream("s") == written


@pytest.mark.usefixtures("quick")
def test_a_window_that_closes_leaves_it_to_the_next_one_that_meets_the_session_at_rest(machinery: Machinery) -> None:
    follower, _ = machinery.follow(interval_s=0.01)
    written = grow(machinery, "s", 5)
    assert follower.stop(timeout_s=10)
    assert part_count(machinery) == 5
    date_back(machinery)
    again, ears = machinery.follow()
    until(lambda: part_count(machinery) == 1, "the compaction")
    until(lambda: ears.rows["s"].part_count == 1, "the row")
    until(lambda: not again._roster.idle_owned(), "the lock given up")
    assert machinery.stream("s") == written


@pytest.mark.usefixtures("quick")
def test_a_session_that_the_user_stops_is_compacted(machinery: Machinery) -> None:
    _, ears = machinery.follow(interval_s=0.01)
    written = grow(machinery, "s", 5)
    Journal(machinery.state).set_stopped(HARNESS, "s", stopped=True)
    until(lambda: part_count(machinery) == 1, "the compaction")
    until(lambda: ears.rows["s"].part_count == 1, "the row")
    assert machinery.stream("s") == written
    assert ears.rows["s"].state == "stopped"


@pytest.mark.usefixtures("quick")
def test_a_session_whose_source_was_deleted_is_compacted(machinery: Machinery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection_module, "META_QUIET_MS", 100)
    machinery.follow(interval_s=0.01)
    written = grow(machinery, "s", 5)
    (machinery.folder / "s.jsonl").unlink()
    until(lambda: part_count(machinery) == 1, "the compaction")
    assert machinery.stream("s") == written


@pytest.mark.usefixtures("quick")
def test_a_failing_compaction_stops_no_mirroring_and_shows_no_error(machinery: Machinery) -> None:
    _, ears = machinery.follow(interval_s=0.01)
    machinery.store.fail("get", offline(), times=10_000)
    grow(machinery, "s", 12)
    assert any(verb == "get" for verb, _ in machinery.store.log), "it was tried"
    until(lambda: ears.rows["s"].part_count == 12, "the row")
    assert all(health.problem is None for health in ears.healths)
    assert ears.rows["s"].problem is None
