"""Whatever happens to the bytes before the cursor shows, and looking for it costs little."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.mirror import standing as standing_module
from session_mirror.mirror.standing import Examiner
from session_mirror.source.identity import BLOCK_BYTES, Stamp
from session_mirror.source.prefix_hash import PrefixHash
from support.engine import World

BIG = b"".join(b"line %06d\n" % number for number in range(4000))
MIDDLE = len(BIG) // 2


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def rewrite_middle(path: Path) -> None:
    """The same size, the same head and tail, other bytes between."""
    with path.open("r+b") as file:
        file.seek(MIDDLE - MIDDLE % 12)
        file.write(b"LINE ")


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("appended", [b"", b"more\n"])
def test_a_rewritten_middle_of_equal_size_begins_a_generation(world: World, restarted: bool, appended: bytes) -> None:
    world.append(BIG)
    world.flush_all()
    rewrite_middle(world.path)
    world.append(appended)
    if restarted:
        world.restart()
    world.flush_all()
    assert MIDDLE > 2 * BLOCK_BYTES
    assert world.stream() == BIG
    assert world.stream("s1~g2") == world.path.read_bytes()


def test_a_rewrite_that_restores_the_date_shows_by_the_inodes_change(world: World) -> None:
    world.append(BIG)
    world.flush_all()
    stat = world.path.stat()
    rewrite_middle(world.path)
    os.utime(world.path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    world.flush_all()
    assert world.stream("s1~g2") == world.path.read_bytes()


def test_a_copy_with_the_same_bytes_goes_on(world: World) -> None:
    world.append(BIG)
    world.flush_all()
    aside = world.path.with_name("aside")
    aside.write_bytes(BIG + b"more\n")
    aside.replace(world.path)
    world.flush_all()
    assert world.stream() == BIG + b"more\n"
    assert world.parts("s1~g2") == []


@attrs.define
class Reads:
    """Counts how often a source's beginning is read again, and makes each reading as dear as told."""

    lengths: list[int] = attrs.field(factory=list)
    now: float = 1000.0
    cost_s: float = 0.0

    def of(self, path: Path, length: int) -> PrefixHash | None:
        self.lengths.append(length)
        self.now += self.cost_s
        return PrefixHash.of(path, length)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    counted = Reads()
    monkeypatch.setattr(standing_module, "PrefixHash", type("Counted", (PrefixHash,), {"of": counted.of}))
    monkeypatch.setattr("session_mirror.mirror.standing.time.monotonic", lambda: counted.now)
    return counted


@pytest.mark.parametrize("appended", [b"", b"more\n"])
def test_a_middle_rewritten_after_the_journal_was_lost_begins_a_generation(
    world: World, reads: Reads, appended: bytes
) -> None:
    world.append(BIG)
    world.flush_all()
    world.restart()
    shutil.rmtree(world.state)
    world.flush_all()
    reads.now += 60
    rewrite_middle(world.path)
    world.append(appended)
    world.flush_all()
    assert world.stream() == BIG
    assert world.stream("s1~g2") == world.path.read_bytes()


def test_a_file_that_does_not_change_is_not_read_again(world: World, reads: Reads) -> None:
    world.append(BIG)
    world.forget_freshness()
    world.flush_all()
    reads.lengths.clear()
    for _ in range(5):
        world.mirror.flush()
    assert reads.lengths == []


def test_reading_a_large_beginning_again_costs_at_most_a_fiftieth_of_the_time(world: World, reads: Reads) -> None:
    world.append(BIG)
    world.flush_all()
    reads.cost_s = 1.0
    world.append(b"a\n")
    world.flush_all()
    reads.lengths.clear()
    began = reads.now
    while reads.now < began + 1000:
        world.append(b"b\n")
        world.flush_all()
        reads.now += 5
    assert 10 <= len(reads.lengths) <= 1000 / 50 + 1


def test_what_was_too_dear_to_read_is_read_later_without_a_further_change(world: World, reads: Reads) -> None:
    world.append(BIG)
    world.forget_freshness()
    world.flush_all()
    reads.cost_s = 1.0
    world.append(b"a\n")
    world.flush_all()
    rewrite_middle(world.path)
    world.append(b"b\n")
    world.forget_freshness()
    world.flush_all()
    due_ms = world.mirror.upkeep()
    assert due_ms is not None
    reads.now += due_ms / 1000 + 0.1
    world.flush_all()
    assert world.stream("s1~g2") == world.path.read_bytes()


def test_a_stamp_of_this_very_moment_proves_nothing_yet(world: World) -> None:
    world.append(BIG)
    now = world.path.stat().st_mtime_ns
    stamp = Stamp(device=1, inode=1, size=1, modified_ns=now, changed_ns=now)
    assert stamp.is_fresh(now + 1_000_000)
    assert not stamp.is_fresh(now + 100_000_000) or now % 10**9 == 0
    coarse = attrs.evolve(stamp, modified_ns=now - now % 10**9)
    assert coarse.is_fresh(coarse.modified_ns + 1_500_000_000)


def test_a_fresh_look_asks_for_another_one(world: World) -> None:
    world.append(b"one\n")
    examiner = Examiner()
    world.flush_all()
    position = world.mirror.position()
    assert position is not None
    os.utime(world.path)
    assert examiner.look(world.path, position.state, 1 << 20).standing == "same"
    assert examiner.due_in_s() is not None


@given(st.lists(st.binary(max_size=30), max_size=6))
def test_a_running_hash_is_the_hash_of_all(pieces: list[bytes]) -> None:
    grown = PrefixHash()
    for piece in pieces:
        grown = grown.grown_by(piece)
    whole = PrefixHash().grown_by(b"".join(pieces))
    assert (grown.length, grown.hexdigest()) == (whole.length, whole.hexdigest())
