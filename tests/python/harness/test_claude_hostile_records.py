"""Whatever stands in a transcript, reading it does not raise, and what comes out can be shown."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness.base import ReadRecord
from session_mirror.harness.claude.records import read_record
from session_mirror.protocol.replay import EventKind
from support.odd_lines import odd_lines

KNOWN_KEYS = st.sampled_from(
    [
        "type",
        "message",
        "content",
        "role",
        "text",
        "thinking",
        "name",
        "input",
        "id",
        "tool_use_id",
        "is_error",
        "isMeta",
        "isSidechain",
        "timestamp",
        "subtype",
        "attachment",
        "prompt",
        "commandMode",
        "origin",
        "kind",
        "compactMetadata",
        "preTokens",
        "error",
        "isApiErrorMessage",
        "toolUseResult",
        "cwd",
        "isCompactSummary",
        "model",
        "path",
        "pattern",
        "todos",
        "source",
        "title",
    ]
)
KNOWN_TEXTS = st.sampled_from(
    [
        "user",
        "assistant",
        "system",
        "attachment",
        "text",
        "thinking",
        "tool_use",
        "tool_result",
        "image",
        "document",
        "queued_command",
        "api_error",
        "compact_boundary",
        "Task",
        "<command-name>a</command-name>",
        "<system-reminder>",
        "</system-reminder>",
        "2026-03-01T09:00:00Z",
        "<ide_selection>x</ide_selection>",
        "\ud800",
        "\x00",
    ]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | KNOWN_TEXTS
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KNOWN_KEYS | st.text(max_size=4), inner, max_size=5),
    max_leaves=15,
)
records = st.fixed_dictionaries(
    {"type": KNOWN_TEXTS | values},
    optional={
        "message": values | st.fixed_dictionaries({"content": values}),
        "attachment": st.fixed_dictionaries({"type": KNOWN_TEXTS | values}, optional={"prompt": values}),
        "timestamp": values,
        "isMeta": values,
        "subtype": KNOWN_TEXTS | values,
        "compactMetadata": values,
        "origin": values,
    },
)


def check_promises(record: ReadRecord) -> None:
    """What holds for every record, whatever its line."""
    assert [event.field for event in record.events] == list(range(len(record.events)))
    for event in record.events:
        assert event.kind in get_args(EventKind)
        assert event.text.total_chars == len(event.text.value)
        texts = [event.text.value, event.label, record.model or "", event.attachment or ""]
        texts += [event.tool.call_id, event.tool.name, event.tool.target] if event.tool else []
        for text in texts:
            text.encode("utf-8")
            assert "\0" not in text


@given(st.binary(max_size=300))
def test_any_bytes_are_read(line: bytes) -> None:
    check_promises(read_record(line))


@given(values | records)
def test_any_json_is_read(value: object) -> None:
    check_promises(read_record(json.dumps(value).encode()))


@pytest.mark.parametrize("name", odd_lines())
def test_odd_lines_are_read(name: str) -> None:
    check_promises(read_record(odd_lines()[name]))


def test_the_path_of_a_spilled_output_may_be_anything() -> None:
    paths: tuple[object, ...] = ("\ud800", "/", "a/\0", "..\\..", 7, None, [])
    for path in paths:
        result = {"type": "tool_result", "content": f"<persisted-output>saved to: {path}\n"}
        record = {"type": "user", "message": {"content": [result]}, "toolUseResult": {"persistedOutputPath": path}}
        check_promises(read_record(json.dumps(record).encode()))


@pytest.mark.parametrize("name", ["torn", "garbage", "number", "array", "deep line", "unknown type", "no message"])
def test_what_is_not_understood_is_opaque_with_its_line(name: str) -> None:
    line = odd_lines()[name]
    (event,) = read_record(line + b"\n").events
    assert event.kind == "opaque"
    assert event.text.value == line.decode("utf-8", "replace").replace("\0", "\ufffd")
