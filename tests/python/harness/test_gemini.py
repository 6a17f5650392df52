"""Gemini CLI: what is found of it, and how its logs read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from session_mirror.harness.base import Account, FoundSession
from session_mirror.harness.gemini_cli import GeminiCli
from session_mirror.protocol.statistics import Statistics, Tokens
from support.gemini_sessions import GeminiSession, everything

CWD = "/home/ada/shop"
ID = "5b1c7a60-0000-4000-8000-00000000000a"


@pytest.fixture
def gemini(tmp_path: Path) -> GeminiCli:
    return GeminiCli(environment={}, home=tmp_path)


def find(gemini: GeminiCli, folder: str = CWD) -> list[FoundSession]:
    return gemini.discover([Path(folder)])


def fed(gemini: GeminiCli, session: GeminiSession) -> Account:
    account = gemini.account()
    for line in session.lines:
        account.feed(line.rstrip(b"\n"))
    return account


def counts(statistics: Statistics) -> dict[str, int]:
    return {count.name: count.count for count in statistics.events}


def test_a_session_belongs_to_the_directory_of_its_project(gemini: GeminiCli, tmp_path: Path) -> None:
    path = GeminiSession(ID).write(tmp_path, CWD)
    GeminiSession(seed=1).write(tmp_path, "/home/ada/shopping", slug="shopping")
    (found,) = find(gemini)
    assert (found.session_id, found.path, found.cwd, found.parent_id) == (ID, path, CWD, None)
    assert [each.session_id for each in find(gemini, "/home/ada")] == [ID, GeminiSession(seed=1).session_id]


def test_an_older_project_is_told_by_the_hash_of_its_path(gemini: GeminiCli, tmp_path: Path) -> None:
    GeminiSession(ID).write(tmp_path, CWD, hashed=True)
    assert [found.cwd for found in find(gemini)] == [CWD]
    assert find(gemini, "/home/ada") == []
    (tmp_path / ".gemini" / "projects.json").write_text(f'{{"projects":{{"{CWD}":"shop"}}}}')
    assert [found.cwd for found in find(gemini, "/home/ada")] == [CWD]


def test_a_session_in_two_files_is_the_larger_one(gemini: GeminiCli, tmp_path: Path) -> None:
    path = everything(ID).write(tmp_path, CWD)
    beside = path.with_name(path.name.replace("T09-00", "T09-30"))
    beside.write_bytes(GeminiSession(ID).data())
    GeminiSession(ID).write(tmp_path, CWD, hashed=True)
    assert [found.path for found in find(gemini)] == [path]


def test_a_sub_agent_has_its_parent_and_its_task(gemini: GeminiCli, tmp_path: Path) -> None:
    GeminiSession(ID).write(tmp_path, CWD)
    sub_agent = GeminiSession(kind="subagent", seed=3)
    sub_agent.prompt("Find all uses.")
    sub_agent.write(tmp_path, CWD, parent=ID)
    found = {each.session_id: each for each in find(gemini)}[sub_agent.session_id]
    assert (found.parent_id, found.agent) == (ID, "Find all uses.")


def test_spilled_tool_output_is_attached(gemini: GeminiCli, tmp_path: Path) -> None:
    path = GeminiSession(ID).write(tmp_path, CWD)
    spilled = path.parents[1] / "tool-outputs" / f"session-{ID}" / "run_shell_command_1.txt"
    spilled.parent.mkdir(parents=True)
    spilled.write_bytes(b"12 passing")
    (attachment,) = find(gemini)[0].attachments
    assert (attachment.name, attachment.path, attachment.size) == (spilled.name, spilled, 10)


def test_an_old_session_in_json_is_a_diagnosis_until_there_is_a_newer_one(gemini: GeminiCli, tmp_path: Path) -> None:
    path = GeminiSession(ID).write(tmp_path, CWD)
    old = path.with_suffix(".json")
    old.write_text('{\n "sessionId": "x"\n}')
    os.utime(path, (1_000, 1_000))
    assert [found.path for found in find(gemini)] == [path]
    assert [str(old) in problem.message for problem in gemini.problems()] == [True]
    os.utime(old, (500, 500))
    find(gemini)
    assert gemini.problems() == []


def test_a_title_is_the_summary_else_the_first_prompt(gemini: GeminiCli) -> None:
    lines = everything().lines
    assert gemini.title_of_lines(lines) == "Repair the parser"
    assert gemini.title_of_lines(lines[:10]) == "Why does the parser fail?"
    assert gemini.title_of_lines(lines[:1]) == "Untitled session"


def test_a_message_that_is_told_again_is_shown_once_where_it_was_first(gemini: GeminiCli) -> None:
    session = GeminiSession()
    session.prompt("Count.")
    session.answer("I will.", calls=[session.call("run_shell_command", "1", command="seq 1")])
    account = fed(gemini, session)
    arranged = account.arrangement()
    shown = [line for line in arranged.order or () if line not in arranged.folded]
    events = [event.kind for line in shown for event in gemini.read_record(session.lines[line]).events]
    assert events == ["prompt", "reply", "toolCall", "toolResult"]
    assert counts(account.statistics()) == dict.fromkeys(events, 1)


@pytest.mark.parametrize(("code", "is_error"), [("Exit Code: 1\n", True), ("", False), ("Exit Code: 0\n", False)])
def test_a_command_that_failed_is_a_failure_though_its_tool_did_not_fail(
    gemini: GeminiCli, code: str, *, is_error: bool
) -> None:
    session = GeminiSession()
    output = f"<untrusted_context>\nOutput: x\n{code}Process Group PGID: 8\n</untrusted_context>"
    session.answer("I will.", calls=[session.call("run_shell_command", output, command="make")])
    events = [event for line in session.lines for event in gemini.read_record(line).events]
    assert [event.is_error for event in events if event.kind == "toolResult"] == [is_error]


def test_what_was_taken_back_is_folded_and_was_spent_all_the_same(gemini: GeminiCli) -> None:
    session = GeminiSession()
    session.prompt("Keep it.")
    mistaken = session.prompt("Delete it.")
    session.answer("No.", tokens=(700, 3, 600, 0))
    session.rewind(mistaken)
    session.prompt("Go on.")
    statistics = fed(gemini, session).statistics()
    assert [turn.prompt for turn in statistics.turns] == ["Keep it.", "Go on."]
    assert statistics.tokens == Tokens(input=100, cache_read=600, output=3, total=703)


def test_a_compaction_is_shown_once_however_often_the_history_is_told(gemini: GeminiCli) -> None:
    session = GeminiSession()
    session.prompt("Count.")
    session.answer("One.")
    session.compact("They counted.")
    session.resume()
    session.resume()
    assert counts(fed(gemini, session).statistics()) == {"prompt": 1, "reply": 1, "compaction": 1}


def test_tokens_are_told_apart_by_where_they_came_from(gemini: GeminiCli) -> None:
    session = GeminiSession()
    session.answer("Done.", tokens=(500, 40, 300, 7))
    whole = Tokens(input=200, cache_read=300, output=47, reasoning=7, total=547)
    assert fed(gemini, session).statistics().tokens == whole
