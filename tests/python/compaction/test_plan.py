"""Which parts are merged: pure, for any layout a bucket can be in."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session_mirror.bucket.cover import resolve
from session_mirror.compaction import plan as plan_module
from session_mirror.compaction.plan import MERGED_BYTES, Run, head_end, keys_of, parts_within, plan, small_parts
from session_mirror.compaction.steps import next_step
from support.parts import TRUTH, key, listed, parts, spelled


@st.composite
def buckets(draw: st.DrawFn) -> dict[str, bytes]:
    """A chain of parts from 0, with any sequence numbers, and stray true parts anywhere, overlapping as they like."""
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=9))
    ends = [sum(sizes[: count + 1]) for count in range(len(sizes))]
    rising = draw(st.booleans())
    seqs = range(len(sizes)) if rising else draw(st.lists(st.integers(0, 9), min_size=len(sizes), max_size=len(sizes)))
    chain = [(seq, end - size, end) for seq, size, end in zip(seqs, sizes, ends, strict=True)]
    stray = st.tuples(st.integers(0, 9), st.integers(0, 50), st.integers(1, 12))
    strays = [(seq, start, start + size) for seq, start, size in draw(st.lists(stray, max_size=6))]
    return parts(*strays, *chain)


def merged(objects: dict[str, bytes], run: Run) -> dict[str, bytes]:
    return {**objects, run.merged.key: TRUTH[run.merged.start : run.merged.end]}


@given(buckets(), st.integers(0, 4), st.integers(4, 60))
def test_a_run_is_a_stretch_of_the_cover_with_rising_sequences_outside_the_tail(
    objects: dict[str, bytes], keep_tail: int, max_bytes: int
) -> None:
    cover = resolve(listed(objects))
    used = [piece.part for piece in cover.slices]
    head = used[: max(0, len(used) - keep_tail)]
    for run in plan(cover, until=head_end(cover, keep_tail), max_bytes=max_bytes):
        first = head.index(run.parts[0])
        assert list(run.parts) == head[first : first + len(run.parts)]
        assert len(run.parts) > 1
        assert all(left.seq < right.seq for left, right in pairwise(run.parts))
        assert run.merged.size <= max_bytes


@given(buckets(), st.data())
def test_a_merge_holds_all_it_replaces_and_changes_the_stream_at_no_point_of_its_deletes(
    objects: dict[str, bytes], data: st.DataObject
) -> None:
    cover = resolve(listed(objects))
    stream = spelled(objects)
    for run in plan(cover, until=cover.end):
        assert run.merged.key == key(run.parts[0].seq, run.parts[-1].end)
        assert run.merged.key not in objects, "no key ever gets a second content"
        assert all(run.merged.start <= part.start and part.end <= run.merged.end for part in run.parts)
        after = merged(objects, run)
        assert spelled(after) == stream
        for gone in data.draw(st.permutations(run.replaced)):
            del after[gone]
            assert spelled(after) == stream


@given(buckets(), st.integers(0, 4))
def test_merging_until_nothing_is_planned_ends_and_keeps_stream_and_tail(
    objects: dict[str, bytes], keep_tail: int
) -> None:
    cover = resolve(listed(objects))
    stream, until = spelled(objects), head_end(cover, keep_tail)
    tail = [piece.part.key for piece in cover.slices if piece.end > until]
    while runs := plan(cover, until=until):
        before = parts_within(cover, until)
        for gone in runs[0].replaced:
            objects = {name: body for name, body in merged(objects, runs[0]).items() if name != gone}
        cover = resolve(listed(objects))
        assert parts_within(cover, until) == before - len(runs[0].parts) + 1
    assert spelled(objects) == stream
    assert [piece.part.key for piece in cover.slices if piece.end > until] == tail


@given(st.lists(st.integers(1, 9), min_size=2, max_size=30))
def test_an_ordinary_session_becomes_one_part(sizes: list[int]) -> None:
    ends = [sum(sizes[: count + 1]) for count in range(len(sizes))]
    cover = resolve(listed(parts(*((seq, end - sizes[seq], end) for seq, end in enumerate(ends)))))
    (run,) = plan(cover, until=cover.end)
    assert len(run.parts) == len(sizes)
    assert (run.merged.seq, run.merged.start, run.merged.end) == (0, 0, ends[-1])


def test_a_run_is_cut_where_sequences_do_not_rise() -> None:
    cover = resolve(listed(parts((3, 0, 2), (4, 2, 4), (1, 4, 5), (2, 5, 7), (2, 7, 9))))
    assert [run.merged.key for run in plan(cover, until=9)] == [key(3, 4), key(1, 7)]


def test_a_run_is_cut_before_it_grows_too_large_and_large_parts_stay_alone() -> None:
    cover = resolve(listed(parts((0, 0, 10), (1, 10, 14), (2, 14, 18), (3, 18, 20))))
    assert [run.merged.key for run in plan(cover, until=20, max_bytes=8)] == [key(1, 18)]


def test_a_merged_part_stays_far_below_what_names_can_tell_apart() -> None:
    assert MERGED_BYTES <= 1 << 30


def test_a_merge_begins_with_all_of_its_first_part_though_the_cover_skips_its_beginning() -> None:
    objects = parts((5, 0, 10), (1, 6, 14), (2, 14, 20))
    (run,) = plan(resolve(listed(objects)), until=20)
    assert (run.merged.seq, run.merged.start, run.merged.end) == (1, 6, 20)


def test_a_key_that_exists_with_other_bytes_is_never_the_target_of_a_merge() -> None:
    objects = parts((0, 0, 5), (1, 5, 10), (2, 10, 15), (0, 12, 15))
    (run,) = plan(resolve(listed(objects)), until=15)
    assert run.merged.key == key(0, 10)


@pytest.mark.parametrize(("keep_tail", "end"), [(0, 15), (1, 10), (2, 5), (3, 0), (9, 0)])
def test_the_head_ends_where_the_kept_tail_begins(keep_tail: int, end: int) -> None:
    cover = resolve(listed(parts((0, 0, 5), (1, 5, 10), (2, 10, 15))))
    assert head_end(cover, keep_tail) == end


def test_a_negative_tail_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        head_end(resolve(()), -1)


def test_parts_after_a_hole_and_names_without_offsets_are_left_alone() -> None:
    holed = resolve(listed(parts((0, 0, 5), (2, 7, 9), (3, 9, 12))))
    assert holed.has_gap
    assert plan(holed, until=12) == ()
    named_otherwise = {key(1, 0xDEAD): b"a" * 10, key(2, 0xBEEF): b"b" * 10}
    cover = resolve(listed(named_otherwise))
    assert cover.layout == "tracecraft"
    assert plan(cover, until=cover.end) == ()


def chain(*sizes: int) -> dict[str, bytes]:
    ends = [sum(sizes[: count + 1]) for count in range(len(sizes))]
    return parts(*((seq, end - size, end) for seq, (size, end) in enumerate(zip(sizes, ends, strict=True))))


def carried_out(objects: dict[str, bytes], run: Run) -> dict[str, bytes]:
    return {name: body for name, body in merged(objects, run).items() if name not in run.replaced}


def test_a_small_part_is_one_below_a_mebibyte() -> None:
    assert small_parts(resolve(listed(chain(1, 2, 3)))) == 3


def test_tiers_leave_a_large_part_alone_until_what_follows_is_as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_module, "SMALL_BYTES", 2)
    grown = resolve(listed(chain(100, 2, 2, 2)))
    assert [run.merged.key for run in plan(grown, until=grown.end, tiers=True)] == [key(1, 106)]
    assert [run.merged.key for run in plan(grown, until=grown.end)] == [key(0, 106)]
    equal = resolve(listed(chain(6, 2, 2, 2)))
    assert [run.merged.key for run in plan(equal, until=equal.end, tiers=True)] == [key(0, 12)]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=100, max_size=400))
def test_however_often_tiers_are_compacted_a_byte_is_rewritten_a_few_times_only(sizes: list[int]) -> None:
    """Compacted after every eight small parts, as the automatic compaction does after every 64."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_module, "SMALL_BYTES", 16)
        objects: dict[str, bytes] = {}
        end = rewritten = 0
        for seq, size in enumerate(sizes):
            objects |= parts((seq, end, end + size))
            end += size
            if seq % 8 == 7:
                cover = resolve(listed(objects))
                for run in plan(cover, until=cover.end, max_bytes=1024, tiers=True):
                    rewritten += run.merged.size
                    objects = carried_out(objects, run)
        assert spelled(objects) == TRUTH[:end]
        assert rewritten <= end * (1 + 6) + 16 * len(sizes) / 8  # 16 bytes doubled six times are 1024
        assert len(objects) <= 8 + 7 + end / 512, "and there are few parts"


@given(st.lists(st.integers(1, 9), min_size=2, max_size=14), st.integers(0, 7))
def test_a_run_is_merged_step_by_step_and_large_parts_are_read_only_to_complete_small_ones(
    sizes: list[int], composes_from: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("session_mirror.compaction.steps._READ_AT_ONCE_BYTES", 0)
        objects = chain(*sizes)
        end = sum(sizes)
        for _ in range(len(sizes)):
            cover = resolve(listed(objects))
            runs = plan(cover, until=cover.end)
            if not runs:
                break
            step = next_step(runs[0], composes_from, keys_of(cover))
            if step.composed:
                assert all(part.size >= composes_from for part in step.run.parts[:-1])
            else:
                assert sum(part.size >= composes_from for part in step.run.parts) <= 1
            objects = carried_out(objects, step.run)
        assert objects == parts((0, 0, end))


def test_nothing_is_composed_where_parts_overlap_or_the_store_cannot() -> None:
    overlapping = resolve(listed(parts((0, 0, 10), (1, 6, 14), (2, 12, 20))))
    (run,) = plan(overlapping, until=20)
    assert not next_step(run, 0, frozenset()).composed
    (run,) = plan(resolve(listed(chain(5, 5))), until=10)
    assert next_step(run, 0, frozenset()).composed
    assert not next_step(run, None, frozenset()).composed


def test_parts_that_overlap_by_more_than_is_compared_in_memory_are_not_merged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_module, "_OVERLAP_BYTES", 3)
    cover = resolve(listed(parts((0, 0, 10), (1, 6, 14), (2, 11, 20))))
    assert [run.merged.key for run in plan(cover, until=20)] == [key(1, 20)]
