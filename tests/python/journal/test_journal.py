"""The journal remembers across processes, and a broken one costs nothing but a look at the bucket."""

import os
import sqlite3
from pathlib import Path

import attrs
import pytest

from session_mirror.bucket.meta import PartEntry
from session_mirror.errors import MirrorError
from session_mirror.journal.journal import Journal
from session_mirror.journal.records import Intent, JournalPart, StreamKey, StreamState

KEY = StreamKey(destination="file:///d", harness="claude-code", session_id="s\udc80", generation=1)
STATE = StreamState(source_path="/a/s.jsonl", cwd="/a", title="t", rules="off", started_at_ms=5)
INTENT = Intent(
    seq=3,
    source_start=0,
    source_end=9,
    stream_start=0,
    stream_end=9,
    sha256="ab",
    redactions={"x": 1},
    rules="off",
    fingerprint="{}",
)


def part(end: int) -> JournalPart:
    entry = PartEntry(
        seq=0,
        uuid="0" * 8,
        cursor_range=(0, end),
        source_bytes=end,
        uploaded_bytes=end,
        redactions={},
        uploaded_at="2026-01-01T00:00:00+00:00",
    )
    return JournalPart(end=end, entry=entry)


def test_what_was_saved_is_read_by_another_process(tmp_path: Path) -> None:
    state = attrs.evolve(STATE, intent=INTENT, redaction_counts={"x": 2})
    Journal(tmp_path).save(KEY, state, part=part(9))
    other = Journal(tmp_path)
    assert other.latest(KEY.destination, KEY.harness, KEY.session_id) == (KEY, state)
    assert other.parts(KEY) == [part(9)]
    assert other.part_count(KEY) == 1


def test_the_newest_generation_is_the_one_that_counts(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    second = attrs.evolve(KEY, generation=2)
    journal.save(second, attrs.evolve(STATE, title="new"))
    journal.save(KEY, STATE)
    assert journal.latest(KEY.destination, KEY.harness, KEY.session_id) == (second, attrs.evolve(STATE, title="new"))
    assert journal.all_latest(KEY.destination) == [(second, attrs.evolve(STATE, title="new"))]


def test_rewriting_replaces_all_parts(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.save(KEY, STATE, part=part(4))
    journal.save(KEY, STATE, part=part(9))
    journal.rewrite(KEY, STATE, [part(9)])
    assert journal.parts(KEY) == [part(9)]
    journal.edit_parts(KEY, lambda parts: [part(2), *parts])
    assert journal.parts(KEY) == [part(2), part(9)]


@pytest.mark.parametrize("damage", [b"not a database at all", b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_journal_is_set_aside_and_begun_anew(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "state.db").write_bytes(damage)
    journal = Journal(tmp_path)
    assert journal.latest("d", "h", "s") is None
    journal.save(KEY, STATE)
    assert journal.latest(KEY.destination, KEY.harness, KEY.session_id) == (KEY, STATE)
    assert [file.read_bytes() for file in tmp_path.glob("state.db.damaged-*")] == [damage]


def test_a_row_that_makes_no_sense_is_a_damaged_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.save(KEY, STATE)
    journal.close()
    db = sqlite3.connect(tmp_path / "state.db")
    db.execute("UPDATE stream SET state = '{}'")
    db.commit()
    db.close()
    assert journal.latest(KEY.destination, KEY.harness, KEY.session_id) is None


def test_a_journal_of_a_newer_version_is_left_untouched(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "state.db")
    db.execute("PRAGMA user_version = 999")
    db.close()
    before = (tmp_path / "state.db").read_bytes()
    with pytest.raises(MirrorError, match="newer") as caught:
        Journal(tmp_path).latest("d", "h", "s")
    assert caught.value.kind == "conflict"
    assert (tmp_path / "state.db").read_bytes() == before


def test_a_state_directory_removed_under_us_is_made_again(tmp_path: Path) -> None:
    state = tmp_path / "state"
    journal = Journal(state)
    journal.save(KEY, STATE)
    for file in state.iterdir():
        file.unlink()
    state.rmdir()
    assert journal.latest(KEY.destination, KEY.harness, KEY.session_id) is None
    journal.save(KEY, STATE)
    assert Journal(state).latest(KEY.destination, KEY.harness, KEY.session_id) == (KEY, STATE)


def test_the_journal_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    state = tmp_path / "state"
    Journal(state).save(KEY, STATE)
    assert os.name == "nt" or state.stat().st_mode & 0o077 == 0


def test_a_stop_holds_until_it_is_lifted(tmp_path: Path) -> None:
    Journal(tmp_path).set_stopped("h", "s", stopped=True)
    journal = Journal(tmp_path)
    assert journal.stopped() == {("h", "s")}
    journal.set_stopped("h", "s", stopped=False)
    assert journal.stopped() == frozenset()
