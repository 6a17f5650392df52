"""Images of all agents, in every form that they write: where the bytes are, or why there are none."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness.base import ReadRecord
from session_mirror.harness.claude.records import read_record as read_claude
from session_mirror.harness.codex.records import read_record as read_codex
from session_mirror.harness.gemini_cli import GeminiCli
from session_mirror.harness.hermes.records import read_record as read_hermes
from session_mirror.harness.images import ImageSource, image_in
from session_mirror.harness.openclaw.records import read_record as read_openclaw
from support.pictures import base64_of, data_url, gif, png

A, B = png(3, 2), gif(5, 4)
HELD = (base64_of(A), base64_of(B))
REMOTE = "https://example.com/cat.png"
Read = Callable[[bytes], ReadRecord]
Shown = list[tuple[str, int, list[str]]]


def shown(read: Read, record: object) -> Shown:
    """Of each event its kind, how many images it counts, and the bytes of each or why there are none."""
    told = read(json.dumps(record).encode())
    assert told.images.keys() <= {event.field for event in told.events}
    return [
        (event.kind, event.images, [image.absence or image.base64 for image in told.images.get(event.field, ())])
        for event in told.events
    ]


def claude(data: bytes, media_type: str = "image/png") -> dict[str, object]:
    return {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": base64_of(data)}}


@pytest.mark.parametrize(
    ("role", "content", "expected"),
    [
        ("user", [{"type": "text", "text": "see"}, claude(A), claude(B)], [("prompt", 2, [*HELD])]),
        ("user", [claude(A)], [("prompt", 1, [HELD[0]])]),
        ("assistant", [claude(A)], [("reply", 1, [HELD[0]])]),
        (
            "user",
            [
                {"type": "tool_result", "tool_use_id": "t1", "content": [claude(A), {"type": "text", "text": "ok"}]},
                {"type": "tool_result", "tool_use_id": "t2", "content": [claude(B)]},
            ],
            [("toolResult", 1, [HELD[0]]), ("toolResult", 1, [HELD[1]])],
        ),
        (
            "user",
            [
                {"type": "image", "source": {"type": "url", "url": REMOTE}},
                {"type": "image", "source": {"type": "file", "file_id": "file_01"}},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png"}},
                {"type": "image"},
            ],
            [("prompt", 4, ["remote", "file", "missing", "missing"])],
        ),
    ],
)
def test_claude_code(role: str, content: object, expected: Shown) -> None:
    record = {"type": role, "uuid": "u1", "message": {"role": role, "content": content}}
    assert shown(read_claude, record) == expected


def item(kind: str, **fields: object) -> dict[str, object]:
    return {"type": "response_item", "payload": {"type": kind, **fields}}


def event(kind: str, **fields: object) -> dict[str, object]:
    return {"type": "event_msg", "payload": {"type": kind, **fields}}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            item(
                "message",
                role="user",
                content=[
                    {"type": "input_text", "text": "see"},
                    {"type": "input_image", "image_url": data_url(A)},
                    {"type": "input_image", "image_url": {"url": REMOTE}},
                    {"type": "input_image", "file_id": "file-1"},
                ],
            ),
            [("prompt", 3, [HELD[0], "remote", "file"])],
        ),
        (
            item("function_call_output", call_id="c", output=[{"type": "input_image", "image_url": data_url(B)}]),
            [("toolResult", 1, [HELD[1]])],
        ),
        (
            item("function_call_output", call_id="c", output={"content": [{"type": "input_image"}]}),
            [("toolResult", 1, ["missing"])],
        ),
        (item("image_generation_call", id="i", result=base64_of(A)), [("toolCall", 1, [HELD[0]])]),
        (item("image_generation_call", id="i", result=""), [("toolCall", 1, ["missing"])]),
        (
            event("image_generation_end", call_id="i", result="", saved_path="/home/ada/a.png"),
            [("toolCall", 1, ["file"])],
        ),
        (event("view_image_tool_call", call_id="v", path="/home/ada/a.png"), [("toolCall", 1, ["file"])]),
        (
            event("user_message", message="see", images=[data_url(A), REMOTE], local_images=["/home/ada/a.png"]),
            [("prompt", 3, [HELD[0], "remote", "file"])],
        ),
        (
            event(
                "item_completed",
                item={
                    "type": "UserMessage",
                    "content": [{"type": "text", "text": "see"}, {"type": "local_image", "path": "/home/ada/a.png"}],
                },
            ),
            [("prompt", 1, ["file"])],
        ),
        (
            event(
                "mcp_tool_call_end",
                call_id="m",
                invocation={"server": "web", "tool": "shot"},
                result={"Ok": {"content": [{"type": "image", "data": base64_of(B), "mimeType": "image/gif"}]}},
            ),
            [("toolCall", 0, []), ("toolResult", 1, [HELD[1]])],
        ),
    ],
)
def test_codex(record: object, expected: Shown) -> None:
    assert shown(read_codex, record) == expected


@pytest.mark.parametrize(
    ("role", "expected"), [("user", "prompt"), ("toolResult", "toolResult"), ("assistant", "reply")]
)
def test_openclaw(role: str, expected: str) -> None:
    image = {"type": "image", "data": base64_of(A), "mimeType": "image/png"}
    record = {"type": "message", "id": "a", "parentId": None, "message": {"role": role, "content": [image]}}
    assert shown(read_openclaw, record) == [(expected, 1, [HELD[0]])]
    custom = {"type": "custom_message", "id": "a", "customType": "note", "content": [image, {**image, "data": ""}]}
    assert shown(read_openclaw, custom) == [("system", 2, [HELD[0], "missing"])]


@pytest.mark.parametrize("role", ["user", "assistant", "tool"])
def test_hermes(role: str) -> None:
    parts = [
        {"type": "text", "text": "look"},
        {"type": "image_url", "image_url": {"url": data_url(A)}},
        {"type": "input_image", "image_url": data_url(B, "image/gif;charset=utf-8")},
        {"type": "image_url", "image_url": {"url": REMOTE}},
    ]
    row = {"id": 1, "session_id": "s", "role": role, "tool_call_id": "c", "timestamp": 1780000000.25}
    for content in (parts, "\0json:" + json.dumps(parts)):
        ((_, count, images),) = shown(read_hermes, {**row, "content": content})
        assert (count, images) == (3, [*HELD, "remote"])


def test_gemini() -> None:
    inline = {"inlineData": {"mimeType": "image/png", "data": base64_of(A)}}
    remote = {"fileData": {"mimeType": "image/png", "fileUri": REMOTE}}
    read = GeminiCli(()).read_record
    prompt = {"id": "m1", "type": "user", "content": [{"text": "see"}, inline, remote]}
    assert shown(read, prompt) == [("prompt", 2, [HELD[0], "remote"])]
    answer = {"functionResponse": {"id": "c", "name": "read_file", "response": {"output": "read"}, "parts": [inline]}}
    call = {"id": "c", "name": "read_file", "args": {}, "status": "success", "result": [answer]}
    told = {"id": "m2", "type": "gemini", "content": "", "toolCalls": [call]}
    assert shown(read, told) == [("toolCall", 0, []), ("toolResult", 1, [HELD[0]])]
    assert shown(read, {"id": "m3", "type": "user", "content": [answer, inline]}) == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just(REMOTE) | st.just(data_url(A)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["source", "data", "url", "image_url", "inlineData", "fileData", "path", "mimeType", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(VALUES)
def test_any_value_is_an_image_that_is_there_or_says_why_not(value: object) -> None:
    found = image_in(value)
    assert isinstance(found, ImageSource)
    assert bool(found.base64) is (found.absence is None)
