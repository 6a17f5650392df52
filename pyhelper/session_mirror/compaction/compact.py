"""Compacting one session: run after run, each planned from a fresh LIST, then what earlier runs left is collected.

Safe beside a live flush, readers and other compactors, in this process or another: nobody is asked, nothing is locked.
Whatever else happens in between, a run is only carried out on parts found exactly as they were listed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import attrs

from session_mirror.bucket.cover import Cover
from session_mirror.bucket.fetch import PartMoved
from session_mirror.bucket.listing import Listing, list_once
from session_mirror.bucket.names import session_prefix
from session_mirror.bucket.store import Store
from session_mirror.compaction.collect import collect
from session_mirror.compaction.foreign import collect_foreign, mark, plan_foreign, refuse_recent
from session_mirror.compaction.merge import Cancelled, Merged, merge
from session_mirror.compaction.plan import MERGED_BYTES, Run, head_end, keys_of, parts_within, plan
from session_mirror.compaction.steps import Step, next_step, whole_step
from session_mirror.errors import MirrorError
from session_mirror.failpoints import failpoint

LISTINGS = 4
"""How often a listing with a hole, or of a stream that got shorter, is repeated at most."""
_STALLS = 5
"""How often in a row a round may bring no progress, because something else changes the same parts."""
_UPLOAD_IS_DEAD_AFTER_MS = 3_600_000

Progress = Callable[[int, int], None]
"""Told the bytes done so far, and those to do in all; the second may change when others compact as well."""


@attrs.frozen(kw_only=True)
class Compaction:
    """What was done. `merged` False: there was nothing to merge. Part counts are of the cover, leftovers apart."""

    parts_before: int
    """0: the bucket holds no such session."""
    parts_after: int
    stream_bytes: int
    cover: Cover
    """As it is afterwards, for whoever keeps a list of parts."""
    merged: bool
    merges: tuple[Merged, ...]
    """Each run carried out here."""
    undeleted: tuple[str, ...]
    """Keys that nobody needs any more and the store would not delete; another compaction tries again."""
    cancelled: bool
    foreign: bool
    """tracecraft wrote the session."""


def compact(
    store: Store,
    harness: str,
    session_id: str,
    *,
    keep_tail: int = 0,
    tiers: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
) -> Compaction:
    """Merges all but the newest `keep_tail` parts of a session; parts that arrive meanwhile are left alone too.

    With `tiers` it merges no more than pays, for compacting a growing session again and again; see `plan`. A session
    that tracecraft wrote is left as it is then. Ends early, with an exact cover, once `cancelled` says so. `session_id`
    is the bucket's, generation included.

    Raises:
        MirrorError: the store failed, or the session cannot be compacted; the stream is whole nevertheless.
        ValueError: `keep_tail` is negative.
    """
    report = progress or _silent
    prefix = session_prefix(harness, session_id)
    before = after = _list(store, prefix)
    foreign = before.cover.layout == "tracecraft"
    until = head_end(before.cover, keep_tail)
    if foreign and not keep_tail and not tiers and before.cover.part_count > 1:
        refuse_recent(before, now_ms())
    merges: list[Merged] = []
    stopped = False
    done = stalls = 0
    while not stopped and (runs := _plan(after, until, tiers=tiers)):
        failpoint("compact.after_list")
        left = parts_within(after.cover, until)
        total = done + sum(run.merged.size for run in runs)
        step = _step(store, after, runs[0])
        tags = {stored.key: stored.tag for stored in after.objects}
        try:
            if foreign:
                mark(store, after, step.run)
            merges.append(merge(store, step, tags, read=partial(_add, report, done, total), cancelled=cancelled))
            done += step.run.merged.size
        except PartMoved:
            pass  # something else compacts too: what it left is planned anew
        except Cancelled:
            stopped = True
        after = _list(store, prefix, at_least=before.cover.end)
        stalls = stalls + 1 if parts_within(after.cover, until) >= left else 0
        if stalls > _STALLS:
            raise _no_progress()
    undeleted = tuple(key for merged in merges for key in merged.undeleted)
    if not stopped:
        undeleted = collect_foreign(store, after) if foreign else collect(store, after.cover, cancelled=cancelled)
    if merges:
        _give_up_uploads(store, prefix, merges, now_ms())
    return Compaction(
        parts_before=before.cover.part_count,
        parts_after=after.cover.part_count,
        stream_bytes=after.cover.end,
        cover=after.cover,
        merged=bool(merges),
        merges=tuple(merges),
        undeleted=undeleted,
        cancelled=stopped,
        foreign=foreign,
    )


def _plan(listing: Listing, until: int, *, tiers: bool) -> tuple[Run, ...]:
    if listing.cover.layout == "offsets":
        return plan(listing.cover, until=until, max_bytes=MERGED_BYTES, tiers=tiers)
    return () if tiers else plan_foreign(listing, until=until, max_bytes=MERGED_BYTES)


def _step(store: Store, listing: Listing, run: Run) -> Step:
    if listing.cover.layout == "offsets":
        return next_step(run, store.composes_from, keys_of(listing.cover))
    return whole_step(run, store.composes_from)


def _list(store: Store, prefix: str, *, at_least: int = 0) -> Listing:
    """The session's parts. Pages of one LIST are not of one moment: a hole, or a short stream, is looked at again.

    Raises:
        MirrorError: there is less than `at_least`.
    """
    listing = list_once(store, prefix)
    for _ in range(LISTINGS - 1):
        if not listing.cover.has_gap and listing.cover.end >= at_least:
            break
        listing = list_once(store, prefix)
    if listing.cover.end < at_least:
        raise MirrorError(
            f"The mirror lists {listing.cover.end} bytes of this session; there were {at_least} when compaction began.",
            kind="conflict",
            hint="Something else deleted parts of it, or the store lists late. Look again before you compact again.",
        )
    return listing


def _give_up_uploads(store: Store, prefix: str, merges: list[Merged], now_ms: int) -> None:
    """Frees what killed compactions had uploaded of parts that are there by now, or of others, long ago."""
    made = {merged.run.merged.key for merged in merges}
    with suppress(MirrorError):  # a matter of tidiness: not every store lists them, and not every key may
        store.give_up(prefix, lambda key, started_ms: key in made or started_ms < now_ms - _UPLOAD_IS_DEAD_AFTER_MS)


def _no_progress() -> MirrorError:
    return MirrorError(
        "The session's parts keep changing, or the store does not show what was written to it.",
        kind="conflict",
        hint="If another compaction of this session is running, let it end; nothing is lost.",
    )


def _add(report: Progress, done: int, total: int, read: int) -> None:
    report(done + read, total)


def _silent(_done: int, _total: int) -> None:
    """Nobody wants to know."""
