"""Handles: random ids, closed when asked, when idle, and when there are too many."""

from __future__ import annotations

from pathlib import Path

import pytest

from session_mirror.errors import MirrorError
from session_mirror.replay.disk import DiskSource
from session_mirror.replay.handles import ReplaySessions
from session_mirror.replay.session import Replay
from support.line_harness import LineHarness


class Source(DiskSource):
    closed = False

    def close(self) -> None:
        self.closed = True


class Room:
    """A registry with a clock of our own, and the sources of what was added."""

    def __init__(self, folder: Path) -> None:
        self.now = 0.0
        self.sessions = ReplaySessions(idle_s=100, max_open=3, clock=lambda: self.now)
        self.sources: dict[str, Source] = {}
        self._folder = folder

    def add(self) -> str:
        replay_id = self.sessions.new_id()
        path = self._folder / replay_id
        path.write_bytes(b"one\n")
        self.sources[replay_id] = Source(path)
        self.sessions.add(Replay(replay_id, self.sources[replay_id], LineHarness()))
        return replay_id

    def closed(self) -> set[str]:
        return {replay_id for replay_id, source in self.sources.items() if source.closed}


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_ids_cannot_be_guessed(room: Room) -> None:
    ids = {room.sessions.new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(one) >= 16 for one in ids)


def test_closing_releases_the_source_and_twice_is_fine(room: Room) -> None:
    one = room.add()
    assert room.sessions.get(one).record_count == 1
    room.sessions.close(one)
    room.sessions.close(one)
    assert room.closed() == {one}
    with pytest.raises(MirrorError) as raised:
        room.sessions.get(one)
    assert raised.value.kind == "notFound"


def test_too_many_close_the_longest_unused(room: Room) -> None:
    first, second, third = room.add(), room.add(), room.add()
    room.sessions.get(first)
    fourth = room.add()
    assert room.closed() == {second}
    assert [room.sessions.get(one).replay_id for one in (first, third, fourth)] == [first, third, fourth]


def test_idle_ones_are_closed_and_polling_is_no_use(room: Room) -> None:
    idle, used = room.add(), room.add()
    room.now = 60
    room.sessions.get(used)
    assert room.sessions.poll() == ([], [])
    room.now = 101
    room.sessions.poll()
    assert room.closed() == {idle}


def test_polling_tells_the_news_of_all_and_the_problems_of_some(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, grown = room.add(), room.add()

    def fail() -> str:
        raise MirrorError("no disk", kind="disk", hint="")

    monkeypatch.setattr(room.sources[broken], "refresh", fail)
    path = Path(room.sources[grown].label)
    path.write_bytes(b"one\ntwo\n")
    news, problems = room.sessions.poll()
    assert [(one.replay_id, one.record_count) for one in news] == [(grown, 2)]
    assert [(replay_id, problem.message) for replay_id, problem in problems] == [(broken, "no disk")]


def test_closing_all_closes_all(room: Room) -> None:
    ids = {room.add(), room.add()}
    room.sessions.close_all()
    assert room.closed() == ids


def test_lines_are_looked_at_further_without_a_look_for_news(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("session_mirror.replay.session.ANALYSED_AT_ONCE_S", 0.0)
    one = room.add()
    assert room.sessions.has_unfinished
    monkeypatch.setattr(room.sources[one], "refresh", lambda: pytest.fail("nobody asked for news"))
    (news,), problems = room.sessions.poll(look=False)
    assert (news.analysed_count, problems) == (1, [])
    assert not room.sessions.has_unfinished
