"""What the journal keeps of lines: small, exact as far as it goes, and gone when the bucket tells it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.bucket.meta import PartEntry
from session_mirror.journal import line_rows
from session_mirror.journal.journal import Journal
from session_mirror.journal.line_rows import ROW_BYTES, pack, unpack
from session_mirror.journal.records import JournalPart, LineRun, StreamKey, StreamState

KEY = StreamKey(destination="file:///d", harness="claude-code", session_id="s", generation=1)
STATE = StreamState(source_path="/a/s.jsonl", cwd="/a", title="t", rules="off", started_at_ms=5)


def commit(journal: Journal, end: int, *lengths: int) -> None:
    """A part with these lines that ends there."""
    size = sum(lengths)
    entry = PartEntry(
        seq=0,
        uuid="0" * 8,
        cursor_range=(end - size, end),
        source_bytes=size,
        uploaded_bytes=size,
        redactions={},
        uploaded_at="2026-01-01T00:00:00+00:00",
    )
    journal.save(KEY, attrs.evolve(STATE, stream_end=end), part=JournalPart(end=end, entry=entry), lengths=lengths)


@given(st.lists(st.integers(1, 300) | st.integers(1, 1 << 40)))
def test_lengths_are_packed_and_unpacked(lengths: list[int]) -> None:
    assert list(unpack(pack(lengths))) == lengths


@given(st.binary())
def test_whatever_a_row_holds_is_unpacked_to_something(packed: bytes) -> None:
    assert all(length >= 0 for length in unpack(packed))


def test_many_small_flushes_share_a_row_until_it_is_full(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for number in range(1, 3001):
        commit(journal, number * 200, 200)
    runs = journal.line_runs(KEY)
    assert [run.end for run in runs][-1] == 600_000
    assert len(runs) <= 3000 * 2 // ROW_BYTES + 1
    assert [length for run in runs for length in run.lengths] == [200] * 3000
    assert [(run.start, run.end, False) for run in runs] == journal.line_extents(KEY)


def test_a_part_whose_lines_are_not_known_leaves_a_hole(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    commit(journal, 9, 4, 5)
    part = JournalPart(end=20, entry=attrs.evolve(journal.parts(KEY)[0].entry, uploaded_bytes=11))
    journal.save(KEY, STATE, part=part)
    journal.save(KEY, STATE, part=attrs.evolve(part, end=31), lengths=(1, 2))  # not of this part
    commit(journal, 38, 7)
    assert journal.line_runs(KEY) == [
        LineRun(start=0, end=9, lengths=(4, 5)),
        LineRun(start=31, end=38, lengths=(7,)),
    ]


def test_what_lies_behind_the_streams_end_is_forgotten(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    commit(journal, 9, 4, 5)
    part = JournalPart(end=20, entry=attrs.evolve(journal.parts(KEY)[0].entry, uploaded_bytes=11))
    journal.save(KEY, STATE, part=part)
    commit(journal, 24, 4)
    journal.rewrite(KEY, attrs.evolve(STATE, stream_end=20), [])
    assert journal.line_extents(KEY) == [(0, 9, False)]
    commit(journal, 9, 3, 6)
    assert journal.line_runs(KEY) == [LineRun(start=0, end=9, lengths=(3, 6))]


def test_an_index_takes_the_place_of_the_rows_it_tells_of(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    commit(journal, 9, 4, 5)
    commit(journal, 20, 5, 6)
    journal.lines_indexed(KEY, 14)
    assert journal.line_runs(KEY) == [
        LineRun(start=0, end=14, lengths=()),
        LineRun(start=14, end=20, lengths=(6,)),
    ]
    commit(journal, 22, 2)
    journal.lines_indexed(KEY, 20)
    assert journal.line_extents(KEY) == [(0, 20, True), (20, 22, False)]
    journal.lines_indexed(KEY, 22)
    assert journal.line_extents(KEY) == [(0, 22, True)]
    commit(journal, 23, 1)
    assert journal.line_extents(KEY) == [(0, 22, True), (22, 23, False)]


def test_an_index_that_ends_within_a_line_takes_no_lines_for_known(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    commit(journal, 20, 9, 11)
    journal.lines_indexed(KEY, 12)
    assert journal.line_extents(KEY) == [(0, 12, True)]


def test_lines_that_were_read_are_kept_of_a_stream_that_is_known_and_is_no_longer_or_shorter(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.set_lines(KEY, [4, 5])
    assert journal.line_extents(KEY) == []
    journal.save(KEY, attrs.evolve(STATE, stream_end=9))
    journal.set_lines(KEY, [4])
    assert journal.line_extents(KEY) == []
    journal.set_lines(KEY, [4, 5])
    assert journal.line_runs(KEY) == [LineRun(start=0, end=9, lengths=(4, 5))]


def test_a_journal_from_before_lines_were_kept_goes_on_and_its_version_can_still_read_ours(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    commit(journal, 9, 4, 5)
    journal.close()
    with closing(sqlite3.connect(tmp_path / "state.db")) as db:
        db.execute("DROP TABLE lines")
    journal = Journal(tmp_path)
    assert journal.state(KEY) == attrs.evolve(STATE, stream_end=9)
    assert journal.line_extents(KEY) == []
    commit(journal, 12, 3)
    assert journal.line_extents(KEY) == [(9, 12, False)]
    journal.close()
    with closing(sqlite3.connect(tmp_path / "state.db")) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)


@pytest.mark.parametrize("value", ["text", 7])
def test_a_row_that_makes_no_sense_is_a_damaged_journal(tmp_path: Path, value: object) -> None:
    journal = Journal(tmp_path)
    commit(journal, 9, 4, 5)
    journal.close()
    with closing(sqlite3.connect(tmp_path / "state.db")) as db:
        db.execute("UPDATE lines SET lengths = ?", (value,))
        db.commit()
    assert journal.line_runs(KEY) == []
    assert list(tmp_path.glob("state.db.damaged-*"))


LENGTHS = st.lists(st.integers(1, 9), min_size=1, max_size=5)


@given(st.lists(LENGTHS | st.floats(0, 1), max_size=20))
def test_rows_and_the_index_together_always_tell_all_lines(script: list[list[int] | float]) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.execute(
            "CREATE TABLE lines (destination, harness, session_id, generation, start INTEGER, end INTEGER, lengths,"
            " PRIMARY KEY (destination, harness, session_id, generation, start))"
        )
        row = ("d", "h", "s", 1)
        lines: list[int] = []
        indexed = 0
        for step in script:
            if isinstance(step, list):
                line_rows.add(db, row, sum(lines), step)
                lines += step
            else:
                indexed = max(indexed, round(step * len(lines)))
                if indexed:
                    line_rows.indexed(db, row, sum(lines[:indexed]))
        found = line_rows.runs(db, row)
        told = [length for run in found for length in run.lengths]
        assert told == lines[indexed:]
        own = [run for run in found if run.lengths]
        assert [run.start for run in own[1:]] == [run.end for run in own[:-1]]
        assert sum(lines[:indexed]) == max((run.end for run in found if not run.lengths), default=0)
