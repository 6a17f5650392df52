"""What Codex writes both for the model and for its screen counts once, and what it said twice counts twice."""

from __future__ import annotations

import pytest

from session_mirror.harness.codex.records import read_record
from support.codex_accounts import ERAS, account_of, shown
from support.rollouts import Era, Rollout


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
