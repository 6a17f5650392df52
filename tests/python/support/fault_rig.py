"""A follower over any store, transcripts that it follows, and the one question: is all of it in the store, exactly?"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from session_mirror.bucket.cover import resolve
from session_mirror.bucket.names import session_prefix
from session_mirror.bucket.reader import StreamReader
from session_mirror.bucket.store import Store
from session_mirror.journal.journal import Journal
from session_mirror.journal.machine import Machine
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.follower import Follower
from session_mirror.mirror.roster import Scope
from session_mirror.protocol.mirror import ErrorKind, Health, Problem
from session_mirror.protocol.sessions import SessionKey, SessionSummary
from session_mirror.redaction.rules import TOKEN_SHAPES
from support.engine import HARNESS, PlainHarness
from support.memory_store import MemoryStore

WAIT_S = 40.0


@attrs.define
class Rig:
    """`store` is what the follower uses, `truth` what the test looks into: the same place, without faults."""

    home: Path
    store: Store
    truth: Store
    healths: list[Health] = attrs.field(factory=list)
    rows: dict[str, SessionSummary] = attrs.field(factory=dict)

    @property
    def folder(self) -> Path:
        folder = self.home / "sessions"
        folder.mkdir(exist_ok=True)
        return folder

    def source(self, name: str) -> Path:
        return self.folder / f"{name}.jsonl"

    def append(self, name: str, data: bytes) -> None:
        with self.source(name).open("ab") as file:
            file.write(data)

    def stream(self, name: str) -> bytes:
        """What our own reader finds."""
        return b"".join(StreamReader(self.truth, session_prefix(HARNESS, name)).read())

    def part_count(self, name: str) -> int:
        return resolve(self.truth.list(session_prefix(HARNESS, name))).part_count

    def is_exact(self, name: str = "s") -> bool:
        return self.stream(name) == TOKEN_SHAPES.redact(self.source(name).read_bytes()).data

    @property
    def problem(self) -> Problem | None:
        return self.healths[-1].problem if self.healths else None

    def sessions_changed(self, changed: tuple[SessionSummary, ...], removed: tuple[SessionKey, ...]) -> None:
        self.rows |= {row.session_id: row for row in changed}

    def health_changed(self, health: Health) -> None:
        self.healths.append(health)

    @contextmanager
    def following(self, *, interval_s: float = 0.1) -> Iterator[Follower]:
        """A follower for as long as the block lasts."""
        state = self.home / "state"
        deps = Deps(
            store=self.store,
            journal=Journal(state),
            state=state,
            machine=Machine("id", "here"),
            harnesses={HARNESS: PlainHarness(self.folder)},
            rules=TOKEN_SHAPES,
        )
        scope = Scope(folders=(self.folder,), harnesses=(HARNESS,))
        follower = Follower(deps, scope, self, interval_s=interval_s)
        follower.start()
        try:
            yield follower
        finally:
            follower.stop(timeout_s=5)

    def begin(self) -> None:
        """A first line that arrives."""
        self.append("s", b"one\n")
        until(self.is_exact, "the beginning mirrored")

    def shows(self, kind: ErrorKind, remedy: str) -> None:
        """Waits until the problem is shown, and what to do about it."""

        def shown() -> bool:
            return self.problem is not None and (self.problem.kind, remedy in self.problem.hint) == (kind, True)

        until(shown, f"{kind} with {remedy!r}", lambda: str(self.problem))
        until(lambda: self.rows["s"].state == "error", "the session marked")

    def is_well(self, *names: str) -> None:
        """Waits until everything is mirrored, exactly, and nothing is shown any more."""
        for name in names or ("s",):
            until(lambda name=name: self.is_exact(name), f"{name} caught up", lambda: str(self.problem))  # type: ignore[misc]
        until(lambda: self.problem is None, "no problem shown", lambda: str(self.problem))


class OneContentStore(MemoryStore):
    """Fails the test when a part is overwritten by other bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.overwritten: list[str] = []

    def put(self, key: str, body: bytes) -> None:
        if "/part-" in key and self.objects.get(key, body) != body:
            self.overwritten.append(key)
        super().put(key, body)


def until(true: Callable[[], bool], what: str, detail: Callable[[], str] = str) -> None:
    """Returns once it is true; fails after `WAIT_S`."""
    deadline = time.monotonic() + WAIT_S
    beat = threading.Event()
    while not true():
        assert time.monotonic() < deadline, f"not within {WAIT_S} s: {what}; {detail()}"
        beat.wait(0.02)
