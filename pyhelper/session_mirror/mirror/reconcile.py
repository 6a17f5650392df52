"""Coming back to a session: what the bucket holds against what the journal remembers.

One LIST gives cursor and next sequence as a pair. If the journal agrees, we go on. If it is lost or was rolled back,
the source is read again and redacted again from the last position known for certain, up to where the stream ends, and
the last part's bytes must come out the same. If nothing fits, the caller begins a new generation: never a guess.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs

from session_mirror.bucket.cover import Cover, resolve
from session_mirror.bucket.meta import Checkpoint, PartEntry, ReadMeta, parse_meta
from session_mirror.bucket.names import (
    META_NAME,
    SESSIONS,
    encode_id,
    format_part,
    generation_id,
    session_prefix,
    split_generation,
    split_session_key,
)
from session_mirror.bucket.store import ObjectMissing, Store, StoredObject
from session_mirror.journal.records import JournalPart, StreamState
from session_mirror.mirror.deps import Deps
from session_mirror.redaction.rules import RuleSet
from session_mirror.source.identity import Fingerprint
from session_mirror.source.jsonl import read_lines

_READ_BYTES = 4 << 20
_VERIFY_BYTES = 1 << 20


@attrs.frozen
class Found:
    """What one LIST told of a session's generations in the bucket."""

    covers: dict[int, Cover]
    has_meta: frozenset[int]

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
    covers = {generation: resolve(parts) for generation, parts in objects.items()}
    return Found(covers, frozenset(has_meta))


def read_meta(store: Store, harness: str, session_id: str, generation: int) -> ReadMeta:
    """A generation's `meta.json`; an empty one when there is none."""
    key = session_prefix(harness, generation_id(session_id, generation)) + META_NAME
    try:
        return parse_meta(store.get(key))
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
    last = cover.slices[-1].part if cover.slices else None
    verify_from = cover.end if last is None else max(last.start, cover.end - _VERIFY_BYTES)
    for start in _checkpoints(parts, meta.checkpoint, verify_from):
        found = _reread(path, rules, start, cover.end, verify_from)
        if found is None:
            continue
        cursor, tail = found
        if last is not None and tail != deps.store.get(last.key, verify_from - last.start, len(tail)):
            continue
        try:
            fingerprint = Fingerprint.of(path, cursor)
        except ValueError:
            return None  # shortened while we read
        return Alignment(cursor, fingerprint, _fill(parts, cursor, cover, deps))
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


def _reread(path: Path, rules: RuleSet, start: Checkpoint, end: int, keep_from: int) -> tuple[int, bytes] | None:
    """Reads and redacts forward to stream offset `end`: the source cursor there, and the stream from `keep_from` on."""
    cursor, position = start.source_cursor, start.stream_end
    tail = bytearray()
    while position < end:
        piece = read_lines(path, cursor, _READ_BYTES)
        if not piece.data:
            return None
        whole = rules.redact(piece.data).data
        blocks = [(piece.data, whole)] if position + len(whole) <= end else _redacted_lines(piece.data, rules)
        for block, redacted in blocks:
            if position + len(redacted) > keep_from:
                tail += redacted[max(0, keep_from - position) :]
            cursor += len(block)
            position += len(redacted)
            if position >= end:
                break
    return (cursor, bytes(tail)) if position == end else None


def _redacted_lines(data: bytes, rules: RuleSet) -> Iterator[tuple[bytes, bytes]]:
    """Whole lines with their newline, each with its redacted form; only byte 0x0A separates."""
    start = 0
    while (stop := data.find(b"\n", start) + 1) > 0:
        yield data[start:stop], rules.redact(data[start:stop]).data
        start = stop


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
