"""A database is read while its agent writes it: without a trace, whatever its path, and again where an error passes."""

import sqlite3
from pathlib import Path

import pytest

from session_mirror.errors import MirrorError
from session_mirror.source.changelog.database import Database, columns, quoted
from session_mirror.source.changelog.lines import row_line


def make(path: Path, *rows: object) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, said)")
    db.executemany("INSERT INTO note (said) VALUES (?)", [(row,) for row in rows])
    return db


def said(db: sqlite3.Connection) -> list[object]:
    return [row[0] for row in db.execute("SELECT said FROM note ORDER BY id")]


@pytest.mark.parametrize(
    "name", ["a b.db", "what?.db", "c#1.db", "100%41.db", "日本🙂.db", "x&mode=rwc.db", "a'\"b;.db"]
)
def test_any_path_is_opened_as_it_is(tmp_path: Path, name: str) -> None:
    make(tmp_path / name, "hello").close()
    with Database(tmp_path / name) as database:
        assert database.read(said) == ["hello"]


def test_rows_written_by_an_open_connection_are_seen_and_nothing_can_be_written(tmp_path: Path) -> None:
    writer = make(tmp_path / "a.db", "one")
    with Database(tmp_path / "a.db") as database:
        assert database.read(said) == ["one"]
        writer.execute("INSERT INTO note (said) VALUES ('two')")
        assert database.read(said) == ["one", "two"]
        with pytest.raises(MirrorError):
            database.read(lambda db: db.execute("DELETE FROM note"))
    writer.close()


def test_a_missing_database_is_a_problem_of_the_source_and_is_not_made(tmp_path: Path) -> None:
    with Database(tmp_path / "a.db", pause=lambda _: None) as database, pytest.raises(MirrorError) as raised:
        database.read(said)
    assert raised.value.kind == "source"
    assert list(tmp_path.iterdir()) == []


def test_an_error_that_passes_is_not_shown_and_one_that_stays_is(tmp_path: Path) -> None:
    make(tmp_path / "a.db", "one").close()
    errors = [sqlite3.OperationalError("disk I/O error"), sqlite3.OperationalError("database is locked")]

    def work(db: sqlite3.Connection) -> list[object]:
        if errors:
            raise errors.pop()
        return said(db)

    with Database(tmp_path / "a.db", pause=lambda _: None) as database:
        assert database.read(work) == ["one"]
        errors += [sqlite3.OperationalError("disk I/O error")] * 9
        with pytest.raises(MirrorError, match="disk I/O error"):
            database.read(work)


def test_a_file_that_is_no_database_is_not_tried_again(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"nothing of the kind" * 100)
    pauses: list[float] = []
    with (
        Database(tmp_path / "a.db", pause=pauses.append) as database,
        pytest.raises(MirrorError, match="not a database"),
    ):
        database.read(said)
    assert pauses == []


def test_every_commit_shows_in_the_stamp_and_reading_does_not(tmp_path: Path) -> None:
    writer = make(tmp_path / "a.db")
    database = Database(tmp_path / "a.db")
    seen = [database.stamp()]
    for number in range(5):
        writer.execute("INSERT INTO note (said) VALUES (?)", ("x" * number,))
        with database:
            database.read(said)
        seen.append(database.stamp())
        with database:
            database.read(said)
        assert database.stamp() == seen[-1]
    assert len(set(seen)) == len(seen)
    assert not seen[-1].is_settled(seen[-1].files[1][3] if seen[-1].files[1] else 0)
    writer.close()


def test_columns_are_told_in_order_and_quoted_whatever_they_are_called(tmp_path: Path) -> None:
    db = make(tmp_path / "a.db")
    db.execute('CREATE TABLE odd ("a""b" TEXT, "select" TEXT, "x y" TEXT)')
    assert columns(db, "odd") == ['a"b', "select", "x y"]
    db.execute(f"SELECT {quoted(columns(db, 'odd'))} FROM odd")  # noqa: S608  what is tested
    assert columns(db, "none") == []
    db.close()


def test_whatever_a_row_holds_is_one_line_of_ascii_that_tells_it(tmp_path: Path) -> None:
    db = make(tmp_path / "a.db", "a\nb\u2028c", b"\x00\xff", None, 7, 0.5, float("inf"), "\0json:[]")
    db.execute("INSERT INTO note (said) VALUES (CAST(x'61ff62' AS TEXT)), (CAST(x'eda080' AS TEXT))")
    db.close()
    with Database(tmp_path / "a.db") as database:
        lines = [row_line(("said",), (value,)) for value in database.read(said)]
    assert lines == [
        rb'{"said":"a\nb\u2028c"}',
        b'{"said":{"base64":"AP8="}}',
        b'{"said":null}',
        b'{"said":7}',
        b'{"said":0.5}',
        b'{"said":"inf"}',
        rb'{"said":"\u0000json:[]"}',
        rb'{"said":"a\udcffb"}',
        rb'{"said":"\ud800"}',
    ]
