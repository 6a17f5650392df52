"""Messages about files that a session touched, and about where its records stand."""

from __future__ import annotations

from typing import Literal

import attrs


@attrs.frozen(kw_only=True)
class ReplayFileParams:
    """Asks for a file as the session saw it right before or after a call on it, by code points.

    The call is an event's `field` at a `line` of the stream, the file a number among its tool's `paths`: a path is
    never asked for by name.
    """

    replay_id: str
    line: int
    field: int
    file: int
    moment: Literal["before", "after"]
    offset: int


@attrs.frozen(kw_only=True)
class ReplayFileResult:
    """At most 256 KiB of text from `offset`."""

    path: str
    """As the agent spelled it; relative ones start at the session's working directory."""
    offset: int
    value: str
    total_chars: int
    is_whole: bool
    """False where only pieces are known; a line of `⋯` stands between them."""
    is_cut: bool
    """The text goes on: more than ten million characters are not sent."""
    edit_number: int
    """Which change of this file the call is in the session, from 1; 0 where nothing changed it so far."""
    mark: str
    """The beginning of the first text that the call put into the file; may be empty."""
    can_compare: bool
    """Whether the call changes the file in a way that is understood."""


@attrs.frozen(kw_only=True)
class ReplayPlaceParams:
    """Asks where something stands: the record at `index`, or, where that is None, the line `line` of the stream."""

    replay_id: str
    index: int | None = None
    line: int | None = None


@attrs.frozen(kw_only=True)
class ReplayPlaceResult:
    """Both count from 0. The transcript is the agent's file on this machine; None for a mirror."""

    index: int
    line: int
    transcript: str | None
    transcript_line: int | None
    """The line's number in that file, from 0; None where it stands in another, with which the session began."""
