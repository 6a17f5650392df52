"""Messages about a replay's time axis. Times on the axis are milliseconds of playing, from 0, pauses shortened."""

from __future__ import annotations

from typing import Literal

import attrs

from .replay import EventKind

MarkKind = Literal["prompt", "error", "compaction"]


@attrs.frozen(kw_only=True)
class Bucket:
    """A stretch of the axis, all of the same length: what is in it, at a glance."""

    index: int
    """The first record that is played in it, or after it where none is."""
    kind: EventKind | None
    """Of most of its records; None where it has none."""
    records: int
    errors: int
    compactions: int


@attrs.frozen(kw_only=True)
class Mark:
    """A record worth going to."""

    index: int
    at_ms: int
    kind: MarkKind


@attrs.frozen(kw_only=True)
class Pause:
    """Nothing happened for `pause_ms` of real time before this record, longer than is played."""

    index: int
    at_ms: int
    pause_ms: int


@attrs.frozen(kw_only=True)
class TimelineParams:
    """Asks for the axis in so many buckets, at most 1000."""

    replay_id: str
    buckets: int = 200


@attrs.frozen(kw_only=True)
class TimelineResult:
    """`marks` and `pauses` ascend; the first 500 marks of each kind and the 200 longest pauses are told."""

    duration_ms: int
    """Of playing all of it at single speed."""
    real_ms: int
    """From the first record to the last by their own times."""
    buckets: tuple[Bucket, ...]
    marks: tuple[Mark, ...]
    pauses: tuple[Pause, ...]
    record_count: int
    """It is the axis of so many of the session's first records."""
    is_complete: bool
    """False while lines have not been looked at."""


@attrs.frozen(kw_only=True)
class TimelineSeekParams:
    """Asks which record is being shown at a time on the axis."""

    replay_id: str
    at_ms: int


@attrs.frozen(kw_only=True)
class TimelineSeekResult:
    """The last record played at or before that time; `at_ms` is when it is."""

    index: int
    at_ms: int
