"""Compacting one session: run after run, each planned from a fresh LIST, then what earlier runs left is collected.

Safe beside a live flush, readers and other compactors, in this process or another: nobody is asked, nothing is locked.
Whatever else happens in between, a run is only carried out on parts found exactly as they were listed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import attrs

from session_mirror.bucket.cover import Cover, resolve
from session_mirror.bucket.fetch import PartMoved
from session_mirror.bucket.names import session_prefix
from session_mirror.bucket.store import Store
from session_mirror.compaction.collect import collect
from session_mirror.compaction.merge import IN_MEMORY_BYTES, Cancelled, Merged, merge
from session_mirror.compaction.plan import head_end, parts_within, plan
from session_mirror.errors import MirrorError
from session_mirror.failpoints import failpoint

LISTINGS = 4
"""How often a listing with a hole, or of a stream that got shorter, is repeated at most."""
_STALLS = 5
"""How often in a row a round may bring no progress, because something else changes the same parts."""

Progress = Callable[[int, int], None]
"""Told the bytes read so far, and those to read in all; the second may change when others compact as well."""


@attrs.frozen(kw_only=True)
class Compaction:
    """What was done. `merged` False: there was nothing to merge. Part counts are of the cover, leftovers apart."""

    parts_before: int
    """0: the bucket holds no such session."""
    parts_after: int
    stream_bytes: int
    merged: bool
    merges: tuple[Merged, ...]
    """Each run carried out here, for whoever keeps a list of parts."""
    undeleted: tuple[str, ...]
    """Keys that nobody needs any more and the store would not delete; another compaction tries again."""
    cancelled: bool


def compact(
    store: Store,
    harness: str,
    session_id: str,
    *,
    keep_tail: int = 0,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Compaction:
    """Merges all but the newest `keep_tail` parts of a session; parts that arrive meanwhile are left alone too.

    Ends early, with an exact cover, once `cancelled` says so. `session_id` is the bucket's, generation included.

    Raises:
        MirrorError: the store failed, or the session cannot be compacted; the stream is whole nevertheless.
        ValueError: `keep_tail` is negative.
    """
    report = progress or _silent
    before = after = _list(store, harness, session_id)
    until = head_end(before, keep_tail)
    merges: list[Merged] = []
    stopped = False
    done = stalls = 0
    while not stopped and (runs := plan(after, until=until, max_bytes=IN_MEMORY_BYTES)):
        failpoint("compact.after_list")
        left = parts_within(after, until)
        total = done + sum(run.merged.size for run in runs)
        try:
            merges.append(merge(store, runs[0], read=partial(_add, report, done, total), cancelled=cancelled))
            done += runs[0].merged.size
        except PartMoved:
            pass  # something else compacts too: what it left is planned anew
        except Cancelled:
            stopped = True
        after = _list(store, harness, session_id, at_least=before.end)
        stalls = stalls + 1 if parts_within(after, until) >= left else 0
        if stalls > _STALLS:
            raise _no_progress()
    undeleted = tuple(key for merged in merges for key in merged.undeleted)
    return Compaction(
        parts_before=before.part_count,
        parts_after=after.part_count,
        stream_bytes=after.end,
        merged=bool(merges),
        merges=tuple(merges),
        undeleted=undeleted if stopped else collect(store, after, cancelled=cancelled),
        cancelled=stopped,
    )


def _list(store: Store, harness: str, session_id: str, *, at_least: int = 0) -> Cover:
    """The session's cover. Pages of one LIST are not of one moment: a hole, or a short stream, is looked at again.

    Raises:
        MirrorError: the parts don't tell which bytes they hold, or there are fewer than `at_least`.
    """
    prefix = session_prefix(harness, session_id)
    cover = resolve(store.list(prefix))
    for _ in range(LISTINGS - 1):
        if not cover.has_gap and cover.end >= at_least:
            break
        cover = resolve(store.list(prefix))
    if cover.layout != "offsets":
        raise MirrorError(
            "This session's parts were written by another tool: their names don't tell which bytes they hold.",
            kind="conflict",
            hint="It can be read and replayed as it is; only sessions written by Session Mirror are compacted.",
        )
    if cover.end < at_least:
        raise MirrorError(
            f"The mirror lists {cover.end} bytes of this session; there were {at_least} when compaction began.",
            kind="conflict",
            hint="Something else deleted parts of it, or the store lists late. Look again before you compact again.",
        )
    return cover


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
