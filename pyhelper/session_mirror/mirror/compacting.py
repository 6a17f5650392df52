"""Compacting a session, and telling so to whoever lists its parts: the journal and `meta.json`."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress

import cattrs

from session_mirror.bucket.meta import PartEntry, parse_meta, sum_parts
from session_mirror.bucket.names import META_NAME, split_generation
from session_mirror.bucket.store import ObjectMissing
from session_mirror.compaction.compact import Compaction, Progress, compact
from session_mirror.compaction.merge import Merged
from session_mirror.journal.records import StreamKey
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.library import Shelf
from session_mirror.mirror.projection import build_meta

_TRIES = 3


def compact_session(
    deps: Deps,
    shelf: Shelf,
    *,
    keep_tail: int = 0,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Compaction:
    """Merges a stream's parts and brings its lists of parts up to date; whoever mirrors it may go on meanwhile.

    Raises:
        MirrorError: the store failed, or the session cannot be compacted; the stream is whole nevertheless.
    """
    done = compact(
        deps.store, shelf.harness, shelf.session_id, keep_tail=keep_tail, progress=progress, cancelled=cancelled
    )
    if done.merges:
        _record(deps, shelf, done.merges)
    return done


def _record(deps: Deps, shelf: Shelf, merges: tuple[Merged, ...]) -> None:
    base, generation = split_generation(shelf.session_id)
    known = deps.journal.latest(deps.store.url, shelf.harness, base)
    if known is None or known[0].generation != generation:
        _amend_meta(deps, shelf, merges)
        return
    key = known[0]
    for merged in merges:
        deps.journal.merge_parts(key, merged.run.merged.start, merged.run.merged.end)
    _write_meta(deps, shelf, key)


def _write_meta(deps: Deps, shelf: Shelf, key: StreamKey) -> None:
    """Written from the journal without touching it: the stream's state belongs to whoever holds its lock."""
    for _ in range(_TRIES):
        before = deps.journal.latest(deps.store.url, key.harness, key.session_id)
        if before is None or before[0] != key:
            return
        entries = tuple(part.entry for part in deps.journal.parts(key))
        deps.store.put(shelf.prefix + META_NAME, build_meta(deps, key, before[1], entries).to_json())
        if deps.journal.latest(deps.store.url, key.harness, key.session_id) == before:
            return


def _amend_meta(deps: Deps, shelf: Shelf, merges: tuple[Merged, ...]) -> None:
    """Somebody else's `meta.json`: only its list of parts is changed, and one that makes no sense is left alone."""
    with suppress(ObjectMissing):
        body = deps.store.get(shelf.prefix + META_NAME)
        entries = parse_meta(body).parts
        if entries:
            record = json.loads(body)
            record["parts"] = cattrs.unstructure(_fold(entries, merges))
            deps.store.put(shelf.prefix + META_NAME, json.dumps(record, indent=2).encode("ascii"))


def _fold(entries: tuple[PartEntry, ...], merges: tuple[Merged, ...]) -> list[PartEntry]:
    """The entries with each run's ones summed; their stream ends are the running sums of their sizes."""
    groups: list[tuple[int, list[PartEntry]]] = []
    end = 0
    for entry in entries:
        end += entry.uploaded_bytes
        run = next((i for i, merged in enumerate(merges) if merged.run.merged.start < end <= merged.run.merged.end), -1)
        if run >= 0 and groups and groups[-1][0] == run:
            groups[-1][1].append(entry)
        else:
            groups.append((run, [entry]))
    return [sum_parts(group) for _, group in groups]
