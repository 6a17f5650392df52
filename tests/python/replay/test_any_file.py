"""Any transcript opens by its path, whoever wrote it; and records find their lines, in the stream and in the file."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from session_mirror.errors import MirrorError
from session_mirror.harness.base import Base, FoundSession
from session_mirror.harness.registry import REGISTRY, get_harness
from session_mirror.replay.any_file import open_any_file
from session_mirror.replay.opening import open_from_disk
from support.compression import compressed
from support.file_sessions import CWD, FileSession, seen
from support.line_harness import LineHarness

HARNESSES = {name: get_harness(name) for name in REGISTRY}


def test_a_transcript_is_known_by_its_lines_and_nothing_beside_it_is_needed(tmp_path: Path) -> None:
    session = FileSession()
    line = session.call("Write", content="x = 1\n", file_path="parser.py")
    session.open(tmp_path)
    path = (tmp_path / "session.jsonl").rename(tmp_path / "any name.txt")
    opened = open_any_file("r", path, HARNESSES)
    assert (opened.answer.origin, opened.answer.record_count, opened.answer.cwd) == ("disk", 2, CWD)
    assert opened.answer.harness == "claude-code"
    assert seen(opened.replay, line).value == "x = 1\n"


def test_the_first_lines_of_codex_tell_where_it_ran(tmp_path: Path) -> None:
    path = tmp_path / "rollout.jsonl"
    meta = {"id": "0199", "cwd": CWD, "originator": "codex_cli_rs", "cli_version": "0.50.0"}
    message = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello"}]}
    lines = [
        {"timestamp": "2026-08-01T10:00:00.000Z", "type": "session_meta", "payload": meta},
        {"timestamp": "2026-08-01T10:00:01.000Z", "type": "response_item", "payload": message},
    ]
    path.write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    assert open_any_file("r", path, HARNESSES).answer.cwd == CWD


@pytest.mark.parametrize("body", [b"", b"\n\n", b"a\0b\n", gzip.compress(b"x", mtime=0)])
def test_what_holds_no_text_is_refused(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(body)
    with pytest.raises(MirrorError, match="no text"):
        open_any_file("r", path, HARNESSES)


def test_lines_that_no_agent_wrote_are_shown_as_they_are_and_grow(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('name,age\n\n{"a":1}\n')
    opened = open_any_file("r", path, HARNESSES)
    assert (opened.answer.harness, opened.answer.title) == ("", "data.jsonl")
    with path.open("a") as file:
        file.write("one more\n")
    opened.replay.poll()
    records = opened.replay.window(0, 9).records
    shown = [[(event.kind, event.text.value, event.format) for event in record.events] for record in records]
    assert shown == [
        [("opaque", "name,age", "plain")],
        [],
        [("opaque", '{"a":1}', "json")],
        [("opaque", "one more", "plain")],
    ]


def test_a_compressed_transcript_opens_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSION_MIRROR_STATE_DIR", str(tmp_path / "state"))
    session = FileSession()
    session.call("Write", content="x = 1\n", file_path="parser.py")
    session.open(tmp_path)
    path = tmp_path / "run.jsonl.zst"
    path.write_bytes(compressed((tmp_path / "session.jsonl").read_bytes()))
    answer = open_any_file("r", path, HARNESSES).answer
    assert (answer.harness, answer.record_count) == ("claude-code", 2)


def test_folders_pipes_and_names_without_a_place_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "gone.jsonl", Path("session.jsonl")):
        with pytest.raises(MirrorError, match="no such file"):
            open_any_file("r", path, HARNESSES)


def test_a_record_knows_its_line_in_the_agents_file_behind_another_ones_beginning(tmp_path: Path) -> None:
    old, own = tmp_path / "old", tmp_path / "own"
    old.write_bytes(b"one\ntwo\nthree\n")
    own.write_bytes(b"other\nlast\n")
    found = FoundSession("lines", "s", own, "/w", size=0, modified_ms=0, base=Base("s", old, 8))
    replay = open_from_disk("r", found, LineHarness()).replay
    places = [replay.place(index, None) for index in range(4)]
    assert [place.transcript_line for place in places] == [None, None, 0, 1]
    assert {place.transcript for place in places} == {str(own)}
    assert [replay.place(None, place.line).index for place in places] == [0, 1, 2, 3]
    for missing in (4, -1):
        with pytest.raises(MirrorError, match="no line"):
            replay.place(None, missing)
