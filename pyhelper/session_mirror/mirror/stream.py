"""Which stream a session's source belongs to, now: the journal's, the bucket's, a new generation, or a new name.

Everything here happens under the session's lock.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from session_mirror.bucket.meta import PartEntry, ReadMeta
from session_mirror.bucket.names import own_id
from session_mirror.failpoints import failpoint
from session_mirror.harness.base import FoundSession
from session_mirror.journal.records import JournalPart, StreamKey, StreamState
from session_mirror.mirror import reconcile
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.machines import is_foreign, leave_alone_if_elsewhere, take_over
from session_mirror.redaction.counts import merge_counts


@attrs.frozen
class Stream:
    """The generation that is being written, and where it stands."""

    key: StreamKey
    state: StreamState


def known(deps: Deps, found: FoundSession) -> Stream | None:
    """What the journal remembers, without asking the bucket."""
    row = deps.journal.latest(deps.store.url, found.harness, bucket_id(deps, found.harness, found.session_id))
    return None if row is None else Stream(*row)


def bucket_id(deps: Deps, harness: str, session_id: str) -> str:
    """The id under which this machine mirrors a session: its own, unless another machine's bytes are there."""
    own = own_name(deps, session_id)
    return session_id if deps.journal.latest(deps.store.url, harness, own) is None else own


def own_name(deps: Deps, session_id: str) -> str:
    """The id under which a session goes on when another machine holds different bytes under the plain one."""
    return own_id(session_id, deps.machine.name)


def reconciled(deps: Deps, found: FoundSession) -> Stream:
    """The stream to go on with, after one LIST.

    Raises:
        WrittenElsewhere: another machine wrote to it a moment ago, or we are just taking it over.
        MirrorError: the store or the journal failed.
        OSError: the source cannot be read.
    """
    stream = known(deps, found)
    if stream is None:
        return _adopt(deps, found, found.session_id)
    listed = reconcile.look(deps.store, found.harness, stream.key.session_id)
    if listed.newest > stream.key.generation:
        return _adopt(deps, found, stream.key.session_id)  # a rolled back journal
    cover = listed.cover(stream.key.generation)
    meta = reconcile.read_meta(deps.store, stream.key)
    leave_alone_if_elsewhere(deps, meta, listed.touched_ms)
    state = attrs.evolve(stream.state, next_seq=max(stream.state.next_seq, cover.next_seq))
    if reconcile.landed(state, cover):
        state = commit(deps, stream.key, state)
    agrees = cover.end == state.stream_end and (cover.layout == "offsets" or cover.end == 0)
    if agrees and not is_foreign(deps, meta):
        return Stream(stream.key, state)
    # The journal's own list of parts comes first: it knows every boundary it ever committed.
    aligned = reconcile.align(deps, found.path, cover, meta, deps.journal.parts(stream.key))
    if aligned is not None:
        return _resume(deps, _ours(deps, meta, Stream(stream.key, state)), listed, aligned)
    return _apart(deps, found, Stream(stream.key, state), meta, listed.newest)


def next_generation(deps: Deps, found: FoundSession, old: Stream, newest: int = 0) -> Stream:
    """Leaves a generation whose beginning changed as it is, and opens the next one.

    The old one's `meta.json` is told with the new one's first: until then there is nothing to point to.
    """
    key = attrs.evolve(old.key, generation=max(old.key.generation, newest) + 1)
    fresh = _fresh(deps, found)
    failpoint("generation.before_save")
    deps.journal.save(key, fresh)
    failpoint("generation.after_save")
    return Stream(key, fresh)


def commit(deps: Deps, key: StreamKey, state: StreamState, lengths: Sequence[int] = ()) -> StreamState:
    """Journals that the pending intent's part is durable; returns the state after it.

    `lengths`: of its lines in bytes, line feeds included; without them the part's bytes are not at hand.
    """
    intent = state.intent
    if intent is None:
        raise ValueError("there is no intent to commit")
    now = deps.now_ms()
    after = attrs.evolve(
        state,
        source_cursor=intent.source_end,
        stream_end=intent.stream_end,
        next_seq=max(state.next_seq, intent.seq + 1),
        fingerprint=intent.fingerprint,
        prefix_hash=intent.prefix_hash,
        seen_at_ms=intent.seen_at_ms,
        intent=None,
        rules=intent.rules,
        redaction_counts=merge_counts(state.redaction_counts, intent.redactions),
        uploaded_at_ms=now,
        ended_at_ms=None,
        meta_is_current=False,
    )
    entry = PartEntry(
        seq=intent.seq,
        uuid=f"{intent.stream_end & 0xFFFFFFFF:08x}",
        cursor_range=(intent.source_start, intent.source_end),
        source_bytes=intent.source_end - intent.source_start,
        uploaded_bytes=intent.stream_end - intent.stream_start,
        redactions=intent.redactions,
        uploaded_at=deps.now_iso(),
    )
    deps.journal.save(key, after, part=JournalPart(end=intent.stream_end, entry=entry), lengths=lengths)
    return after


def _adopt(deps: Deps, found: FoundSession, session_id: str) -> Stream:
    """A session the journal doesn't know (any more): begin it, or go on where the bucket says."""
    listed = reconcile.look(deps.store, found.harness, session_id)
    generation = max(1, listed.newest)
    key = StreamKey(destination=deps.store.url, harness=found.harness, session_id=session_id, generation=generation)
    cover = listed.cover(generation)
    state = attrs.evolve(_fresh(deps, found), next_seq=cover.next_seq)
    if cover.end == 0 or cover.layout == "tracecraft":
        # Nothing there, or only another tool's parts: ours begin at offset 0 beside them.
        failpoint("recover.before_begin")
        deps.journal.save(key, state)
        return Stream(key, state)
    meta = reconcile.read_meta(deps.store, key)
    leave_alone_if_elsewhere(deps, meta, listed.touched_ms)
    state = attrs.evolve(
        state,
        started_at_ms=meta.started_at_ms or state.started_at_ms,
        redaction_counts=dict(meta.redaction_counts),
        rules=meta.rules or state.rules,
    )
    stream = Stream(key, state)
    aligned = reconcile.align(deps, found.path, cover, meta, [])
    if aligned is not None:
        return _resume(deps, _ours(deps, meta, stream), listed, aligned)
    return _apart(deps, found, stream, meta, listed.newest)


def _ours(deps: Deps, meta: ReadMeta, stream: Stream) -> Stream:
    """The stream, once its `meta.json` names us."""
    if is_foreign(deps, meta):
        take_over(deps, stream.key)
    return stream


def _apart(deps: Deps, found: FoundSession, stream: Stream, meta: ReadMeta, newest: int) -> Stream:
    """Other bytes than ours are there: another machine's, so ours get a name of their own, or our own older ones."""
    if is_foreign(deps, meta) and stream.key.session_id == found.session_id:
        return _adopt(deps, found, own_name(deps, found.session_id))
    return next_generation(deps, found, stream, newest)


def _resume(deps: Deps, stream: Stream, listed: reconcile.Found, aligned: reconcile.Alignment) -> Stream:
    """The stream goes on where the bucket ends, from the source position that belongs there."""
    state, cover = stream.state, listed.cover(stream.key.generation)
    # A dropped intent's PUT may still land one day: its sequence is never used for other bytes.
    used = state.next_seq if state.intent is None else max(state.next_seq, state.intent.seq + 1)
    resumed = attrs.evolve(
        state,
        source_cursor=aligned.source_cursor,
        stream_end=cover.end,
        next_seq=max(cover.next_seq, used),
        fingerprint=aligned.fingerprint.to_json(),
        prefix_hash=None,
        intent=None,
        uploaded_at_ms=state.uploaded_at_ms or deps.now_ms(),
        meta_is_current=False,
    )
    failpoint("recover.before_save")
    deps.journal.rewrite(stream.key, resumed, aligned.parts)
    indexed = listed.indexed.get(stream.key.generation)
    if indexed is not None:
        deps.journal.lines_indexed(stream.key, indexed)
    return Stream(stream.key, resumed)


def as_found(deps: Deps, found: FoundSession, state: StreamState) -> StreamState:
    """The state with what discovery tells of its session, and `meta.json` behind if any of that is news."""
    told = attrs.evolve(
        state,
        source_path=str(found.path),
        parent_id=found.parent_id,
        agent=deps.redacted(found.agent),
        database=None if found.database is None else str(found.database),
    )
    return state if told == state else attrs.evolve(told, meta_is_current=False)


def _fresh(deps: Deps, found: FoundSession) -> StreamState:
    fresh = StreamState(
        source_path=str(found.path),
        cwd=found.cwd,
        title=deps.title(found),
        rules=deps.rules.id,
        started_at_ms=deps.now_ms(),
    )
    return as_found(deps, found, fresh)
