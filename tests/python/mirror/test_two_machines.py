"""Two machines with copies of one session, each going its own way: neither mixes with the other, nothing is lost."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from session_mirror.bucket.lookup import Stored
from session_mirror.errors import MirrorError
from session_mirror.journal.machine import Machine
from session_mirror.mirror import indexing
from session_mirror.mirror.indexing import index_lines
from session_mirror.mirror.machines import CLAIM_S, OTHER_MACHINE_MS, WrittenElsewhere
from support.engine import HARNESS, Clock, World
from support.line_indexes import check_indexes
from support.memory_store import MemoryStore, offline

LINE = st.sampled_from([b"a\n", b"bb\n", b"a longer line of text\n"])
LINES = st.lists(LINE, min_size=1, max_size=3).map(b"".join)
WHO = st.sampled_from([0, 1])


def two_worlds(home: Path, store: MemoryStore, clock: Clock, *contents: bytes) -> list[World]:
    """Two machines, each with its transcript of one session, and one bucket."""
    worlds = []
    for name, content in zip(("one", "two"), contents, strict=True):
        (home / name).mkdir()
        world = World(home / name, store=store, clock=clock, machine=Machine(f"{name}-id", name))
        world.append(content)
        worlds.append(world)
    return worlds


class TwoMachines(RuleBasedStateMachine):
    """`truths`: what each machine's transcript ever was. Time passes only when told."""

    @initialize(common=LINES)
    def begin(self, common: bytes) -> None:
        self.home = Path(tempfile.mkdtemp())
        self.patches = ExitStack()
        self.patches.enter_context(mock.patch.object(indexing, "NEWS_BYTES", 1))
        self.patches.enter_context(mock.patch.object(indexing, "READ_BYTES", 4))
        self.clock = Clock()
        self.store = MemoryStore(clock_ms=self.clock)
        self.worlds = two_worlds(self.home, self.store, self.clock, common, common)
        self.truths: list[list[bytes]] = [[common], [common]]
        self.seen: dict[str, bytes] = {}

    def teardown(self) -> None:
        if hasattr(self, "home"):
            for world in self.worlds:
                world.restart()
            self.patches.close()
            shutil.rmtree(self.home)

    @rule(who=WHO, lines=LINES)
    def append(self, who: int, lines: bytes) -> None:
        self.worlds[who].append(lines)
        self.truths[who].append(self.worlds[who].path.read_bytes())

    @rule(who=WHO)
    def flush(self, who: int) -> None:
        try:
            self.worlds[who].mirror.flush()
            self.worlds[who].mirror.upkeep()
        except MirrorError as error:
            assert error.kind in ("conflict", "network")

    @rule(who=WHO, applied=st.booleans())
    def flush_while_the_network_fails(self, who: int, applied: bool) -> None:
        self.store.fail("put", offline(), applied=applied)
        self.flush(who)
        self.store.heal()

    @rule(who=WHO)
    def index(self, who: int) -> None:
        deps = self.worlds[who].mirror_deps
        for session_id in {key.split("/")[2] for key in self.store.objects if "/part-" in key}:
            index_lines(deps, Stored(HARNESS, session_id))

    @rule(who=WHO)
    def restart(self, who: int) -> None:
        self.worlds[who].restart()

    @rule(who=WHO)
    def lose_journal(self, who: int) -> None:
        self.worlds[who].restart()
        shutil.rmtree(self.worlds[who].state, ignore_errors=True)

    @rule(seconds=st.sampled_from([CLAIM_S, 30, 100, OTHER_MACHINE_MS / 1000 + 1]))
    def time_passes(self, seconds: float) -> None:
        self.clock.now_ms += int(seconds * 1000)

    @invariant()
    def no_stream_mixes_two_histories_or_gets_shorter(self) -> None:
        if not hasattr(self, "worlds"):
            return
        for session_id in {key.split("/")[2] for key in self.store.objects if "/part-" in key}:
            stream = self.worlds[0].stream(session_id)
            assert any(truth.startswith(stream) for truths in self.truths for truth in truths), session_id
            assert stream.startswith(self.seen.get(session_id, b"")), session_id
            check_indexes(self.store.objects, HARNESS, session_id, stream)
            self.seen[session_id] = stream

    @rule(who=WHO)
    def in_the_end_everything_is_somewhere(self, who: int) -> None:
        for _ in range(6):
            self.clock.now_ms += OTHER_MACHINE_MS + 1
            self.flush(who)
            self.clock.now_ms += int(CLAIM_S * 1000)
            self.flush(who)
        world = self.worlds[who]
        world.flush_all()
        position = world.mirror.position()
        assert position is not None
        key = position.key
        name = key.session_id if key.generation == 1 else f"{key.session_id}~g{key.generation}"
        # The other machine may have gone on from where we are.
        assert world.stream(name).startswith(world.path.read_bytes())


@pytest.mark.parametrize("waits_for_more", [False, True], ids=["first PUT failed", "waited for more"])
def test_who_has_put_nothing_yet_looks_again_before_the_first_part(tmp_path: Path, waits_for_more: bool) -> None:
    store, clock = MemoryStore(), Clock()
    one, two = two_worlds(tmp_path, store, clock, b"a\na\n", b"a\nbb\n")
    if waits_for_more:
        assert two.mirror.flush(min_bytes=1000).status == "current"
    else:
        store.fail("put", offline())
        with pytest.raises(MirrorError, match="cannot be reached"):
            two.mirror.flush()
        store.heal()
    one.mirror.flush()
    one.mirror.upkeep()
    with pytest.raises(WrittenElsewhere):
        two.mirror.flush()
    assert one.stream("s1") == b"a\na\n"
    one.restart()
    two.restart()


TestTwoMachines = TwoMachines.TestCase
TestTwoMachines.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
