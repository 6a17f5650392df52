"""Codex's records as events: one stream, nothing twice, nothing lost, whatever is written."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness.codex.account import CodexAccount
from session_mirror.harness.codex.records import read_record
from session_mirror.protocol.replay import ReplayEvent
from support.rollouts import MODEL, Era, Rollout

ERAS: list[Era] = ["legacy", "paginated"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
KINDS = [
    "message",
    "reasoning",
    "function_call",
    "function_call_output",
    "custom_tool_call",
    "custom_tool_call_output",
    "local_shell_call",
    "web_search_call",
    "tool_search_call",
    "tool_search_output",
    "image_generation_call",
    "agent_message",
    "ghost_snapshot",
    "compaction",
]


def events_of(made: Rollout) -> list[ReplayEvent]:
    """As replay shows them: what is said twice once."""
    account = CodexAccount()
    for line in made.lines:
        account.feed(line)
    folded = account.arrangement().folded
    shown = [line for number, line in enumerate(made.lines) if number not in folded]
    return [event for line in shown for event in read_record(line).events]


def shown(made: Rollout) -> list[tuple[str, str]]:
    return [(event.kind, event.text.value) for event in events_of(made)]


def only(made: Rollout) -> ReplayEvent:
    (event,) = read_record(made.lines[-1]).events
    return event


@pytest.mark.parametrize("era", ERAS)
def test_a_turn_is_shown_once_in_order(era: Era) -> None:
    made = Rollout(era=era)
    made.turn()
    assert shown(made) == [
        ("prompt", "do step 1"),
        ("thinking", "thinking of step 1"),
        ("toolCall", '{\n  "cmd": "echo 1"\n}'),
        ("toolResult", "Process exited with code 0\nOutput:\n1\n"),
        ("reply", "Step 1 is done."),
    ]


@pytest.mark.parametrize("era", ERAS)
def test_what_codex_puts_before_the_prompt_is_bookkeeping(era: Era) -> None:
    made = Rollout(era=era)
    made.begin()
    assert shown(made) == []


@pytest.mark.parametrize(
    ("role", "kind", "text", "told"),
    [
        ("developer", "host_skills.instructions", "## Skills", []),
        ("developer", "", "<permissions instructions>\nAsk.\n</permissions instructions>", []),
        ("developer", "", "<skills_instructions>a</skills_instructions>\nHook: tests failed", ["Hook: tests failed"]),
        ("developer", "hooks.context", "Tests failed", ["Tests failed"]),
        ("user", "", "# AGENTS.md instructions for /w\n\n<INSTRUCTIONS>\nBe kind.\n</INSTRUCTIONS>", []),
        ("user", "", "<user_instructions>\nBe kind.\n</user_instructions>", []),
        ("user", "environments.environment_context", "<environment_context>/w</environment_context>", []),
        (
            "user",
            "generic.turn_aborted",
            "<turn_aborted>Stopped.</turn_aborted>",
            ["<turn_aborted>Stopped.</turn_aborted>"],
        ),
    ],
)
def test_instructions_and_surroundings_are_bookkeeping_and_other_notices_are_not(
    role: str, kind: str, text: str, told: list[str]
) -> None:
    made = Rollout()
    part = {"type": "input_text", "text": text}
    labels = {"internal_chat_message_metadata_passthrough": {"content_item_kinds": [kind]}} if kind else {}
    made.item("message", role=role, content=[part], **labels)
    assert shown(made) == [("system", each) for each in told]


def test_a_prompt_behind_instructions_is_the_prompt() -> None:
    made = Rollout()
    texts = ["<environment_context>/w</environment_context>", "<user_instructions>a</user_instructions>fix it"]
    made.item("message", role="user", content=[{"type": "input_text", "text": text} for text in texts])
    assert shown(made) == [("prompt", "fix it")]


@pytest.mark.parametrize(
    ("payload", "prompt"),
    [([], "find_tests"), ([{"type": "input_text", "text": "Look for tests."}], "Look for tests.")],
)
def test_a_task_from_another_agent_is_the_prompt_and_other_messages_are_not(
    payload: list[dict[str, str]], prompt: str
) -> None:
    made = Rollout()
    header = "Message Type: NEW_TASK\nTask name: /main/find_tests\nSender: /main\nPayload:\n"
    secret = {"type": "encrypted_content", "encrypted_content": "c2VjcmV0"}
    content = [{"type": "input_text", "text": header}, *payload, secret]
    made.item("agent_message", author="/main", recipient="/main/find_tests", content=content)
    made.item("agent_message", author="/main/x", content=[{"type": "input_text", "text": "Message Type: DONE"}])
    assert shown(made) == [("prompt", prompt), ("system", "Message Type: DONE")]


def test_a_prompt_that_only_looks_like_a_wrapper_stays_a_prompt() -> None:
    made = Rollout(era="legacy")
    made.prompt("<div> is not closed, and <environment_context> neither")
    assert shown(made) == [("prompt", "<div> is not closed, and <environment_context> neither")]


def test_the_model_is_told_by_the_turns_context_and_times_are_utc() -> None:
    made = Rollout()
    made.begin()
    models = [record.model for line in made.lines if (record := read_record(line)).model]
    assert models == [MODEL]
    assert read_record(made.lines[0]).time_ms == 1_772_355_602_000


def test_calls_and_results_belong_together_and_say_what_they_act_on() -> None:
    made = Rollout()
    call_id = made.call("shell", command=["bash", "-lc", "npm test"])
    call = only(made)
    assert call.tool is not None
    assert (call.tool.call_id, call.tool.name, call.tool.target) == (call_id, "shell", "npm test")
    made.item("function_call_output", call_id=call_id, output="ok")
    result = only(made)
    assert result.tool is not None
    assert (result.tool.call_id, result.text.value, result.is_error) == (call_id, "ok", False)


@pytest.mark.parametrize(("chars", "target"), [("yes\n", "yes"), ("", "session 7")])
def test_what_is_typed_into_a_running_command_is_told(chars: str, target: str) -> None:
    made = Rollout()
    made.call("write_stdin", session_id=7, chars=chars)
    call = only(made)
    assert call.tool is not None
    assert call.tool.target == target


@pytest.mark.parametrize(
    ("output", "text", "is_error"),
    [
        ("Chunk ID: 1\nWall time: 0.1 seconds\nProcess exited with code 2\nOutput:\nno\n", None, True),
        ("Exit code: 0\nWall time: 0 seconds\nOutput:\nExit code: 1\n", None, False),
        ('{"output":"no","metadata":{"exit_code":1,"duration_seconds":0.1}}', "no\n\nexit_code: 1", True),
        ('{"output":"yes","metadata":{"exit_code":0}}', "yes", False),
        ('{"output":7}', None, False),
        ({"content": "denied", "success": False}, "denied", True),
        ([{"type": "input_text", "text": "a"}, {"type": "input_text", "text": "b"}], "a\nb", False),
        (None, "", False),
    ],
)
def test_results_of_all_versions_are_read(output: object, text: str | None, is_error: bool) -> None:
    made = Rollout()
    made.item("function_call_output", call_id="c", output=output)
    assert only(made).text.value == (output if text is None else text)
    assert only(made).is_error is is_error


def test_images_are_counted_and_not_sent() -> None:
    made = Rollout()
    image = {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}
    made.item("message", role="user", content=[{"type": "input_text", "text": "see"}, image, image])
    assert (only(made).text.value, only(made).images) == ("see", 2)
    made.item("function_call_output", call_id="c", output=[image])
    assert (only(made).text.value, only(made).images) == ("", 1)
    made.item("image_generation_call", id="i", revised_prompt="a boat", result="AAAA" * 1000)
    assert (only(made).text.value, only(made).images) == ("a boat", 1)


def test_a_patch_names_its_files() -> None:
    made = Rollout()
    patch = "*** Begin Patch\n*** Update File: a.py\n@@\n-x\n+y\n*** Add File: b/c.py\n+z\n*** End Patch"
    made.item("custom_tool_call", name="apply_patch", call_id="p", input=patch)
    call = only(made)
    assert call.tool is not None
    assert (call.tool.name, call.tool.target, call.text.value) == ("apply_patch", "a.py, b/c.py", patch)


def test_a_spawned_agent_is_shown_with_its_task() -> None:
    made = Rollout()
    made.item("function_call", name="spawn_agent", namespace="x", arguments='{"message":"look"}', call_id="s")
    assert (only(made).kind, only(made).text.value) == ("subAgent", "look")


def test_arguments_that_are_no_json_are_shown_as_they_are() -> None:
    made = Rollout()
    made.item("function_call", name="f", arguments='{"half', call_id="c")
    assert (only(made).text.value, only(made).format) == ('{"half', "plain")


def test_calls_without_results_of_their_own_are_shown() -> None:
    made = Rollout()
    made.item("web_search_call", action={"type": "search", "query": "tides"}, status="completed")
    search = only(made)
    assert search.tool is not None
    assert (search.tool.name, search.tool.target) == ("web_search", "tides")
    made.item("local_shell_call", call_id="l", action={"type": "exec", "command": ["ls", "-a"]})
    shell = only(made)
    assert shell.tool is not None
    assert (shell.tool.name, shell.tool.target) == ("local_shell", "ls -a")


def test_reasoning_that_is_only_encrypted_shows_nothing() -> None:
    made = Rollout()
    made.item("reasoning", summary=[], content=None, encrypted_content="AAAA")
    assert read_record(made.lines[-1]).events == ()


def test_a_compaction_shows_its_summary_and_not_the_history_it_replaces() -> None:
    made = Rollout()
    history = [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "old " * 1000}]}]
    made.record("compacted", message="What happened", replacement_history=history)
    made.completed("ContextCompaction", id="x")
    assert shown(made) == [("compaction", "What happened")]


@pytest.mark.parametrize(
    ("kind", "fields", "event"),
    [
        ("error", {"message": "stream closed"}, ("error", "stream closed")),
        ("warning", {"message": "slow"}, ("system", "slow")),
        ("turn_aborted", {"reason": "interrupted"}, ("system", "interrupted")),
        ("thread_rolled_back", {"num_turns": 2}, ("system", "Turns taken back: 2")),
        ("thread_goal_updated", {"goal": {"objective": "finish it"}}, ("system", "finish it")),
        ("exited_review_mode", {"review_output": {"overall_explanation": "fine"}}, ("system", "fine")),
    ],
)
def test_events_that_say_something_else_are_shown(kind: str, fields: dict[str, object], event: tuple[str, str]) -> None:
    made = Rollout()
    made.event(kind, **fields)
    assert shown(made) == [event]


@pytest.mark.parametrize(
    "line",
    [
        {"type": "no_such_type", "payload": {"a": 1}},
        {"type": "response_item", "payload": {"type": "no_such_item"}},
        {"type": "event_msg", "payload": {"type": "no_such_event"}},
        {"type": "event_msg", "payload": {"type": "item_completed", "item": {"type": "NoSuchItem"}}},
        {"type": "response_item", "payload": None},
        {"no": "type"},
    ],
)
def test_what_is_unknown_is_opaque_with_its_line(line: dict[str, object]) -> None:
    raw = json.dumps(line).encode()
    (event,) = read_record(raw + b"\n").events
    assert (event.kind, event.text.value, event.format) == ("opaque", raw.decode(), "json")


@pytest.mark.parametrize("line", [b"no json", b'{"half', b"7", b"[1]", b"[" * 100_000, b"\xff\xfe{}", b'"\\ud800"'])
def test_lines_that_are_no_records_are_opaque(line: bytes) -> None:
    (event,) = read_record(line).events
    assert event.kind == "opaque"
    event.text.value.encode()


def test_the_oldest_files_without_envelopes_are_read() -> None:
    lines = [
        {"id": "t", "timestamp": "2025-05-07T17:24:21Z", "instructions": None},
        {"record_type": "state"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]},
        {"type": "function_call", "name": "shell", "arguments": '{"command":["ls"]}', "call_id": "c"},
    ]
    kinds = [[event.kind for event in read_record(json.dumps(line).encode()).events] for line in lines]
    assert kinds == [[], [], ["prompt"], ["toolCall"]]


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(
    ["role", "content", "summary", "arguments", "name", "namespace", "call_id", "output", "input", "action", "tools",
     "internal_chat_message_metadata_passthrough"]), JSON))  # fmt: skip
def test_no_item_raises_whatever_its_fields_hold(kind: str, fields: dict[str, object]) -> None:
    line = json.dumps({"type": "response_item", "payload": {**fields, "type": kind}}).encode()
    for event in read_record(line).events:
        event.text.value.encode()
        event.label.encode()


@given(JSON, JSON)
def test_no_record_raises_whatever_it_is(kind: object, payload: object) -> None:
    read_record(json.dumps({"type": kind, "payload": payload}).encode())
    read_record(json.dumps({"type": "event_msg", "payload": payload}).encode())
    read_record(json.dumps(payload).encode())
