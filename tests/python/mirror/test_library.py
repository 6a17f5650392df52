"""What the bucket tells of sessions: one row for each, with a past, and in words that are true on this machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from session_mirror.bucket.names import SESSIONS
from session_mirror.journal.machine import Machine
from session_mirror.mirror.library import Library
from session_mirror.protocol.sessions import SessionSummary
from support.engine import HARNESS, World

WORKSTATION = Machine("far-id", "workstation")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def rewrite(world: World, data: bytes) -> None:
    world.path.write_bytes(data)
    world.flush_all()


def only_row(world: World) -> SessionSummary:
    (row,) = Library(world.deps()).rows()
    return row


def mirrored_by(world: World, machine: Machine, session_id: str) -> None:
    """As another machine would have."""
    prefix = f"{SESSIONS}{HARNESS}/{session_id}/"
    meta = {"session_mirror": {"machine": machine.name, "machine_id": machine.id}}
    world.store.plant(prefix + "meta.json", json.dumps(meta).encode())
    world.store.plant(prefix + "part-00000-00000004.jsonl", b"far\n")


def test_a_rewritten_session_is_one_row_with_its_newest_generation(world: World) -> None:
    rewrite(world, b"one\n")
    rewrite(world, b"other\n")
    rewrite(world, b"third time\n")
    row = only_row(world)
    assert (row.session_id, row.generation, row.history_count) == ("s1", 3, 2)
    assert row.stream_bytes == len(b"third time\n")


def test_its_history_names_each_earlier_generation_exactly_newest_first(world: World) -> None:
    rewrite(world, b"one\n")
    began = world.clock.now_ms
    world.clock.now_ms += 60_000
    rewrite(world, b"other\n")
    ended = world.clock.now_ms
    world.clock.now_ms += 60_000
    rewrite(world, b"third time\n")
    second, first = Library(world.deps()).history(HARNESS, "s1")
    assert (second.session_id, first.session_id) == ("s1~g2", "s1~g1")
    assert (first.started_at_ms, first.ended_at_ms, first.cause) == (began, ended, "rewritten")
    assert (first.stream_bytes, first.part_count) == (len(b"one\n"), 1)


def test_a_session_without_a_past_has_none(world: World) -> None:
    rewrite(world, b"one\n")
    assert only_row(world).history_count == 0
    assert Library(world.deps()).history(HARNESS, "s1") == []


def test_listing_reads_nothing_of_earlier_generations_and_nothing_twice(world: World) -> None:
    rewrite(world, b"one\n")
    rewrite(world, b"other\n")
    library = Library(world.deps())
    before = len(world.store.log)
    library.rows()
    library.rows()
    assert world.store.log[before:] == [
        ("list", SESSIONS),
        ("get", f"{SESSIONS}{HARNESS}/s1~g2/meta.json"),
        ("list", SESSIONS),
    ]


def test_every_generation_can_be_listed_by_itself(world: World) -> None:
    rewrite(world, b"one\n")
    world.clock.now_ms += 1000
    rewrite(world, b"other\n")
    assert [row.session_id for row in Library(world.deps()).streams()] == ["s1", "s1~g1"]


def test_another_machines_session_is_told_to_be_that_machines(world: World) -> None:
    rewrite(world, b"one\n")
    mirrored_by(world, WORKSTATION, "s9")
    states = {row.session_id: (row.state, row.machine) for row in Library(world.deps()).rows()}
    assert states == {"s1": ("live", "this"), "s9": ("otherMachine", "workstation")}


def test_what_a_machine_mirrors_under_its_own_name_is_part_of_the_session(world: World) -> None:
    rewrite(world, b"one\n")
    mirrored_by(world, WORKSTATION, "s1~workstation")
    assert (only_row(world).session_id, only_row(world).history_count) == ("s1", 1)
    (entry,) = Library(world.deps()).history(HARNESS, "s1")
    assert (entry.session_id, entry.cause, entry.machine) == ("s1~workstation~g1", "otherMachine", "workstation")


def test_a_session_whose_source_is_gone_is_only_in_the_bucket(world: World) -> None:
    rewrite(world, b"one\n")
    assert (only_row(world).state, only_row(world).source_bytes) == ("live", len(b"one\n"))
    world.path.unlink()
    assert (only_row(world).state, only_row(world).source_bytes) == ("bucketOnly", 0)


def test_neighbours_whose_ids_begin_alike_are_no_past(world: World) -> None:
    rewrite(world, b"one\n")
    for name in ("s10", "s1~agent-x", "s1x~g2"):
        world.store.plant(f"{SESSIONS}{HARNESS}/{name}/part-00000-00000004.jsonl", b"far\n")
    assert Library(world.deps()).history(HARNESS, "s1") == []
