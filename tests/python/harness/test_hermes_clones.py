"""Which rows only repeat others is found in little memory, and is what plain sets of all rows tell."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness.hermes import clones
from session_mirror.harness.hermes.clones import without_clones
from session_mirror.harness.hermes.records import record_of
from session_mirror.harness.hermes.words import NO_MOMENT, Words

SUMMARY = "[CONTEXT COMPACTION] so far"
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(["user", "assistant", "tool"]),
            "content": st.sampled_from(["go on", "Done.", "result", SUMMARY]),
            "tool_call_id": st.sampled_from([None, None, "c1", "c2"]),
            "timestamp": st.sampled_from([None, 1.7e9, 1.7e9 + 5e-6, 1.7e9 + 1, 1.7e9 + 2, 1.7e9 + 3]),
            "active": st.sampled_from([1, 0]),
            "compacted": st.sampled_from([1, 1, 0]),
        }
    ),
    max_size=40,
)


def words_of(rows: list[dict[str, object]]) -> Words:
    words = Words()
    for number, row in enumerate(rows):
        words.take(number, row, record_of(row, b""), number)
    return words


def plainly(words: Words) -> list[int]:
    """The same with everything remembered."""
    rows = words.visible()
    archived: set[int] = set()
    dated: set[int] = set()
    found = []
    beside = clones._beside_summaries(words, rows)
    for at, row in enumerate(rows):
        identity, likeness, moment = words.identities[row], words.likenesses[row], words.moments[row]
        is_placed = beside[at] == 1 or clones._is_instant(words, rows, at)
        is_clone = moment != NO_MOMENT and moment in dated
        is_clone = is_clone or (words.is_of_call(row) and identity in archived) or (likeness in archived and is_placed)
        found += [] if is_clone else [words.lines[row]]
        archived |= {identity, likeness} if words.is_archived(row) else set()
        dated.add(moment)
    return found


@given(ROWS, st.sampled_from([1, 8]))
def test_clones_are_those_that_sets_of_everything_tell(rows: list[dict[str, object]], slots: int) -> None:
    words = words_of(rows)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clones, "_SLOTS", slots)
        assert list(without_clones(words)) == plainly(words)


def test_finding_them_takes_a_few_bytes_a_row() -> None:
    count = 20_000
    rows: list[dict[str, object]] = [
        {"role": "user", "content": f"ask {number}", "timestamp": 1.7e9 + number, "active": 0, "compacted": 1}
        for number in range(count)
    ]
    words = words_of(rows)
    tracemalloc.start()
    try:
        assert len(without_clones(words)) == count
        assert tracemalloc.get_traced_memory()[1] < 40 * count
    finally:
        tracemalloc.stop()
