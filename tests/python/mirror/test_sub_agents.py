"""A sub-agent's session is a stream of its own that names whom it belongs to, whatever its host is called."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest

from session_mirror.bucket.lookup import Stored, newest_stored
from session_mirror.bucket.meta import parse_meta
from session_mirror.bucket.names import own_id, parent_by_name
from session_mirror.journal.machine import Machine
from session_mirror.mirror.library import Library
from session_mirror.mirror.projection import META_QUIET_MS
from session_mirror.mirror.session import SessionMirror
from support.engine import HARNESS, SECRET, World
from support.families import tell

SUB_AGENT = "s1~agent-x"
HOSTS = ["this", "agent-x", "g2", "host-g2", "s1", "x~y"]


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.append(b"one\n")
    made.flush_all()
    return made


def sub_agent_of(world: World, data: bytes = b"sub\n", sidecar: Path | None = None) -> SessionMirror:
    path = world.home / "agent-x.jsonl"
    path.write_bytes(data)
    found = attrs.evolve(
        world.found(),
        session_id=SUB_AGENT,
        path=path,
        size=len(data),
        parent_id="s1",
        agent="Explore: find " + SECRET.decode(),
        sidecar=sidecar,
    )
    return SessionMirror(world.mirror_deps, found)


def own_section(world: World, session_id: str = SUB_AGENT) -> dict[str, object]:
    body = world.store.objects[f"sessions/{HARNESS}/{session_id}/meta.json"]
    section = json.loads(body)["session_mirror"]
    assert isinstance(section, dict)
    return section


def test_meta_names_the_parent_and_the_task_redacted(world: World) -> None:
    sub_agent_of(world).flush()
    told = own_section(world)
    assert told["parent"] == "s1"
    assert told["agent"] == told["title"] == "Explore: find [REDACTED:aws_access_key]"
    assert "parent" not in own_section(world, "s1")


def test_the_sidecar_is_in_meta_redacted_and_again_when_it_was_rewritten(world: World) -> None:
    sidecar = world.home / "agent-x.meta.json"
    sidecar.write_text(json.dumps({"toolUseId": "t1", "key": SECRET.decode()}, indent=2))
    mirror = sub_agent_of(world, sidecar=sidecar)
    mirror.flush()
    assert own_section(world)["sidecar"] == {"toolUseId": "t1", "key": "[REDACTED:aws_access_key]"}
    before = world.store.requests
    mirror.upkeep()
    tell(sidecar.with_suffix("").with_suffix(".jsonl"), toolUseId="t1", finished=True)
    mirror.upkeep()
    assert world.store.requests == before, "it waits for a pause, as every meta.json does"
    world.clock.now_ms += META_QUIET_MS
    mirror.upkeep()
    assert own_section(world)["sidecar"] == {"toolUseId": "t1", "finished": True}
    assert world.store.requests - before == {"put": 1}


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"\xff", b'{"a": "' + b"x" * 70_000 + b'"}'])
def test_a_sidecar_that_is_torn_or_odd_or_large_is_left_out(world: World, body: bytes) -> None:
    sidecar = world.home / "agent-x.meta.json"
    sidecar.write_bytes(body)
    sub_agent_of(world, sidecar=sidecar).flush()
    assert "sidecar" not in own_section(world)


def test_a_lost_journal_does_not_lose_the_parent(world: World) -> None:
    mirror = sub_agent_of(world)
    mirror.flush()
    mirror.release()
    world.restart()
    world.forget_journal()
    world.flush_all()
    mirror = sub_agent_of(world, b"sub\nmore\n")
    mirror.flush()
    mirror.upkeep(force=True)
    assert own_section(world)["parent"] == "s1"
    assert world.stream(SUB_AGENT) == b"sub\nmore\n"


@pytest.mark.parametrize("host", HOSTS)
def test_a_sub_agent_is_no_generation_and_no_other_machines_stream(world: World, host: str) -> None:
    world.restart()
    world.machine = Machine("this-id", host)
    world.flush_all()
    mirror = sub_agent_of(world)
    mirror.flush()
    rows = {row.session_id: row for row in Library(world.mirror_deps).rows()}
    assert rows.keys() == {"s1", SUB_AGENT}
    assert (rows[SUB_AGENT].parent_id, rows[SUB_AGENT].agent) == ("s1", "Explore: find [REDACTED:aws_access_key]")
    assert (rows["s1"].parent_id, rows["s1"].history_count, rows["s1"].generation) == (None, 0, 1)
    assert Library(world.mirror_deps).history(HARNESS, "s1") == []
    assert Library(world.mirror_deps).history(HARNESS, SUB_AGENT) == []
    assert newest_stored(world.store, HARNESS, "s1") == Stored(HARNESS, "s1")
    assert newest_stored(world.store, HARNESS, SUB_AGENT) == Stored(HARNESS, SUB_AGENT)
    # And what is mirrored of the session afterwards still goes where it went.
    world.append(b"two\n")
    world.flush_all()
    assert (world.stream(), world.stream(SUB_AGENT)) == (b"one\ntwo\n", b"sub\n")


@pytest.mark.parametrize("host", HOSTS)
def test_a_machine_of_any_name_goes_apart_beside_a_sub_agent(world: World, tmp_path: Path, host: str) -> None:
    sub_agent_of(world).flush()
    world.mirror.upkeep(ended=True)
    (tmp_path / "other").mkdir()
    other = World(tmp_path / "other", store=world.store, machine=Machine("other-id", host))
    other.clock.now_ms += 600_000
    other.append(b"quite another\n")
    other.flush_all()
    apart = own_id("s1", host)
    assert (other.stream(apart), world.stream(), world.stream(SUB_AGENT)) == (b"quite another\n", b"one\n", b"sub\n")
    library = Library(world.mirror_deps)
    rows = {row.session_id: row for row in library.rows()}
    assert rows.keys() == {"s1", SUB_AGENT}
    assert rows["s1"].history_count == 1
    assert [entry.session_id for entry in library.history(HARNESS, "s1")] == [f"{apart}~g1"]


def test_history_asks_nothing_of_sub_agents(world: World) -> None:
    for number in range(5):
        world.store.plant(f"sessions/{HARNESS}/s1~agent-{number}/part-00000-00000001.jsonl", b"\n")
        world.store.plant(f"sessions/{HARNESS}/s1~agent-{number}/meta.json", b"{}")
    before = world.store.requests
    Library(world.mirror_deps).history(HARNESS, "s1")
    assert world.store.requests - before == {"list": 1, "get": 1}


@pytest.mark.parametrize(
    ("session_id", "parent"),
    [
        ("s~agent-1", "s"),
        ("s~agent-1~host", None),
        ("s", None),
        ("~agent-1", None),
        ("s~agent-", None),
        ("s~host", None),
    ],
)
def test_an_id_tells_its_parent_where_it_has_that_form(session_id: str, parent: str | None) -> None:
    assert parent_by_name(session_id) == parent


@pytest.mark.parametrize("parent", [7, "", None, ["s"], "s2", "x" * 300])
def test_an_odd_parent_in_meta_is_none(parent: object) -> None:
    body = {"session_id": "s2", "session_mirror": {"parent": parent, "agent": 7, "change_log": {}}}
    read = parse_meta(json.dumps(body).encode())
    assert (read.parent, read.agent, read.change_log) == (None, "", None)


def test_a_database_is_named_as_the_source_while_offsets_are_of_its_change_log(world: World) -> None:
    database = world.home / "state.sqlite"
    database.write_bytes(b"a database")
    world.restart()
    world.mirror.found = attrs.evolve(world.found(), database=database)
    world.append(b"two\n")
    world.flush_all()
    world.mirror.upkeep(force=True)
    meta = json.loads(world.store.objects[f"sessions/{HARNESS}/s1/meta.json"])
    assert meta["source_path"] == meta["session_mirror"]["database"] == str(database)
    assert meta["session_mirror"]["change_log"] == str(world.path)
    (row,) = Library(world.mirror_deps).rows()
    assert (row.source_path, row.source_bytes, row.state) == (str(database), 8, "live")
    database.unlink()
    (row,) = Library(world.mirror_deps).rows()
    assert row.state == "bucketOnly"
