"""A Hermes session mirrored while Hermes writes it, compacts it, takes it back and loses it."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest

from session_mirror.bucket.cover import resolve
from session_mirror.bucket.names import session_prefix
from session_mirror.harness.hermes_agent import Hermes
from session_mirror.journal.journal import Journal
from session_mirror.journal.machine import Machine
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.follower import Follower
from session_mirror.mirror.roster import Scope
from session_mirror.redaction.rules import TOKEN_SHAPES
from support.engine import SECRET
from support.following import Ears, until
from support.hermes_database import HermesDatabase, HermesSession
from support.memory_store import MemoryStore


@attrs.define
class World:
    """One database, one bucket, and windows that follow."""

    home: Path
    store: MemoryStore = attrs.field(factory=MemoryStore)
    windows: list[Follower] = attrs.field(factory=list)
    ears: Ears = attrs.field(factory=Ears)

    @property
    def state(self) -> Path:
        return self.home / "state"

    def open_window(self) -> None:
        hermes = Hermes(environment={"HERMES_HOME": str(self.home)}, state=self.state)
        deps = Deps(
            store=self.store,
            journal=Journal(self.state),
            state=self.state,
            machine=Machine("id", "here"),
            harnesses={"hermes": hermes},
            rules=TOKEN_SHAPES,
            now_ms=lambda: time.time_ns() // 1_000_000,
        )
        self.ears = Ears()
        scope = Scope(folders=(Path("/w/app"),), harnesses=("hermes",))
        follower = Follower(deps, scope, self.ears, interval_s=0.1)
        follower.start()
        self.windows.append(follower)

    def close_windows(self) -> None:
        while self.windows:
            self.windows.pop().stop(timeout_s=10)

    def stream(self, session_id: str) -> bytes:
        objects = self.store.objects
        cover = resolve(self.store.list(session_prefix("hermes", session_id)))
        return b"".join(objects[p.part.key][p.start - p.part.start : p.end - p.part.start] for p in cover.slices)

    def tells(self, session: HermesSession, stream_id: str = "") -> Callable[[], bool]:
        """Whether the last word of each row in the bucket is what the database holds."""

        def is_told() -> bool:
            words: dict[int, object] = {}
            for line in self.stream(stream_id or session.id).splitlines():
                told = json.loads(line)
                ours = told.pop("session_mirror", {})
                if ours.get("removed"):
                    words.pop(told.get("id"), None)
                elif not ours:
                    words[told["id"]] = told
            return words == session.rows()

        return is_told


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close_windows()


@pytest.fixture
def session(world: World) -> Iterator[HermesSession]:
    hermes = HermesDatabase(world.home / "state.db")
    made = hermes.session()
    made.prompt("run the tests")
    made.call("terminal", "12 passing", command="npm test")
    made.reply("All pass.")
    yield made
    hermes.close()


def test_whatever_hermes_does_to_its_rows_reaches_the_bucket_in_one_stream(
    world: World, session: HermesSession
) -> None:
    world.open_window()
    until(world.tells(session), "mirrored")
    session.prompt("more")
    session.call("terminal", "13 passing", command="npm test")
    until(world.tells(session), "new rows")
    session.compact("They ran tests.", head=1, tail=3)
    until(world.tells(session), "compacted")
    session.rewind(session.ids()[-1:])
    session.delete(session.ids()[0])
    until(world.tells(session), "taken back")
    session.set(session.ids()[0], content="changed in place")
    until(world.tells(session), "changed in place")
    assert {row.generation for row in world.ears.rows.values()} == {1}


def test_two_windows_mirror_each_row_once(world: World, session: HermesSession) -> None:
    world.open_window()
    world.open_window()
    for number in range(5):
        session.prompt(f"more {number}")
        until(world.tells(session), "mirrored")
    lines = [line for line in world.stream(session.id).splitlines() if b'"table"' not in line]
    assert len(lines) == len(set(lines)) == len(session.rows())


def test_a_lost_state_directory_continues_the_stream(world: World, session: HermesSession) -> None:
    world.open_window()
    until(world.tells(session), "mirrored")
    world.close_windows()
    before = {key: body for key, body in world.store.objects.items() if "/part-" in key}
    shutil.rmtree(world.state)
    world.open_window()
    until(lambda: session.id in world.ears.rows and not world.ears.rows[session.id].lag_bytes, "known again")
    assert world.ears.rows[session.id].generation == 1
    assert {key: body for key, body in world.store.objects.items() if "/part-" in key} == before


def test_counters_told_before_make_a_new_generation_where_the_state_directory_was_lost_and_the_session_went_on(
    world: World, session: HermesSession
) -> None:
    world.open_window()
    until(world.tells(session), "mirrored")
    world.close_windows()
    before = world.stream(session.id)
    shutil.rmtree(world.state)
    session.prompt("more")
    world.open_window()
    until(world.tells(session, f"{session.id}~g2"), "mirrored anew")
    assert world.stream(session.id) == before


def test_a_session_that_hermes_deletes_stays_in_the_bucket(world: World, session: HermesSession) -> None:
    world.open_window()
    until(world.tells(session), "mirrored")
    before = world.stream(session.id)
    session.hermes.db.execute("DELETE FROM messages")
    session.hermes.db.execute("DELETE FROM sessions")
    until(lambda: world.ears.rows[session.id].state == "bucketOnly", "seen to be gone")
    assert world.stream(session.id) == before


def test_secrets_in_calls_and_results_are_redacted(world: World, session: HermesSession) -> None:
    session.call("terminal", f"key {SECRET.decode()}", command=f"echo {SECRET.decode()}")
    session.reply(SECRET.decode())
    world.open_window()
    until(lambda: world.stream(session.id).count(b"\n") >= len(session.rows()), "mirrored")
    assert SECRET not in world.stream(session.id)
    assert all(json.loads(line) for line in world.stream(session.id).splitlines())
