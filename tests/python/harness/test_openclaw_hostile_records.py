"""Whatever stands in a transcript, neither reading it nor adding it up raises, and every line is accounted for."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness.base import ReadRecord
from session_mirror.harness.openclaw.account import Account
from session_mirror.harness.openclaw.records import read_record
from session_mirror.harness.openclaw.rows import REMOVED, WRAPPED, key_of
from session_mirror.protocol.replay import EventKind
from support.odd_lines import odd_lines

KNOWN_KEYS = st.sampled_from(
    [
        "type",
        "id",
        "parentId",
        "targetId",
        "appendMode",
        "timestamp",
        "message",
        "role",
        "content",
        "text",
        "thinking",
        "name",
        "arguments",
        "usage",
        "input",
        "output",
        "cacheRead",
        "cacheWrite",
        "responseId",
        "model",
        "provider",
        "errorMessage",
        "customType",
        "data",
        "error",
        "summary",
        "label",
        "key",
        "seq",
        "event",
        "toolCallId",
        "isError",
        "command",
        "exitCode",
        "task",
    ]
)
KNOWN_TEXTS = st.sampled_from(
    [
        "session",
        "message",
        "user",
        "assistant",
        "toolResult",
        "bashExecution",
        "custom",
        "compaction",
        "branch_summary",
        "leaf",
        "label",
        "text",
        "thinking",
        "toolCall",
        "image",
        "custom_message",
        "reset",
        "usage",
        "side",
        "a",
        "b",
        "c",
        "openclaw",
        "delivery-mirror",
        "openclaw:prompt-error",
        "sessions_spawn",
        "2026-03-01T09:00:00Z",
        WRAPPED,
        REMOVED,
        '{"type":"message","id":"a","message":{"role":"user","content":"x"}}',
        "Sender (untrusted metadata):\n```json\n{}\n```\nhi",
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
identities = st.sampled_from(["a", "b", "c", "d"])
messages = st.fixed_dictionaries(
    {"role": KNOWN_TEXTS | values}, optional={"content": values, "usage": values, "model": values, "timestamp": values}
)
entries = st.fixed_dictionaries(
    {"type": KNOWN_TEXTS | values},
    optional={
        "id": identities | values,
        "parentId": identities | values,
        "targetId": identities | values,
        "timestamp": values,
        "message": messages | values,
        "data": values,
        "usage": values,
        "event": values,
        "key": identities | values,
        "seq": values,
        "appendMode": KNOWN_TEXTS,
    },
)
lines = st.lists(st.binary(max_size=40) | (values | entries).map(lambda value: json.dumps(value).encode()), max_size=12)


def check_promises(record: ReadRecord) -> None:
    """What holds for every record, whatever its line."""
    assert [event.field for event in record.events] == list(range(len(record.events)))
    for event in record.events:
        assert event.kind in get_args(EventKind)
        assert event.text.total_chars == len(event.text.value)
        texts = [event.text.value, event.label, record.model or ""]
        texts += [event.tool.call_id, event.tool.name, event.tool.target] if event.tool else []
        for text in texts:
            text.encode("utf-8")
            assert "\0" not in text


@given(st.binary(max_size=300))
def test_any_bytes_are_read(line: bytes) -> None:
    check_promises(read_record(line))


@given(values | entries)
def test_any_json_is_read(value: object) -> None:
    check_promises(read_record(json.dumps(value).encode()))


@given(values | entries)
def test_any_line_has_a_key_or_none(value: object) -> None:
    told = key_of(json.dumps(value).encode())
    assert told is None or told[0]


@pytest.mark.parametrize("name", odd_lines())
def test_odd_lines_are_read(name: str) -> None:
    check_promises(read_record(odd_lines()[name]))
    key_of(odd_lines()[name])


@pytest.mark.parametrize("name", ["torn", "garbage", "number", "array", "deep line", "unknown type"])
def test_what_is_not_understood_is_opaque_with_its_line(name: str) -> None:
    line = odd_lines()[name]
    (event,) = read_record(line + b"\n").events
    assert event.kind == "opaque"
    assert event.text.value == line.decode("utf-8", "replace").replace("\0", "\ufffd")


@given(lines)
def test_every_line_is_accounted_for_once(stream: list[bytes]) -> None:
    account = Account()
    for line in stream:
        account.feed(line)
    arrangement, statistics = account.arrangement(), account.statistics()
    assert statistics.lines == len(stream)
    order = list(range(len(stream))) if arrangement.order is None else list(arrangement.order)
    assert sorted(order) == list(range(len(stream)))
    assert set(arrangement.folded) <= set(order)
    assert all(number in range(len(stream)) for left in arrangement.taken_back for number in left)
    assert statistics.tokens.total == sum(spent.tokens.total for spent in account.responses().values())


@given(st.lists(st.tuples(identities, identities | st.none()), max_size=10))
def test_whatever_an_entry_is_called_it_is_shown_once_with_its_last_words(tree: list[tuple[str, str | None]]) -> None:
    account = Account()
    for number, (identity, parent) in enumerate(tree):
        entry = {"type": "label", "id": identity, "parentId": parent, "label": str(number)}
        account.feed(json.dumps(entry).encode())
    shown = set(range(len(tree))) - set(account.arrangement().folded)
    assert shown == {max(number for number, other in enumerate(tree) if other[0] == identity) for identity, _ in tree}
