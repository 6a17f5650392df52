"""Coming back to a session: what the bucket holds against what the journal remembers.

One LIST gives cursor and next sequence as a pair. If the journal agrees, we go on. If it is lost or was rolled back,
the source is read again and redacted again from the last position known for certain, up to where the stream ends, and
the stream's head and its last bytes must come out the same. If nothing fits, the caller begins a new generation: never
a guess.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs

from session_mirror.bucket.cover import Cover, resolve
from session_mirror.bucket.line_index import listed_indexes, newest_index
from session_mirror.bucket.meta import Checkpoint, PartEntry, ReadMeta, parse_meta
from session_mirror.bucket.names import (
    META_NAME,
    SESSIONS,
    encode_id,
    format_part,
    generation_id,
    parse_part,
    session_prefix,
    split_generation,
    split_session_key,
)
from session_mirror.bucket.store import ObjectMissing, Store, StoredObject
from session_mirror.failpoints import failpoint
from session_mirror.journal.records import JournalPart, StreamKey, StreamState
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.spelling import COMPARED_BYTES, reread, same_head, stream_bytes
from session_mirror.source.identity import Fingerprint


@attrs.frozen
class Found:
    """What one LIST told of a session's generations in the bucket."""

    covers: dict[int, Cover]
    has_meta: frozenset[int]
    touched_ms: int
    """When the newest part was stored, by the store's clock; 0 without one."""
    indexed: dict[int, int]
    """How many bytes of each generation an index in the bucket tells the lines of."""

    @property
    def newest(self) -> int:
        """The highest generation with any object, 0 without one."""
        return max((*self.covers, *self.has_meta), default=0)

    def cover(self, generation: int) -> Cover:
        return self.covers.get(generation) or resolve(())


@attrs.frozen
class Alignment:
    """A source position proved to belong to the stream's end, and the parts as far as they are known."""

    source_cursor: int
    fingerprint: Fingerprint
    parts: tuple[JournalPart, ...]


def look(store: Store, harness: str, session_id: str) -> Found:
    """Lists all generations of a session with one LIST."""
    objects: dict[int, list[StoredObject]] = {}
    has_meta = set()
    touched_ms = 0
    for stored in store.list(f"{SESSIONS}{encode_id(harness)}/{encode_id(session_id)}"):
        pieces = split_session_key(stored.key)
        if pieces is None:
            continue
        base, generation = split_generation(pieces[1])
        if base != session_id:
            continue
        if pieces[2] == META_NAME:
            has_meta.add(generation)
        else:
            objects.setdefault(generation, []).append(stored)
            if parse_part(pieces[2]) is not None:
                touched_ms = max(touched_ms, stored.modified_ms)
    failpoint("recover.after_list")
    covers = {generation: resolve(parts) for generation, parts in objects.items()}
    indexes = {
        generation: newest_index(listed_indexes(parts), covers[generation].end) for generation, parts in objects.items()
    }
    indexed = {generation: index.end for generation, index in indexes.items() if index is not None}
    return Found(covers, frozenset(has_meta), touched_ms, indexed)


def read_meta(store: Store, key: StreamKey) -> ReadMeta:
    """A generation's `meta.json`; an empty one when there is none."""
    try:
        return parse_meta(
            store.get(session_prefix(key.harness, generation_id(key.session_id, key.generation)) + META_NAME)
        )
    except ObjectMissing:
        return ReadMeta()


def landed(state: StreamState, cover: Cover) -> bool:
    """Whether the pending intent's part is in the bucket already: its key with its size can only hold its bytes."""
    intent = state.intent
    if intent is None:
        return False
    name = format_part(intent.seq, intent.stream_end)
    size = intent.stream_end - intent.stream_start
    return any(piece.part.key.endswith("/" + name) and piece.part.size == size for piece in cover.slices)


def align(deps: Deps, path: Path, cover: Cover, meta: ReadMeta, known: list[JournalPart]) -> Alignment | None:
    """Finds the source position that belongs to the cover's end; None when the source doesn't spell the stream.

    Raises:
        MirrorError: the store failed.
        OSError: the source cannot be read.
    """
    parts = _usable(known, cover.end) or _usable(parts_of(meta.parts), cover.end)
    rules = deps.rules_named(meta.rules)
    verify_from = max(0, cover.end - COMPARED_BYTES)
    if not same_head(deps.store, cover, path, rules):
        return None
    for start in _checkpoints(parts, meta.checkpoint, verify_from):
        found = reread(path, rules, start, cover.end, verify_from)
        if found is None or found[1] != stream_bytes(deps.store, cover, verify_from, cover.end):
            continue
        try:
            fingerprint = Fingerprint.of(path, found[0])
        except ValueError:
            return None  # shortened while we read
        return Alignment(found[0], fingerprint, _fill(parts, found[0], cover, deps))
    return None


def _usable(parts: list[JournalPart], end: int) -> list[JournalPart]:
    """The leading parts that lie within the stream as it is."""
    return [part for part in parts if part.end <= end]


def parts_of(entries: tuple[PartEntry, ...]) -> list[JournalPart]:
    """Entries of a `meta.json` with their stream ends, which are the running sums of their sizes."""
    parts = []
    end = 0
    for entry in entries:
        end += entry.uploaded_bytes
        parts.append(JournalPart(end=end, entry=entry))
    return parts


def _checkpoints(parts: list[JournalPart], told: Checkpoint | None, limit: int) -> Iterator[Checkpoint]:
    """Positions to start re-reading from, the latest first and the beginning last, none after `limit`."""
    known = [Checkpoint(source_cursor=part.entry.cursor_range[1], stream_end=part.end) for part in parts]
    if told is not None:
        known.append(told)
    usable = [point for point in known if point.stream_end <= limit]
    if usable:
        yield max(usable, key=lambda point: point.stream_end)
    yield Checkpoint(source_cursor=0, stream_end=0)


def _fill(parts: list[JournalPart], cursor: int, cover: Cover, deps: Deps) -> tuple[JournalPart, ...]:
    """The known parts, and one entry for all that is known only by its extent."""
    done = parts[-1] if parts else None
    start = done.end if done else 0
    if start == cover.end:
        return tuple(parts)
    source_start = done.entry.cursor_range[1] if done else 0
    entry = PartEntry(
        seq=cover.slices[-1].part.seq,
        uuid=f"{cover.end & 0xFFFFFFFF:08x}",
        cursor_range=(source_start, cursor),
        source_bytes=cursor - source_start,
        uploaded_bytes=cover.end - start,
        redactions={},
        uploaded_at=deps.now_iso(),
    )
    return (*parts, JournalPart(end=cover.end, entry=entry))
