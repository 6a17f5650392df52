"""What a rollout adds up to: golden totals, counted by hand, of every era and of what happens to threads."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness.codex.account import CodexAccount
from session_mirror.harness.codex.records import read_record
from session_mirror.harness.tally import counted
from session_mirror.protocol.statistics import Tokens
from support.rollouts import MODEL, Era, Rollout, fork, going_on, sub_agent

ERAS: list[Era] = ["legacy", "paginated"]
BYTES = st.binary(max_size=60)


def account_of(lines: Sequence[bytes]) -> CodexAccount:
    account = CodexAccount()
    for line in lines:
        account.feed(line.rstrip(b"\n"))
    return account


def tokens_of(made: Rollout) -> Tokens:
    return account_of(made.lines).statistics().tokens


def shown(lines: Sequence[bytes]) -> list[tuple[str, str]]:
    folded = account_of(lines).arrangement().folded
    events = [event for number, line in enumerate(lines) if number not in folded for event in read_record(line).events]
    return [(event.kind, event.text.value) for event in events]


def thread(era: Era = "paginated", turns: int = 2) -> Rollout:
    made = Rollout(era=era)
    made.begin()
    for number in range(turns):
        made.turn(number)
    return made


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
        "system": 2,
        "prompt": 2,
        "thinking": 2,
        "toolCall": 2,
        "toolResult": 2,
        "reply": 2,
    }
    assert [(count.name, count.count) for count in found.tools] == [("exec_command", 2)]
    assert found.lines == found.bookkeeping + 2 + 2 * 5


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


def test_what_only_the_screen_was_told_is_shown() -> None:
    made = Rollout()
    made.completed(
        "UserMessage", id="u", content=[{"type": "text", "text": "hi"}, {"type": "local_image", "path": "p"}]
    )
    made.completed("Reasoning", id="r", summary_text=["hm", "so"])
    made.completed("AgentMessage", id="a", content=[{"type": "Text", "text": "yes"}])
    made.completed("CommandExecution", id="c", command=["bash", "-lc", "ls"], aggregated_output="a.txt", exit_code=1)
    made.completed("McpToolCall", id="m", server="s", tool="t", arguments={"q": 1}, error={"message": "no"})
    made.completed("FileChange", id="f", changes={"a.py": {"type": "add"}}, status="completed")
    made.completed("WebSearch", id="w", query="tides", action={"type": "search"})
    made.completed("CollabAgentToolCall", id="s", tool="spawn_agent", prompt="look")
    assert [kind for kind, _ in shown(made.lines)] == [
        "prompt",
        "thinking",
        "reply",
        *["toolCall", "toolResult"] * 2,
        "toolCall",
        "toolCall",
        "subAgent",
    ]
    found = account_of(made.lines).statistics()
    assert [turn.prompt for turn in found.turns] == ["hi"]
    assert [(turn.tool_calls, turn.errors) for turn in found.turns] == [(5, 2)]


def test_what_a_parents_copies_kept_only_for_the_screen_is_shown() -> None:
    made = Rollout(era="legacy")
    made.event("agent_reasoning", text="hm")
    made.event("agent_message", message="yes")
    made.event("exec_command_end", call_id="c", command=["ls"], stdout="a", stderr="", exit_code=0)
    made.event(
        "mcp_tool_call_end", call_id="m", invocation={"server": "s", "tool": "t"}, result={"Ok": {"content": []}}
    )
    made.event("patch_apply_end", call_id="p", changes={"a": {}}, success=False, stderr="conflict")
    assert shown(made.lines) == [
        ("thinking", "hm"),
        ("reply", "yes"),
        ("toolCall", "ls"),
        ("toolResult", "a"),
        ("toolCall", "null"),
        ("toolResult", ""),
        ("toolCall", '{\n  "a": {}\n}'),
        ("toolResult", "conflict"),
    ]


@pytest.mark.parametrize("era", ERAS)
def test_what_was_said_twice_stays_said_twice(era: Era) -> None:
    made = Rollout(era=era)
    for _ in range(3):
        made.prompt("go on")
        made.think("hm")
        made.reply("done")
    assert shown(made.lines) == [("prompt", "go on"), ("thinking", "hm"), ("reply", "done")] * 3


def test_echoes_are_known_by_their_ids_though_they_are_worded_differently() -> None:
    made = Rollout()
    made.completed("AgentMessage", id="m1", content=[{"type": "Text", "text": "yes"}])
    made.item("message", id="m1", role="assistant", content=[{"type": "output_text", "text": "yes<cite/>"}])
    made.reply("yes")
    assert shown(made.lines) == [("reply", "yes")] * 2


def test_an_echo_known_by_its_id_leaves_no_other_one_unsaid() -> None:
    made = Rollout()
    made.item("message", id="m1", role="assistant", content=[{"type": "output_text", "text": "yes"}])
    for name in ("m1", "m2"):
        made.completed("AgentMessage", id=name, content=[{"type": "Text", "text": "yes"}])
    assert shown(made.lines) == [("reply", "yes")] * 2


def test_what_was_said_in_another_turn_is_no_echo() -> None:
    made = Rollout(era="legacy")
    made.event("agent_message", message="yes")
    made.start_turn()
    made.item("message", role="assistant", content=[{"type": "output_text", "text": "yes"}])
    assert shown(made.lines) == [("reply", "yes")] * 2


def test_an_older_reasoning_is_told_part_by_part() -> None:
    made = Rollout(era="legacy")
    for part in ("one", "two"):
        made.event("agent_reasoning", text=part)
    made.item("reasoning", summary=[{"type": "summary_text", "text": part} for part in ("one", "two")])
    assert shown(made.lines) == [("thinking", "one"), ("thinking", "two")]


def test_a_line_that_stands_there_twice_under_one_ordinal_counts_once_and_another_one_counts() -> None:
    made = Rollout()
    made.turn()
    again = [line.replace(b'"timestamp":"2026', b'"timestamp":"2027') for line in made.lines]
    other = made.lines[1].replace(b"do step 1", b"do otherwise")
    account = account_of([*made.lines, *again, other])
    assert account.statistics().tokens.total == 109
    assert [turn.prompt for turn in account.statistics().turns] == ["do step 1", "do otherwise"]


def test_a_call_that_stands_there_twice_counts_once_unless_it_was_answered() -> None:
    made = Rollout(era="legacy")
    for _ in range(2):
        made.item("function_call", name="ls", arguments="{}", call_id="call_0")
        made.item("function_call", name="ls", arguments="{}", call_id="call_0")
        made.item("function_call_output", call_id="call_0", output="a")
    assert [(tool.name, tool.count) for tool in account_of(made.lines).statistics().tools] == [("ls", 2)]


def test_a_command_that_the_user_ran_is_told_once() -> None:
    made = Rollout()
    made.completed("CommandExecution", id="x", command=["ls"], source="user_shell", aggregated_output="a", exit_code=0)
    made.prompt("<user_shell_command>\n<command>ls</command>\n</user_shell_command>")
    assert [kind for kind, _ in shown(made.lines)[:1]] == ["system"]


def test_what_encloses_an_image_is_not_typed_and_a_prompt_of_images_alone_is_one() -> None:
    made = Rollout()
    image = [{"type": "input_text", "text": '<image name=[Image #1] path="/a.png">'},
             {"type": "input_image", "image_url": "data:"}, {"type": "input_text", "text": "</image>"}]  # fmt: skip
    for text in ([{"type": "input_text", "text": "what is it?"}], []):
        made.item("message", role="user", content=[*image, *text])
        told = [{"type": "text", "text": part["text"]} for part in text]
        made.completed("UserMessage", content=[{"type": "local_image", "path": "/a.png"}, *told])
    assert shown(made.lines) == [("prompt", "what is it?"), ("prompt", "")]
    assert [event.images for line in made.lines for event in read_record(line).events] == [1] * 4


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
