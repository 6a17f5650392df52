"""When a session is over: never while anything of it may be lost, and always some day."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from session_mirror.hooks.attention import GONE_S, HOPELESS_S, LONG_S, SETTLED_S, UNSEEN_S, Standing, is_over

times = st.floats(min_value=0, max_value=4 * HOPELESS_S)
PARTS: dict[str, st.SearchStrategy[Any]] = {
    "since_told": times,
    "since_end": st.none() | times,
    "quiet": st.none() | times,
    "is_mirrored": st.booleans(),
    "agent_runs": st.none() | st.booleans(),
}


def standings(**known: object) -> st.SearchStrategy[Standing]:
    return st.builds(Standing, **(PARTS | {name: st.just(value) for name, value in known.items()}))


def standing(
    *,
    told: float,
    end: float | None = None,
    quiet: float | None = None,
    mirrored: bool = True,
    runs: bool | None = True,
) -> Standing:
    return Standing(since_told=told, since_end=end, quiet=quiet, is_mirrored=mirrored, agent_runs=runs)


def test_an_end_that_was_told_counts_once_the_transcript_is_quiet_and_mirrored() -> None:
    assert is_over(standing(told=SETTLED_S, end=SETTLED_S, quiet=SETTLED_S))
    assert not is_over(standing(told=SETTLED_S, end=SETTLED_S, quiet=1))
    assert not is_over(standing(told=1, end=1, quiet=100))
    assert not is_over(standing(told=100, end=100, quiet=100, mirrored=False))


def test_a_session_that_nobody_spoke_in_is_not_waited_for() -> None:
    assert not is_over(standing(told=UNSEEN_S - 1, end=UNSEEN_S - 1))
    assert is_over(standing(told=UNSEEN_S, end=UNSEEN_S))


def test_an_agent_that_was_killed_ends_its_session() -> None:
    assert is_over(standing(told=1000, quiet=GONE_S, runs=False))
    assert not is_over(standing(told=1, quiet=1000, runs=False))


def test_without_any_sign_of_the_agent_only_long_quiet_ends_a_session() -> None:
    assert not is_over(standing(told=LONG_S, quiet=LONG_S - 1, runs=None))
    assert is_over(standing(told=LONG_S, quiet=LONG_S, runs=None))


@given(standings(agent_runs=True, since_end=None, is_mirrored=True))
def test_a_session_goes_on_while_its_agent_runs(session: Standing) -> None:
    assert not is_over(session)


@given(standings(is_mirrored=False))
def test_what_is_not_mirrored_is_given_up_only_when_it_is_hopeless(session: Standing) -> None:
    quiet = min(session.since_told, session.since_told if session.quiet is None else session.quiet)
    assert is_over(session) == (quiet > HOPELESS_S)
