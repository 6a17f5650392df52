"""Jumps: the nearest error or edit, from anywhere, in both directions, where the record is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from session_mirror.harness.arrangement import Arrangement
from session_mirror.harness.base import ReadRecord
from session_mirror.protocol.search import ReplayFilter, ReplayJumpParams
from session_mirror.replay.jumping import jump
from session_mirror.replay.places import Places
from support.indexed import event, indexed, record

KINDS = {
    "prompt": record(event("prompt")),
    "read": record(event("toolCall", "Read", "a.py")),
    "edit": record(event("toolCall", "Edit", "a.py")),
    "result": record(event("toolResult", "Edit", "a.py")),
    "failed": record(event("toolResult", failed=True)),
    "error": record(event("error")),
    "nothing": record(),
}


def records_of(names: list[str]) -> list[ReadRecord]:
    return [KINDS[name] for name in names]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(sorted(KINDS)), max_size=12).flatmap(
        lambda names: st.tuples(st.just(names), st.permutations(range(len(names))))
    ),
    st.builds(
        ReplayJumpParams,
        replay_id=st.just("r"),
        wanted=st.sampled_from(["error", "edit"]),
        start=st.integers(-2, 14),
        direction=st.sampled_from(["forward", "back"]),
    ),
)
def test_a_jump_leads_to_the_nearest_one(
    tmp_path: Path, stream: tuple[list[str], list[int]], asked: ReplayJumpParams
) -> None:
    names, order = stream
    contents = indexed(tmp_path / "s", records_of(names), Places(Arrangement(order=order)))
    meant = ("error", "failed") if asked.wanted == "error" else ("edit",)
    there = [position for position, line in enumerate(order) if names[line] in meant]
    if asked.direction == "forward":
        nearest = min((position for position in there if position >= asked.start), default=None)
    else:
        nearest = max((position for position in there if position <= asked.start), default=None)
    assert jump(contents, asked).index == nearest


def test_a_jump_skips_what_a_filter_hides_and_says_when_more_is_to_come(tmp_path: Path) -> None:
    contents = indexed(tmp_path / "s", records_of(["prompt", "failed", "error"]), unseen=1)
    asked = ReplayJumpParams(replay_id="r", wanted="error", start=0, filter=ReplayFilter(hidden_kinds=("toolResult",)))
    found = jump(contents, asked)
    assert (found.index, found.is_complete) == (2, False)


@pytest.mark.parametrize("start", [-1, 5])
def test_a_session_without_any_has_none(tmp_path: Path, start: int) -> None:
    contents = indexed(tmp_path / "s", records_of(["prompt", "read", "result"]))
    assert jump(contents, ReplayJumpParams(replay_id="r", wanted="edit", start=start)).index is None
