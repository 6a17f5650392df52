"""Looking around: often enough to miss nothing, seldom enough to cost nothing; and noticing that time was lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from session_mirror.mirror.jumps import JUMP_S, Jumps
from session_mirror.mirror.rounds import CHECK_S, FULL_S, SWEEP_S, Rounds


@given(st.lists(st.floats(0.01, 1.5), min_size=200, max_size=400), st.booleans())
def test_whatever_the_rhythm_all_looks_are_taken_in_their_time(steps: list[float], polling: bool) -> None:
    rounds = Rounds()
    now = swept = checked = full = 0.0
    for step in steps:
        now += step
        if rounds.check_due(now, polling=polling):
            checked = now
        if rounds.sweep_due(now):
            swept = now
            if rounds.full_due(now, polling=polling):
                full = now
        if rounds.find_due(now):
            rounds.found(now, now)
        assert now - swept <= SWEEP_S + 1.5
        assert now - checked <= CHECK_S + 1.5
        assert now - full <= FULL_S + SWEEP_S + 3
        assert rounds.next_at() <= now + SWEEP_S


def test_looking_for_sessions_again_and_again_is_held_to_its_share() -> None:
    rounds = Rounds()
    assert rounds.find_due(0.0)
    rounds.found(0.0, 0.05)
    assert not rounds.find_due(10.0)
    rounds.want_find()
    assert not rounds.find_due(0.9)
    assert rounds.find_due(1.06)
    rounds.found(2.0, 3.0)
    rounds.want_find()
    assert rounds.find_due(5.0)


def test_what_may_have_changed_anywhere_is_swept_at_once_and_once() -> None:
    rounds = Rounds()
    assert rounds.sweep_due(1.0)
    assert rounds.full_due(1.0, polling=False)
    rounds.want_look()
    assert rounds.sweep_due(1.1)
    assert rounds.full_due(1.1, polling=False)
    assert rounds.sweep_due(3.2)
    assert not rounds.full_due(3.2, polling=False)


def test_clocks_that_part_or_a_long_silence_are_a_jump_and_small_corrections_are_none() -> None:
    jumps = Jumps(100.0, 1_000_000)
    assert not jumps.happened(102.0, 1_002_000, expected_s=2.0)
    assert not jumps.happened(104.0, 1_004_900, expected_s=2.0)
    assert jumps.happened(106.0, 1_006_900 + 3_600_000, expected_s=2.0)
    assert not jumps.happened(108.0, 1_008_900 + 3_600_000, expected_s=2.0)
    assert jumps.happened(110.0, 1_010_900, expected_s=2.0)
    assert jumps.happened(110.0 + 2.0 + JUMP_S + 0.1, 1_010_900 + 7_100, expected_s=2.0)
