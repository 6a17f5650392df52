"""The store that the engine's tests run on fails, waits and counts exactly as it is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from session_mirror.errors import MirrorError
from support.memory_store import MemoryStore, offline


def test_a_fault_hits_only_what_it_names_and_only_as_often() -> None:
    store = MemoryStore()
    store.fail("put", offline(), times=2, matching="part-")
    store.put("meta.json", b"{}")
    for _ in range(2):
        with pytest.raises(MirrorError):
            store.put("part-1", b"x")
    assert store.objects == {"meta.json": b"{}"}
    store.put("part-1", b"x")
    assert store.requests == {"put": 4}


def test_a_lost_answer_leaves_the_request_applied() -> None:
    store = MemoryStore()
    store.fail("put", offline(), applied=True)
    with pytest.raises(MirrorError):
        store.put("a", b"x")
    assert store.objects == {"a": b"x"}
    store.fail("delete", offline(), applied=True)
    with pytest.raises(MirrorError):
        store.delete(["a"])
    assert store.objects == {}


def test_a_held_request_is_neither_applied_nor_answered_until_released() -> None:
    store = MemoryStore()
    with ThreadPoolExecutor(1) as pool, store.hold("put") as hold:
        answer = pool.submit(store.put, "a", b"x")
        hold.wait_until_reached()
        assert (store.objects, answer.done()) == ({}, False)
        hold.release()
        answer.result(timeout=10)
    assert store.objects == {"a": b"x"}


def test_a_listing_costs_a_request_for_each_page() -> None:
    store = MemoryStore()
    for number in range(1001):
        store.plant(f"{number:04d}", b"")
    assert len(list(store.list(""))) == 1001
    assert store.requests == {"list": 2}
