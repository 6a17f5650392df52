"""From one listing: the longest exact prefix, whatever overlaps, is missing, or was written by others."""

from __future__ import annotations

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from session_mirror.bucket.cover import Cover, collectable, resolve
from session_mirror.bucket.names import LOW_BITS, format_part
from session_mirror.bucket.store import StoredObject

GIB = 1 << 30
PREFIX = "sessions/h/s/"


def part(seq: int, start: int, end: int) -> StoredObject:
    return StoredObject(key=PREFIX + format_part(seq, end), size=end - start, modified_ms=0)


def foreign(seq: int, hexadecimal: str, size: int) -> StoredObject:
    return StoredObject(key=f"{PREFIX}part-{seq:05d}-{hexadecimal}.jsonl", size=size, modified_ms=0)


def spelled(cover: Cover) -> list[int]:
    """The stream offsets that the cover emits, in order."""
    return [at for piece in cover.slices for at in range(piece.start, piece.end)]


def check_shape(cover: Cover) -> None:
    pos = 0
    for piece in cover.slices:
        assert piece.start == pos < piece.end
        assert piece.part.start <= piece.start
        assert piece.end <= piece.part.end
        pos = piece.end
    assert cover.end == pos


ranges = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 15)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=12
)


@given(ranges, st.permutations(range(12)))
def test_overlapping_parts_spell_the_longest_covered_prefix(spans: list[tuple[int, int]], seqs: list[int]) -> None:
    spans = [(0, 1), *spans]
    covered = {at for start, end in spans for at in range(start, end)}
    longest = next(at for at in range(100) if at not in covered)
    objects = {
        listed.key: listed for listed in (part(seq, *span) for seq, span in zip([*seqs, 12], spans, strict=False))
    }
    cover = resolve(objects.values())
    check_shape(cover)
    assert cover.layout == "offsets"
    assert spelled(cover) == list(range(longest))


@given(ranges, st.permutations(range(12)))
def test_each_part_is_told_once_and_only_what_is_covered_is_a_leftover(
    spans: list[tuple[int, int]], seqs: list[int]
) -> None:
    objects = {one.key: one for one in (part(seq, *span) for seq, span in zip(seqs, spans, strict=False))}
    cover = resolve(objects.values())
    used = [piece.part for piece in cover.slices]
    told = [*used, *cover.leftovers, *cover.beyond, *cover.foreign]
    assert sorted(one.key for one in told) == sorted(objects)
    assert all(one.end <= cover.end for one in cover.leftovers)
    if cover.layout == "offsets":
        assert all(one.start > cover.end for one in (*cover.beyond, *cover.foreign))


@given(ranges, st.permutations(range(12)))
def test_only_what_one_part_of_lower_or_equal_sequence_contains_is_collectable(
    spans: list[tuple[int, int]], seqs: list[int]
) -> None:
    objects = {one.key: one for one in (part(seq, *span) for seq, span in zip(seqs, spans, strict=False))}
    cover = resolve(objects.values())
    kept = {piece.part for piece in cover.slices}
    for left, holder in collectable(cover):
        assert left in cover.leftovers
        assert holder in kept
        assert holder.seq <= left.seq
        assert holder.start <= left.start
        assert left.end <= holder.end


@given(ranges, st.permutations(range(12)))
def test_deleting_what_is_collectable_changes_no_byte(spans: list[tuple[int, int]], seqs: list[int]) -> None:
    objects = {one.key: one for one in (part(seq, *span) for seq, span in zip(seqs, [(0, 3), *spans], strict=False))}
    before = resolve(objects.values())
    for left, _ in collectable(before):
        del objects[left.key]
    assert spelled(resolve(objects.values())) == spelled(before)


def test_being_covered_by_two_parts_together_is_not_collectable() -> None:
    cover = resolve([part(0, 0, 10), part(1, 10, 20), part(2, 5, 15)])
    assert [left.seq for left in cover.leftovers] == [2]
    assert collectable(cover) == []


def test_being_held_by_a_part_of_higher_sequence_is_not_collectable() -> None:
    cover = resolve([part(3, 0, 20), part(1, 0, 10)])
    assert [left.seq for left in cover.leftovers] == [1]
    assert collectable(cover) == []


def test_of_parts_that_reach_equally_far_the_lowest_sequence_is_read() -> None:
    cover = resolve([part(5, 0, 20), part(2, 10, 20), part(1, 0, 10)])
    assert [piece.part.seq for piece in cover.slices] == [5]
    rivals = resolve([part(1, 0, 10), part(5, 3, 20), part(2, 7, 20)])
    assert [piece.part.seq for piece in rivals.slices] == [1, 2]
    twins = resolve([part(5, 0, 20), part(2, 0, 20)])
    assert [(left.seq, holder.seq) for left, holder in collectable(twins)] == [(5, 2)]


def test_an_empty_session_has_an_empty_cover() -> None:
    meta = StoredObject(key=PREFIX + "meta.json", size=9, modified_ms=0)
    cover = resolve([meta])
    assert (cover.end, cover.next_seq, cover.has_gap, cover.slices) == (0, 0, False, ())


def test_the_next_sequence_follows_the_highest_one_listed_whatever_it_is() -> None:
    assert resolve([part(0, 0, 5), foreign(41, "deadbeef", 3)]).next_seq == 42


@given(st.lists(st.integers(1, GIB), min_size=1, max_size=40), st.data())
def test_a_stream_of_any_length_is_unwrapped_exactly(sizes: list[int], data: st.DataObject) -> None:
    ends = [sum(sizes[: count + 1]) for count in range(len(sizes))]
    objects = [part(seq, end - size, end) for seq, (size, end) in enumerate(zip(sizes, ends, strict=True))]
    cover = resolve(data.draw(st.permutations(objects)))
    check_shape(cover)
    assert [piece.end for piece in cover.slices] == ends


@given(st.lists(st.integers(GIB // 2, GIB), min_size=8, max_size=30), st.data())
def test_beyond_a_hole_nothing_wraps_around_into_the_stream(sizes: list[int], data: st.DataObject) -> None:
    ends = [sum(sizes[: count + 1]) for count in range(len(sizes))]
    objects = [part(seq, end - size, end) for seq, (size, end) in enumerate(zip(sizes, ends, strict=True))]
    lost = data.draw(st.integers(1, len(sizes) - 3))
    del objects[lost]
    cover = resolve(objects)
    assert cover.end == ends[lost - 1]
    assert [one.end for one in cover.beyond] == ends[lost + 1 :]


def test_one_merged_part_may_be_larger_than_4_gib() -> None:
    cover = resolve([part(0, 0, 9 * GIB + 5), part(7, 9 * GIB + 5, 9 * GIB + 8)])
    assert cover.end == 9 * GIB + 8


@given(st.integers(2, 20), st.data())
def test_a_compaction_caught_at_any_delete_leaves_the_cover_as_it_was(count: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, GIB // 40))
    base = data.draw(st.integers(0, 6 * GIB))
    before = [part(0, 0, base)] if base else []
    before += [part(1 + seq, base + seq * size, base + (seq + 1) * size) for seq in range(count)]
    first = data.draw(st.integers(0, count - 2))
    last = data.draw(st.integers(first + 1, count - 1))
    merged = part(1 + first, base + first * size, base + (last + 1) * size)
    doomed = [base + (seq + 1) * size for seq in range(first, last + 1)]
    deleted = data.draw(st.sets(st.sampled_from(doomed)))
    left = [one for one in before if _end_of(one, deleted) is None or one.key == merged.key]
    cover = resolve([*{one.key: one for one in [*left, merged]}.values()])
    check_shape(cover)
    assert cover.end == base + count * size
    assert not cover.has_gap
    assert not cover.foreign
    assert {one.key for one, _ in collectable(cover)} == {one.key for one in cover.leftovers}


def _end_of(stored: StoredObject, ends: set[int]) -> int | None:
    low = int(stored.key[-14:-6], 16)
    return next((end for end in ends if end % LOW_BITS == low), None)


def test_a_strangers_part_is_shown_and_never_read() -> None:
    cover = resolve([part(0, 0, 10), foreign(1, "7fa3c210", 55), part(2, 10, 20)])
    assert [one.seq for one in cover.foreign] == [1]
    assert cover.end == 20
    assert not cover.has_gap
    assert collectable(cover) == []


def test_an_empty_object_with_a_part_name_is_no_hole() -> None:
    cover = resolve([part(0, 0, 10), part(1, 500, 500)])
    assert not cover.has_gap
    assert cover.end == 10


def test_parts_that_join_after_a_hole_are_a_gap() -> None:
    cover = resolve([part(0, 0, 10), part(2, 20, 30), part(3, 30, 40)])
    assert cover.has_gap
    assert cover.end == 10
    assert [one.start for one in cover.beyond] == [20, 30]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1 << 31, LOW_BITS - 1)), min_size=1, max_size=8, unique=True))
def test_names_without_offsets_are_read_whole_in_name_order(raw: list[tuple[int, int]]) -> None:
    objects = [foreign(seq, f"{low:08x}", size) for seq, (size, low) in enumerate(raw)]
    cover = resolve(reversed(objects))
    assume(cover.layout == "tracecraft")  # random names may happen to join
    assert [piece.part.key for piece in cover.slices] == sorted(one.key for one in objects)
    assert cover.end == sum(size for size, _ in raw)


def test_a_number_missing_in_tracecrafts_layout_is_a_gap() -> None:
    cover = resolve([foreign(0, "deadbeef", 5), foreign(1, "aaaabbbb", 5), foreign(3, "12345678", 5)])
    assert cover.layout == "tracecraft"
    assert cover.end == 10
    assert [one.seq for one in cover.beyond] == [3]


def test_what_tracecraft_itself_merged_into_number_0_leaves_no_gap() -> None:
    objects = [foreign(0, "aaaaaaaa", 50), foreign(4, "bbbbbbbb", 7), foreign(5, "cccccccc", 7)]
    cover = resolve(objects)
    assert cover.layout == "tracecraft"
    assert not cover.has_gap
    assert cover.end == 64
    assert resolve([*objects, foreign(7, "dddddddd", 7)]).has_gap


def test_our_own_stream_without_its_beginning_is_not_mistaken_for_tracecrafts() -> None:
    cover = resolve([part(4, 100, 200)])
    assert cover.end == 0
    assert cover.has_gap


def test_slices_say_where_in_their_part_they_begin() -> None:
    cover = resolve([part(0, 0, 10), part(1, 4, 20)])
    assert [(piece.start - piece.part.start, piece.end) for piece in cover.slices] == [(0, 10), (6, 20)]
    assert [attrs.astuple(piece.part)[1:] for piece in cover.slices] == [(0, 0, 10), (1, 4, 20)]
