"""Notes are data from outside."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.hooks.notes import Spool, parse_note

FIELDS = {
    "session_id": "5b1c7a60-x",
    "transcript_path": "/t.jsonl",
    "cwd": "/home/ada",
    "hook_event_name": "SessionEnd",
}


def note(head: str = "codex\n77\n/h", **fields: object) -> bytes:
    return f"{head}\n{json.dumps({**FIELDS, **fields})}".encode()


def test_a_note_is_understood() -> None:
    found = parse_note(note(), 5)
    assert found is not None
    assert (found.harness, found.session_id, found.ended, found.told_at_ms) == ("codex", "5b1c7a60-x", True, 5)
    assert (found.cwd, found.transcript, found.home, found.agent_pid) == ("/home/ada", "/t.jsonl", "/h", 77)


def test_what_may_be_missing_may_be_missing_or_odd() -> None:
    found = parse_note(note("codex\nx\n../h", transcript_path=None, hook_event_name="SessionStart"), 5)
    assert found is not None
    assert (found.transcript, found.home, found.agent_pid, found.ended) == ("", "", None, False)


@pytest.mark.parametrize(
    "data",
    [
        note("gemini\n1\n"),
        note(session_id="../../x"),
        note(session_id="x" * 200),
        note(session_id=7),
        note(cwd="relative"),
        note(cwd="/a\0b"),
        note(cwd="/" + "x" * 5000),
        note(hook_event_name="Stop"),
        b"codex\n1\n\n[]",
        b"codex",
        b"codex\n1\n\n" + b"[" * 100_000,
    ],
)
def test_what_no_hook_leaves_is_dropped(data: bytes) -> None:
    assert parse_note(data, 0) is None


@given(st.binary())
def test_nothing_that_is_left_raises(data: bytes) -> None:
    parse_note(b"codex\n1\n\n" + data, 0)
    parse_note(data, 0)


def test_notes_are_taken_once_in_the_order_in_which_they_were_written(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    names = [f"{number:02}" for number in range(20)]
    for at, name in enumerate(reversed(names)):
        (tmp_path / name).write_bytes(note(session_id=name))
        os.utime(tmp_path / name, (at, at))
    (tmp_path / ".half").write_bytes(b"codex")
    assert not spool.is_empty()
    assert [found.session_id for found in spool.take()] == names[::-1]
    assert spool.take() == []
    assert spool.is_empty()
    assert Spool(tmp_path / "gone").take() == []
