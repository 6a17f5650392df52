"""What OpenClaw's entries show: every kind of entry, role and block, and what went around a prompt."""

from __future__ import annotations

import json
from typing import Any

import pytest

from session_mirror.harness.base import ReadRecord
from session_mirror.harness.openclaw.records import read_record
from session_mirror.protocol.replay import ReplayEvent
from support.openclaw_sessions import MODEL, Session


def read(entry: dict[str, object]) -> ReadRecord:
    return read_record(json.dumps(entry).encode())


def message(role: str, **fields: object) -> ReadRecord:
    return read({"type": "message", "id": "a", "parentId": None, "message": {"role": role, **fields}})


def told(record: ReadRecord) -> list[tuple[str, str, str]]:
    return [(event.kind, event.text.value, event.label) for event in record.events]


def only(record: ReadRecord) -> ReplayEvent:
    (event,) = record.events
    return event


def last(session: Session) -> ReadRecord:
    return read_record(session.lines[-1])


def test_a_turn_is_shown_in_its_order() -> None:
    session = Session()
    session.begin()
    session.turn("run the tests", "12 passing")
    kinds = [event.kind for line in session.lines for event in read_record(line).events]
    assert kinds == ["prompt", "thinking", "toolCall", "toolResult", "reply"]


def test_a_call_and_its_result_name_each_other() -> None:
    session = Session()
    call_id = session.call("exec", command="npm test")
    call = last(session).events[1]
    session.result(call_id, "boom", is_error=True)
    result = only(last(session))
    assert call.tool is not None
    assert result.tool is not None
    assert (call.tool.call_id, call.tool.name, call.tool.target) == (call_id, "exec", "npm test")
    assert json.loads(call.text.value) == {"command": "npm test"}
    assert (result.tool.call_id, result.text.value, result.is_error) == (call_id, "boom", True)


def test_a_command_that_failed_is_a_failure_though_its_tool_did_not_fail() -> None:
    code = {"details": {"status": "completed", "exitCode": 1}, "isError": False}
    assert message("toolResult", toolCallId="c", toolName="exec", content="no", **code).events[0].is_error
    code["details"] = {"status": "completed", "exitCode": 0}
    assert not message("toolResult", toolCallId="c", toolName="exec", content="yes", **code).events[0].is_error


def test_time_and_model_are_the_entrys() -> None:
    session = Session()
    session.say("hello")
    record = last(session)
    assert record.time_ms == session.now_ms
    assert record.model == MODEL
    assert read({"type": "model_change", "modelId": "next"}).model == "next"
    assert message("assistant", content=[], model="asked", responseModel="answered").model == "answered"


def test_openclaws_own_words_are_no_models() -> None:
    own = message("assistant", content="Delivered.", provider="openclaw", model="delivery-mirror")
    assert (own.model, told(own)) == (None, [("reply", "Delivered.", "")])


@pytest.mark.parametrize(
    "kind", ["session", "model_change", "thinking_level_change", "session_info", "leaf", "usage", "context_edit"]
)
def test_what_only_keeps_books_shows_nothing(kind: str) -> None:
    assert read({"type": kind, "id": "a", "parentId": None}).events == ()


def test_extensions_books_show_nothing_and_failures_do() -> None:
    assert read({"type": "custom", "customType": "openclaw.cache-ttl", "data": {}}).events == ()
    failed = read({"type": "custom", "customType": "openclaw:prompt-error", "data": {"error": "no key"}})
    assert told(failed) == [("error", "no key", "prompt")]
    assert only(failed).is_error


def test_entries_beside_the_messages_are_shown() -> None:
    assert told(read({"type": "compaction", "summary": "So far.", "tokensBefore": 51000})) == [
        ("compaction", "So far.", "51,000 tokens before")
    ]
    assert told(read({"type": "branch_summary", "summary": "Tried a lock."})) == [
        ("system", "Tried a lock.", "branch summary")
    ]
    assert told(read({"type": "reset", "reason": "daily"})) == [("system", "daily", "reset")]
    assert told(read({"type": "label", "targetId": "b", "label": "good"})) == [("system", "good", "label")]
    assert told(read({"type": "custom_message", "customType": "hook", "content": "Mind the gap."})) == [
        ("system", "Mind the gap.", "hook")
    ]


def test_every_role_is_shown() -> None:
    assert told(message("bashExecution", command="ls", output="a b", exitCode=2)) == [
        ("toolCall", "ls", "user"),
        ("toolResult", "a b", "user"),
    ]
    assert message("bashExecution", command="ls", output="", exitCode=2).events[1].is_error
    assert told(message("custom", customType="note", content=[{"type": "text", "text": "x"}])) == [
        ("system", "x", "note")
    ]
    assert told(message("branchSummary", summary="x")) == [("system", "x", "branch summary")]
    assert told(message("compactionSummary", summary="x")) == [("compaction", "x", "summary")]
    assert told(message("system", content="Be brief.")) == [("system", "Be brief.", "system")]


def test_a_failed_response_is_an_error_with_what_was_said_before() -> None:
    failed = message(
        "assistant", content=[{"type": "text", "text": "Well"}], stopReason="error", errorMessage="overloaded"
    )
    assert told(failed) == [("reply", "Well", ""), ("error", "overloaded", "error")]


def test_a_sub_agents_task_is_shown_as_one() -> None:
    block = {
        "type": "toolCall",
        "id": "c",
        "name": "sessions_spawn",
        "arguments": {"task": "Find it", "label": "scout"},
    }
    assert told(message("assistant", content=[block])) == [("subAgent", "Find it", "scout")]


def test_arguments_that_are_json_in_a_string_are_read() -> None:
    block = {"type": "toolCall", "id": "c", "name": "exec", "arguments": '{"command":"ls"}'}
    event = only(message("assistant", content=[block]))
    assert event.tool is not None
    assert event.tool.target == "ls"
    torn = only(message("assistant", content=[{**block, "arguments": '{"command":'}]))
    assert torn.text.value == '{"command":'


def test_images_are_counted() -> None:
    image = {"type": "image", "data": "aGk=", "mimeType": "image/png"}
    prompt = only(message("user", content=[{"type": "text", "text": "see"}, image, image]))
    assert (prompt.kind, prompt.images) == ("prompt", 2)
    result = only(message("toolResult", toolCallId="c", content=[image]))
    assert (result.text.value, result.images) == ("", 1)


@pytest.mark.parametrize(
    "heading",
    [
        "Conversation info (untrusted metadata):",
        "Conversation info: \u27e6openclaw:ctx\u27e7",
        "Conversation info \u27e6openclaw:ctx\u27e7",
    ],
)
def test_what_openclaw_puts_around_a_prompt_is_told_apart(heading: str) -> None:
    text = f'{heading}\n```json\n{{"sender":"ada"}}\n```\n\nSystem: [2026-03-01 09:00] Job done.\nship it\nnow'
    events: list[Any] = told(message("user", content=text))
    assert events == [
        ("system", '{"sender":"ada"}', "Conversation info"),
        ("system", "[2026-03-01 09:00] Job done.", "System"),
        ("prompt", "ship it\nnow", ""),
    ]


def test_what_is_not_understood_is_opaque_with_its_line() -> None:
    line = b'{"type":"hologram","id":"a","beam":3}'
    event = only(read_record(line + b"\n"))
    assert (event.kind, event.text.value, event.label) == ("opaque", line.decode(), "hologram")
    assert only(message("oracle", content="x")).kind == "opaque"
    block = only(message("assistant", content=[{"type": "hologram"}]))
    assert (block.kind, block.label) == ("opaque", "hologram")
