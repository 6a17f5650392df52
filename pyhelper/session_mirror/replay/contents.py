"""All that a replay knows of its lines at one moment, to be looked through beside those who read windows."""

from __future__ import annotations

import attrs

from session_mirror.harness.base import Harness
from session_mirror.protocol.replay import ReplayEvent
from session_mirror.protocol.search import ReplayFilter
from session_mirror.replay.analysis import Analysis
from session_mirror.replay.attachments import Attachments, nothing
from session_mirror.replay.event_index import EventIndex
from session_mirror.replay.lines import Lines
from session_mirror.replay.places import Places
from session_mirror.replay.sub_agents import SubAgents


@attrs.define
class LastFiltered:
    """What the last filter may show, since it is asked for in pages: of which index and places, and how far."""

    filter: ReplayFilter
    index: EventIndex
    places: Places
    analysed: int
    shown: bytes


@attrs.define
class Beside:
    """What belongs to a replay whatever its lines are."""

    attachments: Attachments = attrs.field(factory=lambda: Attachments(nothing))
    filtered: LastFiltered | None = None
    sub_agents: SubAgents = attrs.field(factory=SubAgents)


@attrs.frozen
class Contents:
    """Reads without the replay's lock: lines are only ever added, and places never change."""

    lines: Lines
    places: Places
    index: EventIndex
    harness: Harness
    count: int
    """Lines that are here; others may be on their way."""
    analysed: int
    """Of them, so many were looked at and are in the index."""
    beside: Beside = attrs.field(factory=Beside)

    @classmethod
    def now(cls, lines: Lines, places: Places, analysis: Analysis, harness: Harness, beside: Beside) -> Contents:
        """To be called while nothing of it changes but by growing."""
        count = lines.here
        return cls(lines, places, analysis.index, harness, count, min(analysis.done, count), beside)

    def events_of(self, line: int) -> tuple[ReplayEvent, ...]:
        """The events of a line, whole; none of one too long to be parsed.

        Raises:
            MirrorError: the source cannot be read.
        """
        ((_, _, body),) = self.lines.read(line, line + 1)
        return self.harness.read_record(body).events if body else ()
