"""Compacting a session as users ask for it, and telling so to whoever lists its parts: the journal and `meta.json`."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress

import cattrs

from session_mirror.bucket.cover import Cover
from session_mirror.bucket.listing import list_once
from session_mirror.bucket.lookup import Stored, find_one
from session_mirror.bucket.meta import parse_meta
from session_mirror.bucket.names import META_NAME, split_generation
from session_mirror.bucket.store import ObjectMissing
from session_mirror.compaction.compact import Compaction, Progress, compact
from session_mirror.compaction.entries import fold_foreign, merge_entries
from session_mirror.compaction.foreign import is_recent
from session_mirror.journal.records import StreamKey
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.indexing import index_if_due
from session_mirror.mirror.projection import build_meta
from session_mirror.mirror.reconcile import parts_of

_TRIES = 3


def compact_session(
    deps: Deps,
    session_id: str,
    *,
    harnesses: tuple[str, ...],
    keep_tail: int = 0,
    tiers: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Compaction:
    """Merges the parts of the stream that an id means; whoever mirrors it may go on meanwhile.

    Raises:
        MirrorError: no such session, the store failed, or the session cannot be compacted; the stream is whole
            nevertheless.
    """
    stored = find_one(deps.store, harnesses, session_id)
    return compact_stored(deps, stored, keep_tail=keep_tail, tiers=tiers, progress=progress, cancelled=cancelled)


def compact_stored(
    deps: Deps,
    stored: Stored,
    *,
    keep_tail: int = 0,
    tiers: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Compaction:
    """The same for a stream that is known to be there.

    `tiers`: no more than pays, for doing so again and again while the session grows.

    Raises:
        MirrorError: the store failed, or the session cannot be compacted; the stream is whole nevertheless.
    """
    done = compact(
        deps.store,
        stored.harness,
        stored.session_id,
        keep_tail=keep_tail,
        tiers=tiers,
        progress=progress,
        cancelled=cancelled,
        now_ms=deps.now_ms,
    )
    if not done.foreign:
        _record(deps, stored, done)
    elif not tiers:
        _amend_foreign(deps, stored)
    if not done.cancelled:
        index_if_due(deps, stored, done.cover.end, cancelled=cancelled)
    return done


def _record(deps: Deps, stored: Stored, done: Compaction) -> None:
    base, generation = split_generation(stored.session_id)
    known = deps.journal.latest(deps.store.url, stored.harness, base)
    if known is not None and known[0].generation == generation:
        # Also after no merge: who died before he came to this may have left a list of parts long gone.
        parts = deps.journal.parts(known[0])
        if done.merges or len(merge_entries(parts, done.cover)) < len(parts):
            deps.journal.edit_parts(known[0], lambda parts: merge_entries(parts, done.cover))
            _write_meta(deps, stored, known[0])
    elif done.merges:
        _amend_meta(deps, stored, done.cover)


def _write_meta(deps: Deps, stored: Stored, key: StreamKey) -> None:
    """Written from the journal without touching it: the stream's state belongs to whoever holds its lock."""
    for _ in range(_TRIES):
        before = deps.journal.latest(deps.store.url, key.harness, key.session_id)
        if before is None or before[0] != key:
            return
        entries = tuple(part.entry for part in deps.journal.parts(key))
        deps.store.put(stored.prefix + META_NAME, build_meta(deps, key, before[1], entries).to_json())
        if deps.journal.latest(deps.store.url, key.harness, key.session_id) == before:
            return


def _amend_meta(deps: Deps, stored: Stored, cover: Cover) -> None:
    """Somebody else's `meta.json`: only its list of parts is changed, and one that makes no sense is left alone."""
    with suppress(ObjectMissing):
        body = deps.store.get(stored.prefix + META_NAME)
        parts = parts_of(parse_meta(body).parts)
        if parts:
            record = json.loads(body)
            record["parts"] = cattrs.unstructure([part.entry for part in merge_entries(parts, cover)])
            deps.store.put(stored.prefix + META_NAME, json.dumps(record, indent=2).encode("ascii"))


def _amend_foreign(deps: Deps, stored: Stored) -> None:
    """tracecraft's own `meta.json`: parts that were merged become one entry; not while somebody may be writing it."""
    listing = list_once(deps.store, stored.prefix)
    if not listing.markers or is_recent(listing, deps.now_ms()):
        return
    with suppress(ObjectMissing, ValueError, RecursionError):
        record = json.loads(deps.store.get(stored.prefix + META_NAME))
        entries = record.get("parts") if isinstance(record, dict) else None
        if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries):
            folded = fold_foreign(
                entries, [marker for marker in listing.markers if marker.merged not in listing.replaced]
            )
            if folded != entries:
                body = json.dumps({**record, "parts": folded}, indent=2)
                deps.store.put(stored.prefix + META_NAME, body.encode("ascii"))
