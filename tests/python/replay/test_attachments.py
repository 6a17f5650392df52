"""Long tool output is read in pages, from disk or bucket, and only what the session itself lists."""

from __future__ import annotations

import json
import os
from contextlib import closing
from pathlib import Path

import pytest

from session_mirror.bucket.names import format_part, session_prefix
from session_mirror.errors import MirrorError
from session_mirror.harness.base import Attachment, FoundSession
from session_mirror.replay.attachments import Attachments, in_bucket, on_disk
from session_mirror.replay.opening import open_from_bucket, open_from_disk
from support.line_harness import LineHarness
from support.memory_store import MemoryStore

PREFIX = session_prefix("lines", "s") + "tool-results/"
LONG = "all of it: \N{GRINNING FACE}\n" * 60_000


def attachment(path: Path) -> Attachment:
    return Attachment(path.name, path, path.stat().st_size, path.stat().st_mtime_ns)


def whole(pages: Attachments, name: str) -> str:
    text = ""
    while True:
        page = pages.page(name, len(text))
        assert (page.offset, len(json.dumps(page.value)) <= 256 << 10) == (len(text), True)
        text += page.value
        if len(text) == page.total_chars:
            return text
        assert page.value


def test_a_file_is_read_in_pages_of_text(tmp_path: Path) -> None:
    (tmp_path / "b1.txt").write_text(LONG, "utf-8")
    pages = Attachments(on_disk(lambda: [attachment(tmp_path / "b1.txt")]))
    assert whole(pages, "b1.txt") == LONG


def test_an_object_is_fetched_once_however_many_pages_it_has(tmp_path: Path) -> None:
    store = MemoryStore()
    store.plant(PREFIX + "b1.txt", LONG.encode())
    pages = Attachments(in_bucket(store, "lines", ["s"], tmp_path))
    assert whole(pages, "b1.txt") == LONG
    assert store.requests == {"list": 1, "get": 1}
    pages.close()
    assert list(tmp_path.iterdir()) == []


def test_bytes_that_are_no_text_are_shown_as_what_they_are_not(tmp_path: Path) -> None:
    (tmp_path / "b1.txt").write_bytes(b"a\xff\x00b")
    pages = Attachments(on_disk(lambda: [attachment(tmp_path / "b1.txt")]))
    assert whole(pages, "b1.txt") == "a\ufffd\x00b"


def test_an_empty_one_has_no_text() -> None:
    store = MemoryStore()
    store.plant(PREFIX + "b1.txt", b"")
    with closing(Attachments(in_bucket(store, "lines", ["s"], None))) as pages:
        assert pages.page("b1.txt", 0).total_chars == 0


def test_of_several_contents_the_newest_is_read() -> None:
    store = MemoryStore()
    for version, body in (("", b"first"), ("~2", b"second"), ("~10", b"tenth")):
        store.plant(f"{PREFIX}b1.txt{version}", body)
    with closing(Attachments(in_bucket(store, "lines", ["s"], None))) as pages:
        assert whole(pages, "b1.txt") == "tenth"


def test_a_sub_agent_finds_what_lies_beside_its_parent() -> None:
    store = MemoryStore()
    sub_agent = session_prefix("lines", "s~agent-1")
    store.plant(sub_agent + format_part(0, 4), b"one\n")
    store.plant(sub_agent + "meta.json", json.dumps({"session_mirror": {"parent": "s"}}).encode())
    store.plant(PREFIX + "b1.txt", b"beside the parent")
    opened = open_from_bucket("r", store, LineHarness(), "s~agent-1", wait=lambda _: False)
    assert opened.replay.attachment("b1.txt", 0).value == "beside the parent"
    opened.replay.close()


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../secret", "/etc/passwd", "../s.jsonl", "a/b", "a\\b", "\ud800", "x" * 4096, "b1.txt~2"]
)
def test_no_name_leads_anywhere_but_to_the_sessions_own_files(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("private")
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "b1.txt").write_text("mine")
    store = MemoryStore()
    store.plant(PREFIX + "b1.txt", b"mine")
    store.plant(PREFIX + "b1.txt~2", b"mine too")
    store.plant(PREFIX + "deeper/b1.txt", b"another tool's")
    store.plant(session_prefix("lines", "other") + "tool-results/secret", b"private")
    told = [attachment(path) for path in (tmp_path / "results").iterdir()]
    for find in (on_disk(lambda: told), in_bucket(store, "lines", ["s"], tmp_path)):
        with pytest.raises(MirrorError, match="not kept beside the session"):
            Attachments(find).page(name, 0)


def test_a_link_in_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("private")
    (tmp_path / "b1.txt").write_text("mine")
    told = [attachment(tmp_path / "b1.txt")]
    (tmp_path / "b1.txt").unlink()
    (tmp_path / "b1.txt").symlink_to(tmp_path / "secret")
    with pytest.raises(MirrorError, match="cannot be read"):
        Attachments(on_disk(lambda: told)).page("b1.txt", 0)


def test_one_that_became_shorter_amid_its_pages_is_told_and_then_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "b1.txt"
    file.write_text(LONG, "utf-8")
    pages = Attachments(on_disk(lambda: [attachment(file)]))
    first = pages.page("b1.txt", 0)
    file.write_text("short")
    with pytest.raises(MirrorError, match="became shorter"):
        pages.page("b1.txt", first.total_chars - 10)
    assert whole(pages, "b1.txt") == "short"


def test_a_session_that_gets_more_while_it_is_read_shows_it(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"one\n")
    found = FoundSession(harness="lines", session_id="s", path=path, cwd="/w", size=4, modified_ms=0)
    told: list[Attachment] = []
    opened = open_from_disk("r", found, LineHarness(), lambda: told)
    with pytest.raises(MirrorError, match="not kept"):
        opened.replay.attachment("b1.txt", 0)
    (tmp_path / "b1.txt").write_text("new")
    os.utime(tmp_path / "b1.txt", (1, 1))
    told.append(attachment(tmp_path / "b1.txt"))
    assert opened.replay.attachment("b1.txt", 0).value == "new"
