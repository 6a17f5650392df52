"""Where OpenClaw's sessions may lie: state directories, profiles, and what its configuration moves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from session_mirror.harness.openclaw_agent import OpenClaw
from support.openclaw_home import folder, home, ids, openclaw, session_in, state
from support.openclaw_sessions import AgentDatabase, agent_database

__all__ = ["folder", "home", "state"]
"""Fixtures."""


@pytest.mark.parametrize("variable", ["OPENCLAW_STATE_DIR", "CLAWDBOT_STATE_DIR"])
def test_the_state_directory_that_the_environment_names_is_the_only_one(
    home: Path, state: Path, folder: Path, tmp_path: Path, variable: str
) -> None:
    session_in(folder, "usual").write(state)
    session_in(folder, "moved").write(tmp_path / "elsewhere")
    assert ids(openclaw(home, **{variable: str(tmp_path / "elsewhere")}).discover([folder])) == ["moved"]


def test_openclaw_home_replaces_the_home_directory(home: Path, state: Path, folder: Path, tmp_path: Path) -> None:
    session_in(folder, "usual").write(state)
    session_in(folder, "other").write(tmp_path / "other" / ".openclaw")
    session_in(folder, "not a state directory").write(tmp_path / "other")
    assert ids(openclaw(home, OPENCLAW_HOME=str(tmp_path / "other")).discover([folder])) == ["other"]


@pytest.mark.parametrize("name", [".clawdbot", ".moldbot", ".moltbot"])
def test_old_names_count_while_there_is_no_new_one(home: Path, folder: Path, name: str) -> None:
    session_in(folder, "old").write(home / name)
    assert ids(openclaw(home).discover([folder])) == ["old"]
    session_in(folder, "new").write(home / ".openclaw")
    assert ids(openclaw(home).discover([folder])) == ["new"]


def test_a_profile_that_is_another_ones_alias_is_looked_at_once(home: Path, state: Path, folder: Path) -> None:
    session_in(folder, "one").write(state)
    (home / ".openclaw-dev").symlink_to(state, target_is_directory=True)
    assert ids(openclaw(home).discover([folder])) == ["one"]


def test_a_configuration_elsewhere_counts(home: Path, state: Path, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "my.json").write_text(json.dumps({"session": {"store": "~/sessions/sessions.json"}}))
    (home / "sessions").mkdir()
    (home / "sessions" / "one.jsonl").write_bytes(session_in(folder, "one").data())
    assert ids(openclaw(home, OPENCLAW_CONFIG_PATH=str(tmp_path / "my.json")).discover([folder])) == ["one"]


def test_extra_state_directories_are_searched_too(home: Path, state: Path, folder: Path, tmp_path: Path) -> None:
    session_in(folder, "usual").write(state)
    session_in(folder, "more").write(tmp_path / "more")
    harness = OpenClaw([tmp_path / "more"], environment={}, home=home, state=tmp_path / "ours")
    assert ids(harness.discover([folder])) == ["more", "usual"]


def test_a_moved_session_store_is_found_by_the_configuration(
    home: Path, state: Path, folder: Path, tmp_path: Path
) -> None:
    state.mkdir()
    (state / "agents" / "ops").mkdir(parents=True)
    store = tmp_path / "stores" / "{agentId}" / "sessions.json"
    (state / "openclaw.json").write_text(
        f"// written by hand\n{{ session: {{ 'store': '{store}', }}, gateway: {{ port: 0x4A }}, }}"
    )
    for agent in ("main", "ops"):
        place = tmp_path / "stores" / agent
        place.mkdir(parents=True)
        (place / f"{agent}-file.jsonl").write_bytes(session_in(folder, f"{agent}-file").data())
    assert ids(openclaw(home).discover([folder])) == ["main-file", "ops-file@ops"]


def test_agents_that_share_a_moved_session_store_have_databases_of_their_own_beside_it(
    home: Path, state: Path, folder: Path, tmp_path: Path
) -> None:
    (state / "agents" / "ops").mkdir(parents=True)
    store = tmp_path / "store"
    (state / "openclaw.json").write_text(json.dumps({"session": {"store": str(store / "sessions.json")}}))
    AgentDatabase(store / "openclaw-agent.sqlite").store(session_in(folder, "mine"))
    AgentDatabase(store / "openclaw-agent.ops.sqlite").store(session_in(folder, "theirs"))
    assert ids(openclaw(home).discover([folder])) == ["mine", "theirs@ops"]


def test_a_moved_agent_directory_is_found_by_the_configuration(
    home: Path, state: Path, folder: Path, tmp_path: Path
) -> None:
    state.mkdir()
    moved = tmp_path / "moved" / "agent"
    configuration = {"agents": {"list": [{"id": "ops", "agentDir": str(moved)}]}}
    (state / "openclaw.json").write_text(json.dumps(configuration))
    made = agent_database(tmp_path, "unused")
    moved.mkdir(parents=True)
    made.store(session_in(folder, "one"))
    for file in made.path.parent.iterdir():
        file.rename(moved / file.name)
    harness = openclaw(home)
    assert ids(harness.discover([folder])) == ["one@ops"]
    assert moved in harness.roots()
