"""Titles of Codex's threads: the name they were given, else what a person typed first."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from session_mirror.harness.codex_cli import Codex
from support.rollouts import Era, Rollout, going_on, sub_agent

ERAS: list[Era] = ["legacy", "paginated"]


def title(made: Rollout) -> str:
    return Codex(environment={}, home=Path("/nowhere")).title_of_lines(made.lines)


@pytest.mark.parametrize("era", ERAS)
def test_the_first_thing_typed_is_the_title_not_what_stands_before_it(era: Era) -> None:
    made = Rollout(era=era)
    made.begin()
    made.prompt("  mend the\nparser ")
    made.turn()
    assert title(made) == "mend the parser"


@pytest.mark.parametrize(
    "wrapper",
    [
        "<environment_context>\n<cwd>/w</cwd>\n</environment_context>",
        "<user_instructions>\nBe kind.\n</user_instructions>",
        "# AGENTS.md instructions for /w/app\n\n<INSTRUCTIONS>\nBe kind.\n</INSTRUCTIONS>",
        "<turn_aborted>\nThe user interrupted.\n</turn_aborted>",
        "<subagent_notification>{}</subagent_notification>",
        "<user_shell_command>\n<command>ls</command>\n</user_shell_command>",
    ],
)
def test_wrappers_are_no_title_alone_or_in_front_of_a_prompt(wrapper: str) -> None:
    made = Rollout(era="legacy")
    made.prompt(wrapper)
    made.prompt("then this")
    assert title(made) == "then this"
    made = Rollout(era="legacy")
    made.prompt(f"{wrapper}\n\nand this")
    assert title(made) == "and this"


def test_of_an_editors_prompt_only_the_request_is_the_title() -> None:
    made = Rollout()
    made.prompt("# Context from my IDE setup:\n\n## Open tabs:\n- a.py\n\n## My request for Codex:\nrename it\n")
    assert title(made) == "rename it"


def test_the_last_name_in_the_rollout_wins_over_the_prompt() -> None:
    made = Rollout()
    made.prompt("typed")
    for name in ("first", "second", " ", None):
        made.event("thread_name_updated", thread_id=made.thread_id, thread_name=name)
    assert title(made) == "second"


def test_the_index_wins_by_its_newest_line_and_is_read_again_when_it_changes(tmp_path: Path) -> None:
    made = Rollout()
    made.prompt("typed")
    path = made.write(tmp_path)
    codex = Codex(environment={"CODEX_HOME": str(tmp_path)}, home=tmp_path)
    assert codex.title(path) == "typed"
    index = tmp_path / "session_index.jsonl"
    for name in ("first", "second"):
        with index.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"id": made.thread_id, "thread_name": name}) + '\n{"id":7}\nno json\n')
        assert codex.title(path) == name
    index.unlink()
    assert codex.title(path) == "typed"


@pytest.mark.parametrize("era", ERAS)
def test_a_sub_agent_is_named_with_its_own_task_not_its_parents(era: Era) -> None:
    parent = Rollout(era=era)
    parent.begin()
    parent.prompt("the parent's task")
    parent.reply("the parent's answer")
    made = sub_agent(parent, "Ada", copies=len(parent.lines))
    made.begin()
    made.prompt("look into it")
    assert title(made) == "Sub-agent Ada: look into it"


def test_a_prompt_that_only_the_screen_was_told_is_the_title() -> None:
    made = Rollout()
    made.completed("UserMessage", content=[{"type": "text", "text": "only there"}])
    assert title(made) == "only there"


def test_a_name_that_only_the_database_knows_is_the_title(tmp_path: Path) -> None:
    made, other = Rollout(thread_id="one"), Rollout(thread_id="two")
    for each in (made, other):
        each.prompt("typed")
    path = made.write(tmp_path)
    codex = Codex(environment={"CODEX_HOME": str(tmp_path)}, home=tmp_path)
    (tmp_path / "state_4.sqlite").write_bytes(b"no database")
    assert codex.title(path) == "typed"
    with closing(sqlite3.connect(tmp_path / "state_5.sqlite")) as database, database:
        database.execute("CREATE TABLE threads (id TEXT, name TEXT, title TEXT, first_user_message TEXT)")
        database.execute("INSERT INTO threads VALUES ('one', NULL, 'typed', 'typed'), ('two', '', 'given', 'typed')")
    assert codex.title(path) == "typed"
    assert codex.title(other.write(tmp_path)) == "given"
    with closing(sqlite3.connect(tmp_path / "state_5.sqlite")) as database, database:
        database.execute("UPDATE threads SET name = 'named' WHERE id = 'one'")
    assert codex.title(path) == "named"
    (tmp_path / "session_index.jsonl").write_text('{"id":"one","thread_name":"indexed"}\n')
    assert codex.title(path) == "indexed"


def test_a_database_of_another_version_or_no_database_tells_no_names(tmp_path: Path) -> None:
    made = Rollout(thread_id="one")
    made.prompt("typed")
    path = made.write(tmp_path)
    with closing(sqlite3.connect(tmp_path / "state_9.sqlite")) as database, database:
        database.execute("CREATE TABLE threads (id TEXT, name BLOB)")
        database.execute("INSERT INTO threads VALUES ('one', 7), (NULL, 'x')")
    codex = Codex(environment={"CODEX_HOME": str(tmp_path)}, home=tmp_path)
    assert codex.title(path) == "typed"
    (tmp_path / "state_10.sqlite").write_bytes(b"no database" * 100)
    assert codex.title(path) == "typed"


def test_a_reverted_thread_keeps_its_title_unless_all_of_it_was_taken_back(tmp_path: Path) -> None:
    first = Rollout(str(tmp_path), "one")
    first.prompt("as it began")
    kept = len(first.lines)
    first.turn()
    second = going_on(first, kept, revert_id="r2", cwd=str(tmp_path), minutes=5)
    third = going_on(second, 1, revert_id="r3", cwd=str(tmp_path), minutes=6)
    third.prompt("later")
    emptied = going_on(first, 1, revert_id="r4", cwd=str(tmp_path), minutes=7)
    emptied.prompt("anew")
    forked = going_on(first, kept, cwd=str(tmp_path), minutes=8)
    forked.prompt("elsewhere")
    home = tmp_path / "codex"
    codex = Codex(environment={"CODEX_HOME": str(home)}, home=tmp_path)
    first.write(home, archived=True, compressed=True)
    for made, expected in ((second, "as it began"), (third, "as it began"), (emptied, "anew")):
        path = made.write(home)
        assert path in [found.path for found in codex.discover([tmp_path])]
        assert codex.title(path) == expected
    forked.write(home)
    codex.discover([tmp_path])
    assert codex.title(forked.path(home)) == "elsewhere"


def test_a_title_grows_out_of_a_file_that_is_being_written(tmp_path: Path) -> None:
    made = Rollout()
    path = made.write(tmp_path)
    codex = Codex(environment={"CODEX_HOME": str(tmp_path)}, home=tmp_path)
    assert codex.title(path).startswith("Session rollout-")
    made.prompt("x" * 500)
    made.write(tmp_path)
    assert codex.title(path) == "x" * 199 + "…"


def test_a_compressed_rollout_has_the_same_title(tmp_path: Path) -> None:
    made = Rollout()
    made.prompt("typed")
    codex = Codex(environment={"CODEX_HOME": str(tmp_path)}, home=tmp_path)
    assert codex.title(made.write(tmp_path, compressed=True)) == "typed"


def test_hostile_lines_raise_nothing_and_an_empty_thread_has_a_title() -> None:
    made = Rollout()
    for line in (
        b'{"type":"session_meta","payload":7}',
        b'"user"',
        b'{"payload":{"type":"message","role":"user"}}',
        b"",
    ):
        made.raw(line)
    made.item("message", role="user", content=[7, {"text": 7}, None])
    assert title(made) == "Untitled session"
