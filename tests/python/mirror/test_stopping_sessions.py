"""A session that the user stops: what was there comes along, and nothing afterwards."""

from __future__ import annotations

import threading

import pytest

from session_mirror.mirror.session import SessionMirror
from support.engine import HARNESS
from support.following import Ears, Machinery, machinery, until

__all__ = ["machinery"]


def stop(machinery: Machinery, name: str, *, stopped: bool = True) -> None:
    """As the helper does when the user asks for it."""
    follower = machinery.running[-1]
    machinery.deps().journal.set_stopped(HARNESS, name, stopped=stopped)
    follower.refresh(HARNESS, name)


def told_of_another(machinery: Machinery, ears: Ears) -> None:
    """Returns once what was asked for before has been done and told."""
    machinery.append("another", b"line\n")
    size = (machinery.folder / "another.jsonl").stat().st_size
    machinery.running[-1].look()
    until(lambda: "another" in ears.rows and ears.rows["another"].source_bytes == size, "a later change")


def test_a_session_is_not_called_stopped_while_its_last_lines_are_read(machinery: Machinery) -> None:
    machinery.append("s", b"one\n")
    _, ears = machinery.follow()
    until(lambda: ears.rows.get("s") is not None and ears.rows["s"].state == "live", "the beginning")
    with machinery.store.hold("put", "/s/part-") as hold:
        machinery.append("s", b"two\n")
        hold.wait_until_reached()
        stop(machinery, "s")
        told_of_another(machinery, ears)
        assert ears.rows["s"].state != "stopped"
        machinery.append("s", b"three\n")
    until(lambda: ears.rows["s"].state == "stopped", "the end")
    assert machinery.stream("s") == b"one\ntwo\nthree\n"
    machinery.append("s", b"four\n")
    told_of_another(machinery, ears)
    assert machinery.stream("s") == b"one\ntwo\nthree\n"


def test_what_a_stopped_session_says_is_not_taken_along_at_the_end_of_the_following(machinery: Machinery) -> None:
    machinery.append("s", b"one\n")
    follower, ears = machinery.follow()
    until(lambda: machinery.stream("s") == b"one\n", "the beginning")
    stop(machinery, "s")
    until(lambda: ears.rows["s"].state == "stopped", "the stop")
    machinery.append("s", b"two\n")
    until(lambda: ears.rows["s"].source_bytes == 8, "the growth seen")
    assert follower.stop(timeout_s=10, ended=True)
    assert machinery.stream("s") == b"one\n"


def test_a_session_resumed_during_its_last_flush_is_never_flushed_twice_at_once(
    machinery: Machinery, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work, most = [0], [0]
    flush, counting = SessionMirror.flush, threading.Lock()

    def counted(mirror: SessionMirror, *, min_bytes: int = 1) -> object:
        with counting:
            at_work[0] += mirror.found.session_id == "s"
            most[0] = max(most[0], at_work[0])
        try:
            return flush(mirror, min_bytes=min_bytes)
        finally:
            with counting:
                at_work[0] -= mirror.found.session_id == "s"

    monkeypatch.setattr(SessionMirror, "flush", counted)
    machinery.append("s", b"one\n")
    follower, ears = machinery.follow(interval_s=3600)
    until(lambda: ears.rows.get("s") is not None and ears.rows["s"].state == "live", "the beginning")
    machinery.append("s", b"two\n")
    with machinery.store.hold("put", "/s/part-") as hold:
        stop(machinery, "s")
        hold.wait_until_reached()
        follower._schedule.interval_s = 0.0
        stop(machinery, "s", stopped=False)
        machinery.append("s", b"three\n")
        told_of_another(machinery, ears)
        until(lambda: machinery.stream("another") == b"line\n", "what is due being flushed")
    until(lambda: machinery.stream("s") == b"one\ntwo\nthree\n", "what came meanwhile")
    assert most == [1]
