"""A session that begins in another file is shown from its beginning."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from session_mirror.harness.base import Base, FoundSession
from session_mirror.replay.chained import disk_source
from session_mirror.replay.opening import open_from_disk
from support.line_harness import LineHarness

LINES = st.lists(st.binary(max_size=6).map(lambda data: data.replace(b"\n", b"") + b"\n"), max_size=5)


def session(path: Path, base: Base | None) -> FoundSession:
    return FoundSession(harness="lines", session_id="s", path=path, cwd="/w", size=0, modified_ms=0, base=base)


def write(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINES, min_size=1, max_size=4), LINES, st.integers(0, 30), st.integers(0, 30))
def test_any_bytes_are_those_of_the_files_one_behind_the_other(
    tmp_path: Path, pieces: list[list[bytes]], own: list[bytes], start: int, length: int
) -> None:
    base = None
    for number, lines in enumerate(pieces):
        body = b"".join(lines)
        path = write(tmp_path / f"{number}", body + b"what was taken back\n")
        base = Base(session_id="s", path=path, end=len(body), base=base)
    whole = b"".join(b"".join(lines) for lines in [*pieces, own])
    source = disk_source(session(write(tmp_path / "own", b"".join(own)), base))
    assert source.size == len(whole)
    start = min(start, len(whole))
    length = min(length, len(whole) - start)
    assert source.read(start, length) == whole[start : start + length]


def test_a_reverted_thread_goes_on_growing_behind_its_beginning(tmp_path: Path) -> None:
    old = write(tmp_path / "old", b"one\ntwo\nthree\n")
    own = write(tmp_path / "own", b"other\n")
    opened = open_from_disk("r", session(own, Base("s", old, 8)), LineHarness())
    shown = [record.events[0].text.value for record in opened.replay.window(0, 9).records]
    assert shown == ["one", "two", "other"]
    with own.open("ab") as file:
        file.write(b"more\n")
    news = opened.replay.poll()
    assert news is not None
    assert (news.record_count, news.restarted) == (4, False)


def test_a_beginning_that_is_gone_or_ends_within_a_line_leaves_whole_lines(tmp_path: Path) -> None:
    own = write(tmp_path / "own", b"other\n")
    gone = Base("s", tmp_path / "gone", 8, Base("s", None, 4))
    assert disk_source(session(own, gone)).read(0, 6) == b"other\n"
    torn = Base("s", write(tmp_path / "old", b"one\ntwo"), 6)
    assert disk_source(session(own, torn)).read(0, 10) == b"one\nother\n"
