"""Writing the index of a stream's lines into the bucket, so that who replays it can begin anywhere.

It is made when a session rests, of what the journal kept at each flush and of the index before it, and costs a listing,
a GET and a PUT for each megabyte at most. What is in neither is read from the bucket, if it is little; otherwise there
is no index, and nothing else is missing.
"""

from __future__ import annotations

import logging
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Final

from session_mirror.bucket.cover import Cover
from session_mirror.bucket.line_index import (
    MAX_LINES,
    ListedIndex,
    decode_index,
    encode_index,
    index_name,
    line_lengths,
    listed_indexes,
    newest_index,
)
from session_mirror.bucket.listing import list_once, list_parts
from session_mirror.bucket.lookup import Stored
from session_mirror.bucket.names import generation_id, split_generation
from session_mirror.bucket.ranges import RangeReader
from session_mirror.bucket.reader import ReadCancelled, StreamGap
from session_mirror.bucket.store import ObjectMissing, Store
from session_mirror.errors import MirrorError
from session_mirror.failpoints import failpoint
from session_mirror.journal.records import LineRun, StreamKey
from session_mirror.mirror.deps import Deps

log = logging.getLogger(__name__)
NEWS_BYTES: Final = 1 << 20
"""An index is written when the stream has so much more than the one before tells, and not before it has so much."""
READ_BYTES: Final = 8 << 20
"""So much of the stream is read at most because the journal doesn't know its lines: a part of a process that died."""


def is_index_due(deps: Deps, key: StreamKey, stream_end: int) -> bool:
    """Whether the journal knows enough, and the stream is long enough, for an index to be worth its requests.

    Raises:
        MirrorError: the journal failed.
    """
    if stream_end < NEWS_BYTES:
        return False
    extents = deps.journal.line_extents(key)
    told = max((end for _, end, is_indexed in extents if is_indexed), default=0)
    return bool(extents) and stream_end - told >= NEWS_BYTES and _unknown(extents, stream_end) <= READ_BYTES


def learn_lines(deps: Deps, stored: Stored, lengths: Sequence[int]) -> None:
    """Who read all of a stream knows its lines: the journal is told, unless it and the index in the bucket are right.

    Raises:
        MirrorError: the store or the journal failed.
    """
    key = key_of(deps, stored)
    extents = deps.journal.line_extents(key)
    told = max((end for _, end, is_indexed in extents if is_indexed), default=0)
    if _unknown(extents, sum(lengths)) or (told and not _is_told(deps.store, stored, told, lengths)):
        deps.journal.set_lines(key, lengths)


def _is_told(store: Store, stored: Stored, end: int, lengths: Sequence[int]) -> bool:
    """Whether the index in the bucket tells the truth about the stream's first `end` bytes at least."""
    index = newest_index(listed_indexes(list_parts(store, stored.prefix)), sum(lengths))
    found = _read_index(store, index) if index is not None and index.end >= end else ()
    return bool(found) and tuple(lengths[: len(found)]) == found


def index_if_due(deps: Deps, stored: Stored, end: int, *, cancelled: Callable[[], bool] = lambda: False) -> None:
    """Writes an index where that is worth it; `end`: of the stream.

    An index helps readers, nothing else depends on it: that it cannot be written is no failure of anything.
    """
    try:
        if is_index_due(deps, key_of(deps, stored), end):
            index_lines(deps, stored, cancelled=cancelled)
    except MirrorError as error:
        log.warning("the lines of %s/%s have no index: %s", stored.harness, stored.session_id, error.message)


def index_lines(deps: Deps, stored: Stored, *, cancelled: Callable[[], bool] = lambda: False) -> str | None:
    """Writes an index of all lines that are in the bucket now, and deletes those before it; returns its name.

    None when it is not worth it, when too much of the lines isn't known, or when cancelled.

    Raises:
        MirrorError: the store or the journal failed; there may be an index or not.
    """
    listing = list_once(deps.store, stored.prefix)
    cover, listed = listing.cover, listed_indexes(listing.objects)
    before = newest_index(listed, cover.end)
    key = key_of(deps, stored)
    runs = deps.journal.line_runs(key)
    if any(run.lengths and run.start == 0 for run in runs):
        before = None  # the journal's word counts for more
    if cover.layout != "offsets" or cover.end - (before.end if before else 0) < NEWS_BYTES:
        if before is not None:
            _note(deps, key, before.end)
        return None
    lengths = _Gathering(deps, stored, cover, before, cancelled).lengths(runs)
    if lengths is None or len(lengths) > MAX_LINES or cancelled():
        return None
    body = encode_index(lengths)
    name = index_name(cover.end, body)
    failpoint("lines.before_put")
    deps.store.put(stored.prefix + name, body)
    failpoint("lines.after_put")
    _note(deps, key, cover.end)
    failpoint("lines.after_note")
    deps.store.delete([each.key for each in listed if each.end <= cover.end and each.key != stored.prefix + name])
    return name


class _Gathering:
    """The lengths of all lines of a cover, put together of what tells of some of them."""

    def __init__(
        self, deps: Deps, stored: Stored, cover: Cover, before: ListedIndex | None, cancelled: Callable[[], bool]
    ) -> None:
        self._end = cover.end
        self._store = deps.store
        self._before = before
        self._ranges = RangeReader(deps.store, stored.prefix, cover, wait=lambda pause: _wait(pause, cancelled))
        self._may_read = READ_BYTES

    def lengths(self, runs: Sequence[LineRun]) -> list[int] | None:
        """None when too much isn't known."""
        found: list[int] = []
        end = 0
        for run in self._with_index(runs):
            if run.start >= self._end:
                break
            gap = self._read(end, run.start)
            if gap is None:
                return None
            found += gap
            end = max(end, run.start)
            known = _between(run, end, self._end)
            found += known
            end += sum(known)
        rest = self._read(end, self._end)
        return None if rest is None else found + rest

    def _with_index(self, runs: Sequence[LineRun]) -> Iterable[LineRun]:
        """The journal's word where it has one, and the index before where it points to that."""
        own = [run for run in runs if run.lengths]
        if self._before is not None:
            told = _read_index(self._store, self._before)
            if told:
                yield LineRun(start=0, end=self._before.end, lengths=told)
        yield from own

    def _read(self, start: int, end: int) -> list[int] | None:
        """Lines that nobody remembers, if they are few, and whole."""
        if start >= end:
            return []
        self._may_read -= end - start
        if self._may_read < 0:
            return None
        try:
            lengths = line_lengths(self._ranges.read(start, end))
        except (StreamGap, ReadCancelled):
            return None
        return lengths if sum(lengths) == end - start else None


def _between(run: LineRun, start: int, end: int) -> tuple[int, ...]:
    """The lines of a run between two offsets; none when no line begins at the first one."""
    begins = list(accumulate(run.lengths, initial=run.start))
    first = bisect_left(begins, start)
    if begins[-1] != run.end or begins[first : first + 1] != [start]:
        return ()
    return run.lengths[first : bisect_right(begins, end) - 1]


def _read_index(store: Store, index: ListedIndex) -> tuple[int, ...]:
    try:
        ends = decode_index(index.key.rpartition("/")[2], store.get(index.key))
    except ObjectMissing:
        return ()
    return () if ends is None else tuple(end - start for start, end in zip([0, *ends], ends, strict=False))


def _unknown(extents: Sequence[tuple[int, int, bool]], stream_end: int) -> int:
    """Of how many bytes nobody knows the lines."""
    known = unknown = 0
    for start, end, _ in extents:
        unknown += max(0, start - known)
        known = max(known, end)
    return unknown + max(0, stream_end - known)


def stored_of(key: StreamKey) -> Stored:
    """The stream in the bucket of a journal's key."""
    return Stored(key.harness, generation_id(key.session_id, key.generation))


def key_of(deps: Deps, stored: Stored) -> StreamKey:
    """The journal's key of a stream in the bucket."""
    base, generation = split_generation(stored.session_id)
    return StreamKey(destination=deps.store.url, harness=stored.harness, session_id=base, generation=generation)


def _note(deps: Deps, key: StreamKey, end: int) -> None:
    """Only of streams that this host mirrors."""
    if deps.journal.state(key) is not None:
        deps.journal.lines_indexed(key, end)


def _wait(pause_s: float, cancelled: Callable[[], bool]) -> bool:
    return cancelled() or (pause_s > 0 and threading.Event().wait(pause_s)) or cancelled()
