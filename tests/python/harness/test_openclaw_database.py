"""The sessions in OpenClaw's databases: every change of a row is told, and nothing is written or read besides."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from session_mirror.harness.base import FoundSession
from session_mirror.harness.openclaw.account import Account
from session_mirror.harness.openclaw.database import Source
from session_mirror.harness.openclaw.rows import key_of
from session_mirror.harness.openclaw_agent import OpenClaw
from session_mirror.source import zstandard
from support.openclaw_sessions import APP, SECRET, AgentDatabase, Session, agent_database


class Desk:
    """One agent's database, and what is found of the session `one` in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.state = root / "home" / ".openclaw"
        self.folder = root / "work"
        self.folder.mkdir(parents=True)
        self.database: AgentDatabase = agent_database(self.state)
        self.session = Session(str(self.folder), "one", version=4)
        self.harness = self.another()

    def another(self) -> OpenClaw:
        """As another process would see it."""
        return OpenClaw(environment={}, home=self.root / "home", state=self.root / "ours")

    def store(self) -> None:
        self.database.store(self.session)

    def found(self) -> list[FoundSession]:
        return self.harness.discover([self.folder])

    def lines(self) -> list[bytes]:
        """The change log's."""
        (found,) = self.found()
        data = found.path.read_bytes()
        assert len(data) == found.size
        assert data.endswith(b"\n")
        return data.split(b"\n")[:-1]

    def shown(self) -> list[bytes]:
        """What replay would show of it, in order."""
        account = Account()
        lines = self.lines()
        for line in lines:
            account.feed(line)
        arrangement = account.arrangement()
        order = range(len(lines)) if arrangement.order is None else arrangement.order
        shown = (lines[number] for number in order if number not in arrangement.folded)
        return [line for line in shown if (key_of(line) or ("", False))[1]]

    def problems(self) -> list[str]:
        return [problem.message for problem in self.harness.problems()]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.session.begin()
    made.session.turn()
    made.store()
    return made


def test_rows_are_told_as_the_bytes_that_they_hold(desk: Desk) -> None:
    assert desk.lines() == desk.session.lines
    assert desk.problems() == []


def test_new_rows_are_news_and_go_behind_the_others(desk: Desk) -> None:
    before = desk.lines()
    desk.session.turn("and again")
    desk.store()
    assert desk.harness.has_news()
    assert desk.lines() == desk.session.lines
    assert desk.session.lines[: len(before)] == before


def test_events_of_any_size_are_told_compressed_or_not(desk: Desk) -> None:
    for size in (10, 2000, 2100, 70_000, 2_000_000):
        desk.session.turn(output="x" * size)
    desk.store()
    assert desk.lines() == desk.session.lines


def test_the_zstd_program_does_where_there_is_no_library(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.session.turn(output="y" * 5000)
    desk.session.turn(output="z" * 5000)
    desk.store()
    monkeypatch.setattr(zstandard, "_LIBRARIES", ())
    assert desk.lines() == desk.session.lines


def test_rows_that_cant_be_decompressed_here_are_told_of_and_come_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.session.turn(output="y" * 5000)
    desk.store()
    with monkeypatch.context() as without:
        without.setattr(zstandard, "_LIBRARIES", ())
        without.setenv("PATH", "")
        desk.found()
        assert ["zst" in problem for problem in desk.problems()] == [True]
    desk.harness = desk.another()
    assert desk.lines() == desk.session.lines
    assert desk.problems() == []


def test_a_changed_row_is_told_again_and_its_last_words_count(desk: Desk) -> None:
    desk.lines()
    changed = desk.session.lines[4].replace(b"run the tests", b"[redacted by ada]")
    with desk.database.open() as db:
        desk.database.put(db, "one", 4, changed)
    desk.harness = desk.another()
    assert desk.lines() == [*desk.session.lines, changed]
    assert desk.shown() == [*desk.session.lines[:4], changed, *desk.session.lines[5:]]


def test_a_removed_row_is_told_of_and_not_shown(desk: Desk) -> None:
    desk.lines()
    with desk.database.open() as db:
        db.execute("DELETE FROM transcript_events WHERE session_id = 'one' AND seq = 7")
    lines = desk.lines()
    assert lines[:-1] == desk.session.lines
    assert key_of(lines[-1]) == (json.loads(desk.session.lines[7])["id"], False)
    assert desk.shown() == desk.session.lines[:7] + desk.session.lines[8:]


def test_a_history_that_was_written_anew_is_told_by_what_changed_in_it(desk: Desk) -> None:
    desk.session.turn("second")
    desk.store()
    before = desk.lines()
    kept = desk.session.lines[:5]
    desk.session.lines = [*kept]
    desk.session.leaf = json.loads(kept[-1])["id"]
    desk.session.entry("compaction", summary="So far.")
    desk.database.rewrite(desk.session, "g2")
    assert desk.lines()[: len(before)] == before
    assert desk.shown() == desk.session.lines


def test_a_new_generation_of_a_history_moves_the_sessions_mark(desk: Desk) -> None:
    marks = []
    for generation in ("g2", "g3"):
        desk.database.rewrite(desk.session, generation)
        with desk.database.open() as db:
            marks.append(Source().marks(db, ["one"])["one"])
    assert marks[0].count == marks[1].count
    assert marks[0] != marks[1]


def test_a_database_that_rests_has_no_news(desk: Desk) -> None:
    desk.lines()
    assert_no_news_for_long(desk)


def test_nothing_is_told_twice_after_a_restart(desk: Desk) -> None:
    before = desk.lines()
    for _ in range(3):
        desk.harness = desk.another()
        assert desk.lines() == before


def test_a_replaced_database_is_told_by_what_changed(desk: Desk) -> None:
    before = desk.lines()
    for file in desk.database.path.parent.iterdir():
        file.unlink()
    desk.database = agent_database(desk.state)
    desk.session.turn("later")
    desk.store()
    assert desk.lines() == desk.session.lines
    assert desk.lines()[: len(before)] == before


@pytest.mark.parametrize("in_file", [False, True])
def test_cold_storage_changes_nothing(desk: Desk, *, in_file: bool) -> None:
    before = desk.lines()
    desk.database.chill(desk.session, in_file=in_file)
    assert desk.lines() == before
    assert desk.problems() == []


@pytest.mark.parametrize("in_file", [False, True])
def test_a_session_that_was_met_in_cold_storage_is_read_from_its_archive(desk: Desk, *, in_file: bool) -> None:
    desk.database.chill(desk.session, in_file=in_file)
    assert desk.lines() == desk.session.lines


def test_a_cold_archive_that_is_gone_is_told_of(desk: Desk) -> None:
    desk.database.chill(desk.session, in_file=True)
    (archive,) = (desk.state / "agents" / "main" / "sessions" / "cold").iterdir()
    archive.unlink()
    assert desk.found() == []
    assert [archive.name in problem for problem in desk.problems()] == [True]


def test_a_deleted_sessions_archive_goes_on_as_the_same_bytes(desk: Desk) -> None:
    before = desk.lines()
    desk.database.delete(desk.session)
    desk.session.write(desk.state, away="deleted", compress=True)
    (found,) = desk.found()
    assert (found.session_id, found.database) == ("one", None)
    assert found.size == sum(len(line) + 1 for line in before)


@pytest.mark.parametrize("kept_as", ["identity", "zstd"])
@pytest.mark.parametrize("was_known", [False, True])
def test_a_deleted_session_that_waits_for_its_file_is_still_there(desk: Desk, kept_as: str, *, was_known: bool) -> None:
    if was_known:
        desk.lines()
    desk.database.delete(desk.session, kept_as=kept_as)
    assert desk.lines() == desk.session.lines
    desk.database.publish(desk.session, desk.state)
    (found,) = desk.found()
    assert (found.session_id, found.database, found.size) == ("one", None, len(desk.session.data()))
    assert desk.problems() == []


def test_events_that_are_alike_or_are_no_lines_are_all_told(desk: Desk) -> None:
    twice = b'{"type":"label","id":"same","label":"%s"}'
    odd = [twice % b"a", twice % b"b", b"not json", b'{"type":"no id"}', b'{"type":"no id"}', b'{\n"id":"pretty"}']
    desk.session.lines += odd
    desk.store()
    lines = desk.lines()
    assert len(lines) == len(desk.session.lines)
    assert lines[: -len(odd) + 1] == desk.session.lines[: -len(odd) + 1]
    assert odd[3] in lines
    desk.harness = desk.another()
    assert desk.lines() == lines


def test_only_the_transcripts_are_read_and_nothing_is_written(desk: Desk) -> None:
    path = desk.database.path
    with desk.database.open() as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    schema = sqlite_schema(path)
    desk.lines()
    desk.session.turn("more")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert sqlite_schema(path) == schema
    ours = [file for file in (desk.root / "ours").rglob("*") if file.is_file()]
    assert ours
    assert not any(SECRET.encode() in file.read_bytes() for file in ours)


def assert_no_news_for_long(desk: Desk) -> None:
    """The file system's dates are coarse: only a database that rests can have no news."""
    for file in desk.database.path.parent.iterdir():
        os.utime(file, (1_700_000_000, 1_700_000_000))
    desk.found()
    assert not desk.harness.has_news()


def sqlite_schema(path: Path) -> list[tuple[str, str]]:
    db = sqlite3.connect(path)
    try:
        return db.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    finally:
        db.close()


def test_a_writer_in_the_middle_of_a_transaction_disturbs_nothing(desk: Desk) -> None:
    before = desk.lines()
    with desk.database.open() as writer:
        writer.execute("BEGIN IMMEDIATE")
        desk.session.turn("half written")
        for seq, line in enumerate(desk.session.lines[len(before) :], len(before)):
            desk.database.put(writer, "one", seq, line)
        assert desk.lines() == before
    assert desk.lines() == desk.session.lines


def test_a_schema_that_is_not_known_is_told_of_with_its_version(desk: Desk) -> None:
    with desk.database.open() as db:
        db.execute("ALTER TABLE transcript_events RENAME TO transcript_events_v2")
    assert desk.found() == []
    (problem,) = desk.problems()
    assert f"{APP} (schema 24)" in problem
    assert_no_news_for_long(desk)


def test_a_file_that_is_no_database_is_told_of_and_the_files_are_read_all_the_same(desk: Desk) -> None:
    for file in desk.database.path.parent.iterdir():
        file.unlink()
    desk.database.path.write_bytes(b"not a database at all" * 100)
    desk.session.write(desk.state)
    assert [found.session_id for found in desk.found()] == ["one"]
    assert [str(desk.database.path) in problem for problem in desk.problems()] == [True]
    assert not desk.harness.has_news()


@pytest.mark.parametrize("content", [b"", None])
def test_a_database_that_was_just_made_is_no_problem(desk: Desk, content: bytes | None) -> None:
    for file in desk.database.path.parent.iterdir():
        file.unlink()
    if content is None:
        with desk.database.open() as db:
            db.execute("PRAGMA user_version = 1")
    else:
        desk.database.path.write_bytes(content)
    assert desk.found() == []
    assert desk.problems() == []
    assert not desk.harness.has_news() or content is None


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE transcript_events DROP COLUMN event_zstd",
        "DROP TABLE session_nodes",
        "DROP TABLE schema_meta",
        "DROP TABLE transcript_rewrite_watermarks",
        "DROP TABLE session_transcript_cold_archives",
        "DROP TABLE session_transcript_archives",
        "ALTER TABLE session_windows DROP COLUMN transcript_updated_at",
        "ALTER TABLE session_windows DROP COLUMN display_name",
    ],
)
def test_older_schemas_are_read(desk: Desk, change: str) -> None:
    with desk.database.open() as db:
        db.execute(change)
    assert desk.lines() == desk.session.lines
    assert desk.problems() == []


def test_a_log_bears_the_date_of_its_session(desk: Desk) -> None:
    (found,) = desk.found()
    assert found.modified_ms == desk.session.now_ms


def test_a_session_without_events_waits_for_them(desk: Desk) -> None:
    with desk.database.open() as db:
        db.execute("INSERT INTO session_windows (session_id, session_key) VALUES ('empty', 'k')")
    assert [found.session_id for found in desk.found()] == ["one"]
    assert desk.problems() == []


edits = st.lists(st.tuples(st.sampled_from(["append", "change", "remove", "restart"]), st.integers(0, 30)), max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits)
def test_whatever_is_done_to_the_rows_the_last_word_of_each_is_shown(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    desk.session.turn()
    desk.store()
    rows = dict(enumerate(desk.session.lines))
    told: list[bytes] = []
    for number, (step, at) in enumerate(steps):
        seq = sorted(rows)[at % len(rows)]
        with desk.database.open() as db:
            if step == "append":
                desk.session.say(f"words {number}")
                rows[max(rows) + 1] = desk.session.lines[-1]
                desk.database.put(db, "one", max(rows), desk.session.lines[-1])
            elif step == "change" and seq:
                rows[seq] = json.dumps({**json.loads(rows[seq]), "changed": number}).encode()
                desk.database.put(db, "one", seq, rows[seq])
            elif step == "remove" and seq:
                del rows[seq]
                db.execute("DELETE FROM transcript_events WHERE session_id = 'one' AND seq = ?", (seq,))
        if step == "restart":
            desk.harness = desk.another()
        lines = desk.lines()
        assert lines[: len(told)] == told
        told = lines
    desk.harness = desk.another()
    os.utime(desk.database.path)
    assert sorted(desk.shown()) == sorted(rows.values())
