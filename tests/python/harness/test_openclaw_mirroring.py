"""OpenClaw's sessions mirrored through the command line, while OpenClaw does with them what it does."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from support.openclaw_sessions import SECRET, AgentDatabase, Session, agent_database, imported
from support.terminal import Terminal

WAIT_S = 30


class Desk:
    """A user whose OpenClaw has one session, `one`."""

    def __init__(self, root: Path) -> None:
        self.terminal = Terminal(root)
        self.state = root / ".openclaw"
        self.session = Session(str(self.terminal.workspace.resolve()), "one")
        self.session.begin()
        self.session.turn()

    def mirror(self) -> None:
        ran = self.terminal.run("mirror", "--harness", "openclaw")
        assert ran.code == 0, ran.err

    def stream(self) -> bytes:
        return self.terminal.run("show", "one", "--raw").out

    def streams(self) -> list[str]:
        return sorted(path.name for path in (self.terminal.bucket / "sessions" / "openclaw").iterdir())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WAIT_S
    beat = threading.Event()
    while not true():
        assert time.monotonic() < deadline, f"not within {WAIT_S} s: {what}"
        beat.wait(0.1)


def test_a_session_is_one_stream_from_its_file_into_the_database_and_out_of_it_again(desk: Desk) -> None:
    path = desk.session.write(desk.state)
    desk.mirror()
    assert desk.stream() == desk.session.data()
    path.write_bytes(b"")
    desk.session.turn("resumed: truncated, and the same bytes written again")
    desk.session.write(desk.state)
    desk.mirror()
    imported(desk.state, desk.session)
    desk.mirror()
    desk.session.turn("in the database", output="x" * 5000)
    database = agent_database(desk.state)
    database.store(desk.session)
    desk.mirror()
    assert desk.stream() == desk.session.data()
    database.delete(desk.session)
    desk.session.write(desk.state, away="deleted", compress=True)
    desk.mirror()
    assert desk.stream() == desk.session.data()
    assert desk.streams() == ["one"]


def test_a_mirrored_database_passes_verification(desk: Desk) -> None:
    agent_database(desk.state).store(desk.session)
    desk.mirror()
    ran = desk.terminal.run("verify", "one")
    assert (ran.code, "equal to its transcript" in ran.text) == (0, True), ran.text


def test_nothing_of_a_database_but_its_transcripts_comes_into_the_bucket(desk: Desk) -> None:
    agent_database(desk.state).store(desk.session)
    desk.mirror()
    files = [file for file in desk.terminal.root.rglob("*") if file.is_file() and desk.state not in file.parents]
    assert files
    assert not any(SECRET.encode() in file.read_bytes() for file in files)


def test_rows_are_mirrored_while_they_are_written(desk: Desk) -> None:
    database: AgentDatabase = agent_database(desk.state)
    database.store(desk.session)
    follower = desk.terminal.start("mirror", "--follow", "--all", "--harness", "openclaw", "--interval", "0.2")
    try:
        until(lambda: desk.stream() == desk.session.data(), "the first rows are mirrored")
        for number in range(3):
            desk.session.turn(f"turn {number}", output="y" * 3000)
            database.store(desk.session)
        until(lambda: desk.stream() == desk.session.data(), "the rows that followed are mirrored")
    finally:
        follower.send_signal(signal.SIGINT)
        out, _ = follower.communicate(timeout=WAIT_S)
    assert follower.returncode == 0, out
    assert desk.streams() == ["one"]


def test_a_history_that_is_written_anew_stays_one_stream(desk: Desk) -> None:
    database = agent_database(desk.state)
    database.store(desk.session)
    desk.mirror()
    before = desk.session.data()
    desk.session.lines = desk.session.lines[:5]
    desk.session.say("shorter")
    database.rewrite(desk.session, "g2")
    desk.mirror()
    stream = desk.stream()
    assert stream.startswith(before)
    assert desk.session.lines[-1] in stream.split(b"\n")
    assert desk.streams() == ["one"]


def test_the_command_line_adds_a_session_up(desk: Desk) -> None:
    agent_database(desk.state).store(desk.session)
    desk.mirror()
    ran = desk.terminal.run("stats", "one")
    assert ran.code == 0
    assert "220" in ran.text
