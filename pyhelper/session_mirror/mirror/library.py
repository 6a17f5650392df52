"""Every session in the bucket, from whatever machine or tool: one LIST, and each changed `meta.json` once."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs

from session_mirror.bucket.cover import Cover, resolve
from session_mirror.bucket.meta import ReadMeta, parse_meta
from session_mirror.bucket.names import META_NAME, SESSIONS, session_prefix, split_generation, split_session_key
from session_mirror.bucket.store import ObjectMissing, StoredObject
from session_mirror.harness.base import Harness
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.followed import LIVE_MS
from session_mirror.protocol.sessions import SessionState, SessionSummary

_PARALLEL = 16
_HEAD_BYTES = 64 << 10


@attrs.frozen
class Shelf:
    """One generation's objects as listed. `session_id` is the bucket's, generation suffix included."""

    harness: str
    session_id: str
    cover: Cover
    meta: StoredObject | None
    changed_ms: int

    @property
    def prefix(self) -> str:
        return session_prefix(self.harness, self.session_id)


@attrs.frozen
class _Read:
    stamp: tuple[int, int, int]
    meta: ReadMeta
    title: str


class Library:
    """Thread-safe; remembers what it read of sessions that did not change since."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._lock = threading.Lock()
        self._read: dict[str, _Read] = {}

    def rows(self) -> list[SessionSummary]:
        """All sessions, each by its newest generation, newest first.

        Raises:
            MirrorError: the bucket cannot be listed or read.
        """
        newest: dict[tuple[str, str], Shelf] = {}
        for shelf in shelves(self._deps.store.list(SESSIONS)):
            base, generation = split_generation(shelf.session_id)
            current = newest.get((shelf.harness, base))
            if current is None or generation > split_generation(current.session_id)[1]:
                newest[shelf.harness, base] = shelf
        with ThreadPoolExecutor(_PARALLEL, thread_name_prefix="library") as pool:
            read = list(pool.map(self._describe, newest.values()))
        now_ms = self._deps.now_ms()
        rows = [self._row(shelf, about, now_ms) for shelf, about in zip(newest.values(), read, strict=True)]
        return sorted(rows, key=lambda row: -row.modified_at_ms)

    def _describe(self, shelf: Shelf) -> _Read:
        stamp = (shelf.meta.size, shelf.meta.modified_ms, shelf.cover.end) if shelf.meta else (0, 0, shelf.cover.end)
        with self._lock:
            known = self._read.get(shelf.prefix)
        if known is not None and known.stamp == stamp:
            return known
        try:
            meta = parse_meta(self._deps.store.get(shelf.meta.key)) if shelf.meta else ReadMeta()
        except ObjectMissing:
            meta = ReadMeta()
        read = _Read(stamp, meta, meta.title or self._title_from_stream(shelf))
        with self._lock:
            self._read[shelf.prefix] = read
        return read

    def _title_from_stream(self, shelf: Shelf) -> str:
        """tracecraft keeps no titles: the beginning of the stream has one."""
        harness: Harness | None = self._deps.harnesses.get(shelf.harness)
        if harness is None or not shelf.cover.slices:
            return shelf.session_id
        try:
            head = self._deps.store.get(shelf.cover.slices[0].part.key, 0, _HEAD_BYTES)
        except ObjectMissing:
            return shelf.session_id
        return harness.title_of_lines(head.split(b"\n")[:-1]) or shelf.session_id

    def _row(self, shelf: Shelf, about: _Read, now_ms: int) -> SessionSummary:
        meta = about.meta
        base, generation = split_generation(shelf.session_id)
        modified_ms = meta.last_uploaded_at_ms or shelf.changed_ms
        return SessionSummary(
            harness=shelf.harness,
            session_id=base,
            title=about.title,
            cwd=meta.cwd,
            source_path=meta.source_path,
            state=self._state(meta, modified_ms, now_ms),
            problem=None,
            started_at_ms=meta.started_at_ms,
            modified_at_ms=modified_ms,
            source_bytes=0,
            mirrored_source_bytes=meta.source_bytes,
            stream_bytes=shelf.cover.end,
            part_count=shelf.cover.part_count,
            redaction_count=sum(meta.redaction_counts.values()),
            lag_bytes=0,
            machine=meta.machine,
            generation=generation,
        )

    def _state(self, meta: ReadMeta, modified_ms: int, now_ms: int) -> SessionState:
        recent = meta.ended_at is None and now_ms - modified_ms < LIVE_MS
        if meta.machine_id == self._deps.machine.id and meta.source_path and Path(meta.source_path).exists():
            return "live" if recent else "mirrored"
        return "elsewhere" if recent else "bucketOnly"


def shelves(objects: Iterable[StoredObject]) -> list[Shelf]:
    """A listing of `sessions/`, grouped by session and generation; objects of another shape are ignored."""
    groups: dict[tuple[str, str], list[StoredObject]] = {}
    for stored in objects:
        pieces = split_session_key(stored.key)
        if pieces is not None:
            groups.setdefault(pieces[:2], []).append(stored)
    return [
        Shelf(
            harness=harness,
            session_id=session_id,
            cover=resolve(group),
            meta=next((stored for stored in group if stored.key.endswith("/" + META_NAME)), None),
            changed_ms=max(stored.modified_ms for stored in group),
        )
        for (harness, session_id), group in groups.items()
    ]
