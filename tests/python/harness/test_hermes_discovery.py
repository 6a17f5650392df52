"""Hermes' sessions are found in every database, by the directory they ran in, and never another project's."""

import json
import os
import sqlite3
from pathlib import Path

import pytest

from session_mirror.harness.base import FoundSession
from session_mirror.harness.hermes.homes import homes
from session_mirror.harness.hermes_agent import Hermes
from support.change_logs import last_words
from support.hermes_database import HermesDatabase, Schema

HOME = Path("/home/ada")
APP = Path("/w/app")


def harness(tmp_path: Path, **environment: str) -> Hermes:
    return Hermes(environment=environment, home=tmp_path, state=tmp_path / "ours")


def found(tmp_path: Path, *folders: Path, **environment: str) -> dict[str, FoundSession]:
    ours = harness(tmp_path, **environment)
    sessions = ours.discover(folders or (APP,))
    assert ours.problems() == []
    return {session.session_id: session for session in sessions}


def test_homes_are_the_usual_ones_unless_told_otherwise() -> None:
    assert homes({}, HOME, platform="linux") == [HOME / ".hermes"]
    assert homes({"HERMES_HOME": " "}, HOME, platform="darwin") == [HOME / ".hermes"]
    assert homes({"HERMES_HOME": "/opt/data"}, HOME) == [Path("/opt/data")]
    assert homes({"HERMES_HOME": "/opt/data/profiles/work"}, HOME) == [Path("/opt/data")]
    assert homes({"LOCALAPPDATA": "/l"}, HOME, platform="win32") == [Path("/l/hermes")]
    assert homes({}, HOME, platform="win32") == [HOME / "AppData/Local/hermes"]
    assert homes({}, HOME, [Path("/more")], platform="linux") == [HOME / ".hermes", Path("/more")]


def test_nothing_is_found_and_nothing_made_where_there_is_no_hermes(tmp_path: Path) -> None:
    assert found(tmp_path) == {}
    assert not harness(tmp_path).has_news()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a b", "x.y_z", "🙂", "项目", "n" * 250, "100%?#&"])
def test_sessions_are_scoped_by_their_own_directory(tmp_path: Path, name: str) -> None:
    hermes = HermesDatabase(tmp_path / ".hermes/state.db")
    for number, cwd in enumerate([f"/w/{name}", f"/w/{name}/deeper", f"/w/{name}2", "/w", None, "relative"]):
        hermes.session(f"s{number}", cwd=cwd).prompt("hello")
    hermes.close()
    assert found(tmp_path, Path(f"/w/{name}")).keys() == {"s0", "s1"}


@pytest.mark.parametrize("schema", ["early", "flagged", "hashed"])
def test_every_schema_gives_every_row_and_column(tmp_path: Path, schema: Schema) -> None:
    hermes = HermesDatabase(tmp_path / ".hermes/state.db", schema)
    session = hermes.session(system_prompt="Be brief.", title="Tests")
    session.prompt("run the tests")
    session.call("terminal", "12 passing", command="npm test")
    session.reply("All pass.")
    log = found(tmp_path)[session.id].path
    assert last_words(log) == session.rows()
    others = [json.loads(line) for line in log.read_bytes().splitlines() if b'"table"' in line]
    told = {line["session_mirror"]["table"]: line for line in others}
    assert told["sessions"]["title"] == "Tests"
    assert told["system_prompts"]["system_prompt"] == "Be brief."
    assert ("session_model_usage" in told) == (schema != "early")
    hermes.close()


def test_columns_that_come_later_are_told_too(tmp_path: Path) -> None:
    hermes = HermesDatabase(tmp_path / ".hermes/state.db")
    session = hermes.session()
    first = session.prompt("hello")
    ours = harness(tmp_path)
    ours.discover([APP])
    hermes.db.execute("ALTER TABLE messages ADD COLUMN mood TEXT")
    session.set(first, mood="good")
    (log,) = ours.discover([APP])
    assert last_words(log.path) == session.rows()
    hermes.close()


def test_nothing_but_the_session_is_ever_told(tmp_path: Path) -> None:
    hermes = HermesDatabase(tmp_path / ".hermes/state.db")
    session = hermes.session(model_config='{"api_key": "sk-config"}')
    hermes.db.execute("UPDATE sessions SET user_id = 'sk-user'")
    hermes.db.execute("INSERT INTO state_meta VALUES ('token', 'sk-meta')")
    hermes.db.execute("INSERT INTO gateway_routing VALUES ('', 'sk-gateway')")
    session.prompt("hello")
    session.reply("hi")
    assert b"sk-" not in found(tmp_path)[session.id].path.read_bytes()
    hermes.close()


def test_a_sub_agent_belongs_where_whoever_began_it_ran(tmp_path: Path) -> None:
    hermes = HermesDatabase(tmp_path / ".hermes/state.db")
    hermes.session("main").prompt("do it")
    hermes.session("helper", source="subagent", cwd=None, parent="main").prompt("find the tests\nall of them")
    hermes.session("marked", source="cli", cwd=None, parent="helper", model_config='{"_delegate_from": "helper"}')
    hermes.db.execute("INSERT INTO messages (session_id, role, content, timestamp) VALUES ('marked', 'user', 'x', 1)")
    hermes.session("stranger", source="subagent", cwd=None, parent="gone").prompt("x")
    hermes.session("circle", source="subagent", cwd=None, parent="circle").prompt("x")
    hermes.db.execute("UPDATE sessions SET end_reason = 'compression' WHERE id = 'main'")
    hermes.session("continued", parent="main").prompt("go on")
    sessions = found(tmp_path)
    assert {name: session.parent_id for name, session in sessions.items()} == {
        "main": None,
        "helper": "main",
        "marked": "helper",
        "continued": None,
    }
    assert sessions["helper"].agent == "find the tests all of them"
    assert sessions["helper"].cwd == "/w/app"
    assert sessions["main"].database == tmp_path / ".hermes/state.db"
    hermes.close()


def test_profiles_have_databases_of_their_own_and_a_session_is_found_once(tmp_path: Path) -> None:
    places = [tmp_path / ".hermes", tmp_path / ".hermes/profiles/work", tmp_path / ".hermes/profiles/other"]
    databases = [HermesDatabase(place / "state.db") for place in places]
    for number, hermes in enumerate(databases):
        hermes.session(f"s{number}").prompt("hello")
        hermes.session("copied").prompt(f"in {number}")
    (tmp_path / ".hermes/profiles/empty").mkdir()
    for environment in ({}, {"HERMES_HOME": str(places[1])}):
        sessions = found(tmp_path, **environment)
        assert sessions.keys() == {"s0", "s1", "s2", "copied"}
        assert b"in 0" in sessions["copied"].path.read_bytes()
    for hermes in databases:
        hermes.close()


def test_old_transcripts_are_found_where_the_database_has_no_rows(tmp_path: Path) -> None:
    hermes = HermesDatabase(tmp_path / ".hermes/state.db")
    hermes.session("both").prompt("hello")
    hermes.session("rowless")
    folder = tmp_path / ".hermes/sessions"
    folder.mkdir()
    meta = {"role": "session_meta", "tools": []}
    for name, first in (("both", meta), ("rowless", meta), ("nowhere", meta), ("told", {**meta, "cwd": "/w/app"})):
        (folder / f"{name}.jsonl").write_text(json.dumps(first) + '\n{"role": "user", "content": "hi"}\n')
    (folder / "session_x.json").write_text("{}")
    sessions = found(tmp_path)
    assert sessions.keys() == {"both", "rowless", "told"}
    assert sessions["rowless"].path == folder / "rowless.jsonl"
    assert sessions["both"].database is not None
    hermes.close()


def test_a_session_without_messages_is_none_yet(tmp_path: Path) -> None:
    hermes = HermesDatabase(tmp_path / ".hermes/state.db")
    session = hermes.session()
    ours = harness(tmp_path)
    assert ours.discover([APP]) == []
    session.prompt("hello")
    assert ours.has_news()
    assert [one.session_id for one in ours.discover([APP])] == [session.id]
    hermes.close()


@pytest.mark.parametrize("what", ["another project's", "not understood", "no database"])
def test_a_database_of_no_interest_is_no_news_until_it_changes(tmp_path: Path, what: str) -> None:
    hermes = HermesDatabase(tmp_path / ".hermes/state.db")
    hermes.session(cwd="/w/other").prompt("hello")
    if what == "not understood":
        hermes.db.execute("DROP TABLE messages")
    hermes.close()
    if what == "no database":
        hermes.path.unlink()
        (tmp_path / ".hermes/sessions").mkdir()
    else:
        long_ago = hermes.path.stat().st_mtime - 3600
        os.utime(hermes.path, (long_ago, long_ago))
    ours = harness(tmp_path)
    assert ours.discover([APP]) == []
    assert not ours.has_news()
    assert not (tmp_path / "ours").exists()
    HermesDatabase.reopened(hermes.path).execute("CREATE TABLE more (x)").connection.close()
    assert ours.has_news()


def test_a_database_that_appears_is_news(tmp_path: Path) -> None:
    ours = harness(tmp_path)
    assert ours.discover([APP]) == []
    hermes = HermesDatabase(tmp_path / ".hermes/state.db")
    hermes.session().prompt("hello")
    assert ours.has_news()
    assert len(ours.discover([APP])) == 1
    hermes.close()


@pytest.mark.parametrize(
    ("statements", "names"),
    [
        (["ALTER TABLE sessions DROP COLUMN cwd"], ["sessions", "cwd", "22"]),
        (["DROP TABLE messages"], ["messages", "22"]),
        (["DROP TABLE messages", "DROP TABLE sessions", "DROP TABLE schema_version"], ["unknown"]),
    ],
)
def test_a_schema_that_is_not_understood_is_told_with_its_version(
    tmp_path: Path, statements: list[str], names: list[str]
) -> None:
    hermes = HermesDatabase(tmp_path / ".hermes/state.db")
    hermes.session().prompt("hello")
    ours = harness(tmp_path)
    before = ours.discover([APP])
    for statement in statements:
        hermes.db.execute(statement)
    assert ours.discover([APP]) == before
    (problem,) = ours.problems()
    assert problem.kind == "source"
    assert all(name in problem.message for name in names)
    hermes.close()


def test_a_file_that_is_no_database_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / ".hermes").mkdir()
    (tmp_path / ".hermes/state.db").write_bytes(b"no" * 4096)
    ours = harness(tmp_path)
    assert ours.discover([APP]) == []
    assert [problem.kind for problem in ours.problems()] == ["source"]


def test_titles_are_hermes_own_else_the_first_prompt(tmp_path: Path) -> None:
    hermes = HermesDatabase(tmp_path / ".hermes/state.db")
    named, asked = hermes.session("named", title="Fix the\ntests"), hermes.session("asked")
    for session in (named, asked):
        session.add("user", '\0json:[{"type":"text","text":"please look"}]')
        session.reply("ok")
    ours = harness(tmp_path)
    paths = {session.session_id: session.path for session in ours.discover([APP])}
    assert ours.title(paths["named"]) == "Fix the tests"
    assert ours.title(paths["asked"]) == "please look"
    for name, title in (("named", "Fix the tests"), ("asked", "please look")):
        lines = paths[name].read_bytes().splitlines()
        assert ours.title_of_lines(lines) == title
    hermes.db.execute("UPDATE sessions SET title = 'Later' WHERE id = 'asked'")
    ours.discover([APP])
    assert ours.title(paths["asked"]) == "Later"
    hermes.close()


def test_a_database_locked_for_a_moment_is_read_when_it_is_free(tmp_path: Path) -> None:
    hermes = HermesDatabase(tmp_path / ".hermes/state.db")
    session = hermes.session()
    session.prompt("hello")
    hermes.db.execute("BEGIN IMMEDIATE")
    session.prompt("not yet")
    other = sqlite3.connect(hermes.path)
    before = found(tmp_path)[session.id]
    assert list(last_words(before.path)) == [1]
    hermes.db.execute("COMMIT")
    assert list(last_words(found(tmp_path)[session.id].path)) == [1, 2]
    other.close()
    hermes.close()
