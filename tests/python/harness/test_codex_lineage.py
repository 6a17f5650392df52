"""Where a Codex thread comes from: who began it, and which other rollout it begins in."""

from __future__ import annotations

from pathlib import Path

import pytest

from session_mirror.harness.base import Base
from session_mirror.harness.codex_cli import Codex
from support.codex_home import codex, folder, home, thread_in
from support.rollouts import Era, Rollout, going_on, sub_agent

__all__ = ["codex", "folder", "home"]
"""Fixtures."""


def test_a_reverted_thread_is_its_newest_rollout(codex: Codex, home: Path, folder: Path) -> None:
    thread_in(folder, "one").write(home)
    for minute in ("02", "01"):
        reverted = Rollout(str(folder), "one", began=f"2026-03-02T10-{minute}-00", revert_id=f"r{minute}")
        reverted.write(home, compressed=minute == "02")
    (found,) = codex.discover([folder])
    assert found.session_id == "one"
    assert "T10-02-00-one_r02" in found.path.name


def test_a_sub_agent_is_a_session_of_its_own_that_names_its_parent(codex: Codex, home: Path, folder: Path) -> None:
    parent = thread_in(folder, "parent")
    child = sub_agent(parent)
    child.lines[0] = child.lines[0].replace(b'"/w/app"', f'"{folder}"'.encode())
    parent.write(home)
    child.write(home)
    parents = {session.session_id: session.parent_id for session in codex.discover([folder])}
    assert parents == {"parent": None, child.thread_id: "parent"}


def test_a_reverts_and_forks_are_no_sub_agents(codex: Codex, home: Path, folder: Path) -> None:
    Rollout(str(folder), "fork", forked_from_id="other", source="vscode").write(home)
    (found,) = codex.discover([folder])
    assert found.parent_id is None


def test_a_sub_agent_tells_its_name_its_role_and_once_it_is_written_its_task(
    codex: Codex, home: Path, folder: Path
) -> None:
    child = sub_agent(Rollout(), "Ada", agent_role="explorer", cwd=str(folder))
    child.write(home)
    (found,) = codex.discover([folder])
    assert found.agent == "Ada (explorer)"
    child.begin()
    child.write(home)
    assert [session.agent for session in codex.discover([folder])] == ["Ada (explorer)"]
    child.prompt("find the\ntests")
    child.write(home)
    assert [session.agent for session in codex.discover([folder])] == ["Ada (explorer): find the tests"]


@pytest.mark.parametrize("era", ["legacy", "paginated"])
def test_a_sub_agents_task_is_not_what_its_parent_was_told(codex: Codex, home: Path, folder: Path, era: Era) -> None:
    parent = thread_in("/elsewhere", "parent", era)
    parent.reply("so " * 20_000)
    child = sub_agent(parent, "Ada", copies=len(parent.lines), cwd=str(folder))
    child.begin()
    child.prompt("look into it")
    child.write(home)
    (found,) = codex.discover([folder])
    assert found.agent == "Ada: look into it"


def test_a_review_names_its_parent_and_its_kind(codex: Codex, home: Path, folder: Path) -> None:
    kind = {"subagent": "review"}
    Rollout(str(folder), "reviewer", source=kind, thread_source="subagent", parent_thread_id="parent").write(home)
    (found,) = codex.discover([folder])
    assert (found.parent_id, found.agent) == ("parent", "review")


@pytest.mark.parametrize(
    ("originator", "driver"),
    [
        ("codex_cli_rs", ""),
        ("codex-tui", ""),
        ("Codex Desktop", ""),
        ("codex_vscode", ""),
        ("openclaw", "OpenClaw"),
        ("some_client", "some_client"),
        (None, ""),
        (["x"], ""),
    ],
)
def test_a_thread_that_another_tool_began_is_found_and_names_it(
    codex: Codex, home: Path, folder: Path, originator: object, driver: str
) -> None:
    Rollout(str(folder), "one", originator=originator).write(home)
    (found,) = codex.discover([folder])
    assert found.driver == driver


def test_a_reverted_thread_tells_where_it_begins_through_all_that_it_was_reverted_before(
    codex: Codex, home: Path, folder: Path
) -> None:
    first = thread_in(folder, "one")
    second = going_on(first, 5, revert_id="r2", cwd=str(folder), minutes=5)
    second.turn()
    third = going_on(second, 3, revert_id="r3", cwd=str(folder), minutes=6)
    third.write(home)
    oldest = first.write(home, archived=True, compressed=True)
    middle = second.write(home)
    (found,) = codex.discover([folder])
    assert found.path == third.path(home)
    begins = Base("one", oldest, len(b"".join(first.lines[:5])))
    assert found.base == Base("one", middle, len(b"".join(second.lines[:3])), begins)


def test_a_fork_that_refers_to_a_reverted_thread_begins_in_that_rollout(codex: Codex, home: Path, folder: Path) -> None:
    first = thread_in("/elsewhere", "one")
    second = going_on(first, 5, revert_id="r2", cwd="/elsewhere")
    made = going_on(second, 1, cwd=str(folder), minutes=7)
    for rollout in (first, second, made):
        rollout.write(home)
    (found,) = codex.discover([folder])
    assert found.base is not None
    assert (found.base.session_id, found.base.path) == ("one", second.path(home))
    assert found.base.base == Base("one", first.path(home), len(b"".join(first.lines[:5])))
    assert found.parent_id is None


def test_a_beginning_that_is_gone_is_told_and_a_circle_ends(codex: Codex, home: Path, folder: Path) -> None:
    gone = thread_in(folder, "gone")
    going_on(gone, 4, cwd=str(folder), minutes=7).write(home)
    (found,) = codex.discover([folder])
    assert found.base == Base("gone", None, len(b"".join(gone.lines[:4])))
    for name, other in (("a", "b"), ("b", "a"), ("c", "c"), ("d", "a")):
        Rollout(str(folder), name, history_base={"thread_id": other, "end_byte_offset": 9}).write(home)
    bases = {session.session_id: session.base for session in codex.discover([folder])}
    assert bases["a"] == Base("b", Rollout(thread_id="b").path(home), 9)
    assert bases["c"] is None
    assert bases["d"] is not None
    assert bases["d"].base == bases["a"]


@pytest.mark.parametrize(
    "base",
    [
        7,
        [],
        {"thread_id": 7, "end_byte_offset": 1},
        *({"thread_id": "x", "end_byte_offset": end} for end in ("1", True, -1)),
    ],
)
def test_a_beginning_that_makes_no_sense_is_none(codex: Codex, home: Path, folder: Path, base: object) -> None:
    Rollout(str(folder), "one", history_base=base).write(home)
    (found,) = codex.discover([folder])
    assert found.base is None
