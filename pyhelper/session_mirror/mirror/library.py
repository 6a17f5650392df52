"""Every session in the bucket, from whatever machine or tool: one LIST, and each changed `meta.json` once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs

from session_mirror.bucket.meta import ReadMeta, parse_meta
from session_mirror.bucket.names import SESSIONS, parent_by_name, session_prefix, split_generation
from session_mirror.bucket.store import ObjectMissing
from session_mirror.errors import MirrorError
from session_mirror.harness.base import Harness
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.followed import LIVE_MS
from session_mirror.mirror.shelves import Shelf, by_session, shared_id, shelves
from session_mirror.mirror.stream import bucket_id
from session_mirror.protocol.sessions import HistoryEntry, SessionState, SessionSummary, Verified
from session_mirror.source import opening

_PARALLEL = 16
_HEAD_BYTES = 64 << 10


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
        sessions = by_session(shelves(self._deps.store.list(SESSIONS)))
        told = self._describe_all(generations[-1] for generations in sessions.values())
        history = Counter({name: len(generations) - 1 for name, generations in sessions.items()})
        shown = []
        for (harness, base), generations in sessions.items():
            newest = generations[-1]
            plain = shared_id(base, told[newest.prefix].meta)
            if plain is not None and (harness, plain) in sessions:
                history[harness, plain] += len(generations)
            else:
                shown.append(newest)
        verified, drivers = self._verified(), self._deps.drivers()
        rows = [
            attrs.evolve(
                self._row(shelf, told[shelf.prefix], drivers),
                history_count=history[shelf.harness, shelf.base],
                verified=verified.get((shelf.harness, shelf.session_id)),
            )
            for shelf in shown
        ]
        return sorted(rows, key=lambda row: -row.modified_at_ms)

    def streams(self) -> list[SessionSummary]:
        """Every generation of every session as a row of its own, newest first; older ones bear their exact id.

        Raises:
            MirrorError: the bucket cannot be listed or read.
        """
        sessions = by_session(shelves(self._deps.store.list(SESSIONS)))
        told = self._describe_all(shelf for generations in sessions.values() for shelf in generations)
        drivers = self._deps.drivers()
        rows = []
        for generations in sessions.values():
            for shelf in generations:
                row = self._row(shelf, told[shelf.prefix], drivers)
                is_newest = shelf is generations[-1]
                rows.append(row if is_newest else attrs.evolve(row, session_id=shelf.exact_id, state="bucketOnly"))
        return sorted(rows, key=lambda row: -row.modified_at_ms)

    def history(self, harness: str, session_id: str) -> list[HistoryEntry]:
        """What the bucket keeps of a session beside the stream that its row shows, newest first: one LIST.

        Raises:
            MirrorError: the bucket cannot be listed or read.
        """
        base, _ = split_generation(session_id)
        listed = shelves(self._deps.store.list(session_prefix(harness, base).rstrip("/")))
        kept = [shelf for shelf in listed if shelf.cover.end and _may_be_of(shelf.base, base)]
        told = self._describe_all(kept)
        sessions = by_session(
            shelf for shelf in kept if shelf.base == base or shared_id(shelf.base, told[shelf.prefix].meta) == base
        )
        # On the machine that mirrors it under a name of its own, that one is the session.
        own = (harness, bucket_id(self._deps, harness, base))
        current = sessions.get(own) or sessions.get((harness, base))
        if current is None:
            return []
        verified = self._verified()
        entries = [
            _entry(
                shelf,
                told[shelf.prefix].meta,
                verified.get((shelf.harness, shelf.session_id)),
                of_current=generations is current,
            )
            for generations in sessions.values()
            for shelf in generations
            if shelf is not current[-1]
        ]
        return sorted(entries, key=lambda entry: -entry.ended_at_ms)

    def _verified(self) -> dict[tuple[str, str], Verified]:
        """By harness and the bucket's session id; a journal that cannot be read hides no session."""
        try:
            return self._deps.journal.verified(self._deps.store.url)
        except MirrorError:
            return {}

    def _describe_all(self, wanted: Iterable[Shelf]) -> dict[str, _Read]:
        """What is told of each, by prefix."""
        asked = list(wanted)
        with ThreadPoolExecutor(_PARALLEL, thread_name_prefix="library") as pool:
            read = pool.map(self._describe, asked)
            return {shelf.prefix: about for shelf, about in zip(asked, read, strict=True)}

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

    def _row(self, shelf: Shelf, about: _Read, drivers: Mapping[tuple[str, str], str]) -> SessionSummary:
        meta = about.meta
        modified_ms = meta.last_uploaded_at_ms or shelf.changed_ms
        source_bytes = source_size(self._deps, meta)
        return SessionSummary(
            harness=shelf.harness,
            session_id=shelf.base,
            title=about.title,
            cwd=meta.cwd,
            source_path=meta.source_path,
            state=self._state(meta, modified_ms, has_source=source_bytes is not None),
            problem=None,
            started_at_ms=meta.started_at_ms,
            modified_at_ms=modified_ms,
            source_bytes=source_bytes or 0,
            mirrored_source_bytes=meta.source_bytes,
            stream_bytes=shelf.cover.end,
            part_count=shelf.cover.part_count,
            redaction_count=sum(meta.redaction_counts.values()),
            lag_bytes=0,
            machine=meta.machine,
            generation=shelf.generation,
            parent_id=meta.parent,
            agent=meta.agent,
            driven_by=drivers.get((shelf.harness, shelf.base)),
        )

    def _state(self, meta: ReadMeta, modified_ms: int, *, has_source: bool) -> SessionState:
        if meta.machine_id not in (None, self._deps.machine.id):
            return "otherMachine"
        if not has_source:
            return "bucketOnly"
        recent = meta.ended_at_ms is None and self._deps.now_ms() - modified_ms < LIVE_MS
        return "live" if recent else "mirrored"


def source_size(deps: Deps, meta: ReadMeta) -> int | None:
    """The size of the source that this machine mirrored; None where there is none (any more). Paths told by other
    machines are never looked at."""
    if meta.machine_id != deps.machine.id or not meta.source_path:
        return None
    try:
        path = Path(meta.source_path)
        status = path.stat()
        if meta.change_log is not None:
            # What was exported of a database is what is mirrored, and what the database's own size says nothing of.
            return Path(meta.change_log).stat().st_size
        return opening.source_size(path, status)
    except (OSError, ValueError, MirrorError):
        return None


def _may_be_of(base: str, session_id: str) -> bool:
    """Whether a stream may be a session's, by its id: not if it is of a sub-agent, which only begins with that."""
    return base == session_id or (base.startswith(f"{session_id}~") and parent_by_name(base) != session_id)


def _entry(shelf: Shelf, meta: ReadMeta, verified: Verified | None, *, of_current: bool) -> HistoryEntry:
    return HistoryEntry(
        session_id=shelf.exact_id,
        generation=shelf.generation,
        cause="rewritten" if of_current else "otherMachine",
        machine=meta.machine,
        started_at_ms=meta.started_at_ms,
        ended_at_ms=meta.ended_at_ms or meta.last_uploaded_at_ms or shelf.changed_ms,
        stream_bytes=shelf.cover.end,
        part_count=shelf.cover.part_count,
        verified=verified,
    )
