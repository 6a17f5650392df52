"""Whoever waits for a window goes before the looking at lines that nobody waits for."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from session_mirror.harness.arrangement import Arrangement
from session_mirror.harness.base import Glance
from session_mirror.replay import analysis, right_of_way
from session_mirror.replay.analysis import Analysis
from session_mirror.replay.disk import DiskSource
from session_mirror.replay.lines import Lines
from session_mirror.replay.places import Places
from session_mirror.replay.right_of_way import RightOfWay
from session_mirror.replay.session import Replay
from support.following import until
from support.line_harness import LineAccount, LineHarness, line_of

LINES = 50


@pytest.fixture
def lines(tmp_path: Path) -> Lines:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"".join(line_of(str(number)) + b"\n" for number in range(LINES)))
    made = Lines(DiskSource(path))
    made.extend()
    return made


def test_lines_are_not_looked_at_while_somebody_reads(monkeypatch: pytest.MonkeyPatch, lines: Lines) -> None:
    monkeypatch.setattr(right_of_way, "_GIVES_WAY_S", 20)
    way = RightOfWay()
    waiting = threading.Event()
    wait_until_free = way.wait_until_free

    def waited(timeout_s: float) -> None:
        waiting.set()
        wait_until_free(timeout_s)

    monkeypatch.setattr(way, "wait_until_free", waited)
    looking = Analysis(LineAccount(), way)
    with way.taken(), way.taken():
        thread = threading.Thread(target=looking.advance, args=(lines, float("inf")))
        thread.start()
        assert waiting.wait(20)
        assert looking.done == 0
    thread.join(20)
    assert looking.done == LINES


def test_who_never_stops_reading_does_not_keep_the_rest_from_being_known(
    monkeypatch: pytest.MonkeyPatch, lines: Lines
) -> None:
    monkeypatch.setattr(right_of_way, "_GIVES_WAY_S", 0.001)
    way = RightOfWay()
    looking = Analysis(LineAccount(), way)
    with way.taken():
        threading.Thread(target=looking.advance, args=(lines, float("inf")), daemon=True).start()
        until(lambda: looking.done == LINES, "all lines are looked at")


def test_lines_that_take_long_to_arrange_are_arranged_a_tenth_of_the_time(
    monkeypatch: pytest.MonkeyPatch, lines: Lines
) -> None:
    now_s = 0.0

    class SlowAccount(LineAccount):
        arranged = 0

        def feed(self, line: bytes) -> Glance:
            nonlocal now_s
            now_s += 1
            return super().feed(line)

        def arrangement(self) -> Arrangement:
            nonlocal now_s
            now_s += 2
            self.arranged += 1
            return super().arrangement()

    monkeypatch.setattr("session_mirror.replay.analysis.time.monotonic", lambda: now_s)
    monkeypatch.setattr(analysis, "_AT_ONCE", 1)
    account = SlowAccount()
    looking = Analysis(account, RightOfWay())
    while looking.done < LINES:
        looking.advance(lines, 1)
        looking.places(at_last=False)
    assert account.arranged == 1 + LINES // 20
    looking.places(at_last=True)
    assert account.arranged == 2 + LINES // 20


def test_an_account_is_asked_between_two_lines_only(lines: Lines) -> None:
    is_within, may_leave, told = threading.Event(), threading.Event(), threading.Event()

    class SlowAccount(LineAccount):
        def feed(self, line: bytes) -> Glance:
            is_within.set()
            assert may_leave.wait(20)
            return super().feed(line)

    looking = Analysis(SlowAccount(), RightOfWay())

    def ask() -> None:
        looking.statistics(Places(), slice(None))
        told.set()

    threads = [threading.Thread(target=looking.advance, args=(lines, float("inf"))), threading.Thread(target=ask)]
    threads[0].start()
    assert is_within.wait(20)
    threads[1].start()
    assert not told.wait(0.05)
    may_leave.set()
    assert told.wait(20)
    for thread in threads:
        thread.join(20)
    assert looking.done == LINES


def test_a_look_at_records_is_remembered_for_a_while(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clock = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    path = tmp_path / "s.jsonl"
    path.write_bytes(line_of("one") + b"\n")
    way = RightOfWay()
    replay = Replay("r", DiskSource(path), LineHarness(), way=way)
    assert not way.is_read
    replay.window(0, 1)
    clock[0] += 0.9
    assert way.is_read
    clock[0] += 0.2
    assert not way.is_read
