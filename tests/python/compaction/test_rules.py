"""The three rules that late requests of dead processes have taught: each with the loss that its breach would cause.

A dead process's request may land at any later time. Every test shows first that the forbidden step, followed by such a
request, loses bytes that were acknowledged; and then that compaction, in the same state, doesn't take it.
"""

from __future__ import annotations

import pytest

from session_mirror.bucket.cover import collectable, resolve
from session_mirror.bucket.store import ObjectMissing
from session_mirror.compaction import compact as compact_module
from session_mirror.compaction.compact import compact
from session_mirror.failpoints import armed
from support.memory_store import MemoryStore
from support.parts import HARNESS, SESSION, TRUTH, key, listed, parts, spelled


def compacted(objects: dict[str, bytes]) -> MemoryStore:
    store = MemoryStore()
    for name, body in objects.items():
        store.plant(name, body)
    compact(store, HARNESS, SESSION)
    return store


def test_sequences_that_fall_along_the_stream_are_not_merged_across(monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal was lost twice. The first life's part 4 landed late, so its number stands before 2 and 3; the second
    life died with a part 4 of its own on the wire; the third wrote the same bytes again, as part 5."""
    monkeypatch.setattr(compact_module, "MERGED_BYTES", 9)  # the large part 0 stays out of it
    objects = parts((0, 0, 10), (1, 10, 11), (2, 11, 13), (3, 13, 14), (4, 10, 12), (5, 14, 16))
    on_the_wire = parts((4, 14, 16))
    forbidden = parts((0, 0, 10), (4, 10, 16))
    assert spelled(forbidden) == TRUTH[:16]
    assert spelled({**forbidden, **on_the_wire}) == TRUTH[:10]

    store = compacted(objects)
    assert spelled({**store.objects, **on_the_wire}) == TRUTH[:16]
    assert [piece.part.seq for piece in resolve(listed(store.objects)).slices] == [0, 4, 2]


def test_a_merged_part_does_not_bear_its_last_sequence() -> None:
    """A flush of part 1 was sent twice, by a process that died and by its successor: the first is still on the wire."""
    objects = parts((0, 0, 5), (1, 5, 9))
    forbidden = {key(1, 9): TRUTH[:9]}
    assert spelled(forbidden) == TRUTH[:9]
    forbidden[key(1, 9)] = TRUTH[5:9]
    assert spelled(forbidden) == b""

    store = compacted(objects)
    store.plant(key(1, 9), TRUTH[5:9])
    assert spelled(store.objects) == TRUTH[:9]


def test_a_leftover_is_not_collected_because_it_is_covered() -> None:
    """Two lives wrote the same stretch as parts 1 and 2, and a dead collector's DELETE of part 2 is on the wire."""
    objects = parts((0, 0, 4), (1, 4, 6), (2, 4, 6))
    forbidden = parts((0, 0, 4), (2, 4, 6))
    assert spelled(forbidden) == TRUTH[:6]
    del forbidden[key(2, 6)]
    assert spelled(forbidden) == TRUTH[:4]

    cover = resolve(listed(objects))
    assert [(left.key, holder.key) for left, holder in collectable(cover)] == [(key(2, 6), key(1, 6))]
    store = MemoryStore()
    for name, body in objects.items():
        store.plant(name, body)
    compact(store, HARNESS, SESSION, keep_tail=2)
    assert list(store.objects) == [key(0, 4), key(1, 6)]


def test_a_leftover_with_a_lower_sequence_than_its_holder_stays() -> None:
    objects = parts((2, 0, 4), (1, 4, 6), (3, 4, 8))
    assert compacted(objects).objects == parts((2, 0, 8), (1, 4, 6))


def test_a_leftover_with_other_bytes_stays() -> None:
    objects = parts((0, 0, 10), (1, 10, 20))
    objects[key(2, 8)] = b"different"[:5]
    store = compacted(objects)
    assert store.objects == {**parts((0, 0, 20)), key(2, 8): b"different"[:5]}


def test_leftovers_of_an_interrupted_compaction_are_collected() -> None:
    spans = [(seq, seq * 10, seq * 10 + 10) for seq in range(8)]
    store = compacted(parts((0, 0, 80), *spans[2:], (8, 80, 90)))
    assert store.objects == parts((0, 0, 90))


def test_a_collection_reads_each_byte_once() -> None:
    spans = [(seq, seq * 10, seq * 10 + 10) for seq in range(8)]
    store = compacted(parts((0, 0, 80), *spans))
    assert store.objects == parts((0, 0, 80))
    assert store.requests == {"list": 1, "get": 9, "delete": 8}


def test_leftovers_that_another_compactor_collects_at_the_same_time_are_no_error() -> None:
    spans = [(seq, seq * 10, seq * 10 + 10) for seq in range(4)]
    store = MemoryStore()
    for name, body in parts((0, 0, 40), *spans).items():
        store.plant(name, body)

    def somebody_else() -> None:
        compact(store, HARNESS, SESSION)

    with armed("compact.before_collect", somebody_else):
        result = compact(store, HARNESS, SESSION)
    assert result.undeleted == ()
    assert store.objects == parts((0, 0, 40))


def test_a_leftover_that_vanishes_while_it_is_compared_is_no_error() -> None:
    store = MemoryStore()
    for name, body in parts((0, 0, 20), (1, 10, 20)).items():
        store.plant(name, body)
    store.fail("get", ObjectMissing(key(1, 20)), matching=key(1, 20))
    assert compact(store, HARNESS, SESSION).undeleted == ()
    assert spelled(store.objects) == TRUTH[:20]


def test_a_part_is_read_as_it_is_stored_not_as_it_was_listed() -> None:
    """Two lives used one name for different stretches; the other content lands between LIST and GET."""
    store = MemoryStore()
    for name, body in parts((0, 0, 4), (1, 4, 6), (2, 6, 9)).items():
        store.plant(name, body)
    with armed("compact.after_list", lambda: store.plant(key(1, 6), TRUTH[2:6])):
        compact(store, HARNESS, SESSION)
    assert store.objects == parts((0, 0, 9))
