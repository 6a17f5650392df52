"""What Hermes' rows say, whatever version or writer they are of; nothing raises, and every line is accounted for."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness.base import ReadRecord
from session_mirror.harness.hermes.account import HermesAccount
from session_mirror.harness.hermes.records import read_record
from session_mirror.protocol.replay import ReplayEvent
from support.odd_lines import odd_lines

CALL = {"id": "c1", "type": "function", "function": {"name": "terminal", "arguments": '{"command": "ls -l"}'}}
PARTS = [{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": "data:,"}}]


def read(role: str, content: object = "", /, **columns: object) -> ReadRecord:
    row = {"id": 1, "session_id": "s", "role": role, "content": content, "timestamp": 1780000000.25, **columns}
    return read_record(json.dumps(row).encode())


def only(record: ReadRecord) -> ReplayEvent:
    (event,) = record.events
    return event


@pytest.mark.parametrize("content", ["\0json:" + json.dumps(PARTS), PARTS])
def test_a_prompt_of_parts_is_read_marked_or_decoded(content: object) -> None:
    event = only(read("user", content))
    assert (event.kind, event.text.value, event.images) == ("prompt", "look", 1)


def test_text_that_only_looks_marked_stays_as_it_is() -> None:
    assert only(read("user", "json:[1]")).text.value == "json:[1]"
    assert only(read("user", "\0json:{broken")).text.value == "\ufffdjson:{broken"


@pytest.mark.parametrize("calls", [json.dumps([CALL]), [CALL]])
def test_an_assistant_thinks_replies_and_calls(calls: object) -> None:
    record = read("assistant", "Looking.", reasoning="Hm.", reasoning_content="Hm.", tool_calls=calls)
    assert [event.kind for event in record.events] == ["thinking", "reply", "toolCall"]
    tool = record.events[2].tool
    assert tool is not None
    assert (tool.call_id, tool.name, tool.target) == ("c1", "terminal", "ls -l")
    assert record.time_ms == 1780000000250


@pytest.mark.parametrize(
    ("name", "arguments", "target"),
    [
        ("search_files", {"pattern": "HALF_DAY", "path": "."}, "HALF_DAY"),
        ("search_files", {"pattern": "HALF_DAY", "path": "tides"}, "HALF_DAY in tides"),
        ("patch", {"mode": "patch", "patch": "*** Begin Patch\n*** Delete File: a.py\n*** End Patch"}, "a.py"),
        ("clarify", {"question": "Which harbour?", "choices": []}, "Which harbour?"),
        ("process", {"action": "list"}, "list"),
    ],
)
def test_a_call_says_what_it_acts_on(name: str, arguments: object, target: str) -> None:
    function = {"name": name, "arguments": json.dumps(arguments)}
    tool = only(read("assistant", "", tool_calls=[{"id": "c", "function": function}])).tool
    assert tool is not None
    assert tool.target == target


def test_reasoning_is_told_once_from_whatever_column_has_it() -> None:
    for column, value in (("reasoning_content", "Hm."), ("reasoning_details", '[{"type": "x", "text": "Hm."}]')):
        assert only(read("assistant", None, **{column: value})).text.value == "Hm."


def test_delegating_is_a_sub_agent_with_its_task() -> None:
    function = {"name": "delegate_task", "arguments": json.dumps({"tasks": [{"goal": "one"}, {"goal": "two"}]})}
    event = only(read("assistant", "", tool_calls=[{"id": "c", "function": function}]))
    assert (event.kind, event.text.value) == ("subAgent", "one\n\ntwo")


@pytest.mark.parametrize(
    ("content", "text", "is_error"),
    [
        ('{"output": "12 passing", "exit_code": 0, "error": null}', "12 passing", False),
        ('{"output": "1 failing", "exit_code": 1, "error": null}', "1 failing\n\nexit_code: 1", True),
        ('{"output": "", "exit_code": -1, "error": "timed out"}', "timed out\n\nexit_code: -1", True),
        ('{"output": "", "exit_code": 2}', "exit_code: 2", True),
        ('{"success": false, "error": "no such file"}', '{"success": false, "error": "no such file"}', True),
        ('{"content": "1|a", "error": null}', '{"content": "1|a", "error": null}', False),
        ("{not json", "{not json", False),
        ("plain", "plain", False),
    ],
)
def test_a_result_tells_what_was_printed_and_whether_it_failed(content: str, text: str, is_error: bool) -> None:
    event = only(read("tool", content, tool_call_id="c1", tool_name="terminal"))
    assert (event.kind, event.text.value, event.is_error) == ("toolResult", text, is_error)
    assert event.tool is not None
    assert event.tool.call_id == "c1"


@pytest.mark.parametrize("role", ["user", "assistant", "system"])
@pytest.mark.parametrize("content", ["[CONTEXT COMPACTION — REFERENCE ONLY] so far", "[CONTEXT SUMMARY]: so far"])
def test_a_summary_is_a_compaction_whoever_says_it(role: str, content: str) -> None:
    assert only(read(role, content)).kind == "compaction"
    assert only(read(role, "so far", _compressed_summary=1)).kind == "compaction"


def test_what_others_said_in_a_chat_is_no_prompt() -> None:
    event = only(read("user", "hello all", observed=1))
    assert (event.kind, event.label) == ("system", "observed")


def test_a_refused_reply_is_an_error() -> None:
    event = only(read("assistant", "", finish_reason="content_filter"))
    assert (event.kind, event.is_error, event.label) == ("error", True, "content_filter")


def test_books_give_no_events_and_the_session_tells_its_model() -> None:
    assert read("session_meta", None, tools=[]).events == ()
    line = b'{"id":"s","model":"m-1","title":"t","session_mirror":{"table":"sessions","key":"sessions"}}'
    assert read_record(line) == ReadRecord(None, "m-1", is_sidechain=False, events=())
    assert read_record(b'{"id":1,"session_id":"s","session_mirror":{"removed":true}}').events == ()


def test_an_unknown_role_is_shown_as_it_is() -> None:
    event = only(read("oracle", "42"))
    assert (event.kind, event.label, event.format) == ("opaque", "oracle", "json")


COLUMNS = st.sampled_from(
    ["id", "role", "content", "tool_calls", "tool_call_id", "tool_name", "timestamp", "active", "compacted",
     "reasoning", "reasoning_details", "finish_reason", "observed", "session_mirror", "table", "key", "removed",
     "function", "name", "arguments", "input_tokens", "model", "session_id"]
)  # fmt: skip
WORDS = st.sampled_from(
    ["user", "assistant", "tool", "system", "session_meta", "\0json:[1]", '[{"function":{}}]', "sessions", "7"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(COLUMNS, inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(COLUMNS, VALUES, max_size=8), max_size=6))
def test_whatever_rows_hold_each_is_read_and_all_add_up(rows: list[dict[str, object]]) -> None:
    account = HermesAccount()
    for row in rows:
        line = json.dumps(row).encode()
        for event in read_record(line).events:
            event.text.value.encode()
        account.feed(line)
    arrangement, statistics = account.arrangement(), account.statistics()
    assert sorted(arrangement.order or range(len(rows))) == list(range(len(rows)))
    assert statistics.lines == len(rows)
    assert statistics.bookkeeping <= len(rows)


@pytest.mark.parametrize("name", odd_lines())
def test_odd_lines_are_read_and_counted(name: str) -> None:
    line = odd_lines()[name]
    for event in read_record(line).events:
        event.text.value.encode()
    account = HermesAccount()
    account.feed(line)
    assert account.statistics().lines == 1
    assert len(account.arrangement().folded) <= 1
