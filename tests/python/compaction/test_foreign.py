"""Sessions that tracecraft wrote: compacted under its own names, and never a byte twice for our readers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from session_mirror.bucket.listing import list_once, list_whole
from session_mirror.bucket.markers import Marker, marker_name, parse_marker
from session_mirror.bucket.reader import StreamReader
from session_mirror.bucket.store import Store
from session_mirror.compaction import compact as compact_module
from session_mirror.compaction import delete as delete_module
from session_mirror.compaction.compact import Compaction, compact
from session_mirror.compaction.entries import fold_foreign
from session_mirror.errors import MirrorError
from session_mirror.failpoints import Failpoint, armed
from support.late_store import Bucket, Connection, Died, Request
from support.memory_store import MemoryStore
from support.parts import HARNESS, PREFIX, SESSION, TRUTH

TRACECRAFTS_NAME = re.compile(r"part-(\d{5})-[a-f0-9]{8}\.jsonl$")
NOW_MS = 1_800_000_000_000
STEPS: list[Failpoint] = [
    "compact.after_list",
    "compact.after_mark",
    "compact.after_get",
    "compact.before_compose",
    "compact.after_put",
    "compact.after_head",
    "compact.mid_delete",
    "compact.after_delete",
    "compact.before_unmark",
]


def name(seq: int) -> str:
    """Random digits, as tracecraft's, but the same in every run."""
    return f"{PREFIX}part-{seq:05d}-{(seq + 1) * 0x9E3779B1 % (1 << 32):08x}.jsonl"


def filled(parts: int, *, composes_from: int | None = None, age_ms: int = 3_600_000) -> MemoryStore:
    store = MemoryStore(clock_ms=lambda: NOW_MS - age_ms, composes_from=composes_from)
    for seq in range(parts):
        store.plant(name(seq), TRUTH[seq * 10 : seq * 10 + 10])
    return store


def run(store: Store, keep_tail: int = 0, *, tiers: bool = False) -> Compaction:
    return compact(store, HARNESS, SESSION, keep_tail=keep_tail, tiers=tiers, now_ms=lambda: NOW_MS)


def read(store: Store) -> bytes:
    return b"".join(StreamReader(store, PREFIX).read())


def as_tracecraft_reads(objects: dict[str, bytes]) -> bytes:
    names = sorted(key for key in objects if TRACECRAFTS_NAME.search(key.rsplit("/", 1)[-1]))
    return b"".join(objects[key] for key in names)


@pytest.mark.parametrize("composes_from", [None, 0])
@pytest.mark.parametrize("keep_tail", [0, 1, 4])
def test_both_readers_read_the_same_before_and_after(keep_tail: int, composes_from: int | None) -> None:
    store = filled(12, composes_from=composes_from)
    result = run(store, keep_tail)
    assert (result.parts_before, result.parts_after, result.merged) == (12, 1 + keep_tail, True)
    assert as_tracecraft_reads(store.objects) == TRUTH[:120]
    assert read(store) == TRUTH[:120]
    assert not list_whole(store, PREFIX).cover.has_gap


def test_what_tracecraft_writes_afterwards_is_read_and_merged_as_well() -> None:
    store = filled(12)
    run(store)
    store.plant(name(1), TRUTH[120:130])  # a name that was used before the merge: as good as impossible
    store.plant(PREFIX + "part-00002-0badcafe.jsonl", TRUTH[120:130])
    assert read(store) == TRUTH[:130]
    run(store)
    assert read(store) == as_tracecraft_reads(store.objects) == TRUTH[:130]
    assert len(list_whole(store, PREFIX).markers) == 1


def test_compacting_again_changes_nothing() -> None:
    store = filled(12)
    run(store)
    before = store.objects
    assert run(store).merged is False
    assert store.objects == before


def test_a_session_somebody_may_still_write_is_refused_unless_its_tail_is_kept() -> None:
    store = filled(12, age_ms=60_000)
    with pytest.raises(MirrorError, match="still writing") as caught:
        run(store)
    assert (caught.value.kind, "--keep-tail" in caught.value.hint) == ("conflict", True)
    assert len(store.objects) == 12
    assert run(store, keep_tail=2).parts_after == 3


def test_automatic_compaction_leaves_it_alone() -> None:
    store = filled(100, age_ms=60_000)
    assert run(store, tiers=True).merged is False
    assert len(store.objects) == 100


def test_a_merged_part_stands_in_the_place_of_its_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact_module, "MERGED_BYTES", 40)
    store = filled(12)
    assert run(store).parts_after == 3
    assert [TRACECRAFTS_NAME.findall(key) for key in store.objects if "/part-" in key] == [
        ["00000"],
        ["00004"],
        ["00008"],
    ]
    assert as_tracecraft_reads(store.objects) == TRUTH[:120]


def test_a_part_that_comes_back_long_after_it_was_merged_is_not_read_again() -> None:
    store = filled(12)
    run(store)
    store.plant(name(5), TRUTH[50:60])
    assert read(store) == TRUTH[:120]
    run(store)
    assert as_tracecraft_reads(store.objects) == TRUTH[:120]


def test_a_part_that_is_really_missing_is_still_a_gap() -> None:
    store = filled(12)
    run(store, keep_tail=4)
    store.remove(name(9))
    assert list_whole(store, PREFIX).cover.has_gap


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"merged": "part-00000-00000001.jsonl"}',
        b'{"merged": "part-00000-00000001.jsonl", "size": 1, "parts": ["../x"]}',
        b'{"merged": "part-00000-00000002.jsonl", "size": 1, "parts": ["part-00001-00000001.jsonl"]}',
        b'{"merged": "part-00000-00000001.jsonl", "size": "1", "parts": ["part-00001-00000001.jsonl"]}',
    ],
)
def test_a_marker_that_makes_no_sense_hides_nothing(body: bytes) -> None:
    assert parse_marker(marker_name("part-00000-00000001.jsonl"), body) is None
    store = filled(3)
    store.plant(PREFIX + marker_name("part-00000-00000001.jsonl"), body)
    assert read(store) == TRUTH[:30]


def test_two_merged_parts_that_cross_are_an_error_and_no_guess() -> None:
    store = filled(3)
    for seq, (first, last) in enumerate([(0, 1), (1, 2)]):
        names = frozenset(name(number).rsplit("/", 1)[-1] for number in (first, last))
        marker = Marker(f"part-{seq:05d}-deadbeef.jsonl", 20, names, frozenset())
        store.plant(PREFIX + marker.name, marker.to_json())
        store.plant(PREFIX + marker.merged, TRUTH[first * 10 : first * 10 + 20])
    with pytest.raises(MirrorError, match="in common"):
        read(store)


@pytest.mark.parametrize("digits", [("00000001", "fffffff1"), ("fffffff1", "00000001")])
def test_of_two_merges_of_the_same_parts_one_is_read_whatever_their_names(digits: tuple[str, str]) -> None:
    """The first was interrupted, the second stands for it, and what the first had sent lands late."""
    store = filled(3)
    parts = frozenset(name(seq).rsplit("/", 1)[-1] for seq in range(3))
    first = Marker(f"part-00000-{digits[0]}.jsonl", 30, parts, frozenset())
    second = Marker(f"part-00000-{digits[1]}.jsonl", 30, parts, frozenset({first.merged}))
    for marker in (first, second):
        store.plant(PREFIX + marker.name, marker.to_json())
        store.plant(PREFIX + marker.merged, TRUTH[:30])
    assert read(store) == TRUTH[:30]
    run(store)
    assert read(store) == as_tracecraft_reads(store.objects) == TRUTH[:30]


def test_tracecrafts_list_of_parts_is_folded_as_it_does_itself() -> None:
    store = filled(4)
    run(store, keep_tail=1)
    entries = [
        {
            "seq": seq,
            "uuid": name(seq)[-14:-6],
            "cursor_range": [seq * 20, seq * 20 + 20],
            "source_bytes": 20,
            "uploaded_bytes": 10,
            "redactions": {"github": 1},
            "uploaded_at": f"2026-01-01T00:00:0{seq}+00:00",
        }
        for seq in range(4)
    ]
    (marker,) = list_whole(store, PREFIX).markers
    folded = fold_foreign(json.loads(json.dumps(entries)), [marker])
    assert folded[1:] == entries[3:]
    assert folded[0] == {
        "seq": 0,
        "uuid": marker.merged[-14:-6],
        "compacted_from": 3,
        "cursor_range": [0, 60],
        "source_bytes": 60,
        "uploaded_bytes": 30,
        "redactions": {"github": 3},
        "uploaded_at": "2026-01-01T00:00:02+00:00",
    }
    assert fold_foreign(folded, [marker]) == folded


class ForeignMachine(RuleBasedStateMachine):
    """tracecraft writes, any number of our compactors work and die, and what they sent lands late."""

    def __init__(self) -> None:
        super().__init__()
        self.bucket = Bucket(self.check)
        self.truth = b""
        self.acknowledged = 0
        self.written: list[Request] = []
        self.numbers = count()

    def check(self) -> None:
        store = Connection(self.bucket)
        cover = list_once(store, PREFIX).cover
        stream = b"".join(store.get(piece.part.key) for piece in cover.slices)
        assert not cover.has_gap
        assert self.truth.startswith(stream), "not a prefix of the truth"
        assert len(stream) >= self.acknowledged, "a reader would see less than before"

    @rule(sizes=st.lists(st.integers(1, 5), min_size=1, max_size=4))
    def tracecraft_flushes(self, sizes: list[int]) -> None:
        for size in sizes:
            found = [TRACECRAFTS_NAME.search(key) for key in self.bucket.objects]
            seq = max((int(one[1]) for one in found if one), default=-1) + 1
            digits = (next(self.numbers) + 1) * 0x9E3779B1 % (1 << 32)
            body = TRUTH[len(self.truth) : len(self.truth) + size]
            self.truth += body
            self.written.append(Request(f"{PREFIX}part-{seq:05d}-{digits:08x}.jsonl", body))
            self.bucket.land(self.written[-1])
            self.acknowledged = len(self.truth)

    @precondition(lambda self: self.written)
    @rule(which=st.integers(0, 30))
    def what_tracecraft_sent_lands_again(self, which: int) -> None:
        self.bucket.land(self.written[which % len(self.written)])

    @rule(keep_tail=st.integers(0, 2), composes_from=st.sampled_from([None, 0]))
    def compact(self, keep_tail: int, composes_from: int | None) -> None:
        self.compact_with(Connection(self.bucket, composes_from=composes_from), keep_tail)

    @rule(keep_tail=st.integers(0, 2), dies_at=st.integers(1, 9))
    def compact_and_die_at_a_write(self, keep_tail: int, dies_at: int) -> None:
        self.compact_with(Connection(self.bucket, dies_at), keep_tail)

    @rule(
        step=st.sampled_from(STEPS),
        nth=st.integers(1, 2),
        others=st.lists(st.sampled_from(["flush", "late", "compactor", "dying", "die"]), min_size=1, max_size=3),
    )
    def compact_while_others_are_at_work(self, step: Failpoint, nth: int, others: list[str]) -> None:
        def die() -> None:
            raise Died

        actions: dict[str, Callable[[], None]] = {
            "flush": lambda: self.tracecraft_flushes(sizes=[2]),
            "late": lambda: self.land_late(which=-1, again=True),
            "compactor": lambda: self.compact_with(Connection(self.bucket), 1),
            "dying": lambda: self.compact_with(Connection(self.bucket, 3), 0),
            "die": die,
        }

        def interfere() -> None:
            for other in others:
                actions[other]()

        with armed(step, interfere, nth):
            self.compact_with(Connection(self.bucket), 0)

    @precondition(lambda self: self.bucket.late)
    @rule(which=st.integers(0, 30), again=st.booleans())
    def land_late(self, which: int, again: bool) -> None:
        if self.bucket.late:
            index = which % len(self.bucket.late)
            self.bucket.land(self.bucket.late[index] if again else self.bucket.late.pop(index))

    def compact_with(self, connection: Connection, keep_tail: int) -> None:
        with pytest.MonkeyPatch.context() as patch, suppress(Died):
            patch.setattr(compact_module, "MERGED_BYTES", 24)
            patch.setattr(delete_module, "AT_ONCE", 2)
            run(connection, keep_tail)


def run_machine(examples: int, *, derandomize: bool = False) -> None:
    run_state_machine_as_test(
        ForeignMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            derandomize=derandomize,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_no_interleaving_doubles_or_loses_a_byte() -> None:
    run_machine(60)


def test_the_machine_notices_a_merge_without_a_marker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact_module, "mark", lambda *_: None)
    with pytest.raises(AssertionError):
        run_machine(300, derandomize=True)
