"""What the journal knows of one stream: how far it is, and what was about to happen."""

from __future__ import annotations

import attrs

from session_mirror.bucket.meta import PartEntry


@attrs.frozen(kw_only=True)
class StreamKey:
    """One generation of one session at one destination. `session_id` is the bucket's id without generation suffix."""

    destination: str
    harness: str
    session_id: str
    generation: int


@attrs.frozen(kw_only=True)
class Intent:
    """A part about to be put: repeating it must send the same bytes under the same key."""

    seq: int
    source_start: int
    source_end: int
    stream_start: int
    stream_end: int
    sha256: str
    redactions: dict[str, int]
    rules: str
    fingerprint: str
    """`source.identity.Fingerprint` of the source up to `source_end`, as JSON."""
    prefix_hash: str | None = None
    """SHA-256 of the source's bytes up to `source_end`; None from a version that didn't keep it."""
    seen_at_ms: int | None = None
    """The source's newest date when it was read."""


@attrs.frozen(kw_only=True)
class StreamState:
    """A stream's position and totals. Offsets and sizes in bytes, times in Unix epoch milliseconds."""

    source_path: str
    cwd: str
    title: str
    rules: str
    started_at_ms: int
    source_cursor: int = 0
    stream_end: int = 0
    next_seq: int = 0
    fingerprint: str | None = None
    """`source.identity.Fingerprint` of the mirrored beginning, as JSON; None before the first commit."""
    prefix_hash: str | None = None
    """SHA-256 of the source's bytes up to the cursor; None while it isn't known."""
    intent: Intent | None = None
    redaction_counts: dict[str, int] = attrs.field(factory=dict)
    uploaded_at_ms: int | None = None
    seen_at_ms: int | None = None
    """The source's newest date, of bytes or inode, when all it held was known to be mirrored."""
    ended_at_ms: int | None = None
    meta_at_ms: int | None = None
    """When `meta.json` last told all of this; None when it never did, or is behind with no date."""
    meta_is_current: bool = False
    superseded_by: str | None = None
    """Bucket id of the next generation."""
    parent_id: str | None = None
    """The session whose agent began this one."""
    agent: str = ""
    """Of a sub-agent: its kind and its task, redacted."""
    database: str | None = None
    """The database whose change log `source_path` is."""
    sidecar: str | None = None
    """What the file beside the source tells: a redacted JSON object."""
    sidecar_stamp: tuple[int, int] | None = None
    """That file's size and mtime in nanoseconds when it was read."""


@attrs.frozen(kw_only=True)
class JournalPart:
    """A committed part. `end` is its stream offset; the entry is what `meta.json` tells of it."""

    end: int
    entry: PartEntry


@attrs.frozen(kw_only=True)
class LineRun:
    """The lines of the stream's bytes `[start, end)`. No lengths: the bucket's index tells them."""

    start: int
    end: int
    lengths: tuple[int, ...]
    """In bytes, line feeds included."""


@attrs.frozen(kw_only=True)
class AttachmentEntry:
    """The newest content of one attachment that was put, or is about to be. Sizes in bytes."""

    version: int
    """Which of the contents that this name had, from 1; one that was about to be put is never used for another."""
    source_bytes: int
    source_modified_ns: int
    source_sha256: str
    stored_bytes: int
    """Size of what was made of it."""
    stored_sha256: str
    rules: str
    """Id of the redaction rule set that it was put under."""
    is_stored: bool
    """False: it was about to be put, and may be there or not."""
