"""What a page is told when a session opens, from disk and from the bucket."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from session_mirror.bucket.names import format_part, session_prefix
from session_mirror.errors import MirrorError
from session_mirror.harness.base import FoundSession
from session_mirror.replay.opening import open_from_bucket, open_from_disk
from support.line_harness import LineHarness
from support.memory_store import MemoryStore

PREFIX = session_prefix("lines", "s")


def no_wait(_seconds: float) -> bool:
    return False


def test_a_session_on_disk_opens_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"one\ntwo\n")
    found = FoundSession(harness="lines", session_id="s", path=path, cwd="/w", size=8, modified_ms=0)
    opened = open_from_disk("r1", found, LineHarness())
    answer = opened.answer
    assert (answer.replay_id, answer.origin, answer.record_count, answer.total_bytes) == ("r1", "disk", 2, 8)
    assert (answer.cwd, answer.redacted, answer.is_live, answer.problem) == ("/w", False, True, None)
    assert answer.title == "3 lines"


def test_a_mirrored_session_opens_with_what_its_meta_tells() -> None:
    store = MemoryStore()
    store.plant(PREFIX + format_part(0, 4), b"one\n")
    meta = {"cwd": "/w\ud800", "redaction_counts": {"key": 2}, "session_mirror": {"title": "A \udfff title"}}
    store.plant(PREFIX + "meta.json", json.dumps(meta).encode())
    opened = open_from_bucket("r1", store, LineHarness(), "s", wait=no_wait)
    answer = opened.answer
    assert (answer.origin, answer.title, answer.cwd, answer.redacted) == ("bucket", "A \ufffd title", "/w\ufffd", True)
    opened.replay.close()


@pytest.mark.parametrize(("asked", "live"), [("s", True), ("s~g1", False)])
def test_a_generation_that_ended_is_not_live_however_lately_unless_the_session_is_meant(asked: str, live: bool) -> None:
    store = MemoryStore()
    store.plant(PREFIX + format_part(0, 4), b"one\n")
    store.plant(PREFIX + "meta.json", json.dumps({"ended_at": "2026-01-01T00:00:00Z"}).encode())
    opened = open_from_bucket("r1", store, LineHarness(), asked, wait=no_wait)
    assert opened.answer.is_live is live
    opened.replay.close()


def test_a_mirror_without_meta_is_titled_by_its_lines() -> None:
    store = MemoryStore()
    store.plant(PREFIX + format_part(0, 8), b"one\ntwo\n")
    opened = open_from_bucket("r1", store, LineHarness(), "s", wait=no_wait)
    assert (opened.answer.title, opened.answer.cwd, opened.answer.redacted) == ("2 lines", None, False)
    opened.replay.close()


def test_a_mirror_with_a_hole_opens_and_says_so() -> None:
    store = MemoryStore()
    store.plant(PREFIX + format_part(0, 4), b"one\n")
    store.plant(PREFIX + format_part(2, 12), b"3rd\n")
    store.plant(PREFIX + format_part(3, 16), b"4th\n")
    opened = open_from_bucket("r1", store, LineHarness(), "s", wait=no_wait)
    assert opened.answer.record_count == 1
    assert opened.answer.problem is not None
    assert "bytes 4 to 8 are missing" in opened.answer.problem.message
    opened.replay.close()


def test_an_unknown_session_cannot_be_opened() -> None:
    with pytest.raises(MirrorError, match="holds no session"):
        open_from_bucket("r1", MemoryStore(), LineHarness(), "s", wait=no_wait)
