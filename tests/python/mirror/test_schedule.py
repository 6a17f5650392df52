"""When a session is flushed: at once after quiet, then at most once an interval, after errors later but surely."""

import itertools
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.mirror.schedule import BACKOFF_LIMIT_S, SETTLE_LIMIT_S, SETTLE_S, TAKEOVER_S, Schedule

INTERVAL = 5.0


def schedule() -> Schedule:
    return Schedule(INTERVAL, random.Random(1))


def in_order(plan: Schedule, now: float) -> list[str]:
    """Starts all that is due, one after the other."""
    started = []
    while (name := plan.due(now)) is not None:
        plan.started(name, now)
        started.append(name)
    return started


def test_the_first_change_after_quiet_is_due_as_soon_as_it_settles() -> None:
    plan = schedule()
    plan.changed("a", 100.0)
    assert plan.due(100.05) is None
    assert plan.due(100.11) == "a"


def test_a_source_that_never_rests_is_due_within_a_quarter_second() -> None:
    plan = schedule()
    for tick in range(6):
        plan.changed("a", 100.0 + tick * 0.05)
    assert plan.due(100.0 + SETTLE_LIMIT_S) == "a"


def test_a_busy_session_is_flushed_once_an_interval() -> None:
    plan = schedule()
    flushes = []
    for tick in range(3000):
        now = tick * 0.01
        plan.changed("a", now)
        if (name := plan.due(now)) is not None:
            plan.started(name, now)
            flushes.append(now)
            plan.finished(name, now, more=False)
    assert len(flushes) == 6
    assert all(later - earlier >= INTERVAL for earlier, later in itertools.pairwise(flushes))


def test_a_change_during_a_flush_needs_another_one() -> None:
    plan = schedule()
    plan.changed("a", 0.0)
    plan.started("a", 1.0)
    plan.changed("a", 1.5)
    assert plan.due(100.0) is None
    plan.finished("a", 2.0, more=False)
    assert plan.due(6.5) == "a"


def test_nothing_to_do_means_nothing_is_due_ever() -> None:
    plan = schedule()
    plan.changed("a", 0.0)
    plan.started("a", 1.0)
    plan.finished("a", 2.0, more=False)
    assert plan.due(1e9) is None
    assert plan.next_at() is None


def test_waiting_lines_are_flushed_at_once_without_an_interval() -> None:
    plan = schedule()
    plan.changed("a", 0.0)
    plan.started("a", 1.0)
    plan.finished("a", 2.0, more=True)
    assert plan.due(2.0) == "a"


def test_live_sessions_come_before_the_backlog() -> None:
    plan = schedule()
    plan.changed("old", 0.0, backlog=True)
    plan.changed("live", 1.0)
    assert in_order(plan, 2.0) == ["live", "old"]


def test_an_old_session_that_changes_is_a_live_one() -> None:
    plan = schedule()
    plan.changed("old", 0.0, backlog=True)
    plan.changed("live", 1.0)
    plan.changed("old", 1.05)
    assert in_order(plan, 2.0) == ["old", "live"]
    assert not plan.is_backlog("old")


def test_a_backlog_without_a_worker_does_not_wake_the_clock() -> None:
    plan = schedule()
    plan.changed("old", 0.0, backlog=True)
    assert plan.next_at() is not None
    assert plan.next_at(backlog=False) is None
    assert plan.due(2.0, backlog=False) is None
    assert plan.due(2.0) == "old"
    plan.changed("live", 1.0)
    assert plan.next_at(backlog=False) == 1.0 + SETTLE_S


def test_the_end_of_another_writer_is_noticed_within_its_time() -> None:
    plan = schedule()
    plan.changed("a", 0.0)
    plan.started("a", 1.0)
    plan.held_elsewhere("a", 1.0)
    assert plan.due(1.0 + TAKEOVER_S - 0.01) is None
    plan.started("a", 10.0)
    plan.held_elsewhere("a", 10.0, 60.0)
    assert plan.due(69.0) is None
    assert plan.due(70.0) == "a"


def test_a_reminder_is_due_at_its_time_without_any_change() -> None:
    plan = schedule()
    plan.changed("a", 0.0)
    plan.started("a", 1.0)
    plan.finished("a", 1.0, more=False)
    plan.remind("a", 31.0)
    assert plan.due(30.9) is None
    assert plan.due(31.0) == "a"


@given(st.integers(1, 40), st.floats(0, 300))
def test_a_failing_session_is_always_tried_again_and_never_hammered(failures: int, retry_after: float) -> None:
    plan = schedule()
    now = 0.0
    plan.changed("a", now)
    for attempt in range(failures):
        now += 1000.0
        assert plan.due(now) == "a"
        plan.started("a", now)
        plan.failed("a", now, retry_after_s=retry_after)
        at = plan.next_at()
        assert at is not None
        assert now + retry_after <= at
        assert now + min(0.5 * 2**attempt, BACKOFF_LIMIT_S / 2) <= at + 1e-6
        assert at <= now + max(BACKOFF_LIMIT_S, retry_after)
    plan.hurry()
    assert plan.due(now + INTERVAL) == "a"


def test_a_forgotten_session_is_not_due_even_if_its_flush_ends_later() -> None:
    plan = schedule()
    plan.changed("a", 0.0)
    plan.started("a", 1.0)
    plan.forget("a")
    plan.finished("a", 2.0, more=True)
    plan.failed("a", 2.0)
    assert plan.due(1e9) is None


def test_what_is_left_of_a_large_session_waits_behind_who_waited_longer() -> None:
    plan = schedule()
    for name in ("large", "b", "c"):
        plan.changed(name, 0.0, backlog=True)
    turns = []
    for turn in range(6):
        now = 10.0 + turn
        due = plan.due(now)
        assert due is not None
        turns.append(due)
        plan.started(due, now)
        plan.finished(due, now, more=True)
    assert sorted(turns[:3]) == sorted(turns[3:]) == ["b", "c", "large"]


def test_asking_what_is_due_costs_no_more_with_thousands_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0
    judge = Schedule._due_at

    def counted(plan: Schedule, entry: Any) -> float:
        nonlocal looks
        looks += 1
        return judge(plan, entry)

    plan = schedule()
    for number in range(5000):
        plan.changed(f"old{number}", 0.0, backlog=True)
    monkeypatch.setattr(Schedule, "_due_at", counted)
    for turn in range(1000):
        name = plan.due(10.0)
        assert name is not None
        plan.started(name, 10.0)
        plan.finished(name, 10.0, more=turn % 2 == 0)
        plan.next_at()
    assert looks < 10_000


def test_while_the_store_is_away_one_session_tries_it_for_all() -> None:
    plan = schedule()
    for name in "abcde":
        plan.changed(name, 0.0)
    for name in "abc":
        assert plan.due(1.0) == name
        plan.started(name, 1.0)
    for name in "abc":
        plan.failed(name, 2.0, away=True)
    assert plan.due(2.4) is None
    now = plan.next_at()
    assert now is not None
    assert now <= 3.0
    assert plan.due(now) == "d"
    plan.started("d", now)
    assert plan.due(1000.0) is None
    assert plan.next_at() is None
    plan.failed("d", now, away=True)
    later = plan.next_at()
    assert later is not None
    assert later >= now + 1.0
    assert plan.due(later) == "e"
    plan.started("e", later)
    plan.finished("e", later, more=False, stored=True)
    assert in_order(plan, later + INTERVAL) == ["a", "b", "c", "d"]


def test_a_flush_that_asked_the_store_nothing_does_not_prove_that_it_is_back() -> None:
    plan = schedule()
    for name in "abc":
        plan.changed(name, 0.0)
    plan.started("a", 1.0)
    plan.failed("a", 1.0, away=True)
    plan.started("b", 10.0)
    plan.finished("b", 10.0, more=False)
    plan.started("c", 10.0)
    assert plan.due(1000.0) is None


def test_hurrying_tries_the_store_at_once_with_one_session() -> None:
    plan = schedule()
    plan.changed("a", 0.0)
    plan.changed("b", 0.0)
    plan.started("a", 1.0)
    plan.failed("a", 1.0, retry_after_s=500.0, away=True)
    assert plan.due(400.0) is None
    plan.hurry()
    assert in_order(plan, 10.0) == ["b"]


def test_a_forgotten_session_does_not_keep_others_from_trying() -> None:
    plan = schedule()
    plan.changed("a", 0.0)
    plan.changed("b", 0.0)
    plan.started("a", 1.0)
    plan.started("b", 1.0)
    plan.failed("b", 1.0, away=True)
    plan.forget("a")
    plan.finished("a", 2.0, more=False)
    assert plan.due(10.0) == "b"


ACTIONS = ("changed", "old", "start", "finish", "more", "fail", "elsewhere", "remind", "forget", "hurry")


@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.sampled_from("abcd"), st.floats(0, 8)), max_size=60))
def test_whoever_is_due_comes_first_whatever_happened_before(steps: list[tuple[str, str, float]]) -> None:
    """The heaps answer as looking at everyone would."""
    plan = schedule()
    now = 0.0
    running: set[str] = set()
    for action, name, later in steps:
        now += later
        act(plan, action, name, now, running)
        for backlog in (True, False):
            waiting = sorted(
                (entry.backlog, at, each)
                for each, entry in plan._entries.items()
                if (at := plan._due_at(entry)) < float("inf") and (backlog or not entry.backlog)
            )
            ready = [each for _, at, each in waiting if at <= now]
            assert plan.due(now, backlog=backlog) == (ready[0] if ready else None)
            assert plan.next_at(backlog=backlog) == min((at for _, at, _ in waiting), default=None)


def act(plan: Schedule, action: str, name: str, now: float, running: set[str]) -> None:
    """Does something to the plan that a follower might do, if it might do it now."""
    if action in ("changed", "old"):
        plan.changed(name, now, backlog=action == "old")
    elif action == "remind":
        plan.remind(name, now + 3)
    elif action == "hurry":
        plan.hurry()
    elif action == "forget":
        plan.forget(name)
        running.discard(name)
    elif action == "start" and (due := plan.due(now)) is not None:
        plan.started(due, now)
        running.add(due)
    elif name in running:
        running.discard(name)
        if action == "fail":
            plan.failed(name, now)
        elif action == "elsewhere":
            plan.held_elsewhere(name, now)
        else:
            plan.finished(name, now, more=action == "more")
