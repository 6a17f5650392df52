"""The index of a session's lines: who writes it, when, what it costs, and that it always tells the truth."""

from __future__ import annotations

from pathlib import Path

import pytest

from session_mirror.bucket.line_index import encode_index, index_name, is_index, line_lengths
from session_mirror.bucket.lookup import Stored
from session_mirror.bucket.names import session_prefix
from session_mirror.failpoints import Tripped, armed, trip
from session_mirror.journal.machine import Machine
from session_mirror.mirror import indexing
from session_mirror.mirror.compacting import compact_stored
from session_mirror.mirror.indexing import index_lines, is_index_due
from session_mirror.mirror.machines import CLAIM_S, OTHER_MACHINE_MS, TakingOver
from session_mirror.mirror.tidying import BACKOFF_FIRST_S, GROWING_LIMIT
from session_mirror.verification.verify import verify_and_note
from support.desk import Desk
from support.engine import HARNESS, SECRET, Clock, World
from support.line_indexes import check_indexes, indexes_of
from support.memory_store import MemoryStore, offline

STORED = Stored(HARNESS, "s1")
PREFIX = session_prefix(HARNESS, "s1")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes at which a short stream is a long one."""
    monkeypatch.setattr(indexing, "NEWS_BYTES", 1000)
    monkeypatch.setattr(indexing, "READ_BYTES", 600)
    monkeypatch.setattr("session_mirror.mirror.tidying.NEWS_BYTES", 1000)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def grow(world: World, flushes: int = 10, line: bytes = b"x" * 149 + b"\n") -> None:
    """About 150 bytes at each flush."""
    for _ in range(flushes):
        world.append(line)
        world.flush_all()


def indexed(world: World, session_id: str = "s1") -> int:
    """How many bytes of the stream an index tells of; every index is right."""
    return check_indexes(world.store.objects, HARNESS, session_id, world.stream(session_id))


def is_due(world: World) -> bool:
    stream = world.mirror.position()
    return stream is not None and is_index_due(world.mirror_deps, stream.key, stream.state.stream_end)


def test_it_tells_of_all_lines_as_they_are_in_the_bucket(world: World) -> None:
    grow(world, 4)
    world.append(b"\n" + SECRET + b" and more\n" + b"y" * 5000 + b"\n" + b"half a line")
    world.flush_all()
    name = index_lines(world.mirror_deps, STORED)
    assert name is not None
    assert indexed(world) == len(world.stream())
    assert not is_due(world)


def test_a_short_stream_has_none_and_nobody_asks_for_it(world: World) -> None:
    grow(world, 5)
    before = world.store.requests
    assert not is_due(world)
    assert world.store.requests == before
    assert index_lines(world.mirror_deps, STORED) is None
    assert indexed(world) == 0


def test_flushes_cost_what_they_did(world: World) -> None:
    grow(world, 1)
    before = world.store.requests
    grow(world, 50)
    after = world.store.requests
    after.subtract(before)
    assert +after == {"put": 50}


def test_the_next_one_takes_what_is_new_from_the_journal_and_the_rest_from_the_one_before(world: World) -> None:
    grow(world, 10)
    index_lines(world.mirror_deps, STORED)
    assert world.mirror_deps.journal.line_extents(world.mirror.position().key) == [(0, 1500, True)]  # type: ignore[union-attr]
    grow(world, 5)
    assert not is_due(world)
    grow(world, 5)
    assert is_due(world)
    asked = len(world.store.log)
    index_lines(world.mirror_deps, STORED)
    requests = [(verb, is_index(key.removeprefix(PREFIX))) for verb, key in world.store.log[asked:]]
    assert requests == [("list", False), ("get", True), ("put", True), ("delete", True)]
    assert indexed(world) == 3000
    assert len(indexes_of(world.store.objects, HARNESS, "s1")) == 1


def test_no_key_of_one_ever_has_two_contents(world: World) -> None:
    contents: dict[str, bytes] = {}
    for _ in range(4):
        grow(world, 7)
        index_lines(world.mirror_deps, STORED)
        for key, body in world.store.objects.items():
            if is_index(key.removeprefix(PREFIX)):
                assert contents.setdefault(key, body) == body
    assert len(contents) == 4


@pytest.mark.parametrize("step", ["lines.before_put", "lines.after_put", "lines.after_note"])
def test_whoever_writes_it_may_die_at_any_step_and_the_next_one_goes_on(world: World, step: str) -> None:
    grow(world, 10)
    index_lines(world.mirror_deps, STORED)
    grow(world, 10)
    with armed(step, trip), pytest.raises(Tripped):  # type: ignore[arg-type]
        index_lines(world.mirror_deps, STORED)
    indexed(world)
    world.restart()
    grow(world, 10)
    index_lines(world.mirror_deps, STORED)
    assert indexed(world) == 4500
    assert len(indexes_of(world.store.objects, HARNESS, "s1")) == 1


def test_a_part_of_a_process_that_died_is_read_from_the_bucket(world: World) -> None:
    grow(world, 8)
    world.append(b"z" * 200 + b"\n")
    with armed("flush.put_acked", trip), pytest.raises(Tripped):
        world.mirror.flush()
    world.restart()
    grow(world, 3)
    assert is_due(world)
    index_lines(world.mirror_deps, STORED)
    assert indexed(world) == len(world.stream()) == 11 * 150 + 201


def test_what_nobody_knows_is_not_read_if_it_is_much(world: World) -> None:
    grow(world, 10)
    world.forget_journal()
    world.restart()
    grow(world, 3)
    assert not is_due(world)
    before = world.store.requests["get"]
    assert index_lines(world.mirror_deps, STORED) is None
    assert world.store.requests["get"] == before
    assert indexed(world) == 0


def test_without_its_journal_a_mirror_goes_on_by_the_index_in_the_bucket(world: World) -> None:
    grow(world, 10)
    index_lines(world.mirror_deps, STORED)
    world.restart()
    world.forget_journal()
    grow(world, 10)
    assert is_due(world)
    index_lines(world.mirror_deps, STORED)
    assert indexed(world) == 3000


def test_who_verifies_a_stream_knows_its_lines_again(world: World) -> None:
    grow(world, 10)
    world.restart()
    world.forget_journal()
    world.mirror.flush()
    assert not is_due(world)
    verdict = verify_and_note(world.mirror_deps, STORED)
    assert verdict is not None
    assert verdict.ok
    assert indexed(world) == 0, "verifying changes nothing in the bucket"
    assert is_due(world)
    index_lines(world.mirror_deps, STORED)
    assert indexed(world) == 1500


@pytest.mark.parametrize("harm", ["cut", "lies", "gone"])
def test_one_that_lies_or_is_gone_is_not_built_upon_and_made_anew_after_a_verification(world: World, harm: str) -> None:
    grow(world, 10)
    name = index_lines(world.mirror_deps, STORED)
    assert name is not None
    body = world.store.objects[PREFIX + name]
    world.store.remove(PREFIX + name)
    if harm == "cut":
        world.store.plant(PREFIX + name, body[:-1])
    elif harm == "lies":
        body = encode_index([500, 500, 500])
        world.store.plant(PREFIX + index_name(1500, body), body)
    grow(world, 10)
    if harm != "lies":
        assert index_lines(world.mirror_deps, STORED) is None
    verdict = verify_and_note(world.mirror_deps, STORED)
    assert verdict is not None
    assert verdict.ok
    assert is_due(world)
    assert index_lines(world.mirror_deps, STORED) is not None
    assert indexed(world) == 3000
    assert len(indexes_of(world.store.objects, HARNESS, "s1")) == 1
    assert verify_and_note(world.mirror_deps, STORED) is not None
    assert not is_due(world)


def test_one_for_more_than_is_in_the_bucket_is_left_alone_and_not_built_upon(world: World) -> None:
    grow(world, 10)
    body = encode_index(line_lengths(b"line\n" * 1000))
    name = index_name(5000, body)
    world.store.plant(PREFIX + name, body)
    made = index_lines(world.mirror_deps, STORED)
    assert made is not None
    assert {name, made} == set(indexes_of(world.store.objects, HARNESS, "s1"))


def test_of_two_machines_the_second_one_goes_on_by_the_first_ones(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one = World(tmp_path / "one", machine=Machine("one-id", "one"))
    grow(one, 10)
    index_lines(one.mirror_deps, STORED)
    one.restart()
    two = World(tmp_path / "two", store=one.store, clock=one.clock, machine=Machine("two-id", "two"))
    two.append(one.path.read_bytes())
    one.clock.now_ms += OTHER_MACHINE_MS + 1
    with pytest.raises(TakingOver):
        two.mirror.flush()
    one.clock.now_ms += int(CLAIM_S * 1000) + 1
    grow(two, 10)
    assert index_lines(two.mirror_deps, STORED) is not None
    assert indexed(two) == 3000


def test_an_index_made_after_the_last_part_makes_a_session_no_younger(tmp_path: Path) -> None:
    clock = Clock()
    store = MemoryStore(clock_ms=clock)
    one = World(tmp_path, store=store, clock=clock, machine=Machine("one-id", "one"))
    grow(one, 10)
    one.mirror.upkeep(force=True)
    one.clock.now_ms += OTHER_MACHINE_MS + 1
    assert index_lines(one.mirror_deps, STORED) is not None
    home = tmp_path / "two"
    home.mkdir()
    two = World(home, store=one.store, clock=one.clock, machine=Machine("two-id", "two"))
    two.append(one.path.read_bytes())
    one.restart()
    with pytest.raises(TakingOver):
        two.mirror.flush()


def test_a_compaction_writes_it_as_well(world: World) -> None:
    grow(world, 10)
    assert compact_stored(world.mirror_deps, STORED).merged
    assert indexed(world) == 1500
    assert len(world.parts()) == 1
    requests = world.store.requests
    assert not compact_stored(world.mirror_deps, STORED).merged
    assert world.store.requests["put"] == requests["put"]


def test_a_compaction_is_done_even_if_it_cannot_be_written(world: World) -> None:
    grow(world, 10)
    world.store.fail("put", offline(), matching="lines-")
    assert compact_stored(world.mirror_deps, STORED).merged
    assert indexed(world) == 0
    assert len(world.parts()) == 1


# As a follower does it, by itself.


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def desk_indexed(desk: Desk) -> int:
    return check_indexes(desk.store.objects, HARNESS, "s", desk.path.read_bytes())


def flush_lines(desk: Desk, count: int) -> None:
    desk.flush(b"".join(b"line %d\n" % number for number in range(count)))


def test_a_session_at_rest_is_indexed_once_however_few_its_parts_are(desk: Desk) -> None:
    flush_lines(desk, 300)
    desk.tidy()
    assert desk_indexed(desk) == 0, "not while it grows"
    desk.rest()
    desk.flush()
    desk.tidy()
    assert desk_indexed(desk) == desk.path.stat().st_size
    before = desk.store.requests
    desk.tidy()
    assert desk.store.requests == before
    assert not desk.item.mirror.owned


def test_a_growing_session_is_indexed_when_it_is_compacted(desk: Desk) -> None:
    flush_lines(desk, 300)
    desk.flush_often(GROWING_LIMIT + 1)
    desk.tidy()
    assert desk_indexed(desk) == desk.path.stat().st_size


def test_what_fails_is_tried_again_later(desk: Desk) -> None:
    flush_lines(desk, 300)
    desk.rest()
    desk.flush()
    desk.store.fail("put", offline(), matching="lines-")
    desk.tidy()
    assert desk_indexed(desk) == 0
    desk.tidy()
    assert desk_indexed(desk) == 0
    desk.now += 10**9 + BACKOFF_FIRST_S
    assert desk.tidy() is not None, "the lock was given up, and is to be taken again"
    desk.flush()
    desk.tidy()
    assert desk_indexed(desk) == desk.path.stat().st_size


def test_who_wants_no_compaction_gets_an_index_and_who_uploads_nothing_gets_none(tmp_path: Path) -> None:
    for name, options, expected in (("a", {"compacts": False}, True), ("b", {"enabled": False}, False)):
        (tmp_path / name).mkdir()
        desk = Desk(tmp_path / name, **options)  # type: ignore[arg-type]
        flush_lines(desk, 300)
        desk.flush_often(GROWING_LIMIT + 10)
        desk.rest()
        desk.flush()
        desk.tidy()
        assert (desk_indexed(desk) > 0) is expected
        assert len(desk.sizes()) == GROWING_LIMIT + 11
