"""Discovery of OpenClaw's sessions: a folder's own, all of them, each once, in whichever era and wherever they lie."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from session_mirror.harness.base import FoundSession
from session_mirror.harness.codex_cli import Codex
from session_mirror.source import zstandard
from session_mirror.source.opening import read_head
from support.openclaw_home import folder, home, ids, openclaw, session_in, state
from support.openclaw_sessions import Session, agent_database, imported, note
from support.rollouts import Rollout

__all__ = ["folder", "home", "state"]
"""Fixtures."""

READ_HEAD = "session_mirror.harness.openclaw.origins.read_head"


def test_a_folders_session_is_found_with_its_facts(home: Path, state: Path, folder: Path) -> None:
    path = session_in(folder, "one").write(state)
    os.utime(path, ns=(0, 1_700_000_000_123_456_789))
    harness = openclaw(home)
    assert harness.discover([folder]) == [
        FoundSession(
            harness="openclaw",
            session_id="one",
            path=path,
            cwd=str(folder),
            size=path.stat().st_size,
            modified_ms=1_700_000_000_123,
        )
    ]
    assert list(harness.problems()) == []


def test_only_the_directory_that_the_header_names_decides(home: Path, state: Path, folder: Path) -> None:
    session_in(folder / "packages" / "core", "below").write(state)
    for number, name in enumerate(("a-b-c", "a_b", "a", "..")):
        session_in(folder.parent / name, f"not-{number}").write(state)
    database = agent_database(state)
    database.store(session_in(folder / "deep", "stored"))
    database.store(session_in("/elsewhere", "other"))
    assert ids(openclaw(home).discover([folder])) == ["below", "stored"]


@pytest.mark.parametrize("name", ["with space", "dots.and_underscores", "\U0001f680", "\u6f22\u5b57", "x" * 250])
def test_folders_of_any_name_are_found_in_both_eras(home: Path, state: Path, folder: Path, name: str) -> None:
    place = folder / name
    place.mkdir()
    session_in(place, "file").write(state)
    agent_database(state).store(session_in(place, "row"))
    assert ids(openclaw(home).discover([place])) == ["file", "row"]


def test_copies_and_books_are_no_sessions(home: Path, state: Path, folder: Path) -> None:
    session = session_in(folder, "one")
    session.write(state)
    for name in (
        "one.checkpoint.0a1b2c3d-0000-4000-8000-00000000000a.jsonl",
        "one.trajectory.jsonl",
        "one.trajectory-path.json",
        "one.jsonl.lock",
        "one.jsonl.bak.2026-03-02T10-00-00.000Z",
        "one.jsonl.pre-doctor-branch-repair-2026-03-02T10-00-00-000Z.bak",
        "one.jsonl.migrated",
        "one.jsonl.migrated.1",
        "sessions.json.bak.1",
        "notes.txt",
    ):
        session.write(state, name=name)
    harness = openclaw(home)
    assert ids(harness.discover([folder])) == ["one"]
    assert list(harness.problems()) == []


def test_a_topics_transcript_is_a_session_of_its_own(home: Path, state: Path, folder: Path) -> None:
    session = session_in(folder, "one")
    session.write(state)
    session.write(state, name="one-topic-thread%3A1.jsonl")
    assert ids(openclaw(home).discover([folder])) == ["one", "one-topic-thread%3A1"]


@pytest.mark.parametrize("away", ["reset", "deleted"])
@pytest.mark.parametrize("compress", [False, True])
def test_a_transcript_that_was_put_away_is_still_the_session(
    home: Path, state: Path, folder: Path, away: str, *, compress: bool
) -> None:
    session = session_in(folder, "one")
    path = session.write(state, away=away, compress=compress)
    (found,) = openclaw(home).discover([folder])
    assert (found.session_id, found.path, found.size) == ("one", path, len(session.data()))


def test_the_transcript_in_use_is_the_session_and_else_the_one_put_away_last(
    home: Path, state: Path, folder: Path
) -> None:
    session = session_in(folder, "one")
    session.write(state, name="one.jsonl.reset.2026-01-01T00-00-00.000Z")
    newest = session.write(state, name=f"one.jsonl.deleted.2026-02-01T00-00-00.000Z.{'a' * 32}")
    harness = openclaw(home)
    assert [found.path for found in harness.discover([folder])] == [newest]
    present = session.write(state)
    assert [found.path for found in harness.discover([folder])] == [present]


def test_ids_are_unique_among_agents_and_profiles(home: Path, state: Path, folder: Path) -> None:
    for agent in ("main", "ops"):
        session_in(folder, "same").write(state, agent=agent)
        session_in(folder, "same").write(home / ".openclaw-dev", agent=agent)
    agent_database(state, "both").store(session_in(folder, "same"))
    assert ids(openclaw(home).discover([folder])) == [
        "same",
        "same@both",
        "same@main@dev",
        "same@ops",
        "same@ops@dev",
    ]


def test_a_session_that_went_into_the_database_is_listed_once_with_the_same_bytes(
    home: Path, state: Path, folder: Path
) -> None:
    session = session_in(folder, "one")
    session.write(state)
    harness = openclaw(home)
    (before,) = harness.discover([folder])
    imported(state, session)
    (after,) = harness.discover([folder])
    assert (after.session_id, after.database is not None) == (before.session_id, True)
    assert after.path.read_bytes() == session.data()


def test_a_transcript_that_only_the_import_archive_holds_is_a_session(home: Path, state: Path, folder: Path) -> None:
    session = session_in(folder, "one")
    session.write(state)
    path = imported(state, session)
    agent_database(state).delete(session)
    assert [(found.session_id, found.path) for found in openclaw(home).discover([folder])] == [("one", path)]


def test_a_file_that_the_database_holds_whole_is_not_listed_beside_it(home: Path, state: Path, folder: Path) -> None:
    session = session_in(folder, "one")
    session.write(state)
    session.turn()
    agent_database(state).store(session)
    harness = openclaw(home)
    assert ids(harness.discover([folder])) == ["one"]
    assert list(harness.problems()) == []


def test_openclaws_own_index_of_ids_is_believed_where_it_knows_one(home: Path, state: Path, folder: Path) -> None:
    session = session_in(folder, "one")
    session.write(state)
    database = agent_database(state)
    database.store(Session(str(folder), "one", seed=5))
    with database.open() as db:
        for line in session.lines:
            db.execute("INSERT INTO transcript_event_identities VALUES ('one', ?)", (json.loads(line)["id"],))
    assert ids(openclaw(home).discover([folder])) == ["one"]


def test_a_file_with_entries_that_the_database_lacks_is_listed_beside_it_and_told_of(
    home: Path, state: Path, folder: Path
) -> None:
    session_in(folder, "one").write(state)
    agent_database(state).store(Session(str(folder), "one", seed=5))
    harness = openclaw(home)
    assert ids(harness.discover([folder])) == ["one", "one.jsonl"]
    (problem,) = harness.problems()
    assert "one.jsonl" in problem.message


@pytest.mark.parametrize("away", ["reset", "deleted"])
def test_what_was_put_away_before_a_session_began_anew_in_the_database_is_listed_too(
    home: Path, state: Path, folder: Path, away: str
) -> None:
    session_in(folder, "daily").write(state, away=away)
    agent_database(state).store(Session(str(folder), "daily", seed=5))
    harness = openclaw(home)
    assert ids(harness.discover([folder])) == ["daily", "daily.jsonl"]
    assert list(harness.problems()) == []


def test_what_was_put_away_and_is_in_the_database_is_not_listed_beside_it(
    home: Path, state: Path, folder: Path
) -> None:
    session = session_in(folder, "one")
    session.write(state, away="reset", compress=True)
    agent_database(state).store(session)
    assert ids(openclaw(home).discover([folder])) == ["one"]


def test_a_sub_agents_session_names_its_parent(home: Path, state: Path, folder: Path) -> None:
    for name in ("parent", "child"):
        session_in(folder, name).write(state)
    note(
        state,
        {
            "agent:main:main": {"sessionId": "parent"},
            "agent:main:subagent:x": {"sessionId": "child", "spawnedBy": "agent:main:main", "label": "scout"},
        },
    )
    database = agent_database(state, "ops")
    child = session_in(folder, "row")
    database.store(child, key="agent:ops:subagent:y", spawned_by="agent:main:main", label="digger")
    found = {one.session_id: (one.parent_id, one.agent) for one in openclaw(home).discover([folder])}
    assert found == {"parent": (None, ""), "child": ("parent", "scout"), "row@ops": ("parent", "digger")}


def test_titles_are_what_openclaw_calls_a_session_else_what_it_began_with(
    home: Path, state: Path, folder: Path
) -> None:
    session_in(folder, "plain").write(state)
    named = session_in(folder, "named")
    named.entry("session_info", name="Parser cleanup")
    named.write(state)
    session_in(folder, "listed").write(state)
    note(state, {"k": {"sessionId": "listed", "displayName": "discord #ops"}})
    agent_database(state).store(session_in(folder, "row"), label="Nightly")
    timed = Session(str(folder), "timed")
    timed.prompt("[Sun 2026-03-01 09:00 UTC] feed the cat")
    timed.write(state)
    harness = openclaw(home)
    titles = {found.session_id: harness.title(found.path) for found in harness.discover([folder])}
    assert titles == {
        "plain": "run the tests",
        "named": "Parser cleanup",
        "listed": "discord #ops",
        "row": "Nightly",
        "timed": "feed the cat",
    }


def test_a_look_at_another_folder_forgets_no_title(home: Path, state: Path, folder: Path) -> None:
    agent_database(state).store(session_in(folder, "row"), label="Nightly")
    harness = openclaw(home)
    (found,) = harness.discover([folder])
    harness.discover([home])
    assert harness.title(found.path) == "Nightly"


def test_the_sessions_of_other_agents_that_it_drove_are_known(home: Path, state: Path, folder: Path) -> None:
    session_in(folder, "one").write(state)
    (state / "agents" / "main" / "sessions" / "one.jsonl.codex-app-server.json").write_text('{"threadId": "t-1"}')
    note(state, {"k": {"sessionId": "one", "cliSessionIds": {"claude-cli": "c-1", "codex-cli": "t-2"}}})
    database = agent_database(state)
    bound = {"cliSessionBindings": {"claude-cli": {"sessionId": "c-2"}}, "claudeCliSessionId": "c-3"}
    database.store(session_in(folder, "row"), entry=bound)
    acp = {"acp": {"agent": "codex", "identity": {"agentSessionId": "t-3"}}}
    database.store(session_in(folder, "acp"), entry=acp)
    harness = openclaw(home)
    assert harness.drives() == {}
    harness.discover([folder])
    assert harness.drives() == {
        ("claude-code", "c-1"): "one",
        ("codex", "t-1"): "one",
        ("codex", "t-2"): "one",
        ("claude-code", "c-2"): "row",
        ("claude-code", "c-3"): "row",
        ("codex", "t-3"): "acp",
    }


def test_codex_threads_that_the_shared_database_binds_are_known(home: Path, state: Path, folder: Path) -> None:
    agent_database(state).store(session_in(folder, "one"))
    shared = agent_database(state, "shared")
    with shared.open() as db:
        db.execute("CREATE TABLE plugin_state_entries (plugin_id TEXT, namespace TEXT, value_json TEXT)")
        for told in (
            {"sessionId": "one", "state": "active", "binding": {"threadId": "t-1"}},
            {"sessionId": "one", "state": "cleared", "binding": {"threadId": "t-0"}},
        ):
            row = ("codex", "app-server-thread-bindings", json.dumps(told))
            db.execute("INSERT INTO plugin_state_entries VALUES (?, ?, ?)", row)
    (state / "state").mkdir()
    shared.path.rename(state / "state" / "openclaw.sqlite")
    harness = openclaw(home)
    harness.discover([folder])
    assert harness.drives() == {("codex", "t-1"): "one"}


def test_the_threads_in_its_agents_own_codex_homes_are_found_as_codexs(home: Path, state: Path, folder: Path) -> None:
    session_in(folder, "one").write(state)
    (state / "agents" / "main" / "sessions" / "one.jsonl.codex-app-server.json").write_text('{"threadId": "t-1"}')
    thread = Rollout(str(folder), "t-1")
    thread.begin()
    thread.write(state / "agents" / "main" / "agent" / "codex-home")
    harness = openclaw(home)
    harness.discover([folder])
    codex = Codex(environment={}, home=home)
    assert [harness.drives()["codex", found.session_id] for found in codex.discover([folder])] == ["one"]


def test_a_repeat_opens_nothing(home: Path, state: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []

    def counting(path: Path, length: int) -> bytes:
        opened.append(path)
        return read_head(path, length)

    monkeypatch.setattr(READ_HEAD, counting)
    for number in range(5):
        session_in(folder, f"s{number}").write(state)
        session_in("/elsewhere", f"e{number}").write(state)
    harness = openclaw(home)
    assert len(harness.discover([folder])) == 5
    assert len(opened) == 10
    session_in(folder, "s0").write(state)
    path = state / "agents" / "main" / "sessions" / "s1.jsonl"
    path.rename(path.with_name(path.name + ".deleted.2026-03-02T10-00-00.000Z"))
    assert len(harness.discover([folder])) == 5
    assert len(opened) == 10


def test_a_transcript_without_a_whole_line_is_waited_for(home: Path, state: Path, folder: Path) -> None:
    session = session_in(folder, "one")
    path = session.write(state)
    path.write_bytes(session.data()[:20])
    harness = openclaw(home)
    assert harness.discover([folder]) == []
    assert list(harness.problems()) == []
    path.write_bytes(session.data())
    assert ids(harness.discover([folder])) == ["one"]


def test_a_newer_transcript_without_a_directory_is_told_of_with_its_version(
    home: Path, state: Path, folder: Path
) -> None:
    old = Session(None, "old", version=2).write(state)
    os.utime(old, (1, 1))
    session_in(folder, "one").write(state)
    harness = openclaw(home)
    assert ids(harness.discover([folder])) == ["one"]
    assert list(harness.problems()) == []
    Session(None, "new", version=9).write(state)
    harness.discover([folder])
    (problem,) = harness.problems()
    assert "new.jsonl" in problem.message
    assert "9" in problem.message


def test_compressed_transcripts_that_cant_be_read_here_are_told_of_once(
    home: Path, state: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        session_in(folder, f"s{number}").write(state, away="deleted", compress=True)
    session_in(folder, "plain").write(state)
    monkeypatch.setattr(zstandard, "_LIBRARIES", ())
    monkeypatch.setenv("PATH", "")
    harness = openclaw(home)
    assert ids(harness.discover([folder])) == ["plain"]
    assert ["zst" in problem.message for problem in harness.problems()] == [True]


def test_hostile_indexes_and_configurations_stop_nothing(home: Path, state: Path, folder: Path) -> None:
    session_in(folder, "one").write(state)
    for hostile in (b"\xff\xfe{", b"[" * 100_000, b'{"k": 7, "l": {"sessionId": 5}}', b"null", b"'"):
        (state / "agents" / "main" / "sessions" / "sessions.json").write_bytes(hostile)
        (state / "openclaw.json").write_bytes(hostile)
        assert ids(openclaw(home).discover([folder])) == ["one"]
