"""A journal whose disk is full, read-only or gone goes on in memory, says so, and writes it down afterwards."""

import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session_mirror.bucket.meta import PartEntry
from session_mirror.errors import MirrorError
from session_mirror.journal import database
from session_mirror.journal.journal import Journal
from session_mirror.journal.records import JournalPart, StreamKey, StreamState
from session_mirror.protocol.sessions import Verified
from support.broken_disk import BrokenDisk

KEY = StreamKey(destination="d", harness="h", session_id="s", generation=1)
STATE = StreamState(source_path="/home/ada/s.jsonl", cwd="/home/ada", title="t", rules="off", started_at_ms=1)
LATER = attrs.evolve(STATE, source_cursor=9, stream_end=9)
PART = JournalPart(
    end=9,
    entry=PartEntry(
        seq=0,
        uuid="00000009",
        cursor_range=(0, 9),
        source_bytes=9,
        uploaded_bytes=9,
        redactions={},
        uploaded_at="2026-01-01T00:00:00+00:00",
    ),
)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[BrokenDisk]:
    monkeypatch.setattr(database, "_RETRY_S", 0.0)
    found = BrokenDisk()
    with found.breaking():
        yield found


FAULTS = [
    (sqlite3.OperationalError, "database or disk is full"),
    (sqlite3.OperationalError, "attempt to write a readonly database"),
    (sqlite3.OperationalError, "unable to open database file"),
    (PermissionError, "denied"),
]


@pytest.mark.parametrize(("error", "text"), FAULTS)
def test_a_write_that_the_disk_refuses_is_kept_in_memory_and_written_down_later(
    tmp_path: Path, disk: BrokenDisk, error: type[Exception], text: str
) -> None:
    journal = Journal(tmp_path)
    journal.save(KEY, STATE)
    disk.broken, disk.error, disk.text = True, error, text
    journal.save(KEY, LATER, part=PART)
    assert journal.latest("d", "h", "s") == (KEY, LATER)
    problem = journal.problem()
    assert problem is not None
    assert problem.kind == "disk"
    assert Journal(tmp_path / "other").problem() is None
    disk.broken = False
    assert journal.latest("d", "h", "s") == (KEY, LATER)
    assert journal.problem() is None
    journal.close()
    again = Journal(tmp_path)
    assert again.latest("d", "h", "s") == (KEY, LATER)
    assert again.parts(KEY) == [PART]


def test_what_others_wrote_meanwhile_is_not_overwritten(tmp_path: Path, disk: BrokenDisk) -> None:
    other = attrs.evolve(KEY, session_id="other")
    journal = Journal(tmp_path)
    journal.save(KEY, STATE)
    journal.save(other, STATE)
    disk.broken = True
    journal.save(KEY, LATER)
    disk.broken = False
    Journal(tmp_path).save(other, LATER)
    journal.save(KEY, LATER)
    assert Journal(tmp_path).latest("d", "h", "other") == (other, LATER)


def test_what_verifying_found_meanwhile_is_written_down_unless_others_know_better(
    tmp_path: Path, disk: BrokenDisk
) -> None:
    journal, other = Journal(tmp_path), Journal(tmp_path)
    journal.save(KEY, STATE)
    disk.broken = True
    journal.save(KEY, LATER)
    journal.set_verified("d", "h", "ours", Verified(at_ms=5, problem="torn"))
    journal.set_verified("d", "h", "theirs", Verified(at_ms=5, problem=None))
    disk.broken = False
    other.set_verified("d", "h", "theirs", Verified(at_ms=7, problem="gap"))
    journal.save(KEY, LATER)
    found = Journal(tmp_path).verified("d")
    assert {name: (note.at_ms, note.problem) for (_, name), note in found.items()} == {
        "ours": (5, "torn"),
        "theirs": (7, "gap"),
    }


def test_falling_back_to_memory_tells_that_positions_may_be_old(tmp_path: Path, disk: BrokenDisk) -> None:
    journal = Journal(tmp_path)
    journal.save(KEY, STATE)
    before = journal.epoch()
    assert journal.epoch() == before
    disk.broken = True
    journal.save(KEY, LATER)
    assert journal.epoch() != before


def test_a_place_that_cannot_hold_a_journal_is_told_and_does_not_stop_anything(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    journal = Journal(tmp_path / "file" / "state")
    journal.save(KEY, STATE)
    assert journal.latest("d", "h", "s") == (KEY, STATE)
    problem = journal.problem()
    assert problem is not None
    assert problem.kind == "disk"


def test_a_journal_that_another_process_keeps_locked_is_waited_for_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_BUSY_TIMEOUT_S", 0.05)
    journal = Journal(tmp_path)
    journal.save(KEY, STATE)
    holder = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(MirrorError) as caught:
        journal.save(KEY, LATER)
    assert caught.value.kind == "disk"
    assert journal.problem() is None
    holder.execute("ROLLBACK")
    holder.close()
    journal.save(KEY, LATER)
    assert Journal(tmp_path).latest("d", "h", "s") == (KEY, LATER)


def test_a_file_replaced_under_us_is_noticed(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.save(KEY, STATE)
    before = journal.epoch()
    for file in tmp_path.glob("state.db*"):
        file.unlink()
    assert journal.epoch() != before


def test_damage_on_a_disk_that_takes_nothing_is_left_behind_for_an_empty_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path)
    journal.save(KEY, STATE)
    journal.close()
    db = sqlite3.connect(tmp_path / "state.db")
    db.execute("UPDATE stream SET state = '{}'")
    db.commit()
    db.close()

    def refuses(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "replace", refuses)
    assert journal.state(KEY) is None
    journal.save(KEY, LATER)
    assert journal.state(KEY) == LATER
    assert journal.problem() is not None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=60))
def test_whatever_bytes_are_damaged_the_journal_works_again(damage: list[tuple[float, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "state.db"
        journal = Journal(Path(folder))
        for number in range(20):
            journal.save(attrs.evolve(KEY, session_id=f"s{number}"), STATE, part=PART)
        journal.close()
        body = bytearray(file.read_bytes())
        for place, value in damage:
            body[int(place * len(body))] = value
        file.write_bytes(body)
        again = Journal(Path(folder))
        again.latest("d", "h", "s3")
        again.state(attrs.evolve(KEY, session_id="s4"))
        again.parts(KEY)
        again.stopped()
        again.save(KEY, LATER, part=PART)
        assert again.latest("d", "h", "s") == (KEY, LATER)
        again.close()
