"""Following many sessions: found without being told, flushed in time, truthfully shown, handed over at the end."""

from __future__ import annotations

import time

from session_mirror.bucket.cover import resolve
from session_mirror.bucket.names import session_prefix
from session_mirror.journal.journal import Journal
from session_mirror.protocol.sessions import Verified
from support.engine import HARNESS
from support.following import Machinery, machinery, until
from support.memory_store import denied, offline

__all__ = ["machinery"]


def test_sessions_of_the_past_and_of_the_future_are_mirrored(machinery: Machinery) -> None:
    machinery.append("old", b"one\n")
    machinery.follow()
    until(lambda: machinery.stream("old") == b"one\n", "the old session")
    machinery.append("new", b"first\n")
    until(lambda: machinery.stream("new") == b"first\n", "the new session")
    machinery.append("new", b"second\n")
    until(lambda: machinery.stream("new") == b"first\nsecond\n", "its growth")


def test_a_folder_that_does_not_exist_yet_is_followed_once_it_does(machinery: Machinery) -> None:
    machinery.folder.rmdir()
    machinery.follow()
    machinery.folder.mkdir()
    machinery.append("s", b"one\n")
    until(lambda: machinery.stream("s") == b"one\n", "a session in a late folder")


def test_rows_and_health_tell_the_truth_before_during_and_after_a_fault(machinery: Machinery) -> None:
    machinery.append("s", b"one\n")
    _, ears = machinery.follow()
    until(lambda: bool(ears.healths) and ears.healths[-1].phase == "watching", "all durable")
    until(lambda: ears.rows["s"].state == "live", "shown as live")
    assert ears.rows["s"].part_count == 1
    machinery.store.fail("put", denied(), times=10_000)
    machinery.append("s", b"two\n")
    until(lambda: ears.healths[-1].phase == "error", "the fault shown")
    problem = ears.healths[-1].problem
    assert problem is not None
    assert problem.kind == "auth"
    until(lambda: ears.rows["s"].state == "error", "the session marked")
    assert ears.healths[-1].lag_bytes == 4
    machinery.store.heal()
    until(lambda: ears.healths[-1].phase == "watching", "caught up")
    assert machinery.stream("s") == b"one\ntwo\n"
    assert ears.healths[-1].problem is None
    assert ears.healths[-1].uploaded_bytes == 8


def test_a_store_that_is_away_for_long_is_caught_up_with_in_few_parts(machinery: Machinery) -> None:
    machinery.append("s", b"one\n")
    _, ears = machinery.follow()
    until(lambda: machinery.stream("s") == b"one\n", "the beginning")
    machinery.store.fail("put", offline(), times=10_000)
    for number in range(50):
        machinery.append("s", b"line %d\n" % number)
    until(lambda: bool(ears.healths) and ears.healths[-1].phase == "error", "the fault shown")
    machinery.store.heal()
    machinery.running[0].hurry()
    until(lambda: machinery.stream("s").endswith(b"line 49\n"), "caught up")
    assert len(resolve(machinery.store.list(session_prefix(HARNESS, "s"))).slices) <= 4


def test_two_followers_have_one_writer_and_the_other_takes_over(machinery: Machinery) -> None:
    machinery.append("s", b"one\n")
    first, first_ears = machinery.follow()
    until(lambda: machinery.stream("s") == b"one\n", "the beginning")
    _, second_ears = machinery.follow()
    machinery.append("s", b"two\n")
    until(lambda: machinery.stream("s") == b"one\ntwo\n", "the growth")
    until(lambda: second_ears.rows["s"].state == "elsewhere", "the second one says who mirrors")
    until(lambda: first_ears.rows["s"].state == "live", "the first one says so, too")
    assert len(resolve(machinery.store.list(session_prefix(HARNESS, "s"))).slices) == 2
    first.stop(timeout_s=10)
    machinery.append("s", b"three\n")
    until(lambda: machinery.stream("s") == b"one\ntwo\nthree\n", "the takeover")
    until(lambda: second_ears.rows["s"].state == "live", "shown as ours now")


def test_a_live_session_does_not_wait_behind_a_stuck_backlog(machinery: Machinery) -> None:
    for number in range(20):
        machinery.append_old(f"old{number}", b"one\n")
    with machinery.store.hold("put", "/old"):
        machinery.follow()
        machinery.append("live", b"one\n")
        until(lambda: machinery.stream("live") == b"one\n", "the live session")
    until(lambda: all(machinery.stream(f"old{number}") == b"one\n" for number in range(20)), "the backlog")


def test_stopping_flushes_what_is_pending_and_gives_the_lock_back(machinery: Machinery) -> None:
    machinery.append("s", b"one\n")
    follower, _ = machinery.follow(interval_s=3600)
    until(lambda: machinery.stream("s") == b"one\n", "the beginning")
    machinery.append("s", b"two\n")
    until(lambda: any(row.lag_bytes for row in follower.rows()), "the growth noticed")
    assert follower.stop(timeout_s=10, ended=True)
    assert machinery.stream("s") == b"one\ntwo\n"
    meta = machinery.store.objects[session_prefix(HARNESS, "s") + "meta.json"]
    assert b'"ended_at":null' not in meta


def test_stopping_tells_whether_the_last_upload_succeeded(machinery: Machinery) -> None:
    machinery.append("s", b"one\n")
    follower, _ = machinery.follow(interval_s=3600)
    until(lambda: machinery.stream("s") == b"one\n", "the beginning")
    machinery.append("s", b"two\n")
    until(lambda: any(row.lag_bytes for row in follower.rows()), "the growth noticed")
    machinery.store.fail("put", offline(), times=10_000)
    assert not follower.stop(timeout_s=10)


def test_stopping_does_not_wait_for_a_stuck_upload(machinery: Machinery) -> None:
    machinery.append("s", b"one\n")
    with machinery.store.hold("put") as hold:
        follower, _ = machinery.follow()
        hold.wait_until_reached()
        begun = time.monotonic()
        assert not follower.stop(timeout_s=0.5)
        assert time.monotonic() - begun < 5


def test_paused_means_listed_and_not_uploaded(machinery: Machinery) -> None:
    machinery.append("s", b"one\n")
    _, ears = machinery.follow(upload=False)
    until(lambda: "s" in ears.rows, "the session listed")
    assert ears.rows["s"].lag_bytes == 4
    assert machinery.store.requests["put"] == 0


def test_a_session_stopped_by_another_process_is_ended_and_left_alone_until_resumed(machinery: Machinery) -> None:
    machinery.append("s", b"one\n")
    _, ears = machinery.follow()
    until(lambda: machinery.stream("s") == b"one\n", "the beginning")
    other = Journal(machinery.state)
    other.set_stopped(HARNESS, "s", stopped=True)
    until(lambda: ears.rows["s"].state == "stopped", "the stop noticed")
    until(lambda: machinery.is_ended("s"), "the end stamped")
    machinery.append("s", b"two\n")
    until(lambda: ears.rows["s"].source_bytes == 8, "the growth seen")
    assert machinery.stream("s") == b"one\n"
    other.set_stopped(HARNESS, "s", stopped=False)
    until(lambda: machinery.stream("s") == b"one\ntwo\n", "resumed")


def test_a_deleted_source_is_only_in_the_bucket_and_comes_back(machinery: Machinery) -> None:
    machinery.append("s", b"one\n")
    _, ears = machinery.follow()
    until(lambda: machinery.stream("s") == b"one\n", "the beginning")
    until(lambda: ears.rows["s"].state == "live", "shown")
    (machinery.folder / "s.jsonl").unlink()
    until(lambda: ears.rows["s"].state == "bucketOnly", "its end noticed")
    assert machinery.stream("s") == b"one\n"
    machinery.append("s", b"one\ntwo\n")
    until(lambda: machinery.stream("s") == b"one\ntwo\n", "its return")


def test_a_thousand_idle_sessions_ask_the_store_nothing(machinery: Machinery) -> None:
    for number in range(200):
        machinery.append(f"s{number}", b"one\n")
    first, ears = machinery.follow()
    until(lambda: len(ears.rows) == 200 and ears.healths[-1].behind_count == 0, "all mirrored")
    first.stop(timeout_s=20)
    before = machinery.store.requests
    _, again = machinery.follow()
    until(lambda: len(again.rows) == 200 and again.healths[-1].phase == "watching", "all found again")
    assert machinery.store.requests == before


def test_what_another_process_verified_shows_in_the_row_and_not_in_that_of_the_next_generation(
    machinery: Machinery,
) -> None:
    machinery.append("s", b"one\n")
    follower, ears = machinery.follow()
    until(lambda: machinery.stream("s") == b"one\n", "the mirror")
    verdict = Verified(at_ms=7, problem="A part ends at byte 2, in the middle of a line.")
    Journal(machinery.state).set_verified(machinery.store.url, HARNESS, "s", verdict)
    follower.look()
    until(lambda: ears.rows["s"].verified == verdict, "the verdict shown")
    (machinery.folder / "s.jsonl").write_bytes(b"something else\n")
    until(lambda: ears.rows["s"].generation == 2, "the next generation")
    assert ears.rows["s"].verified is None
