"""A Codex thread mirrored while Codex moves, archives, compresses, resumes, reverts and migrates it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import attrs
import pytest

from session_mirror.bucket.cover import resolve
from session_mirror.bucket.names import session_prefix
from session_mirror.harness.base import FoundSession
from session_mirror.harness.codex_cli import Codex
from session_mirror.journal.journal import Journal
from session_mirror.journal.machine import Machine
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.follower import Follower
from session_mirror.mirror.library import Library
from session_mirror.mirror.roster import Roster, Scope
from session_mirror.protocol.sessions import SessionSummary
from session_mirror.redaction.rules import TOKEN_SHAPES
from support.following import Ears, until
from support.memory_store import MemoryStore
from support.rollouts import Rollout


class Counting(Codex):
    """Counts how often it was asked."""

    looks = 0

    def discover(self, folders: Sequence[Path]) -> list[FoundSession]:
        self.looks += 1
        return super().discover(folders)

    def has_looked(self, times: int) -> bool:
        return self.looks >= times


@attrs.define
class Followed:
    """One thread, `one`, that is followed."""

    home: Path
    folder: Path
    state: Path
    store: MemoryStore = attrs.field(factory=MemoryStore)
    ears: Ears = attrs.field(factory=Ears)
    _codex: Counting | None = None
    _follower: Follower | None = None

    def deps(self) -> Deps:
        self._codex = Counting(environment={"CODEX_HOME": str(self.home)}, home=self.home)
        return Deps(
            store=self.store,
            journal=Journal(self.state),
            state=self.state,
            machine=Machine("id", "here"),
            harnesses={"codex": self._codex},
            rules=TOKEN_SHAPES,
            now_ms=lambda: time.time_ns() // 1_000_000,
        )

    def scope(self) -> Scope:
        return Scope(folders=(self.folder,), harnesses=("codex",))

    def start(self) -> None:
        self.ears = Ears()
        self._follower = Follower(self.deps(), self.scope(), self.ears, interval_s=0.1)
        self._follower.start()

    def look(self) -> None:
        """Has the follower look around twice more."""
        assert self._codex is not None
        assert self._follower is not None
        for _ in range(2):
            times = self._codex.looks + 1
            self._follower.look()
            until(partial(self._codex.has_looked, times), "another look")

    def stop(self) -> None:
        if self._follower is not None:
            self._follower.stop(timeout_s=10)

    def stream(self, session_id: str = "one") -> bytes:
        objects = self.store.objects
        cover = resolve(self.store.list(session_prefix("codex", session_id)))
        return b"".join(objects[p.part.key][p.start - p.part.start : p.end - p.part.start] for p in cover.slices)

    def row(self) -> SessionSummary:
        return self.ears.rows["one"]

    def settled(self, made: Rollout, path: Path, session_id: str = "one") -> Callable[[], bool]:
        """Whether the thread is durable as it is, and shown so."""

        def is_settled() -> bool:
            if self.stream(session_id) != made.data() or "one" not in self.ears.rows:
                return False
            row = self.row()
            return (row.source_path, row.lag_bytes, row.source_bytes) == (str(path), 0, len(made.data()))

        return is_settled


@pytest.fixture
def followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Followed]:
    (tmp_path / "work").mkdir()
    monkeypatch.setenv("SESSION_MIRROR_STATE_DIR", str(tmp_path / "state"))
    made = Followed(tmp_path / "codex", tmp_path / "work", tmp_path / "state")
    yield made
    made.stop()


@pytest.fixture
def made(followed: Followed) -> Rollout:
    rollout = Rollout(str(followed.folder), "one")
    rollout.begin()
    rollout.turn()
    return rollout


def parts_of(followed: Followed) -> set[str]:
    return {key for key in followed.store.objects if "/part-" in key}


def test_archiving_compressing_and_resuming_go_on_in_one_stream(followed: Followed, made: Rollout) -> None:
    path = made.write(followed.home)
    followed.start()
    until(followed.settled(made, path), "mirrored")
    archived = made.path(followed.home, archived=True)
    archived.parent.mkdir()
    path.rename(archived)
    until(followed.settled(made, archived), "archived")
    before = parts_of(followed)
    packed = made.write(followed.home, archived=True, compressed=True)
    archived.unlink()
    until(followed.settled(made, packed), "compressed")
    assert parts_of(followed) == before
    made.turn(2)
    resumed = made.write(followed.home)
    packed.unlink()
    until(followed.settled(made, resumed), "resumed")
    assert len(parts_of(followed)) == len(before) + 1
    assert followed.row().generation == 1


def test_the_bucket_tells_where_a_moved_thread_is_now(
    followed: Followed, made: Rollout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("session_mirror.mirror.projection.META_EVERY_MS", 100)
    path = made.write(followed.home)
    followed.start()
    until(followed.settled(made, path), "mirrored")
    packed = made.write(followed.home, archived=True, compressed=True)
    path.unlink()

    def told() -> tuple[str | None, str, int]:
        (row,) = Library(followed.deps()).rows()
        return row.source_path, row.state, row.source_bytes

    until(lambda: told() == (str(packed), "live", len(made.data())), "told in meta.json")


def test_a_thread_that_was_compressed_before_anybody_looked_is_mirrored(followed: Followed, made: Rollout) -> None:
    path = made.write(followed.home, compressed=True)
    followed.start()
    until(followed.settled(made, path), "mirrored")


def test_compressed_threads_cost_nothing_once_they_are_mirrored(
    followed: Followed, made: Rollout, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made.write(followed.home, compressed=True)
    os.utime(path, (time.time() - 86_400,) * 2)
    followed.start()
    until(followed.settled(made, path), "mirrored")
    followed.stop()
    asked: list[str] = []

    def refuse(*_: object) -> None:
        asked.append("decompressed")
        raise AssertionError("decompressed")

    monkeypatch.setattr("session_mirror.source.opening._COPIES.open", refuse)
    before = dict(followed.store.objects)
    followed.start()
    until(lambda: "one" in followed.ears.rows and bool(followed.ears.healths), "seen")
    followed.look()
    assert followed.row().lag_bytes == 0
    assert followed.row().problem is None
    assert asked == []
    assert followed.store.objects == before


def test_a_compressed_thread_that_did_not_change_is_not_marked_again(followed: Followed, made: Rollout) -> None:
    made.write(followed.home, compressed=True)
    marked: list[str] = []
    roster = Roster(followed.deps(), followed.scope(), lambda item, _: marked.append(item.name))
    roster.discover()
    assert marked == ["codex/one"]
    roster.sweep(everything=True)
    roster.discover()
    assert marked == ["codex/one"]


def test_a_reverted_thread_goes_on_as_the_next_generation(followed: Followed, made: Rollout) -> None:
    path = made.write(followed.home)
    followed.start()
    until(followed.settled(made, path), "mirrored")
    base = {"thread_id": "one", "end_ordinal_exclusive": 4, "end_byte_offset": 4096}
    reverted = Rollout(str(followed.folder), "one", began="2026-03-02T09-00-00", revert_id="two", history_base=base)
    reverted.turn()
    newer = reverted.write(followed.home)
    until(followed.settled(reverted, newer, "one~g2"), "reverted")
    assert followed.stream() == made.data()
    assert followed.row().generation == 2


def test_a_migrated_rollout_goes_on_as_the_next_generation(followed: Followed) -> None:
    old = Rollout(str(followed.folder), "one", era="legacy")
    old.turn()
    path = old.write(followed.home)
    followed.start()
    until(followed.settled(old, path), "mirrored")
    new = Rollout(str(followed.folder), "one")
    new.turn()
    draft = path.with_name(path.name + ".tmp")
    draft.write_bytes(new.data())
    draft.replace(path)
    until(followed.settled(new, path, "one~g2"), "migrated")
    assert followed.stream() == old.data()
