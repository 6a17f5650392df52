"""What a rollout adds up to: golden totals, counted by hand, of every era and of what happens to threads."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness.codex.records import read_record
from session_mirror.harness.tally import counted
from session_mirror.protocol.statistics import Tokens
from support.codex_accounts import ERAS, account_of, shown, thread, tokens_of
from support.rollouts import MODEL, Era, Rollout, fork, going_on, sub_agent

BYTES = st.binary(max_size=60)


@pytest.mark.parametrize("era", ERAS)
def test_tokens_are_told_without_what_the_cache_held_and_add_up_to_codexs_own_total(era: Era) -> None:
    made = Rollout(era=era)
    made.begin()
    made.prompt("one")
    made.count_tokens(1000, cached=800, output=50, reasoning=20)
    made.prompt("two")
    made.count_tokens(1500, cached=1000, output=70, reasoning=0)
    found = account_of(made.lines).statistics()
    assert found.tokens == counted(fresh=200 + 500, cache_read=1800, output=120, reasoning=20)
    assert found.tokens.total == made.usage.total["total_tokens"] == 2620
    assert [(each.model, each.tokens.total) for each in found.models] == [(MODEL, 2620)]
    assert [(turn.prompt, turn.tokens.total) for turn in found.turns] == [("one", 1050), ("two", 1570)]


@pytest.mark.parametrize("era", ERAS)
def test_a_turn_counts_as_it_is_shown(era: Era) -> None:
    found = account_of(thread(era).lines).statistics()
    assert {count.name: count.count for count in found.events} == {
        "prompt": 2,
        "thinking": 2,
        "toolCall": 2,
        "toolResult": 2,
        "reply": 2,
    }
    assert [(count.name, count.count) for count in found.tools] == [("exec_command", 2)]
    assert found.lines == found.bookkeeping + 2 * 5


def test_counts_without_news_and_repeated_ones_cost_nothing() -> None:
    made = Rollout(era="legacy")
    made.event("token_count", info=None, rate_limits={})
    made.count_tokens(100)
    made.raw(made.lines[-1].rstrip(b"\n"))
    estimated = {**dict.fromkeys(made.usage.total, 0), "total_tokens": 6097}
    made.event("token_count", info={"last_token_usage": estimated, "total_token_usage": made.usage.total})
    made.event("token_count", info={"last_token_usage": "?", "total_token_usage": []})
    for _ in range(2):
        made.event("token_count", info={"last_token_usage": {"input_tokens": 7}})
    assert tokens_of(made).total == 109 + 7


def test_totals_alone_are_enough_and_one_that_starts_anew_counts_from_there() -> None:
    made = Rollout(era="legacy")
    for total in (100, 250, 30):
        made.event("token_count", info={"total_token_usage": {"input_tokens": total, "total_tokens": total}})
    assert tokens_of(made).total == 100 + 150 + 30


def test_a_total_after_a_response_that_was_told_alone_counts_what_came_after_that() -> None:
    made = Rollout(era="legacy")
    for kind, spent in (("total_token_usage", 100), ("last_token_usage", 30), ("total_token_usage", 150)):
        made.event("token_count", info={kind: {"input_tokens": spent, "total_tokens": spent}})
    assert tokens_of(made).total == 150


def test_a_thread_that_a_newer_version_went_on_with_counts_each_response_once() -> None:
    made = Rollout(era="legacy")
    made.count_tokens(100)
    made.era = "paginated"
    made.count_tokens(200)
    made.era = "legacy"
    made.count_tokens(300)
    assert tokens_of(made).total == made.usage.total["total_tokens"] == 627


def test_a_response_that_no_count_followed_is_paid_for_too() -> None:
    made = Rollout()
    made.count_tokens(100)
    made.lines.pop()
    assert tokens_of(made).total == 109


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"input_tokens": 5, "cached_input_tokens": 9}, counted(cache_read=5)),
        (
            {"input_tokens": 9, "cached_input_tokens": 4, "cache_write_input_tokens": 3},
            counted(fresh=2, cache_read=4, cache_write=3),
        ),
        ({"input_tokens": -5, "output_tokens": True, "reasoning_output_tokens": "7", "x": 1}, counted()),
    ],
)
def test_odd_counts_are_kept_within_reason(usage: dict[str, object], expected: Tokens) -> None:
    made = Rollout()
    made.record("token_usage_record", thread_id=made.thread_id, response_id="r", usage=usage)
    assert tokens_of(made) == expected


def test_the_model_is_the_one_of_the_turn() -> None:
    made = Rollout()
    for model, spent in (("small", 10), ("large", 20), ("small", 30)):
        made.start_turn(model)
        made.count_tokens(spent, output=0)
    found = account_of(made.lines).statistics()
    assert {each.model: each.tokens.input for each in found.models} == {"small": 40, "large": 20}


@pytest.mark.parametrize("era", ERAS)
def test_a_copied_fork_pays_only_for_its_own_turns_and_shows_all(era: Era) -> None:
    parent = thread(era)
    made = fork(parent)
    made.start_turn()
    made.turn(9)
    account = account_of(made.lines)
    found = account.statistics()
    assert found.tokens.total == 109
    assert account.arrangement().copied == range(1 + len(parent.lines))
    assert [turn.tokens.total for turn in found.turns] == [0, 0, 109]
    grand = fork(made)
    grand.start_turn()
    grand.turn(10)
    assert tokens_of(grand).total == 109
    assert account_of(grand.lines).arrangement().copied.stop == 1 + len(made.lines)


@pytest.mark.parametrize("era", ERAS)
def test_a_sub_agent_pays_only_for_its_own_turns(era: Era) -> None:
    parent = thread(era)
    for copies in (0, len(parent.lines)):
        made = sub_agent(parent, copies=copies)
        made.begin()
        made.turn(9)
        assert tokens_of(made).total == 109
        assert account_of(made.lines).arrangement().copied.stop == (1 + copies if copies else 0)


def test_an_old_fork_without_ids_of_turns_begins_with_the_first_turn_after_the_copies() -> None:
    parent = thread("legacy")
    made = fork(parent)
    made.wait(minutes=1)
    made.start_turn()
    made.turn(9)
    bare = [json.loads(line) for line in made.lines]
    for record in bare:
        record["payload"].pop("turn_id", None)
    lines = [json.dumps(record).encode() for record in bare]
    assert account_of(lines).statistics().tokens.total == 109


def test_a_child_whose_lines_tell_of_no_parent_is_taken_as_its_own() -> None:
    made = Rollout("/w", "fork", era="legacy", forked_from_id="gone")
    made.count_tokens(100)
    account = account_of(made.lines)
    assert (account.statistics().tokens.total, account.arrangement().copied) == (109, range(0))


def test_lines_below_the_first_ordinal_of_its_own_are_a_sub_agents_parents() -> None:
    made = Rollout(subagent_history_start_ordinal=2, parent_thread_id="p", thread_source="subagent")
    for spent in (100, 30):
        usage = {"input_tokens": spent}
        made.event("token_count", info={"last_token_usage": usage, "total_token_usage": {"total_tokens": spent}})
    account = account_of(made.lines)
    assert (account.statistics().tokens.total, account.arrangement().copied) == (30, range(2))


def test_a_start_that_makes_no_sense_hides_no_line_that_names_its_own_thread() -> None:
    made = Rollout(subagent_history_start_ordinal=10_000, parent_thread_id="p", thread_source="subagent")
    made.begin()
    made.turn()
    assert tokens_of(made).total == 109


def test_a_fork_that_refers_to_its_beginning_pays_for_its_own_with_or_without_that() -> None:
    parent = thread()
    made = going_on(parent, len(parent.lines))
    made.start_turn()
    made.turn(9)
    assert tokens_of(made).total == 109
    whole = account_of([*parent.lines, *made.lines])
    assert whole.statistics().tokens.total == 109
    assert whole.arrangement().copied == range(len(parent.lines))


def test_a_reverted_thread_with_its_beginning_paid_for_both() -> None:
    made = thread(turns=1)
    kept = len(made.lines)
    made.turn(2)
    reverted = going_on(made, kept, revert_id="r1")
    reverted.turn(3)
    whole = account_of([*made.lines[:kept], *reverted.lines])
    assert whole.statistics().tokens.total == 218
    assert whole.arrangement().copied == range(0)
    assert [turn.prompt for turn in whole.statistics().turns] == ["do step 0", "do step 3"]


def test_turns_that_were_taken_back_are_marked_and_paid_for() -> None:
    made = thread("legacy", turns=3)
    starts = [number for number, line in enumerate(made.lines) if b'"do step' in line and b"response_item" in line]
    made.event("thread_rolled_back", num_turns=2)
    back = len(made.lines) - 1
    made.turn(7)
    made.event("thread_rolled_back", num_turns=2)
    for count in (0, -1, "2", None, True):
        made.event("thread_rolled_back", num_turns=count)
    account = account_of(made.lines)
    assert list(account.arrangement().taken_back) == [range(starts[1], back), range(starts[0], len(made.lines) - 6)]
    assert account.statistics().tokens.total == 4 * 109


def test_an_imported_thread_counts_its_prompts_and_invents_no_tokens() -> None:
    made = Rollout(era="legacy", source="import")
    for number in (1, 2):
        made.event("task_started", turn_id=f"external-import-turn-{number}")
        made.prompt(f"imported {number}")
        made.reply("ok")
    made.event("agent_message", message="<EXTERNAL SESSION IMPORTED>")
    zero = dict.fromkeys(made.usage.total, 0)
    made.event("token_count", info={"last_token_usage": {**zero, "total_tokens": 900}, "total_token_usage": zero})
    found = account_of(made.lines).statistics()
    assert (len(found.turns), found.tokens.total) == (2, 0)
    assert {count.name: count.count for count in found.events} == {"prompt": 2, "reply": 2, "system": 1}


def test_a_huge_compaction_is_read_as_a_small_one() -> None:
    history = [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "old " * 50_000}]}]
    for kept in ([], history):
        made = Rollout()
        made.record("compacted", message='said "so"', replacement_history=kept)
        made.event("context_compacted")
        made.completed("ContextCompaction", id="x")
        assert shown(made.lines) == [("compaction", 'said "so"'), ("compaction", "Conversation compacted")]
        assert read_record(made.lines[1]).time_ms is not None


def test_the_history_that_a_huge_compaction_keeps_is_never_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Rollout()
    made.record("compacted", message="so", replacement_history=["x" * 100_000])

    def refuse(_line: bytes) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr("session_mirror.harness.codex.records.parse_line", refuse)
    assert [event.text.value for event in read_record(made.lines[-1]).events] == ["so"]


def test_a_summary_that_the_model_wrote_is_no_reply() -> None:
    made = Rollout()
    made.reply("the summary")
    line = made.lines[-1].replace(
        b'"type":"response_item"', b'"metadata":{"compaction_output":true},"type":"response_item"'
    )
    assert [event.kind for event in read_record(line).events] == ["system"]


def test_responses_are_known_by_the_same_identity_in_copies_that_were_not_recognised() -> None:
    for era in ERAS:
        parent = thread(era)
        copies = [line.replace(b"2026-03-01T09:0", b"2027-03-01T09:0") for line in parent.lines[1:]]
        orphan = Rollout("/w", "x", era=era)
        known = account_of(parent.lines).responses()
        assert len(known) == 2
        assert account_of([orphan.lines[0], *copies]).responses().keys() == known.keys()


@given(st.lists(BYTES | st.sampled_from([line for era in ERAS for line in thread(era).lines]), max_size=40))
def test_every_line_is_accounted_for_and_nothing_raises(lines: list[bytes]) -> None:
    account = account_of(lines)
    found, arrangement = account.statistics(), account.arrangement()
    assert found.lines == len(lines)
    assert found.tokens.total == sum(turn.tokens.total for turn in found.turns)
    unfolded = [line.rstrip(b"\n") for number, line in enumerate(lines) if number not in arrangement.folded]
    assert sum(count.count for count in found.events) == sum(len(read_record(line).events) for line in unfolded)
