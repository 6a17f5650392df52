"""What lies beside Claude Code's sessions: sub-agents of every layout, and tool output too long for the transcript."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from session_mirror.harness.base import Attachment, FoundSession
from session_mirror.harness.claude import beside
from session_mirror.harness.claude_code import ClaudeCode
from support.claude_sessions import sub_agent, write_sub_agent
from support.transcripts import Transcript

LONG_AGO_S = 3600


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "app"
    path.mkdir()
    return path


@pytest.fixture
def claude(config: Path, tmp_path: Path) -> ClaudeCode:
    return ClaudeCode(environment={"CLAUDE_CONFIG_DIR": str(config)}, home=tmp_path / "home")


@pytest.fixture
def session(folder: Path) -> Transcript:
    made = Transcript(str(folder), "one")
    made.turn()
    return made


def by_id(found: list[FoundSession]) -> dict[str, FoundSession]:
    return {session.session_id: session for session in found}


def test_a_sub_agent_is_a_session_of_its_own_under_its_parents(
    claude: ClaudeCode, config: Path, folder: Path, session: Transcript
) -> None:
    beside_it = session.write(config).with_suffix("")
    sidecar: dict[str, object] = {"agentType": "Explore", "description": "find the\ntests", "parentAgentId": "a0"}
    path = write_sub_agent(beside_it / "subagents", sub_agent(session, "a1"), "a1", sidecar)
    found = by_id(claude.discover([folder]))
    assert found.keys() == {"one", "one~agent-a1"}
    status = path.stat()
    assert found["one~agent-a1"] == FoundSession(
        harness="claude-code",
        session_id="one~agent-a1",
        path=path,
        cwd=str(folder),
        size=status.st_size,
        modified_ms=status.st_mtime_ns // 1_000_000,
        parent_id="one",
        agent="Explore: find the tests",
        sidecar=path.with_name("agent-a1.meta.json"),
    )
    assert claude.title(path) == "Explore: find the tests"


def test_without_a_sidecar_a_sub_agent_is_titled_by_its_task(
    claude: ClaudeCode, config: Path, folder: Path, session: Transcript
) -> None:
    made = sub_agent(session, "a1", "Count the *uses*")
    path = write_sub_agent(session.write(config).with_suffix("") / "subagents", made, "a1")
    found = by_id(claude.discover([folder]))["one~agent-a1"]
    assert (found.agent, found.sidecar) == ("", None)
    assert claude.title(path) == claude.title_of_lines(made.lines) == "Count the *uses*"


def test_a_sub_agent_that_tells_nothing_is_titled_by_its_id(claude: ClaudeCode, config: Path) -> None:
    place = config / "projects" / "-x"
    made = Transcript()
    made.enveloped("assistant", isSidechain=True, message={"content": "warm"})
    assert claude.title(write_sub_agent(place, made, "1234abcd")) == "Sub-agent 1234abcd"


def test_sub_agents_of_workflows_are_found_and_their_journals_are_not(
    claude: ClaudeCode, config: Path, folder: Path, session: Transcript
) -> None:
    run = session.write(config).with_suffix("") / "subagents" / "workflows" / "wf_1"
    path = write_sub_agent(run, sub_agent(session, "b2"), "b2", {"agentType": "worker"})
    (run / "journal.jsonl").write_bytes(path.read_bytes())
    found = by_id(claude.discover([folder]))
    assert found.keys() == {"one", "one~agent-b2"}
    assert (found["one~agent-b2"].parent_id, found["one~agent-b2"].agent) == ("one", "worker")


def test_a_sub_agent_beside_the_sessions_belongs_to_the_session_in_its_records(
    claude: ClaudeCode, config: Path, folder: Path, session: Transcript
) -> None:
    project = session.write(config).parent
    path = write_sub_agent(project, sub_agent(session, "1234abcd"), "1234abcd")
    found = by_id(claude.discover([folder]))
    assert found.keys() == {"one", "one~agent-1234abcd"}
    assert (found["one~agent-1234abcd"].path, found["one~agent-1234abcd"].parent_id) == (path, "one")


def test_a_sub_agent_without_a_parents_id_is_not_taken_for_a_session(
    claude: ClaudeCode, config: Path, folder: Path, session: Transcript
) -> None:
    project = session.write(config).parent
    for number, parent_id in enumerate(["", "../../x", "a/b", "x" * 300, "a\nb"]):
        made = Transcript(str(folder), parent_id or "one")
        made.prompt("task", sessionId=parent_id)
        write_sub_agent(project, made, f"1234567{number}")
    assert by_id(claude.discover([folder])).keys() == {"one"}


def test_sub_agents_are_where_their_parent_is_wherever_they_worked(
    claude: ClaudeCode, config: Path, folder: Path, session: Transcript
) -> None:
    elsewhere = Transcript("/somewhere/else", "one")
    place = session.write(config).with_suffix("") / "subagents"
    write_sub_agent(place, sub_agent(elsewhere, "a1"), "a1")
    stranger = Transcript(str(folder).replace("app", "other"), "two")
    stranger.turn()
    theirs = stranger.write(config).with_suffix("") / "subagents"
    write_sub_agent(theirs, sub_agent(session, "a2"), "a2")
    (theirs.parent.parent / "dictated").mkdir()
    found = by_id(claude.discover([folder]))
    assert found.keys() == {"one", "one~agent-a1"}
    assert found["one~agent-a1"].cwd == str(folder)


@pytest.mark.parametrize("layout", ["subagents", "old"])
def test_sub_agents_outlive_their_parents_transcript(
    claude: ClaudeCode, config: Path, folder: Path, session: Transcript, layout: str
) -> None:
    path = session.write(config)
    place = path.parent if layout == "old" else path.with_suffix("") / "subagents"
    write_sub_agent(place, sub_agent(session, "1234abcd"), "1234abcd")
    write_sub_agent(place, sub_agent(Transcript("/elsewhere", "one"), "dcba4321"), "dcba4321")
    path.unlink()
    found = by_id(claude.discover([folder]))
    assert found.keys() == {"one~agent-1234abcd"}
    assert found["one~agent-1234abcd"].parent_id == "one"


def test_an_empty_sub_agent_is_none_until_it_writes(
    claude: ClaudeCode, config: Path, folder: Path, session: Transcript
) -> None:
    place = session.write(config).with_suffix("") / "subagents"
    made = sub_agent(session, "a1")
    path = write_sub_agent(place, made, "a1")
    path.write_bytes(b"")
    assert by_id(claude.discover([folder])).keys() == {"one"}
    path.write_bytes(made.data())
    assert by_id(claude.discover([folder])).keys() == {"one", "one~agent-a1"}


def test_spilled_tool_output_is_attached_to_its_session(
    claude: ClaudeCode, config: Path, folder: Path, session: Transcript, tmp_path: Path
) -> None:
    results = session.write(config).with_suffix("") / "tool-results"
    (results / "below").mkdir(parents=True)
    for name in ("b.txt", "a b.txt", "ä.json"):
        (results / name).write_text(name)
    secret = tmp_path / "secret"
    secret.write_text("not ours")
    (results / "link.txt").symlink_to(secret)
    (results / "back\\slash.txt").touch()
    (results / "new\nline.txt").touch()
    os.mkfifo(results / "pipe")
    (found,) = claude.discover([folder])
    assert [attachment.name for attachment in found.attachments] == ["a b.txt", "b.txt", "ä.json"]
    status = (results / "b.txt").stat()
    assert found.attachments[1] == Attachment("b.txt", results / "b.txt", status.st_size, status.st_mtime_ns)


@pytest.mark.parametrize("linked", ["one", "one/tool-results", "one/subagents"])
def test_links_to_directories_elsewhere_are_not_followed(
    claude: ClaudeCode, config: Path, folder: Path, session: Transcript, linked: str
) -> None:
    project = session.write(config).parent
    elsewhere = config / "elsewhere"
    for directory in (elsewhere, elsewhere / "tool-results", elsewhere / "subagents"):
        directory.mkdir()
        (directory / "r.txt").touch()
        write_sub_agent(directory, sub_agent(session, "a1"), "a1")
    (project / linked).parent.mkdir(exist_ok=True)
    (project / linked).symlink_to(elsewhere)
    (found,) = claude.discover([folder])
    assert found.attachments == ()


def test_a_link_to_a_file_is_no_sub_agent_and_no_sidecar(
    claude: ClaudeCode, config: Path, folder: Path, session: Transcript
) -> None:
    place = session.write(config).with_suffix("") / "subagents"
    elsewhere = config / "elsewhere"
    theirs = write_sub_agent(elsewhere, sub_agent(session, "a1"), "a1", {"agentType": "theirs"})
    write_sub_agent(place, sub_agent(session, "a2"), "a2")
    (place / "agent-a1.jsonl").symlink_to(theirs)
    (place / "agent-a2.meta.json").symlink_to(elsewhere / "agent-a1.meta.json")
    found = by_id(claude.discover([folder]))
    assert found.keys() == {"one", "one~agent-a2"}
    assert (found["one~agent-a2"].agent, found["one~agent-a2"].sidecar) == ("", None)


def test_what_comes_later_is_found_though_directories_are_remembered(
    claude: ClaudeCode, config: Path, folder: Path, session: Transcript
) -> None:
    own = session.write(config).with_suffix("")
    steps: list[Callable[[], object]] = [
        lambda: write_sub_agent(own / "subagents", sub_agent(session, "a1"), "a1"),
        lambda: write_sub_agent(own / "subagents", sub_agent(session, "a2"), "a2", {"agentType": "x"}),
        lambda: write_sub_agent(own / "subagents" / "workflows" / "w", sub_agent(session, "a3"), "a3"),
        (own / "tool-results").mkdir,
        lambda: (own / "tool-results" / "r.txt").write_text("result"),
        lambda: (own / "tool-results" / "r.txt").write_text("longer result"),
        (own / "subagents" / "agent-a1.jsonl").unlink,
    ]
    for step in steps:
        step()
        claude.discover([folder])
        age(own)
        fresh = ClaudeCode([config], environment={}, home=config / "none")
        assert claude.discover([folder]) == fresh.discover([folder]) == claude.discover([folder])
    assert by_id(claude.discover([folder])).keys() == {"one", "one~agent-a2", "one~agent-a3"}


def age(directory: Path) -> None:
    """Sets directories' dates back by different amounts, so that what is remembered of them counts."""
    for number, (place, _, _) in enumerate(os.walk(directory)):
        then = time.time() - LONG_AGO_S - number
        os.utime(place, (then, then))


def test_looking_again_lists_nothing_and_opens_nothing(
    claude: ClaudeCode, config: Path, folder: Path, session: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = session.write(config).with_suffix("")
    write_sub_agent(own / "subagents", sub_agent(session, "a1"), "a1", {"agentType": "x"})
    (own / "tool-results").mkdir()
    (own / "tool-results" / "r.txt").touch()
    age(own)
    before = claude.discover([folder])
    listed: list[str] = []
    real_scan = os.scandir

    def scan(path: str | os.PathLike[str]) -> object:
        listed.append(os.fspath(path))
        return real_scan(path)

    monkeypatch.setattr(os, "scandir", scan)
    monkeypatch.setattr(beside, "label_of", lambda _: pytest.fail("opened again"))
    assert claude.discover([folder]) == before
    assert not any(path.startswith(str(own)) for path in listed)


def test_one_sub_agent_in_two_directories_is_given_once(
    claude: ClaudeCode, config: Path, folder: Path, session: Transcript
) -> None:
    path = session.write(config)
    other = path.parent.with_name("session") / path.name
    for place in (path, other):
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(session.data())
        write_sub_agent(place.with_suffix("") / "subagents", sub_agent(session, "a1"), "a1")
    found = claude.discover([folder])
    assert sorted(session.session_id for session in found) == ["one", "one~agent-a1"]
    assert found == claude.discover([folder])


def test_a_torn_sidecar_is_read_again(claude: ClaudeCode, config: Path, folder: Path, session: Transcript) -> None:
    place = session.write(config).with_suffix("") / "subagents"
    path = write_sub_agent(place, sub_agent(session, "a1"), "a1")
    sidecar = path.with_name("agent-a1.meta.json")
    sidecar.write_text('{"agentType": "Expl')
    age(place.parent)
    assert by_id(claude.discover([folder]))["one~agent-a1"].agent == ""
    sidecar.write_text('{"agentType": "Explore"}')
    assert by_id(claude.discover([folder]))["one~agent-a1"].agent == "Explore"
