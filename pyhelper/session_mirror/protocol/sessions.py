"""Messages about sessions: the rows of the tree, and what can be done to one."""

from __future__ import annotations

from typing import Literal

import attrs

from .mirror import Problem

SessionState = Literal[
    "live", "mirrored", "behind", "waiting", "elsewhere", "otherMachine", "error", "stopped", "bucketOnly"
]
"""`live`: changed in the last two minutes, all durable; `mirrored`: quiet, all durable; `behind`: source bytes not yet
durable; `waiting`: the source is shorter than what was mirrored of it, and nothing was changed in the bucket;
`elsewhere`: another process of this host mirrors it; `otherMachine`: `machine` wrote the mirror, not this one;
`stopped`: by the user; `bucketOnly`: the source is gone, or was never known."""
HistoryCause = Literal["rewritten", "otherMachine"]
"""Why a stream is not the one that a session's row shows: the source's mirrored beginning changed, and the session went
on as the next generation; or another machine mirrors different bytes under the same id."""
Comparison = Literal["equal", "behind", "ahead", "different"]
"""A stream against its transcript. `behind`: that has more whole lines; `ahead`: it ends before the stream does."""


@attrs.frozen(kw_only=True)
class SessionKey:
    """Names one stream: `session_id` as in the bucket, generation suffix included."""

    harness: str
    session_id: str


@attrs.frozen(kw_only=True)
class Verified:
    """When a stream was last verified, Unix epoch milliseconds, and what was wrong with it; None: nothing."""

    at_ms: int
    problem: str | None


@attrs.frozen(kw_only=True)
class SessionSummary:
    """One session as the tree shows it. Times are Unix epoch milliseconds."""

    harness: str
    session_id: str
    title: str
    cwd: str | None
    source_path: str | None
    state: SessionState
    problem: Problem | None
    started_at_ms: int | None
    modified_at_ms: int
    """Last change of the source, else of the mirror."""
    source_bytes: int
    """Size of the source now; 0 without one."""
    mirrored_source_bytes: int
    stream_bytes: int
    part_count: int
    redaction_count: int
    lag_bytes: int
    machine: str | None
    """Host name of the machine that wrote the mirror."""
    generation: int = 1
    history_count: int = 0
    """Streams that `sessions/history` tells of beside this one, by what is known without asking the bucket for them."""
    verified: Verified | None = None
    """What verifying this stream found last, on this machine; None: it never was."""
    parent_id: str | None = None
    """The session whose agent began this one, of the same harness; None where a person did."""
    agent: str = ""
    """Of a sub-agent: its kind and its task, on one line."""
    driven_by: str | None = None
    """The agent that drives this session of another one, as people call it: `OpenClaw`."""


@attrs.frozen(kw_only=True)
class SessionListParams:
    """`all`: whatever the bucket holds, besides this workspace's sessions."""

    scope: Literal["workspace", "all"] = "workspace"


@attrs.frozen(kw_only=True)
class SessionListResult:
    """Newest first."""

    sessions: tuple[SessionSummary, ...]
    problem: Problem | None = None
    """Set when the bucket could not be listed; `sessions` then holds what the disk knows."""


@attrs.frozen(kw_only=True)
class SessionHistoryParams:
    """Asks for what the bucket keeps of a session beside its newest generation."""

    harness: str
    session_id: str


@attrs.frozen(kw_only=True)
class HistoryEntry:
    """One stream of the past, read-only. Times are Unix epoch milliseconds."""

    session_id: str
    """Means exactly this stream, as `<id>~g1`: for replay, compaction and the command line."""
    generation: int
    cause: HistoryCause
    machine: str | None
    """Host name of the machine that wrote it."""
    started_at_ms: int | None
    ended_at_ms: int
    """When it was closed, else its last upload."""
    stream_bytes: int
    part_count: int
    verified: Verified | None = None
    """As in a `SessionSummary`."""


@attrs.frozen(kw_only=True)
class SessionHistoryResult:
    """Newest first."""

    entries: tuple[HistoryEntry, ...]


@attrs.frozen(kw_only=True)
class SessionsChanged:
    """Fact: these sessions of the workspace changed; at most four times a second."""

    changed: tuple[SessionSummary, ...]
    removed: tuple[SessionKey, ...]


@attrs.frozen(kw_only=True)
class CompactParams:
    """Merges a session's parts; the newest `keep_tail` parts are left alone."""

    harness: str
    session_id: str
    keep_tail: int = 0
    work_done_token: str | int | None = None


@attrs.frozen(kw_only=True)
class CompactResult:
    """`merged` False: there was nothing to merge."""

    merged: bool
    parts_before: int
    parts_after: int
    stream_bytes: int


@attrs.frozen(kw_only=True)
class VerifyParams:
    """Reads a stream whole, and its transcript where that is on this machine; changes neither."""

    harness: str
    session_id: str
    work_done_token: str | int | None = None


@attrs.frozen(kw_only=True)
class VerifyResult:
    """`words` say what was found of a stream that is `ok`; of another one `problem` says what is wrong first."""

    ok: bool
    problem: str | None
    words: str
    part_count: int
    stream_bytes: int
    line_count: int
    compared: Comparison | None
    """None: there was no transcript to compare with."""


@attrs.frozen(kw_only=True)
class SessionStopParams:
    """Stops mirroring one session, on this host, until resumed."""

    harness: str
    session_id: str


@attrs.frozen(kw_only=True)
class SessionResumeParams:
    """Lifts a stop."""

    harness: str
    session_id: str


@attrs.frozen(kw_only=True)
class Done:
    """An empty result."""
