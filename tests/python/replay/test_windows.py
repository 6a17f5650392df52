"""Windows: bounded, complete, in order, and fit for the wire, whatever the lines hold."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from session_mirror.errors import MirrorError
from session_mirror.protocol.replay import ReplayRecord, ReplayWindowResult
from session_mirror.replay import lines as lines_module
from session_mirror.replay import records
from session_mirror.replay.disk import DiskSource
from session_mirror.replay.session import Replay
from session_mirror.replay.texts import PAGE_BYTES
from support.line_harness import LineHarness, line_of

texts = st.text(st.characters(exclude_categories=()), max_size=20) | st.builds(
    lambda char, count: char * count,
    st.sampled_from(["a", '"', "\x01", "é", "\U0001f642", "\udc00"]),
    st.integers(0, 60_000),
)
names = st.none() | st.sampled_from(["Bash", "\ud800" * 5000, "\x00" * 5000])
a_line = st.builds(lambda some, tool: line_of(*some, tool=tool), st.lists(texts, max_size=5), names)
lines = st.lists(a_line | st.sampled_from([b"", b"\xff\xfe", b"\x00" * 99, b"[1", b'{"texts":3}']), max_size=12)


def open_replay(path: Path, body: bytes, harness: LineHarness | None = None) -> Replay:
    path.write_bytes(body)
    return Replay("r1", DiskSource(path), harness or LineHarness())


def wire(result: ReplayWindowResult) -> bytes:
    """As the JSON-RPC edge writes it, with keys in camel case."""

    def camel(key: str) -> str:
        head, *rest = key.split("_")
        return head + "".join(word.title() for word in rest)

    def named(value: Any) -> Any:
        if isinstance(value, dict):
            return {camel(key): named(inner) for key, inner in value.items()}
        return [named(inner) for inner in value] if isinstance(value, list | tuple) else value

    return json.dumps(named(attrs.asdict(result))).encode("ascii")


def every_window(replay: Replay, count: int = 50) -> list[ReplayRecord]:
    records: list[ReplayRecord] = []
    while True:
        result = replay.window(len(records), count)
        assert len(wire(result)) <= PAGE_BYTES
        assert len(result.records) <= count
        if not result.records:
            assert len(records) == result.record_count
            return records
        records += result.records


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines, st.integers(1, 50))
def test_windows_in_a_row_are_bounded_and_tell_of_every_line_once(
    tmp_path: Path, some: list[bytes], count: int
) -> None:
    body = b"".join(line + b"\n" for line in some)
    records = every_window(open_replay(tmp_path / "s.jsonl", body), count)
    assert [record.index for record in records] == list(range(len(some)))
    assert [record.raw_bytes for record in records] == [len(line) for line in some]
    for record in records:
        for event in record.events:
            event.text.value.encode()
            event.label.encode()
            if event.tool is not None:
                "".join((event.tool.call_id, event.tool.name, event.tool.target)).encode()
                assert len(event.tool.name) <= 256


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts, min_size=1, max_size=4))
def test_the_pages_of_a_text_follow_on_what_the_window_showed(tmp_path: Path, some: list[str]) -> None:
    replay = open_replay(tmp_path / "s.jsonl", line_of(*some) + b"\n")
    (record,) = replay.window(0, 1).records
    for event, original in zip(record.events, some, strict=True):
        whole = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in original)
        assert whole.startswith(event.text.value)
        assert event.text.total_chars == len(whole)
        got = event.text.value
        while len(got) < event.text.total_chars:
            page = replay.text(0, event.field, len(got))
            assert page.offset == len(got)
            assert page.value
            assert len(json.dumps(page.value)) < PAGE_BYTES
            got += page.value
        assert got == whole


def test_a_window_asked_anywhere_begins_there(tmp_path: Path) -> None:
    replay = open_replay(tmp_path / "s.jsonl", b"".join(line_of(str(at)) + b"\n" for at in range(500)))
    result = replay.window(321, 10)
    assert [record.events[0].text.value for record in result.records] == [str(at) for at in range(321, 331)]
    assert (result.start, result.record_count) == (321, 500)


@pytest.mark.parametrize(("start", "count"), [(3, 10), (10**9, 1), (0, 0), (0, -5)])
def test_a_window_beyond_the_end_or_of_nothing_is_empty(tmp_path: Path, start: int, count: int) -> None:
    replay = open_replay(tmp_path / "s.jsonl", b"1\n2\n3\n")
    assert replay.window(start, count).records == ()


def test_a_window_before_the_beginning_begins_at_it(tmp_path: Path) -> None:
    result = open_replay(tmp_path / "s.jsonl", b"1\n2\n").window(-7, 1)
    assert (result.start, [record.index for record in result.records]) == (0, [0])


def test_a_text_is_cut_at_16_ki_code_points(tmp_path: Path) -> None:
    replay = open_replay(tmp_path / "s.jsonl", line_of("x" * 100_000) + b"\n")
    (event,) = replay.window(0, 1).records[0].events
    assert (len(event.text.value), event.text.total_chars) == (16 << 10, 100_000)


def test_a_record_of_many_long_texts_shows_the_beginning_of_each(tmp_path: Path) -> None:
    replay = open_replay(tmp_path / "s.jsonl", line_of(*["\x01" * 50_000] * 30) + b"\n")
    (record,) = every_window(replay)
    assert len(record.events) == 30
    assert all(event.text.value and event.text.total_chars == 50_000 for event in record.events)


def test_a_record_of_too_many_events_says_how_many_are_left_out(tmp_path: Path) -> None:
    replay = open_replay(tmp_path / "s.jsonl", line_of(*["word"] * 5000) + b"\n")
    (record,) = every_window(replay)
    *shown, note = record.events
    assert len(shown) > 100
    assert note.kind == "opaque"
    assert note.text.value.startswith(f"{5000 - len(shown)} more")


def test_a_line_too_long_to_parse_is_shown_opaque_with_its_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines_module, "LONG_LINE_BYTES", 1000)
    long = line_of("é" * 70_000)
    harness = LineHarness()
    replay = open_replay(tmp_path / "s.jsonl", b"\n".join([b"a", long, b"b", b""]), harness)
    before, record, after = replay.window(0, 3).records
    assert harness.parsed_bytes == 2
    assert [one.events[0].text.value for one in (before, after)] == ["a", "b"]
    (event,) = record.events
    assert (event.kind, event.label, record.raw_bytes) == ("opaque", "very long line", len(long))
    assert event.text.total_chars == len(long)
    assert event.text.value == long.decode()[: 16 << 10]
    assert replay.text(1, 0, 16 << 10).value.startswith(long.decode()[16 << 10 :][:1000])


def test_one_window_parses_a_bounded_number_of_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "_WINDOW_READ_BYTES", 1000)
    replay = open_replay(tmp_path / "s.jsonl", b"".join(b"x" * 400 + b"\n" for _ in range(20)))
    assert len(replay.window(0, 20).records) == 2
    assert len(every_window(replay)) == 20


def test_a_raw_line_is_paged_exactly_with_invalid_bytes_replaced(tmp_path: Path) -> None:
    line = b"\xff" + "\U0001f642é".encode() * 90_000 + b"\xed\xa0\x80"
    replay = open_replay(tmp_path / "s.jsonl", b"first\n" + line + b"\n")
    got = ""
    while True:
        page = replay.raw(1, len(got))
        assert len(json.dumps(attrs.asdict(page))) <= PAGE_BYTES
        got += page.value
        if len(got) >= page.total_chars:
            break
    assert got == line.decode("utf-8", "replace")


def test_asking_for_what_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    replay = open_replay(tmp_path / "s.jsonl", line_of("one") + b"\n")
    for ask in (partial(replay.text, 0, 1, 0), partial(replay.text, 1, 0, 0), partial(replay.raw, -1, 0)):
        with pytest.raises(MirrorError) as raised:
            ask()
        assert raised.value.kind == "notFound"
    assert replay.text(0, 0, 99).value == ""


def test_a_torn_last_line_is_no_record_until_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    replay = open_replay(path, b"one\ntor")
    assert replay.record_count == 1
    path.write_bytes(b"one\ntorn\n")
    assert replay.poll() is not None
    assert [record.raw_bytes for record in replay.window(0, 9).records] == [3, 4]
