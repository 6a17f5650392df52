"""An open session as a whole: what it adds up to, how it lies in time, and which files it touched."""

from __future__ import annotations

from typing import Final

import attrs

from session_mirror.protocol.replay import ReplayFilesResult, ReplayStatisticsResult
from session_mirror.protocol.timeline import TimelineResult, TimelineSeekResult
from session_mirror.replay.analysis import Analysis
from session_mirror.replay.pairs import touched_file
from session_mirror.replay.places import Places
from session_mirror.replay.timeline import Timeline

_TURNS_AT_ONCE: Final = 256
_FILES_AT_ONCE: Final = 200
_MOST_BUCKETS: Final = 1000


@attrs.frozen
class Overview:
    """Of the lines looked at so far; `is_complete`: there are no others."""

    analysis: Analysis
    timeline: Timeline
    places: Places
    is_complete: bool

    def statistics(self, from_turn: int) -> ReplayStatisticsResult:
        """What the lines add up to; of the turns some 256 from the given one on."""
        from_turn = max(0, from_turn)
        turns = slice(from_turn, from_turn + _TURNS_AT_ONCE)
        images, image_bytes = self.analysis.index.images(self.places.arrangement.folded)
        return ReplayStatisticsResult(
            statistics=self.analysis.statistics(self.places, turns),
            turn_count=self.analysis.turn_count(),
            is_complete=self.is_complete,
            images=images,
            image_bytes=image_bytes,
        )

    def axis(self, buckets: int) -> TimelineResult:
        """The session on its time axis."""
        return self.timeline.told(max(1, min(buckets, _MOST_BUCKETS)), is_complete=self.is_complete)

    def seek(self, at_ms: int) -> TimelineSeekResult:
        """The record that is being shown at a time of the axis."""
        index = self.timeline.position_at(at_ms)
        return TimelineSeekResult(index=index, at_ms=self.timeline.played_at(index) or 0)

    def files(self, start: int) -> ReplayFilesResult:
        """The files that tools touched, some 200 from a number on."""
        index = self.analysis.index
        start = max(0, start)
        files = tuple(touched_file(each, self.places) for each in index.files(start, start + _FILES_AT_ONCE))
        return ReplayFilesResult(files=files, file_count=index.file_count, is_complete=self.is_complete)
