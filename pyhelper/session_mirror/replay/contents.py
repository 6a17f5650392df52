"""All that a replay knows of its lines at one moment, to be looked through beside those who read windows."""

from __future__ import annotations

import attrs

from session_mirror.harness.base import Harness
from session_mirror.replay.analysis import Analysis
from session_mirror.replay.event_index import EventIndex
from session_mirror.replay.lines import Lines
from session_mirror.replay.places import Places


@attrs.frozen
class Contents:
    """Reads without the replay's lock: lines are only ever added, and places never change."""

    lines: Lines
    places: Places
    index: EventIndex
    harness: Harness
    count: int
    """Lines there are."""
    analysed: int
    """Of them, so many were looked at and are in the index."""

    @classmethod
    def now(cls, lines: Lines, places: Places, analysis: Analysis, harness: Harness) -> Contents:
        """To be called while nothing of it changes but by growing."""
        count = len(lines)
        return cls(lines, places, analysis.index, harness, count, min(analysis.done, count))
