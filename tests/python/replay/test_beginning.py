"""A large session that ended is shown from its beginning before it was looked through; the rest comes by itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from session_mirror.replay import session
from session_mirror.replay.disk import DiskSource
from session_mirror.replay.session import LIVE_MS, Replay
from support.line_harness import LineHarness

LINES = 200


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"".join(b"line %d\n" % number for number in range(LINES)))
    return path


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_INDEXED_AT_ONCE_BYTES", 64)
    monkeypatch.setattr(session, "_INDEXED_BETWEEN_WINDOWS_BYTES", 64)
    monkeypatch.setattr(session, "_INDEXED_PER_POLL_S", 0.0)


def ended(path: Path) -> Replay:
    changed_ms = path.stat().st_mtime_ns // 1_000_000
    return Replay("r1", DiskSource(path), LineHarness(), lambda: changed_ms + LIVE_MS)


def texts(replay: Replay) -> list[str]:
    return [record.events[0].text.value for record in replay.window(0, LINES + 1).records]


def test_opening_looks_at_the_beginning_alone_and_tells_how_much_is_missing(path: Path) -> None:
    replay = ended(path)
    assert 0 < replay.record_count < 20
    assert replay.missing_bytes == path.stat().st_size - 64
    assert not replay.is_complete
    assert texts(replay)[0] == "line 0"


def test_the_rest_comes_by_polling_without_being_asked_for(path: Path) -> None:
    replay = ended(path)
    counts = [replay.record_count]
    while not replay.is_complete:
        news = replay.poll()
        assert news is not None
        assert not news.restarted
        counts.append(news.record_count)
    assert counts == sorted(counts)
    assert replay.record_count == LINES
    assert replay.missing_bytes == 0
    assert texts(replay) == [f"line {number}" for number in range(LINES)]


def test_a_live_session_is_known_to_its_end_at_once(path: Path) -> None:
    changed_ms = path.stat().st_mtime_ns // 1_000_000
    replay = Replay("r1", DiskSource(path), LineHarness(), lambda: changed_ms)
    assert replay.is_live
    assert replay.record_count == LINES
    assert replay.missing_bytes == 0


def test_a_first_line_that_is_longer_than_a_beginning_is_there(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    path.write_bytes(b"x" * 1000 + b"\nshort\n" + b"y" * 500)
    replay = ended(path)
    assert replay.record_count >= 1
    assert texts(replay)[0] == "x" * 1000


def test_analysing_all_of_it_finds_all_lines_first(path: Path) -> None:
    replay = ended(path)
    replay.analyse()
    assert (replay.record_count, replay.analysed_count) == (LINES, LINES)


def test_another_file_in_its_place_begins_anew_and_is_found_piece_by_piece(path: Path) -> None:
    replay = ended(path)
    path.write_bytes(b"".join(b"other %d\n" % number for number in range(LINES)))
    os.utime(path, ns=(1, 1))
    news = replay.poll()
    assert news is not None
    assert news.restarted
    while not replay.is_complete:
        replay.poll()
    assert texts(replay) == [f"other {number}" for number in range(LINES)]


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=200), max_size=12), st.integers(min_value=0, max_value=12))
def test_in_any_pieces_it_shows_what_a_whole_look_shows(tmp_path: Path, pieces: list[bytes], opened_at: int) -> None:
    path = tmp_path / "grown.jsonl"
    path.write_bytes(b"".join(pieces[:opened_at]))
    replay = ended(path)
    with path.open("ab") as file:
        for piece in pieces[opened_at:]:
            file.write(piece)
            file.flush()
            replay.poll()
    while not replay.is_complete:
        replay.poll()
    replay.poll()
    while not replay.is_complete:
        replay.poll()
    assert replay.record_count == b"".join(pieces).count(b"\n")
