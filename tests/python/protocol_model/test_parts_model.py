"""Every interleaving of crashes, lost journals and late requests, with the real rules and without one of them.

With the rules nothing readable or acknowledged is ever lost. Each rule is needed: without it there is a history in
which a request of a dead process loses data. These histories are found, not scripted, up to a common beginning.
"""

from __future__ import annotations

from session_mirror.bucket.cover import Cover, Part
from support.parts_world import Rules, Search, World, follow, new_world, search

# A merge and a lost journal after it make sequences run backwards along the cover: 0 holds [0, 3), then come 1, 2, 3,
# while the first process's part 3 is still under way.
BACKWARDS = [
    "start anew",
    *("flush (0, 1, 0)", "flush (0, 1, 0) lands"),
    *("flush (1, 2, 1)", "flush (1, 2, 1) lands"),
    *("flush (2, 3, 2)", "flush (2, 3, 2) lands"),
    "flush (3, 5, 3)",
    *("merge into (0, 3, 0)", "merge (0, 3, 0) lands"),
    *("delete (0, 1) lands", "delete (1, 2) lands", "delete (2, 3) lands"),
    *("crash", "start anew"),
    *("flush (1, 4, 3)", "flush (1, 4, 3) lands"),
    *("flush (2, 6, 4)", "flush (2, 6, 4) lands"),
    "flush (3, 7, 6)",
]

# A process dies while it merged, with a flush and a delete under way.
INTERRUPTED = [
    "start anew",
    *("flush (0, 1, 0)", "flush (0, 1, 0) lands"),
    *("flush (1, 2, 1)", "flush (1, 2, 1) lands"),
    "flush (2, 4, 2)",
    *("merge into (0, 2, 0)", "merge (0, 2, 0) lands"),
    "crash",
]


def all_leftovers(cover: Cover) -> list[Part]:
    """Coverage alone: whatever the reader can do without."""
    return list(cover.leftovers)


def backwards(rules: Rules) -> World:
    return follow(new_world(starts=3), rules, 7, BACKWARDS)


def interrupted(rules: Rules) -> World:
    return follow(new_world(starts=3), rules, 4, INTERRUPTED)


def story(found: Search) -> str:
    return "; ".join(found.loss or [])


def test_the_real_rules_lose_nothing_in_any_short_history() -> None:
    found = search(new_world(starts=3), Rules(), units=3)
    assert found.loss is None, story(found)
    assert found.worlds > 20_000


def test_the_real_rules_lose_nothing_when_sequences_run_backwards() -> None:
    found = search(backwards(Rules()), Rules(), units=7)
    assert found.loss is None, story(found)
    assert found.worlds > 10_000


def test_the_real_rules_lose_nothing_after_an_interrupted_merge() -> None:
    found = search(interrupted(Rules()), Rules(), units=4)
    assert found.loss is None, story(found)
    assert found.worlds > 10_000


def test_merging_runs_whose_sequences_do_not_ascend_loses_data() -> None:
    rules = Rules(ascending_runs=False)
    found = search(backwards(rules), rules, units=7)
    assert found.loss is not None
    assert any(step.startswith("merge into (3, 7, 3)") for step in found.loss)


def test_naming_the_merged_part_by_its_last_sequence_loses_data() -> None:
    found = search(new_world(starts=2), Rules(merged_name="last"), units=2)
    assert found.loss is not None
    assert any(step.startswith("merge into") for step in found.loss)


def test_collecting_whatever_is_covered_loses_data() -> None:
    rules = Rules(may_collect=all_leftovers)
    found = search(interrupted(rules), rules, units=4)
    assert found.loss is not None
    assert any(step.startswith("collect") for step in found.loss)
