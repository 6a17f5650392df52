"""`meta.json` out of the journal: the one place that knows which fact goes where."""

from __future__ import annotations

import attrs

from session_mirror.bucket.meta import Checkpoint, PartEntry, SessionMeta, iso_time
from session_mirror.bucket.names import META_NAME, generation_id, session_prefix
from session_mirror.failpoints import failpoint
from session_mirror.journal.records import StreamKey, StreamState
from session_mirror.mirror.deps import Deps


def stream_prefix(key: StreamKey) -> str:
    """Where a stream's objects live."""
    return session_prefix(key.harness, generation_id(key.session_id, key.generation))


def write_meta(deps: Deps, key: StreamKey, state: StreamState) -> StreamState:
    """Puts the stream's `meta.json` and journals that it is current; returns the state with that noted."""
    entries = tuple(part.entry for part in deps.journal.parts(key))
    body = build_meta(deps, key, state, entries).to_json()
    failpoint("meta.before_put")
    deps.store.put(stream_prefix(key) + META_NAME, body)
    failpoint("meta.after_put")
    told = attrs.evolve(state, meta_at_ms=deps.now_ms(), meta_is_current=True)
    deps.journal.save(key, told)
    return told


def build_meta(deps: Deps, key: StreamKey, state: StreamState, entries: tuple[PartEntry, ...]) -> SessionMeta:
    """All of `meta.json` from what the journal knows."""
    previous = generation_id(key.session_id, key.generation - 1) if key.generation > 1 else None
    return SessionMeta(
        harness=key.harness,
        session_id=generation_id(key.session_id, key.generation),
        source_path=state.source_path,
        cwd=state.cwd,
        agent_id=None,
        started_at=iso_time(state.started_at_ms),
        last_uploaded_at=iso_time(state.uploaded_at_ms or state.started_at_ms),
        ended_at=None if state.ended_at_ms is None else iso_time(state.ended_at_ms),
        total_source_bytes=state.source_cursor,
        total_uploaded_bytes=state.stream_end,
        redaction_counts=state.redaction_counts,
        parts=entries,
        title=state.title,
        machine=deps.machine.name,
        machine_id=deps.machine.id,
        generation=key.generation,
        previous=previous,
        next=state.superseded_by,
        rules=state.rules,
        checkpoint=Checkpoint(source_cursor=state.source_cursor, stream_end=state.stream_end),
    )
