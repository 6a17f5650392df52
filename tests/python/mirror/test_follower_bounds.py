"""Following under strain: jumping clocks, backlogs, missed events, and an end in the middle of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent import futures
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from session_mirror.mirror import finishing as finishing_module
from session_mirror.mirror import follower as follower_module
from session_mirror.mirror import session as session_module
from session_mirror.mirror.flushing import WORKERS
from session_mirror.mirror.follower import BACKLOG_WORKERS
from session_mirror.source.directories import Directories
from support.following import Machinery, machinery, until
from support.memory_store import offline

__all__ = ["machinery"]
HOUR_MS = 3_600_000


class Silent:
    """A watcher that never says a word, as on a file system without events."""

    mode = "events"
    hint = ""

    def __init__(
        self, _roots: Iterable[Path], _on_paths: Callable[[Iterable[Path]], None], _on_unknown: Callable[[], None]
    ) -> None:
        """Hears nothing."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


@pytest.fixture
def silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """No events at all."""
    monkeypatch.setattr(follower_module, "Watcher", Silent)


@pytest.mark.usefixtures("silence")
def test_without_any_event_growth_is_swept_up_and_new_sessions_are_found(machinery: Machinery) -> None:
    machinery.append("s", b"one\n")
    machinery.follow()
    until(lambda: machinery.stream("s") == b"one\n", "the beginning")
    machinery.append("s", b"two\n")
    until(lambda: machinery.stream("s") == b"one\ntwo\n", "the growth")
    machinery.append("new", b"one\n")
    until(lambda: machinery.stream("new") == b"one\n", "the new session")


@pytest.mark.usefixtures("silence")
@pytest.mark.parametrize("jump_ms", [HOUR_MS, -HOUR_MS], ids=["asleep", "set back"])
def test_after_a_jump_of_the_clock_everything_is_looked_at(
    machinery: Machinery, monkeypatch: pytest.MonkeyPatch, jump_ms: int
) -> None:
    monkeypatch.setattr(Directories, "changed", lambda _: False)
    machinery.append_old("old", b"one\n")
    follower, _ = machinery.follow()
    until(lambda: machinery.stream("old") == b"one\n" and not follower._roster.awake, "durable, and not swept any more")
    machinery.append_old("old", b"two\n")
    machinery.clock_ahead_ms = jump_ms
    until(lambda: machinery.stream("old") == b"one\ntwo\n", "what no sweep of active sessions would have found")


def test_after_a_jump_of_the_clock_nothing_waits_for_its_back_off(machinery: Machinery) -> None:
    machinery.store.fail("put", offline(), times=5)
    machinery.append("s", b"one\n")
    follower, ears = machinery.follow()
    until(lambda: machinery.store.requests["put"] >= 5, "some back-off")
    machinery.store.heal()
    machinery.clock_ahead_ms = HOUR_MS
    begun = time.monotonic()
    until(lambda: machinery.stream("s") == b"one\n", "the upload")
    assert time.monotonic() - begun < 5
    until(lambda: follower.health().behind_count == 0, "shown as done")
    assert all(health.lag_ms >= 0 for health in ears.healths)


def test_a_clock_that_is_set_back_makes_no_session_live_and_no_lag_negative(machinery: Machinery) -> None:
    machinery.append("s", b"one\n")
    _, ears = machinery.follow()
    until(lambda: "s" in ears.rows and ears.rows["s"].state == "live", "live at first")
    machinery.clock_ahead_ms = -HOUR_MS
    until(lambda: ears.rows["s"].state == "mirrored", "not live by a date in the future")
    machinery.store.fail("put", offline(), times=10_000)
    machinery.append("s", b"two\n")
    until(lambda: ears.healths[-1].lag_ms > 0, "the lag grows")
    assert ears.healths[-1].lag_ms < HOUR_MS


def test_a_backlog_never_takes_all_workers_and_is_counted_down(machinery: Machinery) -> None:
    for number in range(3 * WORKERS):
        machinery.append_old(f"old{number}", b"one\n")
    with machinery.store.hold("put", "part-"):
        _, ears = machinery.follow()
        until(lambda: machinery.store.requests["put"] >= BACKLOG_WORKERS, "the backlog under way")
        until(lambda: bool(ears.healths) and ears.healths[-1].lag_bytes == 3 * WORKERS * 4, "all of it counted")
        assert machinery.store.requests["put"] == BACKLOG_WORKERS
    until(lambda: ears.healths[-1].behind_count == 0, "the backlog done")
    halfway = [health for health in ears.healths if health.caught_up_bytes and health.behind_count]
    assert all(health.caught_up_bytes + health.lag_bytes == 3 * WORKERS * 4 for health in halfway)
    assert ears.healths[-1].caught_up_bytes == 0


def test_while_the_store_is_away_sessions_do_not_all_knock(machinery: Machinery) -> None:
    machinery.store.fail("put", offline(), times=10_000)
    for number in range(50):
        machinery.append_old(f"old{number}", b"one\n")
    follower, _ = machinery.follow()
    # Each try after the first ones waits about twice as long as the one before: the fourth comes within seconds.
    until(lambda: machinery.store.requests["put"] >= 4, "some tries")
    assert len({key for verb, key in machinery.store.log if verb == "put"}) <= WORKERS + 4
    machinery.store.heal()
    until(lambda: follower.health().behind_count == 0, "all caught up")
    assert all(machinery.stream(f"old{number}") == b"one\n" for number in range(50))


def test_the_end_leaves_the_backlog_where_it_is_and_says_so(machinery: Machinery) -> None:
    for number in range(3 * WORKERS):
        machinery.append_old(f"old{number}", b"one\n")
    with machinery.store.hold("put", "part-") as hold:
        follower, _ = machinery.follow()
        hold.wait_until_reached()
        stopped: list[bool] = []
        stopping = threading.Thread(target=lambda: stopped.append(follower.stop(timeout_s=20, ended=True)))
        stopping.start()
        until(lambda: not follower._thread.is_alive(), "nothing new is begun")
    stopping.join(20)
    assert stopped == [False]
    parts = [key for verb, key in machinery.store.log if verb == "put" and "part-" in key]
    assert len(parts) == len(set(parts)) <= BACKLOG_WORKERS


def test_the_end_waits_for_a_flush_under_way_instead_of_running_beside_it(
    machinery: Machinery, monkeypatch: pytest.MonkeyPatch
) -> None:
    machinery.append("s", b"one\n")
    with machinery.store.hold("put", "part-") as hold:
        follower, _ = machinery.follow()
        hold.wait_until_reached()
        machinery.append("s", b"two\n")

        def wait(under_way: list[Future[Any]], timeout: float) -> Any:
            if threading.current_thread().name.startswith("mirror-worker"):
                hold.release()
            return futures.wait(under_way, timeout)

        monkeypatch.setattr(finishing_module, "wait", wait)
        assert follower.stop(timeout_s=5)
    assert machinery.stream("s") == b"one\ntwo\n"
    parts = [key for verb, key in machinery.store.log if verb == "put" and "part-" in key]
    assert len(parts) == len(set(parts)) == 2


def test_an_end_without_time_gives_locks_back_when_the_uploads_end(machinery: Machinery) -> None:
    names = [f"s{number}" for number in range(WORKERS + 2)]
    for name in names:
        machinery.append(name, b"one\n")
    with machinery.store.hold("put", "part-") as hold:
        first, _ = machinery.follow()
        hold.wait_until_reached()
        assert not first.stop(timeout_s=0.5)
    machinery.follow()
    for name in names:
        machinery.append(name, b"two\n")
    until(lambda: all(machinery.stream(name) == b"one\ntwo\n" for name in names), "all taken over")


def test_the_end_of_a_long_session_comes_within_a_part_or_two(
    machinery: Machinery, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (session_module, finishing_module):
        monkeypatch.setattr(module, "PART_BYTES", 1000)
    machinery.append("s", b"x" * 99 + b"\n")
    follower, _ = machinery.follow(interval_s=3600)
    until(lambda: len(machinery.stream("s")) == 100, "the beginning")
    machinery.append("s", (b"x" * 99 + b"\n") * 100)
    until(lambda: any(row.lag_bytes for row in follower.rows()), "the growth noticed")
    assert not follower.stop(timeout_s=20)
    assert 100 < len(machinery.stream("s")) <= 2200
