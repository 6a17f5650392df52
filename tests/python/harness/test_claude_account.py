"""What a Claude Code session adds up to: each thing once, whatever was copied, repeated or rewritten."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness.claude.account import ClaudeAccount
from session_mirror.harness.claude.records import read_record
from session_mirror.harness.tally import counted
from support.claude_sessions import (
    ERAS,
    Totals,
    answer,
    called,
    early,
    forked,
    line_of,
    modern,
    records_of,
    rewritten,
    said,
    side_log,
    sub_agent,
    used,
)
from support.odd_lines import odd_lines
from support.transcripts import Transcript, every_record_type

NUMBERS = st.none() | st.booleans() | st.integers(-10, 10**20) | st.floats() | st.text(max_size=3)
USAGES = st.dictionaries(
    st.sampled_from(["input_tokens", "output_tokens", "cache_creation", "cache_read_input_tokens"]),
    NUMBERS | st.dictionaries(st.just("ephemeral_5m_input_tokens"), NUMBERS),
)
RECORDS = st.fixed_dictionaries(
    {"type": st.sampled_from(["assistant", "user", "system", "mode"])},
    optional={
        "uuid": st.sampled_from(["a", "b", "c", 7]),
        "parentUuid": st.sampled_from(["a", "b", "c", None]),
        "requestId": st.sampled_from(["r1", "r2", None, 3]),
        "isSidechain": st.booleans() | st.none(),
        "timestamp": st.sampled_from(["2026-03-01T09:00:00Z", 12, None]),
        "message": st.fixed_dictionaries(
            {"content": st.sampled_from(["hi", [{"type": "tool_use", "id": "t", "name": "Bash", "input": {}}], None])},
            optional={"id": st.sampled_from(["m1", "m2", 5, ""]), "usage": USAGES | NUMBERS, "model": NUMBERS},
        ),
    },
)


def account_of(lines: Iterable[bytes]) -> ClaudeAccount:
    account = ClaudeAccount()
    for line in lines:
        account.feed(line.removesuffix(b"\n"))
    return account


def check(lines: Iterable[bytes], totals: Totals) -> None:
    account = account_of(lines)
    found = account.statistics()
    assert found.tokens == counted(
        fresh=totals.input, output=totals.output, cache_read=totals.cache_read, cache_write=totals.cache_write
    )
    assert len(account.responses()) == totals.responses
    assert tuple(turn.prompt for turn in found.turns if turn.prompt) == totals.prompts
    assert tuple((tool.name, tool.count) for tool in found.tools) == totals.tools
    assert sum(turn.tokens.total for turn in found.turns) == found.tokens.total
    assert sum(model.tokens.total for model in found.models) == found.tokens.total


@pytest.mark.parametrize("era", ERAS)
def test_a_session_of_each_era_adds_up_as_counted_by_hand(era: str) -> None:
    made = Transcript()
    totals = ERAS[era](made)
    check(made.lines, totals)


@pytest.mark.parametrize("era", ERAS)
def test_a_fork_costs_nothing_that_its_original_did_not(era: str) -> None:
    made = Transcript()
    totals = ERAS[era](made)
    copy = forked(made, "fork", sessionKind="bg")
    check(copy, totals)
    original, fork = (account_of(lines).responses() for lines in (made.lines, copy))
    assert fork.keys() == original.keys()
    assert [spent.tokens for spent in fork.values()] == [spent.tokens for spent in original.values()]


@pytest.mark.parametrize("era", ERAS)
def test_records_written_again_after_a_compaction_count_once(era: str) -> None:
    made = Transcript()
    totals = ERAS[era](made)
    check(rewritten(made, lambda record: record), totals)


def test_a_question_beside_the_conversation_repeats_messages_that_count_once() -> None:
    made = Transcript()
    totals = modern(made)
    side = side_log(made)
    check([*made.lines, *side], totals)
    both = account_of([*side, *made.lines])
    assert both.statistics().tokens == account_of(made.lines).statistics().tokens
    paid = [turn.prompt for turn in both.statistics().turns if turn.tokens.total]
    assert paid == ["go", "and the docs", "/review src"]


def test_of_a_side_chains_copy_and_the_original_the_original_counts_whichever_is_larger() -> None:
    for order in (("main", "side"), ("side", "main")):
        made = Transcript()
        for request in order:
            usage = used(1, 500) if request == "side" else used(1, 5)
            answer(made, "m", said("x"), usages=[usage], request=request, isSidechain=request == "side")
        found = account_of(made.lines)
        assert found.statistics().tokens == counted(fresh=1, output=5)
        assert list(found.responses()) == ["m"]


def test_one_message_id_under_two_requests_is_two_responses() -> None:
    made = Transcript()
    for request in ("a", "b", "a", "b"):
        answer(made, "m", said("x"), usages=[used(1, 5)], request=request)
    found = account_of(made.lines)
    assert found.statistics().tokens == counted(fresh=2, output=10)
    assert "m" in found.responses()


def test_a_line_that_lost_its_request_id_belongs_to_its_message() -> None:
    made = Transcript()
    for request in (None, "a", None):
        answer(made, "m", said("x"), usages=[used(1, 5)], request=request)
    assert account_of(made.lines).statistics().tokens == counted(fresh=1, output=5)


def test_without_a_message_id_the_request_then_the_record_is_the_response() -> None:
    made = Transcript()
    made.enveloped("assistant", requestId="r", message={"content": "a", "usage": used(1, 2)})
    made.enveloped("assistant", requestId="r", message={"content": "b", "usage": used(1, 3)})
    made.enveloped("assistant", message={"content": "c", "usage": used(10, 20)})
    made.record("assistant", message={"content": "d", "usage": used(100, 200)})
    assert account_of(made.lines).statistics().tokens == counted(fresh=111, output=223)


def test_a_sub_agents_spending_is_its_own_and_its_task_begins_its_turn() -> None:
    made = sub_agent(Transcript(), "a1")
    check(made.lines, Totals(input=11, output=4, responses=1, prompts=("Find uses",)))


def test_a_sub_agent_that_began_with_a_copy_shares_its_responses_with_the_parent() -> None:
    made = Transcript()
    early(made)
    shared = account_of(forked(made, "s", isSidechain=True)).responses().keys()
    assert shared == account_of(made.lines).responses().keys()


def test_a_call_that_is_written_again_under_another_uuid_counts_once() -> None:
    made = Transcript()
    for _ in range(2):
        answer(made, "m", called("t1", "Bash", command="ls"), usages=[used(1, 1)])
    found = account_of(made.lines).statistics()
    assert [(tool.name, tool.count) for tool in found.tools] == [("Bash", 1)]
    assert [turn.tool_calls for turn in found.turns] == [1]


def test_of_a_record_written_again_the_last_words_stand_at_the_first_place() -> None:
    made = Transcript()
    made.prompt("one")
    made.reply("two")
    lines = rewritten(made, lambda record: {**record, "again": True})
    found = account_of(lines).arrangement()
    assert found.order is not None
    assert [position for position in found.order if position not in found.folded] == [2, 3]


def test_no_record_is_shown_before_its_parent_and_cycles_hide_nothing() -> None:
    made = Transcript()
    made.prompt("parent")
    made.reply("child")
    parent, child = made.lines
    looped = [line_of({"type": "user", "uuid": one, "parentUuid": other}) for one, other in (("x", "y"), ("y", "x"))]
    order = account_of([child, parent, *looped]).arrangement().order
    assert order is not None
    assert list(order)[:2] == [1, 0]
    assert sorted(order) == [0, 1, 2, 3]


def test_a_torn_line_in_mid_file_costs_only_itself() -> None:
    made = Transcript()
    totals = modern(made)
    torn = made.lines[5][:-30] + b"\n"
    check([*made.lines[:5], torn, *made.lines[5:]], totals)


def test_what_is_counted_is_what_replay_shows() -> None:
    made = every_record_type()
    lines = [*made.lines, *(line for line in odd_lines().values())]
    shown: dict[str, int] = {}
    for line in lines:
        for event in read_record(line).events:
            shown[event.kind] = shown.get(event.kind, 0) + 1
    found = account_of(lines).statistics()
    assert {count.name: count.count for count in found.events} == shown
    assert found.lines == len(lines)
    assert found.bookkeeping == sum(not read_record(line).events for line in lines)


@given(st.lists(RECORDS.map(lambda record: json.dumps(record).encode()) | st.binary(max_size=40), max_size=30))
def test_any_lines_are_accounted_for(lines: list[bytes]) -> None:
    account = account_of(lines)
    found, arranged = account.statistics(), account.arrangement()
    assert found.lines == len(lines)
    assert found.tokens.total == sum(spent.tokens.total for spent in account.responses().values())
    assert found.tokens.total == sum(turn.tokens.total for turn in found.turns)
    assert arranged.order is None or sorted(arranged.order) == list(range(len(lines)))
    assert not arranged.folded or max(arranged.folded) < len(lines)


@given(st.lists(RECORDS, min_size=1, max_size=12))
def test_saying_everything_twice_changes_no_figure(records: list[dict[str, object]]) -> None:
    lines = [line_of({**record, "uuid": str(number)}) for number, record in enumerate(records)]
    once, twice = account_of(lines).statistics(), account_of(lines + lines).statistics()
    assert (once.tokens, once.tools, once.events) == (twice.tokens, twice.tools, twice.events)


def test_records_survive_the_way_through_the_generator() -> None:
    made = Transcript()
    modern(made)
    assert [line_of(record) for record in records_of(made)] == made.lines
