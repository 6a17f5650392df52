"""`meta.json`: a projection of a session's mirror, rebuilt at will, in tracecraft's schema 1 plus our own section.

Every key tracecraft writes is there with its meaning. `parts` lists at most the newest `PARTS_LISTED` parts one by one;
older ones are summed into a first entry, so that the file stays small however long a session runs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

import attrs
import cattrs

from session_mirror import __version__

SCHEMA_VERSION = 1
PARTS_LISTED = 20
_LONGEST_ID = 255
_LONGEST_AGENT = 300
_converter = cattrs.Converter()


@attrs.frozen(kw_only=True)
class PartEntry:
    """One part as `meta.json` lists it: offsets are in source bytes, `uuid` is the name's hexadecimal end."""

    seq: int
    uuid: str
    cursor_range: tuple[int, int]
    source_bytes: int
    uploaded_bytes: int
    redactions: dict[str, int]
    uploaded_at: str


@attrs.frozen(kw_only=True)
class Checkpoint:
    """A source position and the stream position that belongs to it: where a lost journal starts re-reading."""

    source_cursor: int
    stream_end: int


@attrs.frozen(kw_only=True)
class SessionMeta:
    """All of `meta.json`."""

    harness: str
    session_id: str
    source_path: str | None
    cwd: str | None
    agent_id: str | None
    started_at: str
    last_uploaded_at: str
    ended_at: str | None
    total_source_bytes: int
    total_uploaded_bytes: int
    redaction_counts: dict[str, int]
    parts: tuple[PartEntry, ...]
    title: str
    machine: str
    machine_id: str
    generation: int
    previous: str | None
    """Bucket id of the generation before this one."""
    next: str | None = None
    """Bucket id of the generation after this one."""
    rules: str
    """Id of the redaction rule set the stream was written with."""
    checkpoint: Checkpoint
    parent: str | None = None
    """Id of the session whose agent began this one."""
    agent: str = ""
    """Of a sub-agent: its kind and its task."""
    sidecar: Mapping[str, object] | None = None
    """What the agent's small file beside the transcript tells, redacted."""
    change_log: str | None = None
    """Where `source_path` is a database: the file that its changes are exported to, which offsets are of."""

    def to_json(self) -> bytes:
        """The object's bytes."""
        record = {
            "schema_version": SCHEMA_VERSION,
            "harness": self.harness,
            "session_id": self.session_id,
            "source_path": self.source_path,
            "cwd": self.cwd,
            "agent_id": self.agent_id,
            "started_at": self.started_at,
            "last_uploaded_at": self.last_uploaded_at,
            "ended_at": self.ended_at,
            "total_source_bytes": self.total_source_bytes,
            "total_uploaded_bytes": self.total_uploaded_bytes,
            "redaction_counts": self.redaction_counts,
            "parts": _converter.unstructure(fold_parts(self.parts)),
            "session_mirror": {
                "version": __version__,
                "title": self.title,
                "machine": self.machine,
                "machine_id": self.machine_id,
                "generation": self.generation,
                "previous": self.previous,
                "next": self.next,
                "rules": self.rules,
                "checkpoint": _converter.unstructure(self.checkpoint),
                **self._relations(),
            },
        }
        return _dump(record)

    def _relations(self) -> dict[str, object]:
        """What few sessions have, left out of the others."""
        told: dict[str, object] = {"parent": self.parent, "agent": self.agent, "sidecar": self.sidecar}
        if self.change_log is not None:
            told |= {"database": self.source_path, "change_log": self.change_log}
        return {name: value for name, value in told.items() if value}


@attrs.frozen(kw_only=True)
class ReadMeta:
    """What can be told from somebody's `meta.json`; every field may be missing or wrong, since it is outside data."""

    title: str | None = None
    cwd: str | None = None
    source_path: str | None = None
    machine: str | None = None
    machine_id: str | None = None
    started_at_ms: int | None = None
    last_uploaded_at_ms: int | None = None
    ended_at_ms: int | None = None
    claimed_at_ms: int | None = None
    """When the machine took the session over from another one."""
    source_bytes: int = 0
    uploaded_bytes: int = 0
    redaction_counts: Mapping[str, int] = attrs.field(factory=dict)
    rules: str | None = None
    previous: str | None = None
    checkpoint: Checkpoint | None = None
    parent: str | None = None
    agent: str = ""
    change_log: str | None = None
    parts: tuple[PartEntry, ...] = ()
    """Empty when any entry is not as expected: offsets are running sums, so one wrong entry spoils those after it."""


def parse_meta(body: bytes) -> ReadMeta:
    """Reads ours, tracecraft's, or a damaged one; never raises."""
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        return ReadMeta()
    top = record if isinstance(record, dict) else {}
    own = top.get("session_mirror")
    own = own if isinstance(own, dict) else {}
    counts = top.get("redaction_counts")
    return ReadMeta(
        title=_text(own.get("title")),
        cwd=_text(top.get("cwd")),
        source_path=_text(top.get("source_path")),
        machine=_text(own.get("machine")),
        machine_id=_text(own.get("machine_id")),
        started_at_ms=parse_time_ms(top.get("started_at")),
        last_uploaded_at_ms=parse_time_ms(top.get("last_uploaded_at")),
        ended_at_ms=parse_time_ms(top.get("ended_at")),
        claimed_at_ms=parse_time_ms(own.get("claimed_at")),
        source_bytes=_count(top.get("total_source_bytes")) or 0,
        uploaded_bytes=_count(top.get("total_uploaded_bytes")) or 0,
        redaction_counts={str(k): v for k, v in counts.items() if _count(v)} if isinstance(counts, dict) else {},
        rules=_text(own.get("rules")),
        previous=_text(own.get("previous")),
        checkpoint=_checkpoint(own.get("checkpoint")),
        parent=_parent(own.get("parent"), top.get("session_id")),
        agent=_line(own.get("agent")),
        change_log=_text(own.get("change_log")),
        parts=_parts(top.get("parts")),
    )


def claimed_meta(body: bytes, machine_id: str, machine: str, at: str) -> bytes:
    """Somebody's `meta.json` with another machine named as its writer since `at`; all else stays as it is."""
    return _amended(body, {"machine": machine, "machine_id": machine_id, "claimed_at": at}, {})


def superseded_meta(body: bytes, following: str, at: str) -> bytes:
    """Somebody's `meta.json` with the next generation's bucket id, ended `at` unless it was before."""
    return _amended(body, {"next": following}, {"ended_at": at})


def fold_parts(parts: Sequence[PartEntry]) -> tuple[PartEntry, ...]:
    """The newest entries, preceded by one that sums all older ones."""
    if len(parts) <= PARTS_LISTED:
        return tuple(parts)
    older, newer = parts[: -PARTS_LISTED + 1], parts[-PARTS_LISTED + 1 :]
    return (sum_parts(older), *newer)


def sum_parts(parts: Sequence[PartEntry]) -> PartEntry:
    """One entry for adjacent ones, at least one: named by the first sequence and the last end, as a merge would be."""
    redactions: dict[str, int] = {}
    for entry in parts:
        for name, count in entry.redactions.items():
            redactions[name] = redactions.get(name, 0) + count
    return PartEntry(
        seq=parts[0].seq,
        uuid=parts[-1].uuid,
        cursor_range=(parts[0].cursor_range[0], parts[-1].cursor_range[1]),
        source_bytes=sum(entry.source_bytes for entry in parts),
        uploaded_bytes=sum(entry.uploaded_bytes for entry in parts),
        redactions=redactions,
        uploaded_at=parts[-1].uploaded_at,
    )


def iso_time(epoch_ms: int) -> str:
    """UTC ISO 8601 with microseconds and offset, as tracecraft writes it."""
    return datetime.fromtimestamp(epoch_ms / 1000, timezone.utc).isoformat(timespec="microseconds")


def parse_time_ms(value: object) -> int | None:
    """Unix epoch milliseconds of an ISO 8601 time; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
        return round((moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        return None


def _amended(body: bytes, own: Mapping[str, str], missing: Mapping[str, str]) -> bytes:
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        return body
    if not isinstance(record, dict):
        return body
    section = record.get("session_mirror")
    record["session_mirror"] = {**(section if isinstance(section, dict) else {}), **own}
    for key, value in missing.items():
        if record.get(key) is None:
            record[key] = value
    return _dump(record)


def _dump(record: object) -> bytes:
    # Paths may hold lone surrogates (undecodable file names); ASCII escapes carry them.
    return json.dumps(record, separators=(",", ":")).encode("ascii")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _parent(value: object, own_id: object) -> str | None:
    """An id as long as ids are, and not the session's own."""
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value != own_id else None


def _line(value: object) -> str:
    """Text for one line of a list."""
    return " ".join(value[:_LONGEST_AGENT].split()) if isinstance(value, str) else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _checkpoint(value: object) -> Checkpoint | None:
    if not isinstance(value, dict):
        return None
    cursor, end = _count(value.get("source_cursor")), _count(value.get("stream_end"))
    return None if cursor is None or end is None else Checkpoint(source_cursor=cursor, stream_end=end)


def _parts(value: object) -> tuple[PartEntry, ...]:
    try:
        return _converter.structure(value, tuple[PartEntry, ...])
    except (cattrs.BaseValidationError, ValueError, TypeError):
        return ()
