"""Compaction by itself: when it is due, what it costs, whom it leaves alone, and that it is in nobody's way."""

from __future__ import annotations

import json
import math
import time
from itertools import pairwise
from pathlib import Path

import pytest

from session_mirror.bucket.names import session_prefix
from session_mirror.compaction.compact import compact
from session_mirror.compaction.plan import SMALL_BYTES
from session_mirror.errors import MirrorError
from session_mirror.mirror import tidying as tidying_module
from session_mirror.mirror.tidying import BACKOFF_FIRST_S, GROWING_LIMIT, KEEP_TAIL, RESTING_LIMIT, Tidying
from support.desk import Desk
from support.engine import HARNESS
from support.memory_store import denied


def contradiction() -> MirrorError:
    return MirrorError("Two parts hold different bytes.", kind="conflict", hint="")


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
