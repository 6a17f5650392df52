"""One open replay: windows of records, long texts and raw lines in pages, and news while the session grows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from session_mirror.errors import MirrorError
from session_mirror.harness.base import Harness
from session_mirror.harness.tally import Spent
from session_mirror.protocol.files import ReplayPlaceResult
from session_mirror.protocol.replay import (
    ReplayChanged,
    ReplayOrigin,
    ReplayRecord,
    ReplayStatisticsResult,
    ReplayTextResult,
    ReplayWindowResult,
)
from session_mirror.replay.analysis import Analysis
from session_mirror.replay.attachments import Attachments, nothing
from session_mirror.replay.contents import Beside, Contents
from session_mirror.replay.images import Images
from session_mirror.replay.lines import Lines
from session_mirror.replay.overview import Overview
from session_mirror.replay.places import Places
from session_mirror.replay.placing import place_of
from session_mirror.replay.records import Records
from session_mirror.replay.right_of_way import RightOfWay
from session_mirror.replay.seen_files import SeenFiles
from session_mirror.replay.source import ByteSource, NotHere
from session_mirror.replay.timeline import Timeline
from session_mirror.replay.work import WorkGroups

_T = TypeVar("_T")
LIVE_MS = 120_000
ANALYSED_AT_ONCE_S = 0.15
"""How long opening may take to find lines, and what they are to each other; the rest of that comes while it is read."""
_ANALYSED_AT_ONCE_BYTES = 4 << 20
"""Of a longer session opening looks at the first window's lines only: who draws them needs the processor."""
_ANALYSED_PER_POLL_S = 0.15
_ANALYSED_BESIDE_READERS_S = 0.05
_INDEXED_AT_ONCE_BYTES = 8 << 20
"""Of a large session that ended, opening finds so many bytes' lines: it is shown from its beginning."""
_INDEXED_PER_POLL_S = 1.0
_INDEXED_BETWEEN_WINDOWS_BYTES = 24 << 20
"""No window waits for more: some ten milliseconds."""


class Replay:
    """A byte source, its lines, and the harness that understands them. Thread-safe.

    What is shown stands at positions, from 0; the harness' account says which line stands where.
    """

    def __init__(
        self,
        replay_id: str,
        source: ByteSource,
        harness: Harness,
        now_ms: Callable[[], int] | None = None,
        *,
        is_closed: bool = False,
        attachments: Attachments | None = None,
        cwd: str | None = None,
        way: RightOfWay | None = None,
    ) -> None:
        """Indexes what its beginning needs, or all of a live session, and owns the source from now on. `is_closed`:
        nothing will be added to it; `cwd`: where the session ran; `way`: whoever takes it is let go first.

        Raises:
            MirrorError: the source cannot be read.
        """
        self.replay_id = replay_id
        self._source = source
        self._harness = harness
        self._is_closed = is_closed
        self._resting_bytes: int | None = None
        self._beside = Beside(attachments or Attachments(nothing))
        self.seen_files = SeenFiles(self.contents, cwd)
        self.images = Images(self.contents, source.bring)
        self.work = WorkGroups(self.contents)
        self._now_ms = now_ms or (lambda: time.time_ns() // 1_000_000)
        self._way = way or RightOfWay()
        self._lock = threading.RLock()
        self._polling = threading.Lock()
        self._restart_due = False
        self._told_unpaired = False
        """Calls and results were told without each other, since lines had not been looked at."""
        began = time.monotonic()
        self._reset()
        self._lines.begin(_INDEXED_AT_ONCE_BYTES if not self.is_live else self._source.size)
        left_s = ANALYSED_AT_ONCE_S - (time.monotonic() - began) if self._source.size < _ANALYSED_AT_ONCE_BYTES else 0
        self._analyse(max(ANALYSED_AT_ONCE_S / 5, left_s))
        self._told = self._state()

    @property
    def origin(self) -> ReplayOrigin:
        return self._source.origin

    @property
    def record_count(self) -> int:
        return len(self._lines)

    @property
    def total_bytes(self) -> int:
        """What is on its way included."""
        return self._source.size + self._source.missing_bytes

    @property
    def missing_bytes(self) -> int:
        """So many are on their way, or here without being shown yet: what they bring is no news."""
        return self._source.missing_bytes + self._lines.behind_bytes

    @property
    def problem(self) -> MirrorError | None:
        """Why the session may be longer than what is shown."""
        return self._source.problem

    @property
    def is_live(self) -> bool:
        """Whether it changed in the last two minutes, and can change."""
        is_still = self._is_closed or self.total_bytes == self._resting_bytes
        return not is_still and self._now_ms() - self._source.modified_ms < LIVE_MS

    def rest(self) -> None:
        """Nobody adds to it for now, however lately somebody did: it is live again once it has grown."""
        self._resting_bytes = self.total_bytes

    def window(self, start: int, count: int) -> ReplayWindowResult:
        """Records from `start` on: at most `count`, at most 256 KiB of JSON, at least one where there is one.

        Raises:
            MirrorError: the source cannot be read.
        """
        self._way.note_look()
        with self._way.taken():
            is_behind = not self.is_analysed
            found = self._brought(lambda: self._records.window(self._places, max(0, start), count))
            if is_behind and any(map(_lacks_partner, found.records)):
                self._told_unpaired = True
            return found

    def text(self, index: int, field: int, offset: int) -> ReplayTextResult:
        """An event's text from code point `offset` on, at most 256 KiB of JSON.

        Raises:
            MirrorError: there is no such event, or the source cannot be read.
        """
        return self._brought(lambda: self._records.text(self._places, index, field, max(0, offset)))

    def raw(self, index: int, offset: int) -> ReplayTextResult:
        """A line from code point `offset` on, at most 256 KiB of JSON; invalid UTF-8 is replaced.

        Raises:
            MirrorError: there is no such record, or the source cannot be read.
        """
        return self._brought(lambda: self._records.raw(self._places, index, max(0, offset)))

    def attachment(self, name: str, offset: int) -> ReplayTextResult:
        """An attachment from code point `offset` on, at most 256 KiB of JSON.

        Raises:
            MirrorError: the session has none of this name, or it cannot be read.
        """
        return self._beside.attachments.page(name, offset)

    def contents(self) -> Contents:
        """Its lines as they are now, to be looked through without keeping anybody waiting."""
        with self._lock:
            return Contents.now(self._lines, self._places, self._analysis, self._harness, self._beside)

    def place(self, index: int | None, line: int | None) -> ReplayPlaceResult:
        """Where a record stands in the stream and in the agent's file, or where a line of the stream is shown.

        Raises:
            MirrorError: there is none.
        """
        return place_of(self.contents(), self._source, index, line)

    def analyse(self) -> None:
        """Looks at all lines there are now, however long that takes.

        Raises:
            MirrorError: the source cannot be read.
        """
        with self._polling:
            self._index(float("inf"))
            self._analyse(float("inf"))

    def responses(self) -> Mapping[str, Spent]:
        """What each response of the model cost, by an identity that its copies in other sessions share."""
        return self._analysis.responses()

    def overview(self, question: Callable[[Overview], _T]) -> _T:
        """Asks something of the session as a whole, as far as it was looked at."""
        with self._lock:
            return question(self._whole())

    def statistics(self, from_turn: int) -> ReplayStatisticsResult:
        """See `Overview.statistics`. Adding up may take a while, and keeps nobody else waiting."""
        with self._lock:
            whole = self._whole()
        return whole.statistics(from_turn)

    @property
    def is_analysed(self) -> bool:
        """Whether all lines were looked at; `poll` goes on with it."""
        return self._lines.is_current and self._analysis.done == len(self._lines)

    @property
    def analysed_count(self) -> int:
        """So many lines were looked at."""
        return self._analysis.done

    @property
    def is_complete(self) -> bool:
        """Whether also no bytes are on their way, as far as it is known."""
        return not self._source.is_arriving and self.is_analysed

    def poll(self, *, look: bool = True) -> ReplayChanged | None:
        """Looks for news, unless told not to, and at further lines; None without any news. Windows can be asked for
        meanwhile.

        Raises:
            MirrorError: the source cannot be reached; what is shown stays.
        """
        with self._polling:
            restarted = look and self._source.refresh() == "restarted"
            with self._lock:
                if restarted:
                    self._source.restart()
                    self._reset()
                    self._restart_due = True
            self._index(_INDEXED_PER_POLL_S)
            rearranged = self._analyse(_ANALYSED_BESIDE_READERS_S if self._way.is_read else _ANALYSED_PER_POLL_S)
            if self._told_unpaired and self.is_analysed:
                self._told_unpaired, rearranged = False, True
            with self._lock:
                state = self._state()
                if state == self._told and not self._restart_due and not rearranged:
                    return None
                restarted, self._restart_due, self._told = self._restart_due, False, state
                return ReplayChanged(
                    replay_id=self.replay_id,
                    record_count=len(self._lines),
                    total_bytes=self.total_bytes,
                    is_live=self.is_live,
                    restarted=restarted,
                    rearranged=rearranged,
                    analysed_count=self.analysed_count,
                    missing_bytes=self.missing_bytes,
                    problem=None if self.problem is None else self.problem.as_problem(),
                )

    def first_lines(self, count: int, max_bytes: int) -> list[bytes]:
        """The session's first lines, for a title; fewer where they would exceed `max_bytes`."""
        with self._lock:
            return self._lines.first(count, max_bytes)

    def close(self) -> None:
        """Releases the source; closing twice is fine."""
        self._beside.attachments.close()
        with self._lock:
            self._source.close()

    def _reset(self) -> None:
        self._lines = Lines(self._source)
        self._analysis = Analysis(self._harness.account(), self._way)
        self._timeline = Timeline(self._analysis.index, self._way)
        self._places = Places()
        self._records = Records(self._lines, self._timeline, self._analysis.index, self._harness)

    def _index(self, budget_s: float) -> None:
        """Finds the lines of what the source has, for about so long; windows come between."""
        until = time.monotonic() + budget_s
        while True:
            with self._lock:
                if not self._lines.extend(_INDEXED_BETWEEN_WINDOWS_BYTES):
                    # Lines that were told of are others: what was shown of them is asked for anew.
                    self._records.forget()
                    self._restart_due = True
                if self._lines.is_current:
                    return
            if time.monotonic() >= until:
                return
            self._way.give()

    def _whole(self) -> Overview:
        return Overview(self._analysis, self._timeline, self._places, self.is_complete)

    def _state(self) -> tuple[object, ...]:
        problem = self.problem and self.problem.message
        return len(self._lines), self._source.size, self.missing_bytes, problem, self.is_live, self.is_complete

    def _analyse(self, budget_s: float) -> bool:
        """Looks at further lines; returns whether something that could be seen before stands elsewhere now."""
        seen = self._analysis.done
        # Beside whoever reads windows: only the place that the lines get is theirs as well.
        self._analysis.advance(self._lines, budget_s)
        places = self._analysis.places(at_last=self.is_analysed)
        self._timeline.catch_up(places, at_last=self.is_analysed)
        with self._lock:
            before, self._places = self._places, places
            return before.differs_before(places, len(self._lines) if seen < len(self._lines) else seen)

    def _brought(self, work: Callable[[], _T]) -> _T:
        """Does something under the lock; bytes that it lacks are fetched without it, and then it begins anew."""
        while True:
            try:
                with self._lock:
                    return work()
            except NotHere as lacking:
                self._source.bring(lacking.start, lacking.length)


def _lacks_partner(record: ReplayRecord) -> bool:
    return any(event.tool and event.tool.call_id and event.partner is None for event in record.events)
