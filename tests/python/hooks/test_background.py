"""Sessions outside any editor, from the first hook to the end of the background process."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from session_mirror.hooks.background import is_running
from session_mirror.hooks.processes import agent_behind
from session_mirror.journal.locks import SessionLock
from support.following import until
from support.terminal import HARNESS, SESSION, Terminal
from support.told_agent import ToldAgent

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="hooks run in POSIX shells, processes are killed")
ANOTHER = "5b1c7a60-0000-4000-8000-00000000000b"


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[ToldAgent]:
    made = ToldAgent(Terminal(tmp_path))
    ran = made.terminal.run("hooks", "install", "--agent", "claude-code")
    assert ran.code == 0, ran.err
    yield made
    made.close()


def test_a_session_is_mirrored_from_its_start_to_its_end_and_then_nothing_runs(agent: ToldAgent) -> None:
    agent.tell("SessionStart")
    until(lambda: is_running(agent.state), "the background process")
    path = agent.write("begin")
    until(lambda: agent.terminal.stream() == path.read_bytes(), "what was written first")
    agent.write("go on")
    agent.tell("SessionEnd")
    agent.write("last words")
    until(agent.is_quiet, "the end")
    assert agent.terminal.stream() == path.read_bytes()
    assert agent.terminal.meta()["ended_at"] is not None
    log = (agent.state / "hooks" / "log").read_text()
    assert "begin" not in log.replace("begins", "").replace("began", "")


def test_a_killed_agent_ends_its_session(agent: ToldAgent) -> None:
    path = agent.write("begin")
    agent.tell("SessionStart")
    until(agent.has, "the session")
    agent.write("more")
    agent.kill()
    until(agent.is_quiet, "the end")
    assert agent.terminal.stream() == path.read_bytes()


def test_what_a_killed_background_process_had_is_taken_up_by_the_next_hook(agent: ToldAgent) -> None:
    path = agent.write("begin")
    agent.tell("SessionStart")
    until(agent.has, "the session")
    os.kill(agent.attendance().pid, signal.SIGKILL)
    until(lambda: not is_running(agent.state), "its death")
    agent.write("unseen")
    other = agent.write("another", session_id=ANOTHER)
    agent.tell("SessionStart", session_id=ANOTHER)
    until(lambda: agent.terminal.stream() == path.read_bytes(), "the older session")
    until(lambda: agent.terminal.stream(ANOTHER) == other.read_bytes(), "the newer session")


def test_only_what_was_told_of_is_mirrored(agent: ToldAgent) -> None:
    agent.write("not told of", session_id=ANOTHER)
    path = agent.write("told of")
    agent.tell("SessionStart")
    until(lambda: agent.terminal.stream() == path.read_bytes(), "the session")
    agent.tell("SessionEnd")
    until(agent.is_quiet, "the end")
    assert agent.terminal.stream(ANOTHER) == b""


def test_a_session_that_goes_on_where_it_began_elsewhere_is_found_by_its_transcript(agent: ToldAgent) -> None:
    elsewhere = agent.terminal.root / "elsewhere"
    elsewhere.mkdir()
    path = agent.write("begin", cwd=str(elsewhere.resolve()))
    agent.tell("SessionStart", transcript_path=str(path), source="resume")
    until(lambda: agent.terminal.stream() == path.read_bytes(), "the session")


def test_a_transcript_outside_the_agents_folders_is_never_read(agent: ToldAgent) -> None:
    decoy = agent.terminal.root / f"{SESSION}.jsonl"
    decoy.write_text('{"type":"user"}\n')
    agent.tell("SessionStart", transcript_path=str(decoy))
    path = agent.write("real")
    until(lambda: agent.terminal.stream() == path.read_bytes(), "the real one")


def test_a_session_that_somebody_else_mirrors_is_left_alone_until_it_is_free(agent: ToldAgent) -> None:
    lock = SessionLock(agent.state, agent.terminal.bucket.as_uri(), HARNESS, SESSION)
    assert lock.acquire()
    path = agent.write("begin")
    agent.tell("SessionStart")
    until(lambda: "elsewhere" in {word for _, word in agent.attendance().sessions}, "to be seen as another's")
    assert agent.terminal.parts() == []
    lock.release()
    until(lambda: agent.terminal.stream() == path.read_bytes(), "the session")


def test_however_many_hooks_run_at_once_one_process_does_the_work_and_no_note_is_lost(agent: ToldAgent) -> None:
    ids = [f"{SESSION[:-1]}{digit}" for digit in "123456"]
    paths = {session_id: agent.write(session_id, session_id=session_id) for session_id in ids}
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda session_id: agent.tell("SessionStart", session_id=session_id), ids))
    until(lambda: all(agent.terminal.stream(i) == paths[i].read_bytes() for i in ids), "all sessions")
    log = (agent.state / "hooks" / "log").read_text()
    assert log.count(" begins\n") == 1
    assert not list((agent.state / "hooks" / "spool").iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("has_setsid", [True, False])
def test_the_background_process_belongs_to_nobody(agent: ToldAgent, *, has_setsid: bool) -> None:
    for tool in ("sh", "head", "mv", "sleep") if not has_setsid else ():
        agent.path = str(agent.terminal.root / "bin")
        Path(agent.path).mkdir(exist_ok=True)
        (Path(agent.path) / tool).symlink_to(shutil.which(tool) or "")
    agent.tell("SessionStart")
    until(lambda: agent.attendance().pid != 0, "the background process")
    pid = agent.attendance().pid
    proc = Path("/proc") / str(pid)
    assert os.getsid(pid) == pid
    assert (proc / "cwd").readlink() == Path("/")
    assert {(proc / "fd" / str(number)).readlink() for number in range(3)} == {Path(os.devnull)}


def test_status_tells_who_is_mirrored_and_where_to(agent: ToldAgent) -> None:
    agent.write("begin")
    agent.tell("SessionStart")
    until(agent.has, "the session")
    told = agent.terminal.run("hooks", "status")
    assert told.code == 0
    assert f"claude-code: installed ({agent.settings})" in told.text
    assert str(agent.terminal.bucket) in told.text
    assert f"claude-code/{SESSION}  live  {agent.terminal.workspace}" in told.text
    assert '"background_pid": ' in agent.terminal.run("hooks", "status", "--json").text


def test_removing_the_hooks_ends_the_background_process(agent: ToldAgent) -> None:
    path = agent.write("begin")
    agent.tell("SessionStart")
    until(agent.has, "the session")
    assert agent.terminal.run("hooks", "remove").code == 0
    until(agent.is_quiet, "the end")
    assert agent.terminal.stream() == path.read_bytes()
    assert not agent.settings.exists()


def test_a_destination_chosen_anew_counts_at_once(agent: ToldAgent) -> None:
    path = agent.write("begin")
    agent.tell("SessionStart")
    until(lambda: agent.terminal.stream() == path.read_bytes(), "the session")
    other = agent.terminal.root / "other"
    agent.terminal.run("hooks", "install", "--agent", "claude-code", "--destination", other.as_uri())
    until(lambda: any(other.rglob("part-*")), "the other destination")


def test_a_state_directory_that_vanishes_ends_the_background_process(agent: ToldAgent, tmp_path: Path) -> None:
    agent.tell("SessionStart")
    until(lambda: agent.attendance().pid != 0, "the background process")
    process = agent_behind(agent.attendance().pid)
    assert process is not None
    agent.state.rename(tmp_path / "elsewhere")  # at once, whatever is being written
    until(lambda: not process.is_running, "the end")
    agent.tell("SessionEnd")
