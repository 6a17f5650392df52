"""Stretches that were fetched out of turn are kept exactly, wherever they lie, and no longer than they are needed."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from session_mirror.replay.blocks import Blocks

BLOCK = 8
STREAM = bytes(range(200))
spans = st.tuples(st.integers(0, len(STREAM)), st.integers(0, 60)).map(lambda at: (at[0], min(len(STREAM), sum(at))))


def brought(blocks: Blocks, start: int, end: int, stream_end: int) -> int:
    """Fetches what is lacking; returns how many bytes came."""
    came = 0
    while (run := blocks.missing(start, end, stream_end)) is not None:
        begin, until = run
        assert begin < until
        blocks.put(begin, STREAM[begin:until])
        came += until - begin
    return came


@given(st.lists(st.tuples(spans, st.sampled_from(["bring", "read", "forget"])), max_size=25))
def test_what_was_brought_is_read_exactly_and_nothing_else_is(script: list[tuple[tuple[int, int], str]]) -> None:
    blocks = Blocks(None, BLOCK)
    here: set[int] = set()
    for (start, end), doing in script:
        wanted = set(range(start // BLOCK, (end + BLOCK - 1) // BLOCK)) if start < end else set()
        if doing == "bring":
            came = brought(blocks, start, end, len(STREAM))
            assert came <= BLOCK * len(wanted - here), "nothing comes twice"
            here |= wanted
        elif doing == "forget":
            blocks.forget(end)
            here = {number for number in here if (number + 1) * BLOCK > end}
        assert blocks.read(start, end) == (STREAM[start:end] if wanted <= here else None)
    blocks.close()


@given(st.integers(1, len(STREAM)), st.integers(1, len(STREAM)))
def test_the_last_block_is_fetched_again_when_the_stream_grew_within_it(one: int, other: int) -> None:
    before, after = sorted((one, other))
    blocks = Blocks(None, BLOCK)
    brought(blocks, 0, before, before)
    brought(blocks, 0, after, after)
    assert blocks.read(0, after) == STREAM[:after]
    blocks.close()


def test_room_is_used_again_and_the_file_has_no_name(tmp_path: Path) -> None:
    blocks = Blocks(tmp_path, BLOCK)
    for start in range(0, 160, BLOCK):
        brought(blocks, start, start + BLOCK, len(STREAM))
        blocks.forget(start)
        assert blocks.read(start, start + BLOCK) == STREAM[start : start + BLOCK]
    assert blocks.places <= 2
    assert list(tmp_path.iterdir()) == []
    blocks.close()
