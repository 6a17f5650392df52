"""The list of parts that `meta.json` tells, after a compaction."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from session_mirror.bucket.cover import Cover
from session_mirror.bucket.meta import PartEntry
from session_mirror.compaction.compact import compact
from session_mirror.compaction.entries import merge_entries
from session_mirror.journal.records import JournalPart
from support.memory_store import MemoryStore
from support.parts import HARNESS, SESSION, parts


def journal_part(seq: int, start: int, end: int) -> JournalPart:
    entry = PartEntry(
        seq=seq,
        uuid=f"{end:08x}",
        cursor_range=(start * 2, end * 2),
        source_bytes=(end - start) * 2,
        uploaded_bytes=end - start,
        redactions={"github": 1},
        uploaded_at=f"2026-01-01T00:00:{seq:02d}+00:00",
    )
    return JournalPart(end=end, entry=entry)


def spans(sizes: list[int]) -> list[tuple[int, int, int]]:
    ends = [sum(sizes[: count + 1]) for count in range(len(sizes))]
    return [(seq, end - size, end) for seq, (size, end) in enumerate(zip(sizes, ends, strict=True))]


def compacted(kept: list[tuple[int, int, int]], keep_tail: int) -> Cover:
    store = MemoryStore()
    for name, body in parts(*kept).items():
        store.plant(name, body)
    return compact(store, HARNESS, SESSION, keep_tail=keep_tail).cover


def test_merged_parts_become_one_entry_named_as_the_merged_part() -> None:
    listed = [journal_part(*span) for span in spans([10, 10, 10, 10])]
    assert merge_entries(listed, compacted(spans([10, 10, 10, 10]), 1)) == (
        JournalPart(
            end=30,
            entry=PartEntry(
                seq=0,
                uuid="0000001e",
                cursor_range=(0, 60),
                source_bytes=60,
                uploaded_bytes=30,
                redactions={"github": 3},
                uploaded_at="2026-01-01T00:00:02+00:00",
            ),
        ),
        listed[3],
    )


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.integers(0, 3))
def test_totals_and_the_end_stay_what_they_were(sizes: list[int], keep_tail: int) -> None:
    listed = [journal_part(*span) for span in spans(sizes)]
    after = merge_entries(listed, compacted(spans(sizes), keep_tail))
    assert len(after) == min(len(sizes), keep_tail + 1)
    assert after[-1].end == listed[-1].end
    for total in (
        lambda part: part.entry.uploaded_bytes,
        lambda part: part.entry.source_bytes,
        lambda part: part.entry.redactions["github"],
    ):
        assert sum(map(total, after)) == sum(map(total, listed))


def test_parts_flushed_meanwhile_keep_their_entries() -> None:
    listed = [journal_part(*span) for span in spans([10, 10, 10])]
    after = merge_entries(listed, compacted(spans([10, 10]), 0))
    assert [part.end for part in after] == [20, 30]
    assert after[1] == listed[2]


def test_merges_of_a_process_that_died_before_it_noted_them_are_taken_over() -> None:
    listed = [journal_part(*span) for span in spans([10, 10, 10])]
    after = merge_entries(listed, compacted([(0, 0, 20), (2, 20, 30)], 2))
    assert [part.end for part in after] == [20, 30]
    assert after[0].entry.uploaded_bytes == 20


def test_a_list_that_is_behind_the_bucket_stays_as_it_is() -> None:
    listed = (journal_part(0, 0, 10),)
    assert merge_entries(listed, compacted(spans([10, 10]), 0)) == listed
    assert merge_entries((), compacted(spans([10, 10]), 0)) == ()
