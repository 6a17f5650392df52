"""A transcript on disk is followed while it grows, and begun anew when its bytes changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from session_mirror.errors import MirrorError
from session_mirror.replay.disk import DiskSource
from session_mirror.replay.session import LIVE_MS, Replay
from support.line_harness import LineHarness


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"one\ntwo\n")
    return path


def replay_of(path: Path, now_ms: int | None = None) -> Replay:
    return Replay("r1", DiskSource(path), LineHarness(), None if now_ms is None else lambda: now_ms)


def shown(replay: Replay) -> list[str]:
    return [record.events[0].text.value for record in replay.window(0, 1000).records]


def append(path: Path, body: bytes) -> None:
    with path.open("ab") as file:
        file.write(body)


def test_quiet_is_no_news(path: Path) -> None:
    replay = replay_of(path)
    assert replay.poll() is None
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 5))
    assert replay.poll() is None


def test_growth_is_told_once_and_shown(path: Path) -> None:
    replay = replay_of(path)
    append(path, b"three\nfo")
    news = replay.poll()
    assert news is not None
    assert (news.replay_id, news.record_count, news.total_bytes, news.restarted) == ("r1", 3, 16, False)
    assert shown(replay) == ["one", "two", "three"]
    assert replay.poll() is None


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=30), max_size=8))
def test_followed_in_any_pieces_it_shows_what_a_fresh_look_shows(tmp_path: Path, pieces: list[bytes]) -> None:
    path = tmp_path / "grown.jsonl"
    path.write_bytes(b"")
    replay = replay_of(path)
    for piece in pieces:
        append(path, piece)
        replay.poll()
    assert replay.window(0, 1000) == replay_of(path).window(0, 1000)


@pytest.mark.parametrize("body", [b"", b"one\n", b"one\ntw", b"uno\ndue\ntre\n", b"one\ntwO\n", b"one\ntwO\nthree\n"])
def test_cut_or_rewritten_bytes_restart_the_replay(path: Path, body: bytes) -> None:
    replay = replay_of(path)
    before = path.stat().st_mtime_ns
    path.write_bytes(body)
    os.utime(path, ns=(before + 10**9, before + 10**9))
    news = replay.poll()
    assert news is not None
    assert news.restarted
    assert shown(replay) == [line.decode() for line in body.split(b"\n")[:-1]]
    assert replay.poll() is None


def test_a_replacement_with_the_same_beginning_goes_on(path: Path) -> None:
    replay = replay_of(path)
    other = path.with_name("other")
    other.write_bytes(b"one\ntwo\nthree\n")
    other.replace(path)
    news = replay.poll()
    assert news is not None
    assert not news.restarted
    assert shown(replay) == ["one", "two", "three"]


def test_reading_a_file_that_was_cut_is_an_error_and_never_other_bytes(path: Path) -> None:
    replay = replay_of(path)
    path.write_bytes(b"one\n")
    with pytest.raises(MirrorError) as raised:
        replay.window(0, 2)
    assert raised.value.kind == "source"
    assert replay.poll() is not None
    assert shown(replay) == ["one"]


def test_a_restart_is_told_even_if_reading_failed_meanwhile(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replay = replay_of(path)
    path.write_bytes(b"x\n")
    read = DiskSource.read

    def fail(self: DiskSource, start: int, length: int) -> bytes:
        raise MirrorError("gone", kind="source", hint="")

    monkeypatch.setattr(DiskSource, "read", fail)
    with pytest.raises(MirrorError):
        replay.poll()
    monkeypatch.setattr(DiskSource, "read", read)
    news = replay.poll()
    assert news is not None
    assert news.restarted
    assert shown(replay) == ["x"]


def test_a_deleted_file_is_no_news_and_reading_it_says_why(path: Path) -> None:
    replay = replay_of(path)
    path.unlink()
    assert replay.poll() is None
    with pytest.raises(MirrorError, match="cannot be read"):
        replay.window(0, 1)


def test_a_missing_file_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(MirrorError) as raised:
        DiskSource(tmp_path / "none")
    assert raised.value.kind == "source"


def test_no_handle_is_kept_open_on_the_agents_file(path: Path) -> None:
    replay = replay_of(path)
    replay.window(0, 2)
    replay.poll()
    held = [link.resolve() for link in Path("/proc/self/fd").iterdir()] if Path("/proc/self/fd").exists() else []
    assert path.resolve() not in held


def test_a_session_is_live_for_two_minutes_after_its_last_change(path: Path) -> None:
    changed_ms = path.stat().st_mtime_ns // 1_000_000
    now = [changed_ms + LIVE_MS - 1]
    replay = Replay("r1", DiskSource(path), LineHarness(), lambda: now[0])
    assert replay.is_live
    assert replay.poll() is None
    now[0] += 1
    news = replay.poll()
    assert news is not None
    assert not news.is_live


def test_a_session_that_rests_is_live_again_only_once_it_has_grown(path: Path) -> None:
    replay = replay_of(path)
    replay.rest()
    assert not replay.is_live
    news = replay.poll()
    assert news is None or not news.is_live
    with path.open("ab") as file:
        file.write(b"three\n")
    grown = replay.poll()
    assert grown is not None
    assert grown.is_live
