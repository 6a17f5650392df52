"""Change logs are kept up to date at little cost, by one process at a time, and come out the same when made again."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import attrs
import pytest

from session_mirror.failpoints import FAILPOINTS, VARIABLE
from session_mirror.harness.hermes.rows import HermesRows
from session_mirror.source.changelog import exporter as module
from session_mirror.source.changelog.changes import Mark, Row
from session_mirror.source.changelog.database import Database
from session_mirror.source.changelog.exporter import Exporter
from session_mirror.source.changelog.places import export_lock, exports_of
from support.change_logs import last_words
from support.hermes_database import HermesDatabase, HermesSession

STEPS = [name for name in FAILPOINTS if name.startswith("export.")]
SETTLED_NS = 3_000_000_000


@attrs.define
class CountingRows(HermesRows):
    """Remembers whose rows were read, and from where on."""

    reads: list[tuple[str, int | None]] = attrs.field(factory=list)

    def rows(self, db: sqlite3.Connection, session_id: str, after: int | None) -> Iterator[Row]:
        self.reads.append((session_id, after))
        return super().rows(db, session_id, after)


@attrs.define
class Process:
    """One of ours: its clock stands still until told, and the database was last written long ago."""

    home: Path
    source: CountingRows = attrs.field(factory=CountingRows)
    now_s: float = 1000.0
    later_ns: int = SETTLED_NS
    exporter: Exporter = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        path = self.home / "state.db"
        self.exporter = Exporter(
            Database(path, pause=lambda _: None),
            self.source,
            exports_of(self.home / "ours", "hermes", path),
            export_lock(self.home / "ours", "hermes", path),
            clock=lambda: self.now_s,
            now_ns=lambda: time.time_ns() + self.later_ns,
        )

    def look(self, *sessions: HermesSession) -> list[tuple[str, int | None]]:
        """Brings all up to date; returns whose rows that read."""
        self.source.reads.clear()
        self.exporter.begin()
        self.exporter.update([session.id for session in sessions])
        return list(self.source.reads)

    def log(self, session: HermesSession) -> Path:
        found = self.exporter.find(session.id)
        return found.path if found else self.home / "none"


@pytest.fixture
def hermes(tmp_path: Path) -> Iterator[HermesDatabase]:
    made = HermesDatabase(tmp_path / "state.db")
    yield made
    made.close()


@pytest.fixture
def session(hermes: HermesDatabase) -> HermesSession:
    made = hermes.session()
    made.prompt("run the tests")
    made.call("terminal", "12 passing", command="npm test")
    made.reply("All pass.")
    return made


def test_a_log_that_was_lost_comes_out_the_same(tmp_path: Path, hermes: HermesDatabase, session: HermesSession) -> None:
    ours = Process(tmp_path)
    ours.look(session)
    before = ours.log(session).read_bytes()
    shutil.rmtree(tmp_path / "ours")
    again = Process(tmp_path)
    again.look(session)
    assert again.log(session).read_bytes() == before
    session.prompt("once more")
    again.look(session)
    assert again.log(session).read_bytes().startswith(before)


def test_a_turn_that_is_watched_gives_the_log_that_it_gives_when_it_is_over(tmp_path: Path) -> None:
    hermes = HermesDatabase(tmp_path / "state.db", now=time.time())
    session = hermes.session()
    ours = Process(tmp_path)
    session.prompt("run the tests")
    for number in range(3):
        session.spend(input=100, output=number)
        session.call("terminal", str(number), command="ls")
        ours.look(session)
    session.reply("Done.")
    ours.look(session)
    watched = ours.log(session).read_bytes()
    shutil.rmtree(tmp_path / "ours")
    again = Process(tmp_path)
    again.look(session)
    assert again.log(session).read_bytes() == watched
    hermes.close()


def test_counters_of_a_turn_that_never_ended_are_told_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hermes = HermesDatabase(tmp_path / "state.db", now=time.time())
    session = hermes.session()
    session.prompt("run the tests")
    ours = Process(tmp_path)
    ours.look(session)
    assert b'"table"' not in ours.log(session).read_bytes()
    assert not ours.exporter.has_news()
    ours.now_s += 31
    later = time.time() + 120
    monkeypatch.setattr("session_mirror.harness.hermes.rows.time.time", lambda: later)
    assert ours.exporter.has_news()
    ours.look(session)
    assert b'"table"' in ours.log(session).read_bytes()
    hermes.close()


def test_sessions_that_did_not_change_are_not_read(tmp_path: Path, hermes: HermesDatabase) -> None:
    sessions = [hermes.session(f"20260601_{number:06d}_a") for number in range(5)]
    for one in sessions:
        one.prompt("hello")
    ours = Process(tmp_path)
    assert len(ours.look(*sessions)) == 5
    assert not ours.exporter.has_news()
    assert ours.look(*sessions) == []
    sessions[3].prompt("and more")
    assert ours.exporter.has_news()
    assert ours.look(*sessions) == [(sessions[3].id, None)]
    assert Process(tmp_path).look(*sessions) == []


def test_a_change_that_no_mark_tells_of_is_found_in_turn(tmp_path: Path, hermes: HermesDatabase) -> None:
    sessions = [hermes.session(f"20260601_{number:06d}_a") for number in range(5)]
    rows = [one.prompt("hello") for one in sessions]
    ours = Process(tmp_path)
    ours.look(*sessions)
    sessions[2].set(rows[2], content="changed in place")
    for _ in range(10):
        ours.now_s += 2
        ours.look(*sessions)
    assert last_words(ours.log(sessions[2])) == sessions[2].rows()
    assert not ours.exporter.has_news()
    assert ours.look(*sessions) == []


def test_of_a_session_that_is_dear_to_read_only_new_rows_are_read_and_the_rest_from_time_to_time(
    tmp_path: Path, hermes: HermesDatabase, session: HermesSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_CHEAP_S", -1.0)
    ours = Process(tmp_path)
    ours.look(session)
    newest = session.ids()[-1]
    session.prompt("more")
    assert ours.look(session) == [(session.id, newest)]
    assert last_words(ours.log(session)) == session.rows()
    session.delete(session.ids()[0])
    session.prompt("even more")
    assert ours.look(session) == [(session.id, newest + 1), (session.id, None)]
    assert last_words(ours.log(session)) == session.rows()
    session.compact("They ran tests.", tail=1)
    assert ours.look(session) == [(session.id, None)]
    assert last_words(ours.log(session)) == session.rows()


def test_whoever_does_not_get_the_lock_reads_what_there_is_and_looks_again(
    tmp_path: Path, hermes: HermesDatabase, session: HermesSession
) -> None:
    ours, other = Process(tmp_path), Process(tmp_path)
    ours.look(session)
    before = ours.log(session).read_bytes()
    session.prompt("more")
    lock = export_lock(tmp_path / "ours", "hermes", hermes.path)
    assert lock.acquire()
    assert other.look(session) == []
    assert other.log(session).read_bytes() == before
    assert other.exporter.problems() == []
    assert other.exporter.has_news()
    lock.release()
    other.look(session)
    ours.look(session)
    assert last_words(ours.log(session)) == session.rows()
    assert len(ours.log(session).read_bytes().splitlines()) == len(before.splitlines()) + 1


def test_a_replaced_database_is_told_as_the_difference(
    tmp_path: Path, hermes: HermesDatabase, session: HermesSession
) -> None:
    ours = Process(tmp_path)
    ours.look(session)
    before = ours.log(session).read_bytes()
    hermes.close()
    hermes.path.unlink()
    other = HermesDatabase(hermes.path)
    restored = other.session(session.id)
    restored.prompt("run the tests")
    restored.prompt("something else")
    ours.look(restored)
    assert last_words(ours.log(restored)) == restored.rows()
    assert ours.log(restored).read_bytes().startswith(before)
    other.close()


def test_a_session_that_was_deleted_keeps_its_log(
    tmp_path: Path, hermes: HermesDatabase, session: HermesSession
) -> None:
    ours = Process(tmp_path)
    ours.look(session)
    before = ours.log(session).read_bytes()
    hermes.db.execute("DELETE FROM messages")
    hermes.db.execute("DELETE FROM sessions")
    ours.look(session)
    assert ours.log(session).read_bytes() == before


def test_of_a_session_that_lost_its_only_row_it_is_told(tmp_path: Path, hermes: HermesDatabase) -> None:
    session, ours = hermes.session(), Process(tmp_path)
    session.prompt("once")
    ours.look(session)
    session.delete(session.ids()[0])
    ours.look(session)
    assert last_words(ours.log(session)) == {}


@pytest.mark.skipif(sys.platform == "win32", reason="directories cannot be made read-only there")
@pytest.mark.parametrize("blocked", ["exports", "."])
def test_a_state_directory_that_cannot_be_written_is_a_problem_that_passes(
    tmp_path: Path, hermes: HermesDatabase, session: HermesSession, blocked: str
) -> None:
    place = tmp_path / "ours" / blocked
    place.parent.mkdir(parents=True, exist_ok=True)
    if blocked == ".":
        place = tmp_path / "ours"
        place.rmdir() if place.exists() else None
    place.write_bytes(b"a file is in the way, whoever we are")
    ours = Process(tmp_path)
    ours.look(session)
    assert [problem.kind for problem in ours.exporter.problems()] == ["disk"]
    assert ours.exporter.find(session.id) is None
    assert not ours.exporter.has_news()
    place.unlink()
    ours.now_s += 11
    assert ours.exporter.has_news()
    ours.look(session)
    assert ours.exporter.problems() == []
    assert last_words(ours.log(session)) == session.rows()


def test_a_session_that_cannot_be_read_does_not_keep_others_from_it(
    tmp_path: Path, hermes: HermesDatabase, session: HermesSession
) -> None:
    class Damaged(CountingRows):
        def rows(self, db: sqlite3.Connection, session_id: str, after: int | None) -> Iterator[Row]:
            if session_id == session.id:
                raise sqlite3.DatabaseError("database disk image is malformed")
            return super().rows(db, session_id, after)

        def marks(self, db: sqlite3.Connection, session_ids: Collection[str]) -> Mapping[str, Mark]:
            return super().marks(db, session_ids)

    other = hermes.session("20260602_000000_b")
    other.prompt("hello")
    ours = Process(tmp_path, Damaged())
    ours.look(session, other)
    assert [problem.kind for problem in ours.exporter.problems()] == ["source"]
    assert last_words(ours.log(other)) == other.rows()


def test_a_log_has_the_date_of_what_was_said_last(
    tmp_path: Path, hermes: HermesDatabase, session: HermesSession
) -> None:
    ours = Process(tmp_path)
    ours.look(session)
    found = ours.exporter.find(session.id)
    assert found is not None
    assert found.modified_ms == int(hermes.now * 1000)


DYING = """
import sys
from pathlib import Path
from session_mirror.harness.hermes_agent import Hermes
Hermes(environment={"HERMES_HOME": sys.argv[1]}, state=Path(sys.argv[1]) / "ours").discover([Path("/w/app")])
"""


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("step", STEPS)
def test_whenever_it_is_killed_the_next_one_goes_on_exactly(tmp_path: Path, step: str, nth: int) -> None:
    hermes = HermesDatabase(tmp_path / "state.db")
    session = hermes.session()
    session.prompt("run the tests")
    ours = Process(tmp_path)
    ours.look(session)
    before = ours.log(session).read_bytes()
    for number in range(4):
        session.add("tool", f"{number}" * 700_000)
    session.delete(1)
    dying = subprocess.run(
        [sys.executable, "-c", DYING, str(tmp_path)],
        env={**os.environ, VARIABLE: f"{step}=kill@{nth}"},
        check=False,
        capture_output=True,
    )
    is_reached = nth < 3 or not step.endswith("sync")  # rows, then tombstones
    assert (dying.returncode != 0) == is_reached, dying.stderr
    after = ours.log(session).read_bytes()
    whole = after[: after.rfind(b"\n") + 1]
    assert whole.startswith(before)
    for _ in range(2):
        ours.look(session)
        assert ours.log(session).read_bytes().startswith(whole)
        assert last_words(ours.log(session)) == session.rows()
    keys = [line[:12] for line in ours.log(session).read_bytes().splitlines() if b'"table"' not in line]
    assert len(keys) == 6
    hermes.close()
