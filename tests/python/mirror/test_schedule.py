"""When a session is flushed: at once after quiet, then at most once an interval, after errors later but surely."""

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from session_mirror.mirror.schedule import BACKOFF_LIMIT_S, SETTLE_LIMIT_S, SETTLE_S, TAKEOVER_S, Schedule

INTERVAL = 5.0


def schedule() -> Schedule:
    return Schedule(INTERVAL, random.Random(1))


def test_the_first_change_after_quiet_is_due_as_soon_as_it_settles() -> None:
    plan = schedule()
    plan.changed("a", 100.0)
    assert plan.due(100.05) == []
    assert plan.due(100.11) == ["a"]


def test_a_source_that_never_rests_is_due_within_a_quarter_second() -> None:
    plan = schedule()
    for tick in range(6):
        plan.changed("a", 100.0 + tick * 0.05)
    assert plan.due(100.0 + SETTLE_LIMIT_S) == ["a"]


def test_a_busy_session_is_flushed_once_an_interval() -> None:
    plan = schedule()
    flushes = []
    for tick in range(3000):
        now = tick * 0.01
        plan.changed("a", now)
        for name in plan.due(now):
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
    assert plan.due(100.0) == []
    plan.finished("a", 2.0, more=False)
    assert plan.due(6.5) == ["a"]


def test_nothing_to_do_means_nothing_is_due_ever() -> None:
    plan = schedule()
    plan.changed("a", 0.0)
    plan.started("a", 1.0)
    plan.finished("a", 2.0, more=False)
    assert plan.due(1e9) == []
    assert plan.next_at() is None


def test_waiting_lines_are_flushed_at_once_without_an_interval() -> None:
    plan = schedule()
    plan.changed("a", 0.0)
    plan.started("a", 1.0)
    plan.finished("a", 2.0, more=True)
    assert plan.due(2.0) == ["a"]


def test_live_sessions_come_before_the_backlog() -> None:
    plan = schedule()
    plan.changed("old", 0.0, backlog=True)
    plan.changed("live", 1.0)
    assert plan.due(2.0) == ["live", "old"]
    plan.changed("old", 1.5)
    assert plan.due(2.0) == ["old", "live"]


def test_a_backlog_without_a_worker_does_not_wake_the_clock() -> None:
    plan = schedule()
    plan.changed("old", 0.0, backlog=True)
    assert plan.next_at() is not None
    assert plan.next_at(backlog=False) is None
    plan.changed("live", 1.0)
    assert plan.next_at(backlog=False) == 1.0 + SETTLE_S


def test_the_end_of_another_writer_is_noticed_within_its_time() -> None:
    plan = schedule()
    plan.changed("a", 0.0)
    plan.started("a", 1.0)
    plan.held_elsewhere("a", 1.0)
    assert plan.due(1.0 + TAKEOVER_S - 0.01) == []
    plan.started("a", 10.0)
    plan.held_elsewhere("a", 10.0, 60.0)
    assert plan.due(69.0) == []
    assert plan.due(70.0) == ["a"]


def test_a_reminder_is_due_at_its_time_without_any_change() -> None:
    plan = schedule()
    plan.changed("a", 0.0)
    plan.started("a", 1.0)
    plan.finished("a", 1.0, more=False)
    plan.remind("a", 31.0)
    assert plan.due(30.9) == []
    assert plan.due(31.0) == ["a"]


@given(st.integers(1, 40), st.floats(0, 300))
def test_a_failing_session_is_always_tried_again_and_never_hammered(failures: int, retry_after: float) -> None:
    plan = schedule()
    now = 0.0
    plan.changed("a", now)
    for attempt in range(failures):
        now += 1000.0
        assert plan.due(now) == ["a"]
        plan.started("a", now)
        plan.failed("a", now, retry_after_s=retry_after)
        at = plan.next_at()
        assert at is not None
        assert now + retry_after <= at
        assert now + min(0.5 * 2**attempt, BACKOFF_LIMIT_S / 2) <= at + 1e-6
        assert at <= now + max(BACKOFF_LIMIT_S, retry_after)
    plan.hurry()
    assert plan.due(now + INTERVAL) == ["a"]


def test_a_forgotten_session_is_not_due_even_if_its_flush_ends_later() -> None:
    plan = schedule()
    plan.changed("a", 0.0)
    plan.started("a", 1.0)
    plan.forget("a")
    plan.finished("a", 2.0, more=True)
    plan.failed("a", 2.0)
    assert plan.due(1e9) == []
