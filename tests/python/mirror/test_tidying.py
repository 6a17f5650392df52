"""Compaction by itself: when it is due, what it costs, whom it leaves alone, and that it is in nobody's way."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise
from pathlib import Path

import attrs
import pytest

from session_mirror.bucket.cover import resolve
from session_mirror.bucket.names import session_prefix
from session_mirror.compaction.compact import compact
from session_mirror.compaction.plan import SMALL_BYTES
from session_mirror.errors import MirrorError
from session_mirror.journal.journal import Journal
from session_mirror.journal.machine import Machine
from session_mirror.mirror import projection as projection_module
from session_mirror.mirror import rounds as rounds_module
from session_mirror.mirror import tidying as tidying_module
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.followed import Followed
from session_mirror.mirror.roster import Roster, Scope
from session_mirror.mirror.tidying import BACKOFF_FIRST_S, GROWING_LIMIT, KEEP_TAIL, RESTING_LIMIT, Tidying
from session_mirror.mirror.work import flush_once
from session_mirror.redaction.rules import TOKEN_SHAPES
from support.engine import HARNESS, PlainHarness
from support.following import Machinery, machinery, until
from support.memory_store import MemoryStore, Verb, denied, offline

__all__ = ["machinery"]


def contradiction() -> MirrorError:
    return MirrorError("Two parts hold different bytes.", kind="conflict", hint="")


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
        self.tidying = Tidying(self.deps, self.roster, self.asked.append, enabled=self.enabled)

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


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_session_of_two_hundred_flushes_never_has_many_parts(desk: Desk) -> None:
    most = 0
    for number in range(200):
        desk.flush(b"line %d\n" % number)
        desk.tidy()
        most = max(most, len(desk.sizes()))
    assert GROWING_LIMIT - 1 <= most <= GROWING_LIMIT + 1
    assert desk.item.part_count == len(desk.sizes())


def test_afterwards_row_journal_and_meta_agree_with_the_bucket(desk: Desk) -> None:
    desk.flush_often(GROWING_LIMIT + 1)
    desk.tidy()
    assert len(desk.sizes()) == desk.item.part_count == KEEP_TAIL + 1
    assert desk.item.stream is not None
    assert desk.deps.journal.part_count(desk.item.stream.key) == KEEP_TAIL + 1
    meta = json.loads(desk.store.objects[session_prefix(HARNESS, "s") + "meta.json"])
    assert [entry["uploaded_bytes"] for entry in meta["parts"]] == desk.sizes()


def test_a_session_within_the_limit_costs_no_request(desk: Desk) -> None:
    desk.flush_often(GROWING_LIMIT)
    before = desk.store.requests
    desk.tidy()
    assert desk.store.requests == before


def test_bytes_are_rewritten_as_often_as_documented_and_no_oftener(desk: Desk) -> None:
    line = b"x" * 99_999 + b"\n"
    compactions = 0
    for _ in range(400):
        desk.flush(line)
        before = desk.store.rewritten
        desk.tidy()
        compactions += desk.store.rewritten > before
    written = desk.path.stat().st_size
    assert len(desk.sizes()) <= GROWING_LIMIT + math.log2(written / SMALL_BYTES) + 1
    assert desk.store.rewritten <= written * (math.log2(written / SMALL_BYTES) + 1) + compactions * SMALL_BYTES


def test_large_parts_are_left_alone_however_many_there_are(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying_module, "SMALL_BYTES", 10)
    for number in range(GROWING_LIMIT + 10):
        desk.flush(b"a longer line %d\n" % number)
    before = desk.store.requests
    desk.tidy()
    desk.rest()
    desk.tidy()
    assert desk.store.requests == before


def test_at_rest_a_few_parts_become_one_and_the_lock_is_given_up(desk: Desk) -> None:
    desk.flush_often(RESTING_LIMIT + 1)
    desk.rest()
    desk.flush()
    desk.tidy()
    assert len(desk.sizes()) == desk.item.part_count == 1
    desk.tidy()
    assert not desk.item.mirror.owned


def test_the_lock_is_kept_until_the_compaction_ends(desk: Desk) -> None:
    desk.flush_often(RESTING_LIMIT + 1)
    desk.rest()
    desk.flush()
    with desk.store.hold("get") as hold:
        desk.tidying.look(desk.now, away=False, behind=False, flushing=())
        hold.wait_until_reached()
        desk.tidying.look(desk.now, away=False, behind=False, flushing=())
        assert desk.item.mirror.owned


def test_the_lock_of_a_tidy_session_at_rest_is_given_up_at_once(desk: Desk) -> None:
    desk.flush_often(RESTING_LIMIT)
    desk.rest()
    desk.flush()
    before = desk.store.requests
    desk.tidy()
    assert not desk.item.mirror.owned
    assert desk.store.requests == before


def test_without_the_wish_for_it_nothing_is_compacted(tmp_path: Path) -> None:
    desk = Desk(tmp_path, enabled=False)
    desk.flush_often(GROWING_LIMIT + 10)
    desk.tidy()
    desk.rest()
    desk.flush()
    desk.tidy()
    assert len(desk.sizes()) == GROWING_LIMIT + 10
    assert not desk.item.mirror.owned


@pytest.mark.parametrize(("away", "behind"), [(True, False), (False, True)], ids=["store away", "backlog"])
def test_nothing_is_begun_while_there_is_something_more_urgent(desk: Desk, away: bool, behind: bool) -> None:
    desk.flush_often(GROWING_LIMIT + 1)
    before = desk.store.requests
    desk.tidy(away=away, behind=behind)
    assert desk.store.requests == before
    desk.tidy()
    assert desk.store.requests != before


def test_only_the_owner_compacts(tmp_path: Path) -> None:
    owner = Desk(tmp_path)
    owner.flush_often(GROWING_LIMIT + 1)
    other = Desk(tmp_path, owner.store)
    other.roster.discover()
    other.tidying.note(other.item)
    before = owner.store.requests
    assert other.tidy() is None
    assert other.store.requests == before
    owner.tidy()
    assert len(owner.sizes()) == KEEP_TAIL + 1


def test_a_session_left_untidy_is_named_to_be_taken_by_whoever_meets_it_at_rest(tmp_path: Path) -> None:
    earlier = Desk(tmp_path)
    earlier.flush_often(RESTING_LIMIT + 1)
    earlier.item.mirror.release()
    later = Desk(tmp_path, earlier.store)
    later.roster.discover()
    before = later.store.requests
    later.tidying.note(later.item)
    assert later.tidy() is None, "it may still grow"
    later.rest()
    assert later.tidy() is later.item
    assert later.store.requests == before, "the journal is asked, and not the store"
    later.flush()
    assert later.tidy() is None
    assert len(later.sizes()) == 1


@pytest.mark.parametrize("error", [denied(), contradiction()], ids=["for all", "for this one"])
def test_a_failing_compaction_is_tried_again_later_and_later_and_is_no_problem_of_the_session(
    desk: Desk, error: MirrorError
) -> None:
    desk.flush_often(GROWING_LIMIT + 1)
    desk.store.fail("get", error, times=10_000)
    desk.now = time.monotonic()
    tried_at = []
    for _ in range(100):
        before = desk.compactions()
        desk.tidy()
        if desk.compactions() > before:
            tried_at.append(desk.now)
        assert desk.item.problem is None
        desk.now += BACKOFF_FIRST_S / 4
    gaps = [later - earlier for earlier, later in pairwise(tried_at)]
    assert gaps[0] >= BACKOFF_FIRST_S
    assert 4 * gaps[0] < gaps[-1] <= tidying_module.BACKOFF_LIMIT_S
    desk.store.heal()
    desk.now += 10 * tidying_module.BACKOFF_LIMIT_S
    desk.tidy()
    assert len(desk.sizes()) == KEEP_TAIL + 1


def test_what_cannot_be_merged_is_not_asked_for_again_and_again(desk: Desk) -> None:
    desk.flush_often(GROWING_LIMIT + 1)
    stray = session_prefix(HARNESS, "s")
    for key, body in desk.store.objects.items():
        if "part-" in key:  # numbers that descend, as after a journal from a backup
            desk.store.remove(key)
            seq = int(key.removeprefix(stray)[5:10])
            desk.store.plant(f"{stray}part-{99_000 - seq:05d}{key.removeprefix(stray)[10:]}", body)
    desk.tidy()
    before = desk.compactions()
    desk.flush_often(10)
    desk.tidy()
    assert desk.compactions() == before


def test_a_list_of_parts_that_a_killed_compaction_left_is_put_right(desk: Desk) -> None:
    desk.flush_often(GROWING_LIMIT + 1)
    compact(desk.store, HARNESS, "s", keep_tail=KEEP_TAIL, tiers=True)  # and dies before it notes it
    assert desk.item.part_count == GROWING_LIMIT + 1
    desk.tidy()
    assert desk.item.part_count == len(desk.sizes()) == KEEP_TAIL + 1


def test_a_second_compaction_never_runs_beside_the_first(desk: Desk) -> None:
    desk.flush_often(GROWING_LIMIT + 1)
    second = Tidying(desk.deps, desk.roster, desk.asked.append, enabled=True)
    second.note(desk.item)
    with desk.store.hold("get") as hold:
        desk.tidying.look(desk.now, away=False, behind=False, flushing=())
        hold.wait_until_reached()
        lists = desk.compactions()
        for tidying in (desk.tidying, second):
            tidying.look(desk.now, away=False, behind=False, flushing=())
        assert not second.is_busy
        assert desk.compactions() == lists


def test_a_store_that_goes_away_ends_a_compaction_and_leaves_the_stream_whole(desk: Desk) -> None:
    desk.flush_often(GROWING_LIMIT + 1)
    with desk.store.hold("get") as hold:
        desk.tidying.look(desk.now, away=False, behind=False, flushing=())
        hold.wait_until_reached()
        desk.tidying.look(desk.now, away=True, behind=False, flushing=())
    desk.tidy(away=True)
    assert len(desk.sizes()) == GROWING_LIMIT + 1
    desk.tidy()
    assert len(desk.sizes()) == KEEP_TAIL + 1


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Followers that look around often, and compact soon."""
    monkeypatch.setattr(rounds_module, "SWEEP_S", 0.05)
    monkeypatch.setattr(tidying_module, "GROWING_LIMIT", 6)


def grow(machinery: Machinery, name: str, times: int) -> bytes:
    """A session flushed that often, each time on its own."""
    written = machinery.stream(name)
    for number in range(times):
        machinery.append(name, b"line %d\n" % number)
        written += b"line %d\n" % number
        until(partial(_is_stream, machinery, name, written), f"line {number}")
    return written


def _is_stream(machinery: Machinery, name: str, written: bytes) -> bool:
    return machinery.stream(name) == written


def part_count(machinery: Machinery, name: str = "s") -> int:
    return resolve(machinery.store.list(session_prefix(HARNESS, name))).part_count


def date_back(machinery: Machinery, name: str = "s") -> None:
    hour_ago = time.time() - 3600
    os.utime(machinery.folder / f"{name}.jsonl", (hour_ago, hour_ago))


@pytest.mark.usefixtures("quick")
def test_a_followed_session_is_compacted_while_it_grows_and_its_row_says_so(machinery: Machinery) -> None:
    _, ears = machinery.follow(interval_s=0.01)
    written = grow(machinery, "s", 7)
    until(lambda: part_count(machinery) == KEEP_TAIL + 1, "the compaction")
    until(lambda: ears.rows["s"].part_count == KEEP_TAIL + 1, "the row")
    assert machinery.stream("s") == written
    assert grow(machinery, "s", 3) == machinery.stream("s")


@pytest.mark.usefixtures("quick")
def test_a_flush_does_not_wait_for_a_compaction_that_hangs(machinery: Machinery) -> None:
    machinery.follow(interval_s=0.01)
    with machinery.store.hold("get", "part-") as hold:
        grow(machinery, "s", 7)
        hold.wait_until_reached()
        begun = time.monotonic()
        grow(machinery, "s", 3)
        grow(machinery, "other", 1)
        assert time.monotonic() - begun < 5
        assert part_count(machinery) == 10, "it hung all the time"
    until(lambda: part_count(machinery) < 10, "its end")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("verb", "left"), [("get", 7), ("size", KEEP_TAIL + 1)], ids=["reading", "writing"])
def test_stopping_amid_a_compaction_is_quick_and_leaves_the_stream_exact(
    machinery: Machinery, verb: Verb, left: int
) -> None:
    follower, _ = machinery.follow(interval_s=0.01)
    written = grow(machinery, "s", 6)
    with machinery.store.hold(verb, "part-") as hold:
        written = grow(machinery, "s", 1)
        hold.wait_until_reached()
        begun = time.monotonic()
        assert follower.stop(timeout_s=4)
        assert time.monotonic() - begun < 1
        assert machinery.stream("s") == written
    until(lambda: not follower.is_compacting, "the thread's end")
    assert machinery.stream("s") == written
    assert part_count(machinery) == left


@pytest.mark.usefixtures("quick")
def test_a_stop_that_ends_the_sessions_compacts_them_and_waits_for_no_hanging_store(machinery: Machinery) -> None:
    follower, _ = machinery.follow(interval_s=0.01)
    written = grow(machinery, "s", 5)
    assert follower.stop(timeout_s=10, ended=True)
    assert part_count(machinery) == 1
    assert machinery.stream("s") == written
    again, _ = machinery.follow(interval_s=0.01)
    written = grow(machinery, "s", 4)
    with machinery.store.hold("get", "part-"):
        begun = time.monotonic()
        assert again.stop(timeout_s=1, ended=True)
        assert time.monotonic() - begun < 3
        assert again.is_compacting
    assert machinery.stream("s") == written


@pytest.mark.usefixtures("quick")
def test_a_window_that_closes_leaves_it_to_the_next_one_that_meets_the_session_at_rest(machinery: Machinery) -> None:
    follower, _ = machinery.follow(interval_s=0.01)
    written = grow(machinery, "s", 5)
    assert follower.stop(timeout_s=10)
    assert part_count(machinery) == 5
    date_back(machinery)
    again, ears = machinery.follow()
    until(lambda: part_count(machinery) == 1, "the compaction")
    until(lambda: ears.rows["s"].part_count == 1, "the row")
    until(lambda: not again._roster.idle_owned(), "the lock given up")
    assert machinery.stream("s") == written


@pytest.mark.usefixtures("quick")
def test_a_session_that_the_user_stops_is_compacted(machinery: Machinery) -> None:
    _, ears = machinery.follow(interval_s=0.01)
    written = grow(machinery, "s", 5)
    Journal(machinery.state).set_stopped(HARNESS, "s", stopped=True)
    until(lambda: part_count(machinery) == 1, "the compaction")
    until(lambda: ears.rows["s"].part_count == 1, "the row")
    assert machinery.stream("s") == written
    assert ears.rows["s"].state == "stopped"


@pytest.mark.usefixtures("quick")
def test_a_session_whose_source_was_deleted_is_compacted(machinery: Machinery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection_module, "META_QUIET_MS", 100)
    machinery.follow(interval_s=0.01)
    written = grow(machinery, "s", 5)
    (machinery.folder / "s.jsonl").unlink()
    until(lambda: part_count(machinery) == 1, "the compaction")
    assert machinery.stream("s") == written


@pytest.mark.usefixtures("quick")
def test_a_failing_compaction_stops_no_mirroring_and_shows_no_error(machinery: Machinery) -> None:
    _, ears = machinery.follow(interval_s=0.01)
    machinery.store.fail("get", offline(), times=10_000)
    grow(machinery, "s", 12)
    assert any(verb == "get" for verb, _ in machinery.store.log), "it was tried"
    until(lambda: ears.rows["s"].part_count == 12, "the row")
    assert all(health.problem is None for health in ears.healths)
    assert ears.rows["s"].problem is None
