"""Messages about finding things in an open replay: filters, and search in the texts of its events."""

from __future__ import annotations

from typing import Literal

import attrs

from .replay import EventKind


@attrs.frozen(kw_only=True)
class ReplayFilter:
    """Which events are shown: those that every condition lets pass. A record without any of them is not shown.

    As it is made, it hides none.
    """

    hidden_kinds: tuple[EventKind, ...] = ()
    tools: tuple[str, ...] = ()
    """Only calls of these tools, and their results; without any name tools don't matter."""
    path: str | None = None
    """Only calls that read or write this file, and their results."""
    errors_only: bool = False
    agents: Literal["all", "main", "sub"] = "all"
    """`main`: without sub-agents inside the session; `sub`: only them."""
    agent: str | None = None
    """Only the sub-agent of this `SubAgent.key`: the call that began it, its results, and what it did inside the
    session."""


@attrs.frozen(kw_only=True)
class ReplayFilterParams:
    """Asks which records a filter shows, from a position on."""

    replay_id: str
    filter: ReplayFilter
    start: int = 0


@attrs.frozen(kw_only=True)
class ReplayFilterResult:
    """Which of the positions from `start` up to `until` are shown. What has not been looked at yet is not told of."""

    start: int
    until: int
    """To be asked for next; it gets no further while lines have not been looked at."""
    runs: tuple[int, ...]
    """Begin and length of each run of positions that are shown, one number after the other, ascending."""


@attrs.frozen(kw_only=True)
class SearchPlace:
    """Where a search goes on: code point `offset` of an event's text, or of its output that is kept beside the session,
    which comes after the text."""

    index: int
    field: int = 0
    offset: int = 0
    in_output: bool = False


@attrs.frozen(kw_only=True)
class ReplaySearchParams:
    """Searches the texts of events, whole ones, and output that is kept beside the session, for some 0.3 s; hits don't
    overlap.

    `filter`: only what it shows.
    """

    replay_id: str
    query: str
    start: SearchPlace
    is_regex: bool = False
    match_case: bool = False
    filter: ReplayFilter | None = None


@attrs.frozen(kw_only=True)
class SearchHit:
    """`start` and `length` are code points of an event's whole text; `in_output`: of its output beside the session."""

    index: int
    field: int
    start: int
    length: int
    in_output: bool = False


@attrs.frozen(kw_only=True)
class ReplaySearchResult:
    """Hits in the order in which they are shown, at most 500."""

    hits: tuple[SearchHit, ...]
    next: SearchPlace
    """Where to go on: at once, or, when it is complete, as soon as there is more."""
    is_complete: bool
    """Everything there is was searched."""
    problem: str | None = None
    """Why this expression finds nothing, for people; nothing more will come of it."""
    unsearched: tuple[int, ...] = ()
    """The records of outputs beside the session that were come by this time, and not searched: too large to be fetched
    for it, or gone. One with several such outputs is told several times."""


@attrs.frozen(kw_only=True)
class ReplayJumpParams:
    """Asks for the nearest record with a prompt, a turn, an error or an edit, from a position on, that included.

    A turn is a prompt or a reply; what sub-agents in the midst of another session are asked and say is neither.
    """

    replay_id: str
    wanted: Literal["prompt", "turn", "error", "edit"]
    start: int
    direction: Literal["forward", "back"] = "forward"
    filter: ReplayFilter | None = None
    """Only what it may show."""


@attrs.frozen(kw_only=True)
class ReplayJumpResult:
    """`index` is None where there is none."""

    index: int | None
    is_complete: bool
    """False while lines on the way have not been looked at: there may be one in them."""


@attrs.frozen(kw_only=True)
class ReplaySubAgentsParams:
    """Asks for the session's sub-agents, from a number on."""

    replay_id: str
    start: int = 0


@attrs.frozen(kw_only=True)
class SubAgent:
    """A sub-agent by the call that began it, or, where nobody called it, by its first record."""

    key: str
    """Stays the same while the session grows."""
    name: str
    """Its kind, as the agent calls it; may be empty."""
    task: str
    """On one line, at most 200 characters."""
    index: int
    """Where it begins."""
    is_inside: bool
    """What it did stands inside the session; else in one of its own."""


@attrs.frozen(kw_only=True)
class ReplaySubAgentsResult:
    """In the order in which they began, some 200 at a time."""

    agents: tuple[SubAgent, ...]
    agent_count: int
    is_complete: bool
