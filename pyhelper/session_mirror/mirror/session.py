"""One session's flush: read whole lines, redact, journal the intent, put one part, journal the commit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Literal

import attrs

from session_mirror.bucket.line_index import line_lengths
from session_mirror.bucket.names import MAX_SEQ, format_part
from session_mirror.failpoints import failpoint
from session_mirror.harness.base import FoundSession
from session_mirror.journal.locks import SessionLock
from session_mirror.journal.records import Intent, StreamState
from session_mirror.mirror.attaching import Attached, Attaching
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.machines import LEASE_MS
from session_mirror.mirror.projection import meta_wait_ms, stream_prefix, write_meta
from session_mirror.mirror.shortened import is_prefix_of_stream
from session_mirror.mirror.sidecar import with_sidecar
from session_mirror.mirror.standing import Examiner, Look
from session_mirror.mirror.stream import Stream, as_found, commit, known, next_generation, reconciled
from session_mirror.source.identity import Fingerprint
from session_mirror.source.jsonl import LineSlice, read_lines
from session_mirror.source.prefix_hash import PrefixHash

PART_BYTES = 8 << 20

Status = Literal["flushed", "current", "elsewhere", "waiting", "gone"]
"""`waiting`: the source is shorter than what was mirrored, a prefix of it; `gone`: there is no source any more."""


@attrs.frozen(kw_only=True)
class Outcome:
    """What one flush did. `more`: whole lines are still waiting."""

    status: Status
    uploaded_bytes: int = 0
    source_bytes: int = 0
    redactions: dict[str, int] = attrs.field(factory=dict)
    part: str | None = None
    more: bool = False


@attrs.frozen
class _Body:
    """A part's bytes, and the hash of the source up to its end, unless they were made again from an old intent."""

    sha256: str
    data: bytes
    prefix: PrefixHash | None


class SessionMirror:
    """Mirrors one session while it holds the session's lock. Used by one thread at a time."""

    def __init__(self, deps: Deps, found: FoundSession) -> None:
        """Touches neither disk nor network."""
        self._deps = deps
        self._lock = SessionLock(deps.state, deps.store.url, found.harness, found.session_id)
        self._stream: Stream | None = None  # reconciled; kept after release, to see whether others wrote since
        self._body: _Body | None = None
        self._kept = 0
        self._examiner = Examiner()
        self._attaching = Attaching(deps)
        self._epoch = -1
        self._contact_ms = -LEASE_MS
        self._looked = False  # whether the flush at work asked the bucket
        self.found = found

    @property
    def owned(self) -> bool:
        """Whether this process is the session's writer."""
        return self._lock.held

    @property
    def has_unfinished(self) -> bool:
        """Whether there is something to put that needs no source: lines read before, or a `meta.json` behind."""
        state = self._stream.state if self.owned and self._stream else None
        return self._body is not None or (
            state is not None and state.uploaded_at_ms is not None and not state.meta_is_current
        )

    def position(self) -> Stream | None:
        """Where the mirror stands: ours while we own it, else what the journal says."""
        return self._stream if self.owned and self._stream else known(self._deps, self.found)

    def flush(self, *, min_bytes: int = 1) -> Outcome:
        """Puts at most one part.

        Raises:
            MirrorError: the store, the journal or the lock failed; calling again goes on where it stopped.
            OSError: the source cannot be read.
        """
        try:
            return self._flush(min_bytes)
        except FileNotFoundError:
            return Outcome(status="gone")  # what was written since the last upload went with it

    def upkeep(self, *, ended: bool = False, force: bool = False) -> int | None:
        """Writes `meta.json` when it is due; returns in how many milliseconds to flush and ask again, None: never.

        Not before then is anything due, even if the source stays as it is.
        """
        meta_ms = self._write_meta(ended=ended, force=force)
        look_s = self._examiner.due_in_s() if self.owned else None
        due = [ms for ms in (meta_ms, None if look_s is None else round(look_s * 1000)) if ms is not None]
        return min(due, default=None)

    def attach(self, *, at_once: bool = False) -> Attached:
        """Puts at most one of the session's attachments; to be called after `flush`, which takes the lock.

        Raises:
            MirrorError: the store or the journal failed, or all that is left cannot be read.
        """
        stream = self._stream
        if not self.owned or stream is None or not self._attaching.is_due(stream.key, self.found):
            return Attached()
        if self._lease_is_over() and self._renewed().key != stream.key:
            return Attached(left=1, due_ms=0)  # another machine's by now, or under another name: look again
        left = self._attaching.put_next(stream.key, self.found, at_once=at_once)
        self._contact_ms = self._deps.now_ms()
        return left

    def release(self) -> None:
        """Lets another process take over."""
        self._lock.release()

    def _flush(self, min_bytes: int) -> Outcome:
        self._looked = False
        stream = self._take()
        if stream is None:
            return Outcome(status="elsewhere")
        if stream.state.intent is not None:
            outcome = self._put(stream) if self._is_still(stream) else Outcome(status="current")
            return attrs.evolve(outcome, more=True)  # what was written since is not known yet: look again
        look = self._examiner.look(self.found.path, stream.state, PART_BYTES)
        failpoint("flush.after_read")
        if look.standing == "gone":
            return Outcome(status="gone")
        if look.standing == "shorter" and is_prefix_of_stream(self._deps, stream, self.found.path):
            return Outcome(status="waiting")
        if look.standing in ("shorter", "changed") or stream.state.next_seq > MAX_SEQ:
            return self._begin_generation(stream)
        return self._put_new(self._found_as_it_is(stream), look, max(1, min_bytes))

    def _take(self) -> Stream | None:
        """The lock and, freshly locked, what others did meanwhile; None when another process has it."""
        if self._lock.held and self._stream is not None and self._epoch == self._deps.journal.epoch():
            return self._stream
        if not self._lock.acquire():
            return None
        return self._or_let_go(self._load)

    def _load(self) -> Stream:
        """The journal's word is enough if this process reconciled and nobody wrote since."""
        epoch = self._deps.journal.epoch()
        current = known(self._deps, self.found)
        if current is None or current != self._stream or epoch != self._epoch:
            self._epoch = epoch
            self._examiner = Examiner()
            current = self._reconciled()
        return self._keep(current)

    def _renewed(self) -> Stream:
        """Who was silent for long may have been succeeded by another machine: look before writing."""
        return self._keep(self._or_let_go(self._reconciled))

    def _reconciled(self) -> Stream:
        self._attaching.forget()
        stream = reconciled(self._deps, self.found)
        self._contact_ms = self._deps.now_ms()
        self._looked = True
        return stream

    def _or_let_go(self, work: Callable[[], Stream]) -> Stream:
        try:
            return work()
        except BaseException:
            self._lock.release()
            raise

    def _is_still(self, stream: Stream) -> bool:
        """Whether the stream stands as we think; looks again if another machine may have written since."""
        is_claimed = stream.state.stream_end > 0 or self._looked
        return (is_claimed and not self._lease_is_over()) or self._renewed() == stream

    def _lease_is_over(self) -> bool:
        """Also when the clock was set back: then nobody knows how long ago it was."""
        return not 0 <= self._deps.now_ms() - self._contact_ms < LEASE_MS

    def _keep(self, stream: Stream) -> Stream:
        self._stream = stream
        return stream

    def _begin_generation(self, stream: Stream) -> Outcome:
        self._keep(next_generation(self._deps, self.found, stream))
        self._remember(None)
        return Outcome(status="current", more=True)

    def _found_as_it_is(self, stream: Stream) -> Stream:
        """The same stream, its source moved, archived or compressed: `meta.json` tells of it when it is next due."""
        return self._noted(stream, as_found(self._deps, self.found, stream.state))

    def _noted(self, stream: Stream, state: StreamState) -> Stream:
        if state == stream.state:
            return stream
        self._deps.journal.save(stream.key, state)
        return self._keep(Stream(stream.key, state))

    def _put_new(self, stream: Stream, look: Look, min_bytes: int) -> Outcome:
        """Puts what was read, if it is enough."""
        piece, prefix = look.piece, look.prefix
        if piece is None or prefix is None or piece.fingerprint is None or len(piece.data) < min_bytes:
            self._note_seen(stream, piece)
            return Outcome(status="current")
        if not self._is_still(stream):
            return Outcome(status="current", more=True)
        intended = self._intend(stream, piece, piece.fingerprint, prefix.grown_by(piece.data))
        return attrs.evolve(self._put(intended), more=piece.more)

    def _note_seen(self, stream: Stream, piece: LineSlice | None) -> None:
        """Remembers a source that was touched and is nevertheless mirrored whole: the next process need not look."""
        state = stream.state
        if piece is None or piece.file_size != state.source_cursor:
            return
        if piece.stamp.touched_ms > (state.seen_at_ms or 0):
            self._noted(stream, attrs.evolve(state, seen_at_ms=piece.stamp.touched_ms))

    def _write_meta(self, *, ended: bool, force: bool) -> int | None:
        stream = self._stream
        if not self.owned or stream is None or not stream.state.uploaded_at_ms:
            return None
        state = self._noted(stream, with_sidecar(self.found, stream.state, self._deps.rules)).state
        if ended and state.ended_at_ms is None:
            state = attrs.evolve(state, ended_at_ms=self._deps.now_ms(), meta_is_current=False)
        if state.meta_is_current:
            return None
        wait_ms = 0 if ended or force else meta_wait_ms(state, self._deps.now_ms())
        if wait_ms == 0:
            self._keep(Stream(stream.key, write_meta(self._deps, stream.key, state)))
        return wait_ms or None

    def _intend(self, stream: Stream, piece: LineSlice, fingerprint: Fingerprint, prefix: PrefixHash) -> Stream:
        """Redacts what was read and journals the part that it makes."""
        redacted = self._deps.rules.redact(piece.data)
        intent = Intent(
            seq=stream.state.next_seq,
            source_start=piece.start,
            source_end=piece.end,
            stream_start=stream.state.stream_end,
            stream_end=stream.state.stream_end + len(redacted.data),
            sha256=hashlib.sha256(redacted.data).hexdigest(),
            redactions=redacted.counts,
            rules=self._deps.rules.id,
            fingerprint=fingerprint.to_json(),
            prefix_hash=prefix.hexdigest(),
            seen_at_ms=piece.stamp.touched_ms,
        )
        title = self._deps.title(self.found)
        state = attrs.evolve(stream.state, intent=intent, title=title, source_path=str(self.found.path))
        self._deps.journal.save(stream.key, state)
        failpoint("flush.after_intent")
        self._body = _Body(intent.sha256, redacted.data, prefix)
        return self._keep(Stream(stream.key, state))

    def _put(self, stream: Stream) -> Outcome:
        """Puts the pending intent's bytes; repeated until acknowledged, always the same bytes under the same key."""
        intent = stream.state.intent
        if intent is None:
            raise ValueError("there is no intent to put")
        body = self._body_of(intent)
        if body is None:
            return self._begin_generation(stream)
        name = format_part(intent.seq, intent.stream_end)
        failpoint("flush.before_put")
        try:
            self._deps.store.put(stream_prefix(stream.key) + name, body.data)
        except BaseException:
            self._remember(body)
            raise
        failpoint("flush.put_acked")
        rules_changed = stream.state.rules != intent.rules
        state = commit(self._deps, stream.key, stream.state, line_lengths(body.data))
        self._keep(Stream(stream.key, state))
        self._remember(None)
        self._contact_ms = self._deps.now_ms()
        if body.prefix is not None:
            self._examiner.committed(body.prefix)
        failpoint("flush.after_commit")
        if state.meta_at_ms is None or rules_changed:
            # Coming back without a journal needs to know from where on the new rules hold.
            self._write_meta(ended=False, force=True)
        return Outcome(
            status="flushed",
            uploaded_bytes=len(body.data),
            source_bytes=intent.source_end - intent.source_start,
            redactions=intent.redactions,
            part=name,
        )

    def _remember(self, body: _Body | None) -> None:
        """Keeps a part's bytes for the next try, if there is room, instead of what was kept before."""
        if self._kept:
            self._deps.pending.drop(self._kept)
        self._kept = 0
        if body is not None and self._deps.pending.keep(len(body.data)):
            self._kept = len(body.data)
        self._body = body if self._kept else None

    def _body_of(self, intent: Intent) -> _Body | None:
        """The intent's bytes, from memory or made again; None when the source has other bytes there now."""
        if self._body is not None and self._body.sha256 == intent.sha256:
            return self._body
        piece = read_lines(self.found.path, intent.source_start, intent.source_end - intent.source_start)
        data = self._deps.rules_named(intent.rules).redact(piece.data).data
        sha256 = hashlib.sha256(data).hexdigest()
        return _Body(sha256, data, None) if sha256 == intent.sha256 else None
