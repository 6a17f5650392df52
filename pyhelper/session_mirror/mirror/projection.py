"""`meta.json` out of the journal: the one place that knows which fact goes where."""

from __future__ import annotations

import json
from contextlib import suppress

import attrs

from session_mirror.bucket.meta import Checkpoint, PartEntry, SessionMeta, iso_time, superseded_meta
from session_mirror.bucket.names import META_NAME, generation_id, session_prefix
from session_mirror.bucket.store import ObjectMissing
from session_mirror.failpoints import failpoint
from session_mirror.journal.records import StreamKey, StreamState
from session_mirror.mirror.deps import Deps

META_QUIET_MS = 60_000
"""`meta.json` is written when nothing was uploaded for this long..."""
META_EVERY_MS = 600_000
"""...and at least this often: in a busy session a hundred uploads share one."""


def stream_prefix(key: StreamKey) -> str:
    """Where a stream's objects live."""
    return session_prefix(key.harness, generation_id(key.session_id, key.generation))


def write_meta(deps: Deps, key: StreamKey, state: StreamState) -> StreamState:
    """Puts the stream's `meta.json` and journals that it is current; returns the state with that noted.

    A new generation's first one also tells the generation before who follows it.
    """
    if state.meta_at_ms is None and key.generation > 1:
        _link_previous(deps, key)
    entries = tuple(part.entry for part in deps.journal.parts(key))
    body = build_meta(deps, key, state, entries).to_json()
    failpoint("meta.before_put")
    deps.store.put(stream_prefix(key) + META_NAME, body)
    failpoint("meta.after_put")
    told = attrs.evolve(state, meta_at_ms=deps.now_ms(), meta_is_current=True)
    deps.journal.save(key, told)
    return told


def _link_previous(deps: Deps, key: StreamKey) -> None:
    """Tells the generation before, if it has a `meta.json`, that this one follows."""
    previous = attrs.evolve(key, generation=key.generation - 1)
    name = stream_prefix(previous) + META_NAME
    following = generation_id(key.session_id, key.generation)
    state = deps.journal.state(previous)
    if state is not None and state.superseded_by is None and state.stream_end:
        ended_at_ms = state.ended_at_ms or deps.now_ms()
        closed = attrs.evolve(state, intent=None, ended_at_ms=ended_at_ms, superseded_by=following)
        entries = tuple(part.entry for part in deps.journal.parts(previous))
        failpoint("meta.before_link")
        deps.store.put(name, build_meta(deps, previous, closed, entries).to_json())
        deps.journal.save(previous, attrs.evolve(closed, meta_at_ms=deps.now_ms(), meta_is_current=True))
    elif state is None:
        # A lost journal: what the bucket says of it is amended.
        with suppress(ObjectMissing):
            deps.store.put(name, superseded_meta(deps.store.get(name), following, deps.now_iso()))


def build_meta(deps: Deps, key: StreamKey, state: StreamState, entries: tuple[PartEntry, ...]) -> SessionMeta:
    """All of `meta.json` from what the journal knows."""
    previous = generation_id(key.session_id, key.generation - 1) if key.generation > 1 else None
    return SessionMeta(
        harness=key.harness,
        session_id=generation_id(key.session_id, key.generation),
        source_path=state.database or state.source_path,
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
        parent=state.parent_id,
        agent=state.agent,
        sidecar=None if state.sidecar is None else json.loads(state.sidecar),
        change_log=state.source_path if state.database else None,
    )


def meta_wait_ms(state: StreamState, now_ms: int) -> int:
    """In how many milliseconds `meta.json` is due, 0 for now: after a pause, and now and then in a busy session.

    A date in the future means that the clock was set back: then it is due as well.
    """
    due_in = [
        (state.uploaded_at_ms or 0) + META_QUIET_MS - now_ms,
        (state.meta_at_ms or 0) + META_EVERY_MS - now_ms,
    ]
    soonest = min(due_in)
    return soonest if 0 < soonest <= META_QUIET_MS else 0
