"""Whatever a store does, nothing is lost, doubled or torn: it is shown, waited out, and caught up with."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from session_mirror.compaction.compact import compact
from session_mirror.errors import MirrorError
from session_mirror.protocol.mirror import ErrorKind
from support.engine import HARNESS
from support.fault_rig import OneContentStore, Rig, until
from support.faulty_store import Fault, FaultyStore, evenly
from support.memory_store import MemoryStore, throttled

KINDS: tuple[ErrorKind, ...] = ("auth", "network", "throttled", "notFound", "conflict", "disk", "bug")


@pytest.mark.parametrize("applied", [False, True], ids=["failed before", "answer lost"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_fault_is_shown_with_its_remedy_and_caught_up_with(
    tmp_path: Path, kind: ErrorKind, applied: bool
) -> None:
    store = MemoryStore()
    rig = Rig(tmp_path, store, store)
    with rig.following():
        rig.begin()
        store.fail(
            "put", MirrorError("It failed.", kind=kind, hint=f"Do this about {kind}."), times=999, applied=applied
        )
        rig.append("s", b"two\n")
        rig.shows(kind, f"about {kind}")
        rig.append("s", b"three\n")
        store.heal()
        rig.is_well()
    assert rig.part_count("s") <= 3


def test_an_unexpected_failure_is_a_bug_to_report_and_does_not_end_the_mirroring(tmp_path: Path) -> None:
    class Broken(MemoryStore):
        broken = False

        def put(self, key: str, body: bytes) -> None:
            if self.broken:
                raise ZeroDivisionError(body)
            super().put(key, body)

    store = Broken()
    rig = Rig(tmp_path, store, store)
    with rig.following():
        rig.begin()
        store.broken = True
        rig.append("s", b"secret words\n")
        rig.shows("bug", "report")
        assert "secret words" not in str(rig.problem)
        store.broken = False
        rig.is_well()


def test_the_wait_a_store_asks_for_is_granted(tmp_path: Path) -> None:
    asked_at: list[float] = []

    class Timed(MemoryStore):
        def put(self, key: str, body: bytes) -> None:
            if "/part-" in key:
                asked_at.append(time.monotonic())
            super().put(key, body)

    store = Timed()
    rig = Rig(tmp_path, store, store)
    with rig.following():
        rig.begin()
        store.fail("put", throttled(4.0), matching="/part-")
        rig.append("s", b"two\n")
        rig.shows("throttled", "Wait")
        for number in range(20):
            rig.append("s", b"more %d\n" % number)
        rig.is_well()
    assert asked_at[2] - asked_at[1] >= 4.0


def test_the_wait_a_store_asks_for_is_granted_by_all_sessions(tmp_path: Path) -> None:
    store = MemoryStore()
    rig = Rig(tmp_path, store, store)
    with rig.following():
        rig.begin()
        store.fail("put", throttled(3.0), times=999)
        rig.append("s", b"two\n")
        rig.shows("throttled", "Wait")
        before = store.requests["put"]
        for number in range(10):
            rig.append(f"other{number}", b"one\n")
        until(lambda: len(rig.rows) == 11, "the others found")
        begun = time.monotonic()
        until(lambda: time.monotonic() > begun + 1.0 or store.requests["put"] > before, "a second or a request")
        assert store.requests["put"] == before


def test_a_store_that_stays_away_is_asked_less_and_less(tmp_path: Path) -> None:
    store = MemoryStore()
    rig = Rig(tmp_path, store, store)
    with rig.following():
        rig.begin()
        store.fail("put", MirrorError("Away.", kind="network", hint="Wait."), times=999)
        before = store.requests["put"]
        rig.append("s", b"two\n")
        until(lambda: store.requests["put"] >= before + 3, "tried again, twice")
        begun = time.monotonic()
        until(lambda: store.requests["put"] >= before + 4, "and once more")
        assert time.monotonic() - begun > 1.5
        store.heal()
        rig.is_well()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("restarts", [0, 3], ids=["one process", "four processes"])
def test_a_store_that_fails_at_random_ends_up_exact(tmp_path: Path, seed: int, restarts: int) -> None:
    truth = OneContentStore()
    store = FaultyStore(truth, evenly(0.35, "before", "lost", "throttled", "slow", "short"), seed=seed)
    rig = Rig(tmp_path, store, truth)
    names = [f"s{number}" for number in range(6)]
    for life in range(restarts + 1):
        if life == 2:
            for file in (tmp_path / "state").glob("state.db*"):
                file.unlink()
        with rig.following() as follower:
            for step in range(8):
                for name in names:
                    rig.append(name, b"%s life %d step %d %s\n" % (name.encode(), life, step, b"x" * step * 97))
                sent = sum(store.counts.values())
                follower.hurry()
                until(lambda sent=sent: sum(store.counts.values()) > sent or all(map(rig.is_exact, names)), "a step")  # type: ignore[misc]
    store.heal()
    with rig.following():
        rig.is_well(*names)
    assert truth.overwritten == []
    assert len(store.counts) >= 4, "the store has hardly failed"


@pytest.mark.parametrize("seed", range(6))
def test_compaction_over_a_failing_store_never_takes_a_byte_away(tmp_path: Path, seed: int) -> None:
    truth = OneContentStore()
    faults: tuple[Fault, ...] = ("before", "lost", "throttled", "short", "wrong size", "missing", "undeleted", "stale")
    store = FaultyStore(truth, evenly(0.3, *faults), seed=seed)
    rig = Rig(tmp_path, truth, truth)
    failures = 0
    with rig.following():
        for step in range(12):
            rig.append("s", b"step %d %s\n" % (step, b"y" * step * 31))
            until(rig.is_exact, "the step mirrored")
            try:
                compact(store, HARNESS, "s", keep_tail=step % 3)
            except MirrorError:
                failures += 1
            assert rig.is_exact()
    compact(truth, HARNESS, "s")
    assert rig.is_exact()
    assert truth.overwritten == []
    assert failures
