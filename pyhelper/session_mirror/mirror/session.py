"""One session's flush: read whole lines, redact, journal the intent, put one part, journal the commit."""

from __future__ import annotations

import hashlib
from typing import Literal

import attrs

from session_mirror.bucket.names import MAX_SEQ, format_part
from session_mirror.errors import MirrorError
from session_mirror.failpoints import failpoint
from session_mirror.harness.base import FoundSession
from session_mirror.journal.locks import SessionLock
from session_mirror.journal.records import Intent
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.prefix import is_prefix_of_stream
from session_mirror.mirror.projection import stream_prefix, write_meta
from session_mirror.mirror.stream import Stream, commit, known, next_generation, reconciled
from session_mirror.source.identity import Fingerprint, compare
from session_mirror.source.jsonl import LineSlice, read_lines

PART_BYTES = 8 << 20
META_EVERY_MS = 30_000

Standing = Literal["same", "changed", "waiting", "gone"]
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


class SessionMirror:
    """Mirrors one session while it holds the session's lock. Used by one thread at a time."""

    def __init__(self, deps: Deps, found: FoundSession) -> None:
        """Touches neither disk nor network."""
        self._deps = deps
        self._lock = SessionLock(deps.state, deps.store.url, found.harness, found.session_id)
        self._stream: Stream | None = None  # reconciled; kept after release, to see whether others wrote since
        self._body: tuple[str, bytes] | None = None
        self.found = found

    @property
    def owned(self) -> bool:
        """Whether this process is the session's writer."""
        return self._lock.held

    def position(self) -> Stream | None:
        """Where the mirror stands: ours while we own it, else what the journal says."""
        return self._stream if self.owned and self._stream else known(self._deps, self.found)

    def flush(self, *, min_bytes: int = 1) -> Outcome:
        """Puts at most one part.

        Raises:
            MirrorError: the store, the journal or the lock failed; calling again goes on where it stopped.
            OSError: the source cannot be read.
        """
        stream = self._take()
        if stream is None:
            return Outcome(status="elsewhere")
        if stream.state.intent is not None:
            # What was written since is not known yet: look again.
            return attrs.evolve(self._put(stream), more=True)
        standing, piece = self._look(stream)
        failpoint("flush.after_read")
        if standing in ("gone", "waiting"):
            return Outcome(status=standing)
        if standing == "changed" or stream.state.next_seq > MAX_SEQ:
            self._keep(next_generation(self._deps, self.found, stream))
            return Outcome(status="current", more=True)
        if piece is None or piece.fingerprint is None or len(piece.data) < max(1, min_bytes):
            return Outcome(status="current")
        intended = self._intend(stream, piece, piece.fingerprint)
        return attrs.evolve(self._put(intended), more=piece.more)

    def write_meta(self, *, ended: bool = False, force: bool = False) -> int | None:
        """Writes `meta.json` when it is due; returns in how many milliseconds it will be, None when it is current."""
        stream = self._stream
        if not self.owned or stream is None or not stream.state.uploaded_at_ms:
            return None
        state = stream.state
        if ended and state.ended_at_ms is None:
            state = attrs.evolve(state, ended_at_ms=self._deps.now_ms(), meta_is_current=False)
        if state.meta_is_current:
            return None
        due_at = (state.meta_at_ms or 0) + META_EVERY_MS
        wait_ms = due_at - self._deps.now_ms()
        # A date in the future means that the clock was set back: then it is due as well.
        if not (ended or force) and 0 < wait_ms <= META_EVERY_MS:
            return wait_ms
        self._keep(Stream(stream.key, write_meta(self._deps, stream.key, state)))
        return None

    def release(self) -> None:
        """Lets another process take over."""
        self._lock.release()

    def _take(self) -> Stream | None:
        """The lock and, freshly locked, what others did meanwhile; None when another process has it."""
        if self._lock.held and self._stream is not None:
            return self._stream
        if not self._lock.acquire():
            return None
        try:
            return self._keep(self._load())
        except BaseException:
            self._lock.release()
            raise

    def _load(self) -> Stream:
        """The journal's word is enough if this process reconciled and nobody wrote since."""
        current = known(self._deps, self.found)
        if current is not None and current == self._stream:
            return current
        return reconciled(self._deps, self.found)

    def _keep(self, stream: Stream) -> Stream:
        self._stream = stream
        return stream

    def _look(self, stream: Stream) -> tuple[Standing, LineSlice | None]:
        """Reads on, and judges afterwards: a source replaced before or during the read shows, whatever was read."""
        try:
            piece = read_lines(self.found.path, stream.state.source_cursor, PART_BYTES)
            return self._standing(stream), piece
        except FileNotFoundError:
            return "gone", None

    def _standing(self, stream: Stream) -> Standing:
        """How the source relates to what was mirrored of it."""
        state = stream.state
        if state.fingerprint is None:
            return "same"
        verdict = compare(self.found.path, Fingerprint.from_json(state.fingerprint), state.source_cursor)
        if verdict == "unreadable":
            raise MirrorError(
                f"The transcript {self.found.path} cannot be read.",
                kind="source",
                hint="Check the file's permissions; mirroring goes on by itself once it can be read.",
            )
        if verdict == "missing":
            return "gone"
        if verdict == "shorter":
            return "waiting" if is_prefix_of_stream(self._deps, stream, self.found.path) else "changed"
        return verdict

    def _intend(self, stream: Stream, piece: LineSlice, fingerprint: Fingerprint) -> Stream:
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
        )
        title = self._deps.title(self.found)
        state = attrs.evolve(stream.state, intent=intent, title=title, source_path=str(self.found.path))
        self._deps.journal.save(stream.key, state)
        failpoint("flush.after_intent")
        self._body = (intent.sha256, redacted.data)
        return self._keep(Stream(stream.key, state))

    def _put(self, stream: Stream) -> Outcome:
        """Puts the pending intent's bytes; repeated until acknowledged, always the same bytes under the same key."""
        intent = stream.state.intent
        if intent is None:
            raise ValueError("there is no intent to put")
        body = self._body_of(intent)
        if body is None:
            self._keep(next_generation(self._deps, self.found, stream))
            return Outcome(status="current", more=True)
        name = format_part(intent.seq, intent.stream_end)
        failpoint("flush.before_put")
        self._deps.store.put(stream_prefix(stream.key) + name, body)
        failpoint("flush.put_acked")
        rules_changed = stream.state.rules != intent.rules
        state = commit(self._deps, stream.key, stream.state)
        self._keep(Stream(stream.key, state))
        self._body = None
        failpoint("flush.after_commit")
        if state.meta_at_ms is None or rules_changed:
            # Coming back without a journal needs to know from where on the new rules hold.
            self.write_meta(force=True)
        return Outcome(
            status="flushed",
            uploaded_bytes=len(body),
            source_bytes=intent.source_end - intent.source_start,
            redactions=intent.redactions,
            part=name,
        )

    def _body_of(self, intent: Intent) -> bytes | None:
        """The intent's bytes, from memory or made again; None when the source has other bytes there now."""
        if self._body is not None and self._body[0] == intent.sha256:
            return self._body[1]
        length = intent.source_end - intent.source_start
        try:
            piece = read_lines(self.found.path, intent.source_start, length)
        except FileNotFoundError as error:
            raise MirrorError(
                "The transcript was deleted before its last lines were uploaded.",
                kind="source",
                hint="What was uploaded until then is safe in the bucket.",
            ) from error
        body = self._deps.rules_named(intent.rules).redact(piece.data).data
        return body if hashlib.sha256(body).hexdigest() == intent.sha256 else None
