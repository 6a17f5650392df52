"""A session at the terminal means its conversation: with its sub-agents, and with its tools' long output."""

from __future__ import annotations

import json
from pathlib import Path

from support.terminal import SESSION, Terminal
from support.transcripts import Transcript

AGENT = f"{SESSION}~agent-a1b2c3"


def begin_sub_agent(terminal: Terminal) -> Path:
    """As the agent of the session does."""
    folder = terminal.transcript.with_suffix("") / "subagents"
    folder.mkdir(parents=True, exist_ok=True)
    made = Transcript(cwd=str(terminal.workspace.resolve()), session_id=SESSION)
    made.prompt("find the tests", isSidechain=True, agentId="a1b2c3")
    path = folder / "agent-a1b2c3.jsonl"
    path.write_bytes(made.data())
    told = {"agentType": "Explore", "description": "find the tests", "toolUseId": "toolu_1"}
    path.with_suffix(".meta.json").write_text(json.dumps(told))
    return path


def spill(terminal: Terminal, name: str, data: bytes) -> None:
    folder = terminal.transcript.with_suffix("") / "tool-results"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def listed(terminal: Terminal, *options: str) -> dict[str, dict[str, object]]:
    return {row["session_id"]: row for row in json.loads(terminal.run("list", "--json", *options).text)}


def test_mirroring_a_session_once_takes_its_sub_agents_and_long_output_along(terminal: Terminal) -> None:
    path = begin_sub_agent(terminal)
    spill(terminal, "b1.txt", b"all of it")
    ran = terminal.run("mirror")
    assert ran.code == 0, ran.err
    assert (terminal.stream(), terminal.stream(AGENT)) == (terminal.transcript.read_bytes(), path.read_bytes())
    assert (terminal.bucket / f"sessions/claude-code/{SESSION}/tool-results/b1.txt").read_bytes() == b"all of it"
    again = terminal.run("mirror")
    assert (again.code, again.text.count("nothing new")) == (0, 1)
    assert terminal.run("verify", "--all").code == 0


def test_list_tells_who_began_whom_and_leaves_sub_agents_out_when_asked(terminal: Terminal) -> None:
    begin_sub_agent(terminal)
    terminal.run("mirror")
    rows = listed(terminal)
    assert (rows[SESSION]["parent_id"], rows[SESSION]["agent"]) == (None, "")
    assert rows[AGENT]["parent_id"] == SESSION
    assert rows[AGENT]["title"] == rows[AGENT]["agent"] == "Explore: find the tests"
    assert "└ Explore: find the tests" in terminal.run("list").text
    assert listed(terminal, "--no-agents").keys() == {SESSION}


def test_stopping_a_session_stops_its_sub_agents_and_naming_one_lifts_that(terminal: Terminal) -> None:
    path = begin_sub_agent(terminal)
    terminal.run("mirror")
    assert "meta_marked_ended=True" in terminal.run("stop", SESSION).text
    assert terminal.meta(AGENT)["ended_at"] is not None
    with path.open("ab") as file:
        file.write(b'{"type":"system","content":"more"}\n')
    assert terminal.run("mirror", "--session-id", AGENT).code == 0
    assert terminal.stream(AGENT) == path.read_bytes()


def test_a_sub_agent_is_shown_compacted_and_verified_by_its_own_id(terminal: Terminal) -> None:
    begin_sub_agent(terminal)
    terminal.run("mirror")
    shown = json.loads(terminal.run("show", AGENT).text)
    assert shown["session_mirror"]["parent"] == SESSION
    assert shown["session_mirror"]["sidecar"]["toolUseId"] == "toolu_1"
    assert terminal.run("compact", AGENT).code == 0
    assert terminal.run("verify", AGENT).code == 0
    assert terminal.run("show", SESSION, "--raw").out == terminal.transcript.read_bytes()
