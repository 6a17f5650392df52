"""Messages about mirroring: what is kept, where, and how far along it is."""

from __future__ import annotations

from typing import Literal

import attrs

MirrorPhase = Literal["starting", "watching", "mirroring", "paused", "error"]
"""`watching`: all that was found is durable; `mirroring`: some source bytes are not yet; `error`: one is stuck."""

ErrorKind = Literal["auth", "network", "throttled", "notFound", "conflict", "disk", "source", "bug"]


@attrs.frozen(kw_only=True)
class Problem:
    """Something that went wrong, in words for the user; never holds transcript text or secrets."""

    kind: ErrorKind
    message: str
    hint: str
    """What the user can do about it."""
    retryable: bool


@attrs.frozen(kw_only=True)
class Credentials:
    """Keys from the editor's secret storage; absent means boto3's own chain."""

    access_key_id: str
    secret_access_key: str = attrs.field(repr=False)
    session_token: str | None = attrs.field(default=None, repr=False)


@attrs.frozen(kw_only=True)
class Destination:
    """Where streams go. An empty `url` means the default local folder in the state directory."""

    url: str = ""
    endpoint_url: str | None = None
    region: str | None = None
    profile: str | None = None
    credentials: Credentials | None = attrs.field(default=None, repr=False)


@attrs.frozen(kw_only=True)
class AgentHomes:
    """Folders to look for one agent's sessions in, beside its usual ones; `~` is the user's home."""

    harness: str
    folders: tuple[str, ...]


@attrs.frozen(kw_only=True)
class MirrorConfigureParams:
    """Sets what to mirror; sent after start, and again whenever folders or settings change."""

    folders: tuple[str, ...]
    """Absolute paths of the workspace folders."""
    destination: Destination
    enabled: bool = True
    """False: discover and list, upload nothing."""
    interval_ms: int = 5000
    """At least this long between two flushes of one session."""
    redact: bool = True
    auto_compact: bool = True
    """Merge small parts without being asked."""
    homes: tuple[AgentHomes, ...] = ()
    ignored_agents: tuple[str, ...] = ()
    """Harnesses whose sessions are not looked for. Names that mean no harness are left out, here and in `homes`."""


@attrs.frozen(kw_only=True)
class MirrorConfigureResult:
    """The destination as resolved."""

    destination_url: str
    destination_label: str
    """Short and readable: a folder path or `bucket/project`."""
    is_default: bool
    is_local: bool


@attrs.frozen(kw_only=True)
class Finding:
    """What looking for one agent's sessions came upon and could not read, or did not understand."""

    harness: str
    problem: Problem


@attrs.frozen(kw_only=True)
class Health:
    """The truth for the status bar. Counts are of sessions in scope, each together with its sub-agents."""

    phase: MirrorPhase
    destination_label: str
    session_count: int
    live_count: int
    """Sessions whose source changed in the last two minutes."""
    behind_count: int
    """Sessions with source bytes that are not durable in the bucket."""
    elsewhere_count: int
    """Sessions mirrored by another window or process."""
    error_count: int
    lag_bytes: int
    lag_ms: int
    """Age of the oldest source byte that is not durable; 0 when nothing is behind."""
    caught_up_bytes: int
    """Source bytes that became durable since nothing was behind; with `lag_bytes` the progress of a backlog."""
    last_flush_at_ms: int | None
    uploaded_bytes: int
    """Bytes put since the helper started."""
    redaction_count: int
    watching: Literal["events", "polling"]
    watching_hint: str
    """What the user can do to have events instead of polling; empty where nothing can be done, or need be."""
    problem: Problem | None
    """The most urgent one: a session's, else the journal's, else the first finding's."""
    findings: tuple[Finding, ...] = ()
    """All that the last look around came upon, whatever else is wrong."""


@attrs.frozen(kw_only=True)
class HealthParams:
    """No parameters."""


@attrs.frozen(kw_only=True)
class DestinationCheckParams:
    """Asks whether a destination can be listed, written, read and deleted from, with one small scratch object."""

    destination: Destination


@attrs.frozen(kw_only=True)
class DestinationCheckResult:
    """`problem` is None when the destination works."""

    destination_label: str
    problem: Problem | None
