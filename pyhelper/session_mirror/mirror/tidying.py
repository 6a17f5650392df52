"""Compaction by itself: which session is due, one at a time in a thread of its own, in nobody's way.

Only sessions that this process writes, or wrote until their end: while one grows, all but its newest parts are looked
at, once it rests, all of them, and no more is merged than pays (`compaction.plan`, tiers). At rest its lines are
indexed as well. That it fails is no problem of the session: it is tried again, later and later.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Container, Iterable, Sequence
from contextlib import suppress
from functools import partial
from itertools import pairwise
from typing import Final

import attrs

from session_mirror.bucket.lookup import Stored
from session_mirror.compaction.plan import SMALL_BYTES
from session_mirror.errors import MirrorError, problem_of
from session_mirror.mirror.compacting import compact_stored
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.followed import Followed
from session_mirror.mirror.indexing import NEWS_BYTES, index_lines, is_index_due, stored_of
from session_mirror.mirror.roster import Roster
from session_mirror.mirror.work import STORE_AWAY

log = logging.getLogger(__name__)
GROWING_LIMIT: Final = 64
"""A growing session is compacted when it has more small parts than this."""
RESTING_LIMIT: Final = 3
"""The same of a session that rests."""
KEEP_TAIL: Final = 4
"""The newest parts of a growing session are left alone: who reads along has just listed them."""
BACKOFF_FIRST_S: Final = 60.0
BACKOFF_LIMIT_S: Final = 3600.0


def count_small(ends: Sequence[int]) -> int:
    """How many small parts a stream has whose parts end there."""
    return sum(end - start < SMALL_BYTES for start, end in pairwise([0, *ends]))


_Work = Callable[[threading.Event], Callable[[], None]]
"""Does something until the event is set; returns what to do about it in the one thread that decides."""


@attrs.define
class _Past:
    """What earlier compactions of a session found."""

    left: dict[bool, int] = attrs.field(factory=dict)
    """How many small parts could not be merged, growing (False) and at rest."""
    failures: int = 0
    not_before: float = 0.0
    """In seconds of the monotonic clock."""


class Tidying:
    """Used by one thread; nothing here waits, but `finish`."""

    def __init__(
        self,
        deps: Deps,
        roster: Roster,
        ask: Callable[[Callable[[], None]], None],
        *,
        enabled: bool,
        compacts: bool = True,
    ) -> None:
        """`ask`: has that one thread do something soon. Not `enabled`: no session is ever due. Not `compacts`: parts
        are left as they are.
        """
        self._deps = deps
        self._roster = roster
        self._ask = ask
        self._enabled = enabled
        self._compacts = compacts
        self._untidy: dict[str, Followed] = {}
        self._ended: set[str] = set()
        self._small: dict[str, tuple[int, int]] = {}
        self._unindexed: dict[str, tuple[int, bool]] = {}
        self._past: dict[str, _Past] = {}
        self._store_back_at = 0.0
        self._cancelled = threading.Event()
        self._over = threading.Event()
        self._over.set()

    @property
    def is_busy(self) -> bool:
        """Whether a compaction is under way."""
        return not self._over.is_set()

    def note(self, item: Followed) -> None:
        """A session may look different now; costs nothing for a short one in few parts."""
        self._unindexed.pop(item.name, None)
        if self._enabled and (item.part_count > RESTING_LIMIT or _stream_end(item) >= NEWS_BYTES):
            self._untidy[item.name] = item
        else:
            self._untidy.pop(item.name, None)

    def ended(self, item: Followed) -> None:
        """This process brings the session to its end, and will not own it any more."""
        self._ended.add(item.name)

    def forget(self, name: str) -> None:
        """The session is not followed any more."""
        self._untidy.pop(name, None)
        self._small.pop(name, None)
        self._unindexed.pop(name, None)
        self._past.pop(name, None)
        self._ended.discard(name)

    def look(self, now: float, *, away: bool, behind: bool, flushing: Container[str]) -> Followed | None:
        """Begins what is due, and gives up the lock of what rests and is tidy.

        Returns a session to take the lock of: one that rests and is due, because who had it found no time. `away`: the
        store is; `behind`: old bytes wait; `flushing`: names of sessions with a flush under way.
        """
        untaken = None
        if away:
            self.cancel()
        elif not behind and not self.is_busy and not self._deps.compacting.locked():
            untaken = self._begin_next(now, flushing)
        for item in self._roster.idle_owned():
            if item.name not in flushing and (away or not self._is_due(item, now, at_rest=True)):
                item.mirror.release()
        return untaken

    def cancel(self) -> None:
        """Ends what is under way as soon as its requests are answered; waits for nothing."""
        self._cancelled.set()

    def finish(self, items: Iterable[Followed], deadline: float) -> None:
        """Compacts sessions that have ended, one after the other, as far as there is time. Never raises."""
        self._join(deadline)
        with suppress(MirrorError):  # of the journal: what it does not tell is found out the next time
            for item in items:
                self._roster.reload(item)
                self.note(item)
                now = time.monotonic()
                if now < deadline and not self.is_busy and self._is_due(item, now, at_rest=True):
                    self._begin(item, at_rest=True)
                    self._join(deadline)
        self.cancel()

    def _begin_next(self, now: float, flushing: Container[str]) -> Followed | None:
        """The first that is due; returns one that nobody may own if there is no other."""
        now_ms = self._deps.now_ms()
        untaken = None
        for item in tuple(self._untidy.values()):
            at_rest = item.stopped or item.is_over or item.is_idle(now_ms)
            if (at_rest and item.name in flushing) or not self._is_due(item, now, at_rest=at_rest):
                continue
            if item.mirror.owned or (item.stopped and item.name in self._ended):
                self._begin(item, at_rest=at_rest)
                return None
            if at_rest and not item.stopped and item.problem is None and item.status in ("current", "flushed"):
                untaken = untaken or item
        return untaken

    def _is_due(self, item: Followed, now: float, *, at_rest: bool) -> bool:
        """Whether there is something to do for the session, and it is not to wait after a failure."""
        if item.name not in self._untidy or now < self._store_back_at:
            return False
        if now < self._past.get(item.name, _Past()).not_before:
            return False
        return self._is_in_pieces(item, at_rest=at_rest) or (at_rest and self._is_unindexed(item))

    def _is_in_pieces(self, item: Followed, *, at_rest: bool) -> bool:
        """Whether it has too many small parts, by the journal."""
        past = self._past.get(item.name, _Past())
        limit = RESTING_LIMIT if at_rest else GROWING_LIMIT
        # What could not be merged the last time is not asked for again before there is as much besides.
        return self._compacts and self._small_parts(item) > max(limit, 2 * past.left.get(at_rest, 0))

    def _is_unindexed(self, item: Followed) -> bool:
        """Whether the bucket should be told of its lines; asked of the journal only when the stream grew."""
        if item.stream is None:
            return False
        end = _stream_end(item)
        asked = self._unindexed.get(item.name)
        if asked is None or asked[0] != end:
            asked = self._unindexed[item.name] = end, is_index_due(self._deps, item.stream.key, end)
        return asked[1]

    def _join(self, deadline: float) -> None:
        # A thread whose join is interrupted counts as ended, in Python before 3.13, though it isn't.
        self._over.wait(max(0.0, deadline - time.monotonic()))

    def _small_parts(self, item: Followed) -> int:
        """Counted again only when the session's number of parts changed."""
        if item.stream is None:
            return 0
        counted = self._small.get(item.name)
        if counted is None or counted[0] != item.part_count:
            ends = self._deps.journal.part_ends(item.stream.key)
            counted = self._small[item.name] = (item.part_count, count_small(ends))
        return counted[1]

    def _begin(self, item: Followed, *, at_rest: bool) -> None:
        if item.stream is None:
            return
        stored = stored_of(item.stream.key)
        in_pieces = self._is_in_pieces(item, at_rest=at_rest)
        work = partial(self._compact, item, stored, at_rest) if in_pieces else partial(self._index, item, stored)
        self._cancelled = threading.Event()
        self._over.clear()
        threading.Thread(target=self._run, args=(item, work, self._cancelled), name="tidying", daemon=True).start()

    def _run(self, item: Followed, work: _Work, cancelled: threading.Event) -> None:
        with self._deps.compacting:
            try:
                ended = work(cancelled)
            except Exception as error:  # noqa: BLE001  mirroring goes on, whatever it was
                log.warning("tidying %s failed: %s (%s)", item.name, problem_of(error).message, type(error).__name__)
                self._ask(partial(self._failed, item, error))
            else:
                self._ask(ended)
        self._over.set()

    def _compact(self, item: Followed, stored: Stored, at_rest: bool, cancelled: threading.Event) -> Callable[[], None]:
        keep_tail = 0 if at_rest else KEEP_TAIL
        made = compact_stored(self._deps, stored, keep_tail=keep_tail, tiers=True, cancelled=cancelled.is_set)
        log.info("compacted %s: %d parts before, %d now", item.name, made.parts_before, made.parts_after)
        return partial(self._compacted, item, None if made.cancelled else at_rest)

    def _index(self, item: Followed, stored: Stored, cancelled: threading.Event) -> Callable[[], None]:
        name = index_lines(self._deps, stored, cancelled=cancelled.is_set)
        log.info("indexed %s: %s", item.name, name or "nothing to be gained")
        return partial(self._indexed, item, cancelled.is_set())

    def _compacted(self, item: Followed, at_rest: bool | None) -> None:
        """`at_rest` None: it was cancelled."""
        self._read_again(item)
        if at_rest is not None:
            past = self._past.setdefault(item.name, _Past())
            past.failures, past.left[at_rest] = 0, self._small_parts(item)

    def _indexed(self, item: Followed, was_cancelled: bool) -> None:
        self._past.setdefault(item.name, _Past()).failures = 0
        if not was_cancelled:
            self._unindexed[item.name] = _stream_end(item), False

    def _failed(self, item: Followed, error: Exception) -> None:
        self._read_again(item)
        past = self._past.setdefault(item.name, _Past())
        wait_s = min(BACKOFF_LIMIT_S, BACKOFF_FIRST_S * 2.0 ** min(past.failures, 16))
        asked_s = error.retry_after_s if isinstance(error, MirrorError) else None
        past.failures += 1
        past.not_before = time.monotonic() + max(wait_s, asked_s or 0.0)
        if problem_of(error).kind in STORE_AWAY:
            self._store_back_at = past.not_before

    def _read_again(self, item: Followed) -> None:
        self._small.pop(item.name, None)
        self._unindexed.pop(item.name, None)
        self._roster.reload(item)


def _stream_end(item: Followed) -> int:
    return item.stream.state.stream_end if item.stream else 0
