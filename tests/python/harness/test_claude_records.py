"""Records as events: each kind of record means something."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from session_mirror.harness.base import ReadRecord
from session_mirror.harness.claude.records import read_record
from session_mirror.protocol.replay import EventKind, ReplayEvent
from support.transcripts import METADATA, MODEL, Transcript, every_record_type, long_line


def read(made: Transcript) -> list[ReadRecord]:
    return [read_record(line) for line in made.lines]


def only_event(made: Transcript) -> ReplayEvent:
    (record,) = read(made)
    (event,) = record.events
    return event


def told(made: Transcript) -> list[tuple[str, str, str]]:
    return [(event.kind, event.label, event.text.value) for record in read(made) for event in record.events]


def test_an_unknown_type_is_named() -> None:
    (event,) = read_record(b'{"type":"holo-record","timestamp":"2026-03-01T09:00:00Z"}').events
    assert event.label == "holo-record"


def test_every_known_record_type_is_understood() -> None:
    events = [event for record in read(every_record_type()) for event in record.events]
    assert {event.kind for event in events} == set(get_args(EventKind)) - {"opaque"}


def test_book_keeping_gives_no_events() -> None:
    made = Transcript()
    for record_type, fields in METADATA.items():
        made.metadata(record_type, **fields)
    assert told(made) == []


def test_time_model_and_side_chain_are_told() -> None:
    made = Transcript()
    made.reply("hello")
    made.prompt("to a sub-agent", isSidechain=True)
    reply, prompt = read(made)
    assert (reply.model, reply.is_sidechain) == (MODEL, False)
    assert (prompt.model, prompt.is_sidechain) == (None, True)
    assert reply.time_ms == 1_772_355_601_000
    assert prompt.time_ms == 1_772_355_602_000


@pytest.mark.parametrize(
    ("timestamp", "time_ms"),
    [
        ("2026-03-01T09:00:00.123Z", 1_772_355_600_123),
        ("2026-03-01T09:00:00+01:00", 1_772_352_000_000),
        ("2026-03-01T09:00:00", 1_772_355_600_000),
        (1_772_355_600, 1_772_355_600_000),
        (1_772_355_600_123, 1_772_355_600_123),
        ("yesterday", None),
        ("0001-01-01T00:00:00+23:59", -62_135_683_140_000),
        (True, None),
        (1e300, None),
        (None, None),
        ([], None),
    ],
)
def test_times_of_any_spelling_are_read(timestamp: object, time_ms: int | None) -> None:
    assert read_record(json.dumps({"type": "mode", "timestamp": timestamp}).encode()).time_ms == time_ms


def test_a_prompt_is_what_was_typed() -> None:
    made = Transcript()
    made.prompt("  Fix\nthe <b>parser</b>")
    assert told(made) == [("prompt", "", "Fix\nthe <b>parser</b>")]


def test_what_the_editor_adds_is_taken_off_a_prompt_at_both_ends() -> None:
    made = Transcript()
    made.prompt(
        "<ide_opened_file>a.py</ide_opened_file>\n<ide_selection>lines 1-2</ide_selection>Fix it\n"
        "<system-reminder>be brief</system-reminder>"
    )
    assert told(made) == [
        ("system", "ide_opened_file", "a.py"),
        ("system", "ide_selection", "lines 1-2"),
        ("system", "system-reminder", "be brief"),
        ("prompt", "", "Fix it"),
    ]


@pytest.mark.parametrize("text", ["<system-reminder> is a tag", "see </system-reminder>", "<b>bold</b>"])
def test_tags_that_a_person_typed_stay(text: str) -> None:
    made = Transcript()
    made.prompt(text)
    assert told(made) == [("prompt", "", text)]


def test_slash_commands_read_as_typed() -> None:
    made = Transcript()
    made.command("review", "src")
    made.prompt("<command-message>clear</command-message><command-name>clear</command-name>")
    made.prompt("<bash-input>ls</bash-input>")
    made.prompt("<local-command-stdout>done</local-command-stdout>")
    assert told(made) == [
        ("prompt", "command", "/review src"),
        ("prompt", "command", "/clear"),
        ("prompt", "bash", "!ls"),
        ("system", "local-command-stdout", "done"),
    ]


def test_what_is_said_in_the_users_name_is_system() -> None:
    made = Transcript()
    made.prompt("Caveat: local commands", isMeta=True)
    made.prompt("job 7 is done", origin={"kind": "task-notification"})
    made.prompt("typed", origin={"kind": "human"})
    made.prompt("[Request interrupted by user for tool use]")
    assert [(kind, label) for kind, label, _ in told(made)] == [
        ("system", "injected"),
        ("system", "task-notification"),
        ("prompt", ""),
        ("system", "interrupted"),
    ]


def test_a_prompt_typed_while_the_model_worked_is_a_prompt() -> None:
    made = Transcript()
    made.attachment("queued_command", prompt="also the lexer")
    made.attachment("queued_command", prompt=[{"type": "text", "text": "and docs"}])
    made.attachment("queued_command", prompt="job 7", commandMode="task-notification")
    made.attachment("nested_memory", content="be kind")
    assert told(made) == [
        ("prompt", "queued", "also the lexer"),
        ("prompt", "queued", "and docs"),
        ("system", "queued", "job 7"),
        ("system", "nested_memory", "be kind"),
    ]


def test_images_are_counted_to_the_prompt() -> None:
    made = Transcript()
    made.prompt("What is this?", images=2)
    made.prompt("", images=1)
    assert [(event.kind, event.text.value, event.images) for record in read(made) for event in record.events] == [
        ("prompt", "What is this?", 2),
        ("prompt", "", 1),
    ]


def test_a_response_in_one_line_gives_its_blocks_in_order() -> None:
    made = Transcript()
    made.assistant(
        {"type": "thinking", "thinking": "hm"},
        {"type": "text", "text": "I *see*."},
        {"type": "text", "text": "  "},
        {"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": "ls -l"}},
        {"type": "novelty", "x": 1},
    )
    (record,) = read(made)
    assert [(event.kind, event.format) for event in record.events] == [
        ("thinking", "markdown"),
        ("reply", "markdown"),
        ("toolCall", "json"),
        ("opaque", "json"),
    ]


def test_thinking_that_was_withheld_is_not_shown_empty() -> None:
    made = Transcript()
    made.thinking("")
    assert told(made) == []
    made.assistant({"type": "redacted_thinking", "data": "eA=="})
    assert told(made) == [("thinking", "redacted", "")]


@pytest.mark.parametrize(
    ("arguments", "target"),
    [
        ({"command": "npm  test\nnpm run lint", "description": "Test"}, "npm test npm run lint"),
        ({"file_path": "/w/a.py", "old_string": "x"}, "/w/a.py"),
        ({"notebook_path": "/w/a.ipynb"}, "/w/a.ipynb"),
        ({"pattern": "def .*", "path": "src"}, "def .* in src"),
        ({"pattern": "*.py"}, "*.py"),
        ({"url": "https://x.invalid", "prompt": "what?"}, "https://x.invalid"),
        ({"query": "parsers"}, "parsers"),
        ({"skill": "pdf"}, "pdf"),
        ({"todos": [{}, {}]}, "2 items"),
        ({"todos": [{}]}, "1 item"),
        ({"command": ["not", "text"], "other": 1}, ""),
        ({}, ""),
    ],
)
def test_a_call_tells_what_it_acts_on(arguments: dict[str, object], target: str) -> None:
    made = Transcript()
    call_id = made.call("Tool", **arguments)
    event = only_event(made)
    assert event.tool is not None
    assert (event.tool.call_id, event.tool.name, event.tool.target) == (call_id, "Tool", target)
    assert json.loads(event.text.value) == arguments


def test_a_target_is_short_whatever_the_command() -> None:
    made = Transcript()
    made.call("Bash", command="x" * 100_000)
    tool = only_event(made).tool
    assert tool is not None
    assert len(tool.target) == 160


def test_a_sub_agents_task_is_its_prompt() -> None:
    made = Transcript()
    made.call("Task", description="Find uses", subagent_type="explore", prompt="Find *all*.")
    event = only_event(made)
    assert (event.kind, event.label, event.text.value, event.format) == (
        "subAgent",
        "explore",
        "Find *all*.",
        "markdown",
    )
    assert event.tool is not None
    assert event.tool.target == "Find uses"


def test_results_of_any_shape_have_a_text_an_error_flag_and_images() -> None:
    made = Transcript()
    image = {"type": "image", "source": {"type": "base64", "data": "eA=="}}
    reference = {"type": "tool_reference", "tool_name": "Read"}
    made.result("t1", "plain", is_error=False)
    made.result("t2", [{"type": "text", "text": "a"}, image, reference, image], is_error=True)
    made.result("t3", None, tool_use_result="Error: denied")
    made.result("t4", {"odd": 1})
    events = [record.events[0] for record in read(made)]
    assert [(e.text.value, e.is_error, e.images) for e in events] == [
        ("plain", False, 0),
        ("a\nRead", True, 2),
        ("Error: denied", False, 0),
        ('{\n  "odd": 1\n}', False, 0),
    ]
    assert [e.tool.call_id for e in events if e.tool] == ["t1", "t2", "t3", "t4"]
    assert {e.kind for e in events} == {"toolResult"}


def test_a_text_of_megabytes_comes_whole() -> None:
    (event,) = read_record(long_line(3_000_000)).events
    assert event.text.total_chars == 3_000_000


def test_a_compaction_is_its_boundary_and_its_summary() -> None:
    made = Transcript()
    made.compaction("So *far*.")
    assert told(made) == [
        ("compaction", "compact_boundary", "Conversation compacted (auto, 155,000 tokens before, 21,000 after)"),
        ("compaction", "summary", "So *far*."),
    ]


def test_failures_of_the_service_are_errors() -> None:
    made = Transcript()
    made.assistant({"type": "text", "text": "API Error: 529"}, isApiErrorMessage=True, error="overloaded")
    made.system("api_error", error={"status": 529})
    made.system("informational", level="error", content="disk full")
    assert [(kind, label) for kind, label, _ in told(made)] == [
        ("error", "overloaded"),
        ("error", "api_error"),
        ("error", "informational"),
    ]
    assert all(record.events[0].is_error for record in read(made))


def test_a_made_up_model_is_no_model() -> None:
    line = b'{"type":"assistant","message":{"model":"<synthetic>","content":"x"}}'
    assert read_record(line).model is None


def test_other_notes_are_system_with_their_facts() -> None:
    made = Transcript()
    made.system("turn_duration", durationMs=4200)
    event = only_event(made)
    assert (event.kind, event.label, json.loads(event.text.value)) == ("system", "turn_duration", {"durationMs": 4200})


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("Error: denied", "Error: denied"),
        ({"stdout": "out", "stderr": "err", "interrupted": False}, "out\nerr"),
        ({"content": [{"type": "text", "text": "from a server"}]}, "from a server"),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "a\nb"),
        ({"type": "create", "filePath": "/w/a"}, ""),
        (7, ""),
        (None, ""),
    ],
)
def test_a_result_without_text_says_what_the_agent_noted_of_it(told: object, text: str) -> None:
    made = Transcript()
    made.result("t1", "", tool_use_result=told)
    assert only_event(made).text.value == text
    made = Transcript()
    made.result("t1", "itself", tool_use_result=told)
    assert only_event(made).text.value == "itself"


def test_of_several_results_in_one_record_none_takes_the_others_note() -> None:
    made = Transcript()
    blocks = [{"type": "tool_result", "tool_use_id": name, "content": ""} for name in ("t1", "t2")]
    made.enveloped("user", message={"content": blocks}, toolUseResult="noted")
    assert told(made) == [("toolResult", "", ""), ("toolResult", "", "")]


STUB = "<persisted-output>\nOutput too large (500KB). Full output saved to: {}\n\nPreview (first 2KB):\n1 2 3"


@pytest.mark.parametrize("path", ["/home/ada/.claude/projects/-w/s/tool-results/b1.txt", "C:\\s\\tool-results\\b1.txt"])
@pytest.mark.parametrize("noted", [True, False])
def test_a_result_that_was_spilled_names_its_file(path: str, *, noted: bool) -> None:
    made = Transcript()
    note = {"stdout": "1 2 3", "persistedOutputPath": path, "persistedOutputSize": 500_000} if noted else None
    made.result("t1", STUB.format(path), tool_use_result=note)
    assert only_event(made).attachment == "b1.txt"


def test_a_result_that_only_mentions_a_file_names_none() -> None:
    made = Transcript()
    made.result("t1", "report saved to: /tmp/report.txt")
    assert only_event(made).attachment is None


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"promptSource": "system"}, "injected"),
        ({"isVisibleInTranscriptOnly": True}, "injected"),
        ({"origin": {"kind": "peer"}}, "peer"),
        ({"origin": {"kind": "auto-continuation"}, "isMeta": True}, "auto-continuation"),
    ],
)
def test_what_nobody_typed_is_no_prompt(fields: dict[str, object], label: str) -> None:
    made = Transcript()
    made.enveloped("user", message={"content": "go on"}, **fields)
    assert told(made) == [("system", label, "go on")]


@pytest.mark.parametrize("source", ["typed", "queued", "suggestion_accepted", "sdk"])
def test_what_a_person_sent_is_a_prompt_however_it_came(source: str) -> None:
    made = Transcript()
    made.prompt("go on", promptSource=source, origin={"kind": "human"})
    assert told(made) == [("prompt", "", "go on")]


def test_what_an_attachment_says_is_shown_without_its_wrapping() -> None:
    made = Transcript()
    made.attachment("max_turns_reached", text="15 turns")
    made.attachment("hook_success", content="checked", hookName="Stop")
    made.attachment("diagnostics", files=[], isNew=True)
    made.attachment("queued_command", prompt="wake up", origin={"kind": "coordinator"})
    assert told(made)[:2] == [("system", "max_turns_reached", "15 turns"), ("system", "hook_success", "checked")]
    assert [(kind, label) for kind, label, _ in told(made)[2:]] == [("system", "diagnostics"), ("system", "queued")]


def test_what_the_model_is_told_of_its_surroundings_at_every_step_is_bookkeeping() -> None:
    made = Transcript()
    made.attachment("total_tokens_reminder", text="<total_tokens>15 left</total_tokens>")
    made.attachment("prompt_snapshot", systemPrompt=["You are an agent"])
    made.attachment("task_reminder", content=[], itemCount=0)
    assert told(made) == []


def test_a_local_command_reads_as_typed_and_as_answered() -> None:
    made = Transcript()
    made.system("local_command", content="<command-name>/rename</command-name>\n<command-args>my work</command-args>")
    made.system("local_command", content="<local-command-stdout>Session renamed</local-command-stdout>")
    assert told(made) == [
        ("system", "local_command", "/rename my work"),
        ("system", "local_command", "Session renamed"),
    ]


def test_a_sub_agents_call_is_one_even_without_a_task() -> None:
    made = Transcript()
    made.call("Agent", description="Find uses")
    made.call("Task")
    assert [(kind, text) for kind, _, text in told(made)] == [("subAgent", "Find uses"), ("subAgent", "")]
