"""A mirror's surroundings for tests: a memory store, a journal in a scratch directory, a plain harness."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import attrs

from session_mirror.bucket.cover import resolve
from session_mirror.bucket.names import session_prefix
from session_mirror.bucket.store import Store
from session_mirror.harness.base import FoundSession, ReadRecord
from session_mirror.harness.plain import PlainFiles
from session_mirror.journal.journal import Journal
from session_mirror.journal.machine import Machine
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.pending import Pending
from session_mirror.mirror.session import Outcome, SessionMirror
from session_mirror.protocol.mirror import Problem
from session_mirror.redaction.rules import TOKEN_SHAPES, RuleSet
from support.memory_store import MemoryStore

HARNESS = "claude-code"
SECRET = b"AKIA" + b"Q" * 16


class PlainHarness(PlainFiles):
    """Every `*.jsonl` file directly in a folder is a session that ran in that folder."""

    name = HARNESS
    label = "Plain"

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def roots(self) -> Sequence[Path]:
        return [self._folder] if self._folder else []

    def discover(self, folders: Sequence[Path]) -> list[FoundSession]:
        return [found_session(path) for folder in folders for path in sorted(folder.glob("*.jsonl"))]

    def problems(self) -> Sequence[Problem]:
        return []

    def title(self, path: Path) -> str:
        return path.stem + " " + SECRET.decode()

    def title_of_lines(self, lines: Sequence[bytes]) -> str:
        return f"{len(lines)} lines"

    def read_record(self, line: bytes) -> ReadRecord:
        return ReadRecord(time_ms=len(line), model=None, is_sidechain=False, events=())


@attrs.define
class Clock:
    """Wall time that stands still until told."""

    now_ms: int = 1_800_000_000_000

    def __call__(self) -> int:
        return self.now_ms


@attrs.define
class World:
    """One machine with one transcript. `restart` is a new process; `state` may be deleted or copied in between."""

    home: Path
    store: MemoryStore = attrs.field(factory=MemoryStore)
    clock: Clock = attrs.field(factory=Clock)
    rules: RuleSet = TOKEN_SHAPES
    machine: Machine = attrs.field(factory=lambda: Machine("this-id", "this"))
    pending: Pending = attrs.field(factory=Pending)
    _mirror: SessionMirror | None = None
    _deps: Deps | None = None
    _path: Path | None = None

    @property
    def path(self) -> Path:
        return self._path or self.home / "s1.jsonl"

    def found_at(self, path: Path) -> None:
        """The transcript was moved, and found there."""
        self._path = path
        if self._mirror is not None:
            self._mirror.found = self.found()

    def found(self) -> FoundSession:
        """The session as discovery tells it, by its id wherever its file is."""
        return attrs.evolve(found_session(self.path), session_id="s1")

    @property
    def state(self) -> Path:
        return self.home / "state"

    def deps(self, store: Store | None = None) -> Deps:
        return Deps(
            store=store or self.store,
            journal=Journal(self.state),
            state=self.state,
            machine=self.machine,
            harnesses={HARNESS: PlainHarness()},
            rules=self.rules,
            pending=self.pending,
            now_ms=self.clock,
        )

    @property
    def mirror(self) -> SessionMirror:
        if self._mirror is None:
            self._deps = self.deps()
            self._mirror = SessionMirror(self._deps, self.found())
        return self._mirror

    @property
    def mirror_deps(self) -> Deps:
        """What the mirror was built with."""
        assert self.mirror is not None
        assert self._deps is not None
        return self._deps

    def forget_journal(self) -> None:
        """Between two processes."""
        for file in self.state.glob("state.db*"):
            file.unlink()

    def restart(self) -> None:
        """The process dies here, without a word, and another takes its place."""
        if self._mirror is not None and self._deps is not None:
            self._mirror.release()
            self._deps.journal.close()
        self._mirror = self._deps = None

    def append(self, data: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(data)

    def forget_freshness(self) -> None:
        """Dates the transcript back, so that no look at it is doubtful only because it was just written."""
        before = self.path.stat().st_mtime_ns - 3600 * 10**9
        os.utime(self.path, ns=(before, before))
        self.mirror.flush()

    def flush_all(self) -> list[Outcome]:
        """Flushes until nothing is waiting."""
        outcomes = [self.mirror.flush()]
        while outcomes[-1].more:
            outcomes.append(self.mirror.flush())
        return outcomes

    def stream(self, session_id: str = "s1") -> bytes:
        """What an aware reader finds in the bucket."""
        prefix = session_prefix(HARNESS, session_id)
        cover = resolve(self.store.list(prefix))
        assert not cover.has_gap
        objects = self.store.objects
        return b"".join(
            objects[piece.part.key][piece.start - piece.part.start : piece.end - piece.part.start]
            for piece in cover.slices
        )

    def stream_part(self, number: int, session_id: str = "s1") -> bytes:
        """The bytes of one part, by its place among the names."""
        return self.store.objects[session_prefix(HARNESS, session_id) + self.parts(session_id)[number]]

    def parts(self, session_id: str = "s1") -> list[str]:
        prefix = session_prefix(HARNESS, session_id)
        return [key.removeprefix(prefix) for key in self.store.objects if key.startswith(prefix + "part-")]


def found_session(path: Path) -> FoundSession:
    """The session behind a file, as discovery would tell it."""
    try:
        stat = path.stat()
        size, modified_ms = stat.st_size, stat.st_mtime_ns // 1_000_000
    except FileNotFoundError:
        size, modified_ms = 0, time.time_ns() // 1_000_000
    return FoundSession(
        harness=HARNESS, session_id=path.stem, path=path, cwd=str(path.parent), size=size, modified_ms=modified_ms
    )
