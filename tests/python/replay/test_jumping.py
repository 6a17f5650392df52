"""Jumps: the nearest prompt, turn, error or edit, from anywhere, in both directions, where the record is shown."""

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
    "noted": record(event("system"), event("prompt")),
    "reply": record(event("thinking"), event("reply")),
    "task": record(event("prompt"), is_sidechain=True),
    "report": record(event("reply"), is_sidechain=True),
    "read": record(event("toolCall", "Read", "a.py")),
    "edit": record(event("toolCall", "Edit", "a.py")),
    "result": record(event("toolResult", "Edit", "a.py")),
    "failed": record(event("toolResult", failed=True)),
    "error": record(event("error")),
    "nothing": record(),
}
MEANT = {
    "prompt": ("prompt", "noted"),
    "turn": ("prompt", "noted", "reply"),
    "error": ("error", "failed"),
    "edit": ("edit",),
}
SUB_AGENT = {"prompt": ("task",), "turn": ("task", "report")}
"""Meant as well in a session that is a sub-agent's own, which begins with one."""


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
        wanted=st.sampled_from(sorted(MEANT)),
        start=st.integers(-2, 14),
        direction=st.sampled_from(["forward", "back"]),
    ),
)
def test_a_jump_leads_to_the_nearest_one(
    tmp_path: Path, stream: tuple[list[str], list[int]], asked: ReplayJumpParams
) -> None:
    names, order = stream
    contents = indexed(tmp_path / "s", records_of(names), Places(Arrangement(order=order)))
    first = next((name for name in names if name != "nothing"), "")
    own = SUB_AGENT.get(asked.wanted, ()) if first in ("task", "report") else ()
    there = [position for position, line in enumerate(order) if names[line] in (*MEANT[asked.wanted], *own)]
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


@pytest.mark.parametrize(
    ("hidden", "found"),
    [
        (ReplayFilter(hidden_kinds=("reply",)), [1, 1]),
        (ReplayFilter(hidden_kinds=("prompt",)), [None, 2]),
        (ReplayFilter(hidden_kinds=("prompt", "reply")), [None, None]),
        (ReplayFilter(tools=("Read",)), [None, None]),
        (ReplayFilter(path="a.py"), [None, None]),
        (ReplayFilter(errors_only=True), [None, None]),
        (ReplayFilter(agents="sub"), [None, None]),
        (ReplayFilter(agents="main"), [1, 1]),
    ],
)
def test_a_prompt_or_turn_that_a_filter_hides_is_passed_by_though_its_record_is_shown(
    tmp_path: Path, hidden: ReplayFilter, found: list[int | None]
) -> None:
    called = record(event("reply"), event("toolCall", "Read", "a.py"))
    contents = indexed(tmp_path / "s", [*records_of(["read", "noted"]), called, *records_of(["task"])])
    asked = [ReplayJumpParams(replay_id="r", wanted=wanted, start=0, filter=hidden) for wanted in ("prompt", "turn")]
    assert [jump(contents, each).index for each in asked] == found


def test_backwards_from_what_was_not_looked_at_yet_there_is_none_so_far(tmp_path: Path) -> None:
    contents = indexed(tmp_path / "s", records_of(["prompt", "read"]), unseen=3)
    for start, index, is_complete in [(4, None, False), (2, None, False), (1, 0, True)]:
        found = jump(contents, ReplayJumpParams(replay_id="r", wanted="prompt", start=start, direction="back"))
        assert (found.index, found.is_complete) == (index, is_complete), start


def test_a_prompt_a_hundred_thousand_records_away_is_found_in_one_answer(tmp_path: Path) -> None:
    names = ["prompt", *["read", "result"] * 50_000, "prompt"]
    contents = indexed(tmp_path / "s", records_of(names))
    there = ReplayJumpParams(replay_id="r", wanted="prompt", start=1)
    back = ReplayJumpParams(replay_id="r", wanted="prompt", start=100_000, direction="back")
    assert (jump(contents, there).index, jump(contents, back).index) == (100_001, 0)


@pytest.mark.parametrize("start", [-1, 5])
def test_a_session_without_any_has_none(tmp_path: Path, start: int) -> None:
    contents = indexed(tmp_path / "s", records_of(["prompt", "read", "result"]))
    assert jump(contents, ReplayJumpParams(replay_id="r", wanted="edit", start=start)).index is None
