"""Compacting a session: the same bytes in fewer parts, whoever else is at work and whatever the store refuses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count, pairwise

import pytest

from session_mirror.bucket.store import Store, StoredObject
from session_mirror.compaction import compact as compact_module
from session_mirror.compaction.compact import Compaction, compact
from session_mirror.errors import MirrorError
from session_mirror.failpoints import Failpoint, armed
from support.memory_store import MemoryStore, denied, offline
from support.parts import HARNESS, PREFIX, SESSION, TRUTH, key, parts, spelled

TEN = tuple((seq, seq * 10, seq * 10 + 10) for seq in range(10))


def run(
    store: Store,
    keep_tail: int = 0,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Compaction:
    return compact(store, HARNESS, SESSION, keep_tail=keep_tail, progress=progress, cancelled=cancelled)


def filled(*spans: tuple[int, int, int]) -> MemoryStore:
    store = MemoryStore()
    for name, body in parts(*spans).items():
        store.plant(name, body)
    return store


def out_of_patience_after(questions: int) -> Callable[[], bool]:
    asked = count()
    return lambda: next(asked) >= questions


class RefusingStore(MemoryStore):
    """Refuses every third deletion of a key, for a while."""

    def __init__(self, refusals: int) -> None:
        super().__init__()
        self._refusals = refusals
        self._asked = 0

    def delete(self, keys: Iterable[str]) -> Sequence[str]:
        left = []
        for name in keys:
            self._asked += 1
            if self._asked % 3 == 0 and self._refusals:
                self._refusals -= 1
                left.append(name)
            else:
                super().delete([name])
        return left


class HolePunchingStore(MemoryStore):
    """Its first listing misses one key, as when a merge moves the parts between two pages."""

    def __init__(self, missing: str) -> None:
        super().__init__()
        self._missing = missing

    def list(self, prefix: str) -> Iterator[StoredObject]:
        missing, self._missing = self._missing, ""
        return (found for found in super().list(prefix) if found.key != missing)


def test_many_parts_become_one_with_the_same_bytes(store: Store) -> None:
    """Over every kind of store."""
    for name, body in parts(*TEN).items():
        store.put(name, body)
    store.put(PREFIX + "meta.json", b"{}")
    result = run(store)
    assert (result.parts_before, result.parts_after, result.merged, result.undeleted) == (10, 1, True, ())
    assert result.stream_bytes == 100
    assert [found.key for found in store.list(PREFIX)] == [PREFIX + "meta.json", key(0, 100)]
    assert store.get(key(0, 100)) == TRUTH[:100]


def test_what_was_merged_is_told_with_the_digest_of_what_is_stored() -> None:
    store = filled(*TEN)
    (done,) = run(store).merges
    assert done.sha256 == hashlib.sha256(store.objects[key(0, 100)]).hexdigest()
    assert done.run.merged.key == key(0, 100)
    assert [part.key for part in done.run.parts] == [key(seq, end) for seq, _, end in TEN]


def test_each_part_is_read_once_and_one_is_put() -> None:
    store = filled(*TEN)
    run(store)
    assert store.requests == {"list": 2, "get": 10, "put": 1, "size": 2, "delete": 10}


@pytest.mark.parametrize("spans", [(), ((0, 0, 10),)])
def test_one_part_or_none_is_left_as_it_is_for_the_price_of_a_listing(spans: tuple[tuple[int, int, int], ...]) -> None:
    store = filled(*spans)
    result = run(store)
    assert (result.merged, result.parts_before, result.parts_after) == (False, len(spans), len(spans))
    assert store.requests == {"list": 1}


def test_the_newest_parts_are_kept_when_asked_for() -> None:
    store = filled(*TEN)
    result = run(store, keep_tail=3)
    assert (result.parts_before, result.parts_after) == (10, 4)
    assert list(store.objects) == [key(0, 70), key(7, 80), key(8, 90), key(9, 100)]


def test_compacting_again_changes_nothing() -> None:
    store = filled(*TEN)
    run(store)
    before = store.objects
    assert run(store).merged is False
    assert store.objects == before


def test_a_session_larger_than_memory_allows_becomes_several_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact_module, "MERGED_BYTES", 45)
    store = filled(*TEN)
    result = run(store)
    assert list(store.objects) == [key(0, 40), key(4, 80), key(8, 100)]
    assert result.parts_after == len(result.merges) == 3
    assert spelled(store.objects) == TRUTH[:100]


def test_parts_of_many_megabytes_are_merged_whole() -> None:
    size = 9 << 20
    store = MemoryStore()
    body = TRUTH * (2 * size // len(TRUTH))
    store.plant(key(0, size), body[:size])
    store.plant(key(1, 2 * size), body[size:])
    run(store)
    assert store.objects == {key(0, 2 * size): body}


def test_overlapping_parts_are_merged_into_exactly_the_stream() -> None:
    store = filled((0, 0, 10), (1, 6, 14), (2, 12, 20))
    run(store)
    assert store.objects == parts((0, 0, 20))


def test_parts_that_contradict_each_other_are_not_merged() -> None:
    store = filled((0, 0, 10))
    store.plant(key(1, 14), b"x" * 8)
    before = store.objects
    with pytest.raises(MirrorError, match="different bytes") as caught:
        run(store)
    assert caught.value.kind == "conflict"
    assert store.objects == before


def test_strangers_parts_are_neither_mixed_in_nor_deleted() -> None:
    store = filled(*TEN)
    store.plant(key(3, 0xDEADBEEF), b"foreign\n")
    run(store)
    assert store.objects == {**parts((0, 0, 100)), key(3, 0xDEADBEEF): b"foreign\n"}


def test_progress_rises_to_the_total_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact_module, "MERGED_BYTES", 60)
    told: list[tuple[int, int]] = []
    run(filled(*TEN), progress=lambda done, total: told.append((done, total)))
    assert {total for _, total in told} == {100}
    assert all(left < right for left, right in pairwise(done for done, _ in told))
    assert told[-1] == (100, 100)


def test_cancelling_at_any_moment_leaves_an_exact_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact_module, "MERGED_BYTES", 40)
    outcomes = set()
    for patience in range(16):
        store = filled(*TEN)
        result = run(store, cancelled=out_of_patience_after(patience))
        assert spelled(store.objects) == TRUTH[:100]
        assert result.parts_after == len(store.objects)
        outcomes.add((result.cancelled, result.merged))
    assert outcomes == {(True, False), (True, True), (False, True)}


def test_parts_that_arrive_meanwhile_are_left_to_the_next_compaction() -> None:
    store = filled(*TEN)
    with armed("compact.after_get", lambda: store.plant(key(10, 110), TRUTH[100:110])):
        result = run(store)
    assert store.objects == parts((0, 0, 100), (10, 100, 110))
    assert (result.parts_after, result.stream_bytes) == (2, 110)


@pytest.mark.parametrize("step", ["compact.after_list", "compact.after_get", "compact.after_put", "compact.after_head"])
def test_two_compactors_at_once_agree(step: Failpoint) -> None:
    store = filled(*TEN)
    with armed(step, lambda: _ignore(run(store, keep_tail=2))):
        run(store)
    assert spelled(store.objects) == TRUTH[:100]
    run(store)
    assert store.objects == parts((0, 0, 100))


def test_a_merged_part_that_cannot_be_seen_costs_no_part() -> None:
    store = filled(*TEN)
    with armed("compact.after_put", lambda: store.remove(key(0, 100))):
        result = run(store)
    assert result.parts_after == 1
    assert store.objects == parts((0, 0, 100))


def test_parts_that_never_hold_still_end_in_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    store = filled(*TEN)
    monkeypatch.setattr(store, "put", _ignore)
    with pytest.raises(MirrorError, match="keep changing"):
        run(store)
    assert store.objects == parts(*TEN)


def test_a_key_that_appears_with_other_bytes_is_not_overwritten() -> None:
    store = filled(*TEN)
    with armed("compact.after_get", lambda: store.plant(key(0, 100), TRUTH[95:100])):
        run(store)
    assert store.objects[key(0, 100)] == TRUTH[95:100]
    assert spelled(store.objects) == TRUTH[:100]


def test_a_listing_that_lost_parts_is_looked_at_again_and_then_reported() -> None:
    store = filled(*TEN)
    with (
        armed("compact.after_delete", lambda: store.remove(key(0, 100))),
        pytest.raises(MirrorError, match="lists 0 bytes"),
    ):
        run(store)
    assert store.requests["list"] == 1 + compact_module.LISTINGS


def test_a_hole_between_the_pages_of_a_listing_is_looked_at_again() -> None:
    store = HolePunchingStore(key(3, 40))
    for name, body in parts(*TEN).items():
        store.plant(name, body)
    result = run(store)
    assert (result.parts_before, len(result.merges)) == (10, 1)
    assert store.objects == parts((0, 0, 100))


def test_refused_deletions_are_repeated() -> None:
    store = RefusingStore(refusals=4)
    for name, body in parts(*TEN).items():
        store.plant(name, body)
    assert run(store).undeleted == ()
    assert store.objects == parts((0, 0, 100))


def test_keys_that_cannot_be_deleted_are_told_and_the_stream_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    store = filled(*TEN)
    monkeypatch.setattr(store, "delete", list)
    result = run(store)
    assert sorted(result.undeleted) == sorted(parts(*TEN))
    assert (result.parts_after, result.merged) == (1, True)
    assert spelled(store.objects) == TRUTH[:100]


@pytest.mark.parametrize("verb", ["list", "get", "put", "size", "delete"])
@pytest.mark.parametrize("applied", [False, True], ids=["refused", "answer lost"])
def test_a_failing_store_costs_no_byte_and_the_next_try_finishes(verb: str, applied: bool) -> None:
    store = filled(*TEN)
    if verb == "list":
        store.fail("list", offline(), applied=applied)
    elif verb == "get":
        store.fail("get", offline(), matching=key(4, 50), applied=applied)
    elif verb == "put":
        store.fail("put", offline(), applied=applied)
    elif verb == "size":
        store.fail("size", offline(), applied=applied)
    else:
        store.fail("delete", denied(), matching=key(4, 50), applied=applied)
    with pytest.raises(MirrorError):
        run(store)
    assert spelled(store.objects) == TRUTH[:100]
    assert run(store).parts_after == 1
    assert store.objects == parts((0, 0, 100))


def _ignore(*_what: object) -> None:
    """Does nothing, whatever it is given."""
