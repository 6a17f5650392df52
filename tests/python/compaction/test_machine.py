"""Any interleaving of flushes, compactions that die anywhere, late requests and lost journals, over stores that copy.

At every single change of the bucket: what a reader can assemble is an exact prefix of the truth, holds all that was
acknowledged, and never gets shorter.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import attrs
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from session_mirror.bucket.cover import resolve
from session_mirror.compaction import compact as compact_module
from session_mirror.compaction import delete as delete_module
from session_mirror.compaction import plan, steps
from session_mirror.compaction.compact import compact
from session_mirror.compaction.merge import Merged
from session_mirror.compaction.steps import Step
from session_mirror.failpoints import FAILPOINTS, Failpoint, armed
from support.late_store import Bucket, Connection, Died, Request
from support.parts import HARNESS, SESSION, TRUTH, key, listed, parts, spelled

STEPS = [name for name in FAILPOINTS if name.startswith("compact.") and not name.endswith("mark")]
COMPOSES = st.sampled_from([None, 0, 3])
"""No store's own copying, or of any part, or of parts of at least three bytes."""
HISTORIES = {
    "none": (parts(), parts()),
    "numbers fall, and two are still on the wire": (
        parts((0, 0, 10), (1, 10, 11), (2, 11, 13), (3, 13, 14), (5, 14, 16)),
        parts((4, 10, 12), (4, 14, 16)),
    ),
    "a name stands for two stretches": (parts((0, 0, 2), (1, 2, 3)), parts((1, 1, 3))),
}
"""What is stored, and which PUTs of the dead may still land, after journals were lost."""


@attrs.frozen
class Journal:
    """A writer's memory: where it is, and the part it has sent but not seen acknowledged."""

    cursor: int = 0
    next_seq: int = 0
    intent: tuple[int, int, int] | None = None


class MirrorMachine(RuleBasedStateMachine):
    """One writer with a journal, any number of compactors, and a wire that forgets nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.bucket = Bucket(self.check)
        self.journal = Journal()
        self.acknowledged = 0
        self.longest = 0
        self.forgot = False
        self.contents: dict[str, bytes] = {}

    def check(self) -> None:
        stream = spelled(self.bucket.objects)
        assert TRUTH.startswith(stream), "not a prefix of the truth"
        assert len(stream) >= self.acknowledged, "acknowledged bytes are lost"
        assert len(stream) >= self.longest, "a reader would see less than before"
        self.longest = len(stream)
        for name, body in self.bucket.objects.items():
            # A writer that forgot may repeat a number; only sizes tell such parts apart, and merges never make one.
            assert self.contents.setdefault(name, body) == body or self.forgot, "a key got a second content"

    @initialize(history=st.sampled_from(sorted(HISTORIES)))
    def begin_after(self, history: str) -> None:
        """With histories that take too many steps, each unlikely, to come about by chance."""
        stored, late = HISTORIES[history]
        self.forgot = bool(stored)
        self.bucket.late += [Request(name, body) for name, body in late.items()]
        for name, body in stored.items():
            self.bucket.land(Request(name, body))
        cover = resolve(listed(stored))
        self.acknowledged = cover.end
        self.journal = Journal(cover.end, cover.next_seq)

    @rule(sizes=st.lists(st.integers(1, 5), min_size=2, max_size=5))
    def flush_several_times(self, sizes: list[int]) -> None:
        self.finish_flush()
        for size in sizes:
            self.begin_flush(size)
            self.finish_flush()

    @precondition(lambda self: self.journal.intent is None)
    @rule(size=st.integers(1, 5))
    def begin_flush(self, size: int) -> None:
        at = self.journal
        self.journal = attrs.evolve(at, intent=(at.next_seq, at.cursor, at.cursor + size))

    @rule()
    def finish_flush(self) -> None:
        if self.journal.intent is not None:
            seq, _, end = self.journal.intent
            self.bucket.land(self.sent())
            self.acknowledged = max(self.acknowledged, end)
            self.journal = Journal(cursor=end, next_seq=seq + 1)

    @rule(remembers=st.booleans())
    def writer_dies_and_comes_back(self, remembers: bool) -> None:
        if self.journal.intent is not None:
            self.bucket.late.append(self.sent())
        if remembers:
            self.finish_flush()
        cover = resolve(listed(self.bucket.objects))
        known = self.journal if remembers else Journal()
        self.forgot = self.forgot or not remembers
        self.journal = Journal(cursor=max(cover.end, known.cursor), next_seq=max(cover.next_seq, known.next_seq))

    @rule(
        keep_tail=st.integers(0, 2), max_bytes=st.sampled_from([8, 1000]), composes_from=COMPOSES, tiers=st.booleans()
    )
    def compact(self, keep_tail: int, max_bytes: int, composes_from: int | None, tiers: bool) -> None:
        connection = Connection(self.bucket, composes_from=composes_from)
        self.compact_with(connection, keep_tail, max_bytes, tiers=tiers)

    @rule(
        keep_tail=st.integers(0, 2),
        max_bytes=st.sampled_from([8, 1000]),
        dies_at=st.integers(1, 8),
        composes_from=COMPOSES,
    )
    def compact_and_die_at_a_write(
        self, keep_tail: int, max_bytes: int, dies_at: int, composes_from: int | None
    ) -> None:
        self.compact_with(Connection(self.bucket, dies_at, composes_from), keep_tail, max_bytes)

    @rule(step=st.sampled_from(STEPS), nth=st.integers(1, 3), composes_from=COMPOSES)
    def compact_and_die_between_requests(self, step: Failpoint, nth: int, composes_from: int | None) -> None:
        def die() -> None:
            raise Died

        with armed(step, die, nth):
            self.compact_with(Connection(self.bucket, composes_from=composes_from), 0, 1000)

    @rule(
        step=st.sampled_from(STEPS),
        nth=st.integers(1, 3),
        others=st.lists(st.sampled_from(["flush", "late request", "compactor", "dying compactor"]), max_size=3),
        composes_from=COMPOSES,
    )
    def compact_while_others_are_at_work(
        self, step: Failpoint, nth: int, others: list[str], composes_from: int | None
    ) -> None:
        actions: dict[str, Callable[[], None]] = {
            "flush": self.finish_flush,
            "late request": lambda: self.land_late(-1, again=True),
            "compactor": lambda: self.compact_with(Connection(self.bucket), 1, 1000),
            "dying compactor": lambda: self.compact_with(Connection(self.bucket, 2), 0, 1000),
        }

        def interfere() -> None:
            for name in others:
                actions[name]()

        with armed(step, interfere, nth):
            self.compact_with(Connection(self.bucket, composes_from=composes_from), 0, 1000)

    @precondition(lambda self: self.bucket.late)
    @rule(which=st.integers(0, 30), again=st.booleans())
    def land_late(self, which: int, again: bool) -> None:
        if self.bucket.late:
            index = which % len(self.bucket.late)
            self.bucket.land(self.bucket.late[index] if again else self.bucket.late.pop(index))

    def sent(self) -> Request:
        assert self.journal.intent is not None
        seq, start, end = self.journal.intent
        return Request(key(seq, end), TRUTH[start:end])

    def compact_with(self, connection: Connection, keep_tail: int, max_bytes: int, *, tiers: bool = False) -> None:
        with pytest.MonkeyPatch.context() as patch, suppress(Died):
            patch.setattr(compact_module, "MERGED_BYTES", max_bytes)
            patch.setattr(delete_module, "AT_ONCE", 2)
            patch.setattr(steps, "_READ_AT_ONCE_BYTES", 0)
            patch.setattr(plan, "SMALL_BYTES", 3)
            compact(connection, HARNESS, SESSION, keep_tail=keep_tail, tiers=tiers)


def run_machine(examples: int, *, derandomize: bool = False) -> None:
    run_state_machine_as_test(
        MirrorMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            derandomize=derandomize,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_no_interleaving_loses_a_byte() -> None:
    run_machine(150)


def test_the_machine_notices_a_merged_part_named_by_its_last_sequence(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_last(store: Connection, step: Step, *_: object, **__: object) -> Merged:
        run = step.run
        last = run.parts[-1]
        store.put(last.key, TRUTH[run.merged.start : run.merged.end])
        store.delete([name for name in run.replaced if name != last.key])
        return Merged(run, None, ())

    monkeypatch.setattr(compact_module, "merge", by_last)
    with pytest.raises(AssertionError):
        run_machine(300, derandomize=True)


def test_the_machine_notices_deletes_that_do_not_wait_for_the_merged_part(monkeypatch: pytest.MonkeyPatch) -> None:
    def hasty(store: Connection, step: Step, *_: object, **__: object) -> Merged:
        run = step.run
        body = TRUTH[run.merged.start : run.merged.end]
        store.delete(run.replaced)
        store.put(run.merged.key, body)
        return Merged(run, None, ())

    monkeypatch.setattr(compact_module, "merge", hasty)
    with pytest.raises(AssertionError):
        run_machine(300, derandomize=True)
