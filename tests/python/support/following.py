"""Followers for tests: a folder of transcripts, a memory store, and ears that remember what they were told."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest

from session_mirror.bucket.cover import resolve
from session_mirror.bucket.meta import parse_meta
from session_mirror.bucket.names import META_NAME, session_prefix
from session_mirror.journal.journal import Journal
from session_mirror.journal.machine import Machine
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.follower import Follower
from session_mirror.mirror.roster import Scope
from session_mirror.protocol.mirror import Health
from session_mirror.protocol.sessions import SessionKey, SessionSummary
from session_mirror.redaction.rules import TOKEN_SHAPES
from support.engine import HARNESS, PlainHarness
from support.memory_store import MemoryStore

WAIT_S = 20.0


@attrs.define
class Ears:
    """Remembers the newest of everything."""

    rows: dict[str, SessionSummary] = attrs.field(factory=dict)
    healths: list[Health] = attrs.field(factory=list)
    removed: list[SessionKey] = attrs.field(factory=list)

    def sessions_changed(self, changed: tuple[SessionSummary, ...], removed: tuple[SessionKey, ...]) -> None:
        self.rows |= {row.session_id: row for row in changed}
        self.removed += removed

    def health_changed(self, health: Health) -> None:
        self.healths.append(health)


@attrs.define
class Machinery:
    """A folder of transcripts and any number of followers over one store."""

    folder: Path
    state: Path
    store: MemoryStore = attrs.field(factory=MemoryStore)
    running: list[Follower] = attrs.field(factory=list)
    clock_ahead_ms: int = 0
    """How far this machine's wall clock is ahead of the real one; to be set while followers run."""

    def deps(self) -> Deps:
        return Deps(
            store=self.store,
            journal=Journal(self.state),
            state=self.state,
            machine=Machine("id", "here"),
            harnesses={HARNESS: PlainHarness(self.folder)},
            rules=TOKEN_SHAPES,
            now_ms=lambda: time.time_ns() // 1_000_000 + self.clock_ahead_ms,
        )

    def follow(self, *, interval_s: float = 0.2, upload: bool = True) -> tuple[Follower, Ears]:
        ears = Ears()
        scope = Scope(folders=(self.folder,), harnesses=(HARNESS,), upload=upload)
        follower = Follower(self.deps(), scope, ears, interval_s=interval_s)
        follower.start()
        self.running.append(follower)
        return follower, ears

    def append(self, name: str, data: bytes) -> None:
        with (self.folder / f"{name}.jsonl").open("ab") as file:
            file.write(data)

    def append_old(self, name: str, data: bytes) -> None:
        """To a session of yesterday."""
        self.append(name, data)
        yesterday = time.time() - 86_400
        os.utime(self.folder / f"{name}.jsonl", (yesterday, yesterday))

    def is_ended(self, name: str) -> bool:
        """Whether `meta.json` tells that the stream was ended: what comes afterwards is no part of it."""
        body = self.store.objects.get(session_prefix(HARNESS, name) + META_NAME)
        return body is not None and parse_meta(body).ended_at_ms is not None

    def stream(self, name: str) -> bytes:
        objects = self.store.objects
        cover = resolve(self.store.list(session_prefix(HARNESS, name)))
        return b"".join(objects[p.part.key][p.start - p.part.start : p.end - p.part.start] for p in cover.slices)


@pytest.fixture
def machinery(tmp_path: Path) -> Iterator[Machinery]:
    (tmp_path / "sessions").mkdir()
    made = Machinery(tmp_path / "sessions", tmp_path / "state")
    yield made
    for follower in made.running:
        follower.stop(timeout_s=10)


def until(true: Callable[[], bool], what: str) -> None:
    """Waits for a condition, with a limit."""
    deadline = time.monotonic() + WAIT_S
    beat = threading.Event()
    while not true():
        assert time.monotonic() < deadline, f"not within {WAIT_S} s: {what}"
        beat.wait(0.02)
