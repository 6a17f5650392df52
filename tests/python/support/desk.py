"""One process with one session, flushed and tidied step by step, without a thread."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import attrs

from session_mirror.bucket.cover import resolve
from session_mirror.bucket.names import session_prefix
from session_mirror.journal.journal import Journal
from session_mirror.journal.machine import Machine
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.followed import Followed
from session_mirror.mirror.roster import Roster, Scope
from session_mirror.mirror.tidying import Tidying
from session_mirror.mirror.work import flush_once
from session_mirror.redaction.rules import TOKEN_SHAPES
from support.engine import HARNESS, PlainHarness
from support.following import until
from support.memory_store import MemoryStore


class CountingStore(MemoryStore):
    """Knows how many bytes compaction wrote."""

    rewritten = 0

    def put_stream(self, key: str, chunks: Iterable[bytes], size: int) -> None:
        self.rewritten += size
        super().put_stream(key, chunks, size)


@attrs.define
class Desk:
    """One process with one session, flushed and tidied step by step."""

    folder: Path
    store: CountingStore = attrs.field(factory=CountingStore)
    enabled: bool = True
    compacts: bool = True
    asked: list[Callable[[], None]] = attrs.field(factory=list)
    now: float = 1000.0
    deps: Deps = attrs.field(init=False)
    roster: Roster = attrs.field(init=False)
    tidying: Tidying = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.deps = Deps(
            store=self.store,
            journal=Journal(self.folder / "state"),
            state=self.folder / "state",
            machine=Machine("id", "here"),
            harnesses={HARNESS: PlainHarness(self.folder)},
            rules=TOKEN_SHAPES,
        )
        self.roster = Roster(
            self.deps, Scope(folders=(self.folder,), harnesses=(HARNESS,)), lambda _item, _backlog: None
        )
        self.tidying = Tidying(self.deps, self.roster, self.asked.append, enabled=self.enabled, compacts=self.compacts)

    @property
    def path(self) -> Path:
        return self.folder / "s.jsonl"

    @property
    def item(self) -> Followed:
        item = self.roster.get(f"{HARNESS}/s")
        assert item is not None
        return item

    def flush(self, data: bytes = b"") -> None:
        with self.path.open("ab") as file:
            file.write(data)
        self.roster.discover()
        result = flush_once(self.deps, self.item.mirror, self.item.name)
        assert result.problem is None
        self.item.settle(result, self.deps.now_ms())
        self.tidying.note(self.item)

    def flush_often(self, times: int) -> None:
        for number in range(times):
            self.flush(b"line %d\n" % number)

    def rest(self) -> None:
        """Nothing happens for an hour."""
        hour_ago = time.time() - 3600
        os.utime(self.path, (hour_ago, hour_ago))
        self.roster.discover()

    def tidy(self, *, away: bool = False, behind: bool = False, flushing: tuple[str, ...] = ()) -> Followed | None:
        """One look, and all that follows from it."""
        untaken = self.tidying.look(self.now, away=away, behind=behind, flushing=flushing)
        until(lambda: not self.tidying.is_busy, "the compaction's end")
        while self.asked:
            self.asked.pop(0)()
        self.tidying.note(self.item)
        return untaken

    def sizes(self) -> list[int]:
        """Of the bucket's parts, which spell what was written."""
        cover = resolve(self.store.list(session_prefix(HARNESS, "s")))
        objects = self.store.objects
        stream = b"".join(objects[p.part.key][p.start - p.part.start : p.end - p.part.start] for p in cover.slices)
        assert stream == self.path.read_bytes()
        assert not cover.leftovers
        return [piece.part.size for piece in cover.slices]

    def compactions(self) -> int:
        """How many were begun: each deletes and each that fails at least lists."""
        return sum(verb == "list" for verb, _ in self.store.log)
