"""One followed session as the follower sees it: its source's last known look, its mirror, and what went wrong."""

from __future__ import annotations

import attrs

from session_mirror.bucket.names import generation_id
from session_mirror.harness.base import FoundSession
from session_mirror.journal.journal import Journal
from session_mirror.mirror.attaching import unmirrored
from session_mirror.mirror.session import SessionMirror, Status
from session_mirror.mirror.sidecar import sidecar_stamp
from session_mirror.mirror.stream import Stream
from session_mirror.mirror.work import Result
from session_mirror.protocol.mirror import Problem
from session_mirror.protocol.sessions import SessionState, SessionSummary, Verified

LIVE_MS = 120_000
"""A session whose source changed this recently is live."""
ACTIVE_MS = 600_000
"""Sessions changed within ten minutes are looked at in every sweep, and keep their lock."""


def session_name(harness: str, session_id: str) -> str:
    """The key under which a session is scheduled."""
    return f"{harness}/{session_id}"


@attrs.define
class Followed:
    """Mutable; touched by the follower's thread only. Times in Unix epoch milliseconds."""

    found: FoundSession
    mirror: SessionMirror
    title: str
    stream: Stream | None = None
    part_count: int = 0
    status: Status = "current"
    problem: Problem | None = None
    other_machine: str | None = None
    """Who mirrors it, when another machine does."""
    settled_size: int = -1
    """Size of the source when a flush last left nothing but perhaps an unfinished line."""
    attachments_left: int = 0
    """How many of its attachments are known not to be in the bucket."""
    behind_since_ms: int | None = None
    stopped: bool = False
    """By the user; a flush may still be under way."""
    is_flushing: bool = False
    inode_changed_ns: int | None = None
    """The source's ctime when it was last looked at; None before."""
    sidecar_seen: tuple[int, int] | None = None
    """The sidecar's stamp when it was last looked at."""
    shown: SessionSummary | None = None
    shown_live: bool = False

    @property
    def name(self) -> str:
        return session_name(self.found.harness, self.found.session_id)

    @property
    def bucket_name(self) -> tuple[str, str]:
        """Its harness, and the id that its stream has in the bucket."""
        key = self.stream.key if self.stream else None
        return self.found.harness, generation_id(key.session_id, key.generation) if key else self.found.session_id

    def is_live(self, now_ms: int) -> bool:
        return self.status != "gone" and self.changed_within(LIVE_MS, now_ms)

    def changed_within(self, period_ms: int, now_ms: int) -> bool:
        """Whether the source changed that recently; a date far in the future is one of a clock that was set back."""
        return abs(now_ms - self.found.modified_ms) < period_ms

    def is_idle(self, now_ms: int) -> bool:
        """Whether nothing has happened for long, and all is mirrored."""
        return not self.is_behind and not self.changed_within(ACTIVE_MS, now_ms)

    @property
    def is_over(self) -> bool:
        """Whether the source is gone, and nothing that was read of it before is on its way any more."""
        return self.status == "gone" and not self.mirror.has_unfinished

    @property
    def outlives_its_session(self) -> bool:
        """Whether a change log of ours has lines to mirror, though the agent's database may have lost the session."""
        return self.found.database is not None and self.is_behind and self.found.path.exists()

    @property
    def cursor(self) -> int:
        return self.stream.state.source_cursor if self.stream else 0

    @property
    def lag_bytes(self) -> int:
        """Source bytes that are not durable; the whole source where its beginning is about to be mirrored anew."""
        if self.status in ("waiting", "gone"):
            return 0
        return max(0, self.found.size - self.cursor)

    @property
    def is_behind(self) -> bool:
        """Whether whole lines may be waiting; an unfinished line alone does not count."""
        return self.attachments_left > 0 or (self.lag_bytes > 0 and self.found.size != self.settled_size)

    @property
    def is_done(self) -> bool:
        """Whether, by the journal, all of the source as it is now was mirrored: then nobody is asked anything."""
        state = self.stream.state if self.stream else None
        if state is None or state.intent is not None or not state.meta_is_current:
            return False
        if self.attachments_left or self.sidecar_seen not in (None, state.sidecar_stamp):
            return False
        if state.parent_id != self.found.parent_id:
            return False  # mirrored by a version that knew no sub-agents
        touched_ms = max(self.found.modified_ms, (self.inode_changed_ns or 0) // 1_000_000)
        return state.source_cursor == self.found.size and touched_ms <= (state.seen_at_ms or 0)

    def state(self, now_ms: int) -> SessionState:
        if self.stopped and not self.is_flushing:
            return "stopped"
        if self.problem is not None:
            return "error"
        if self.status == "elsewhere":
            return "elsewhere" if self.other_machine is None else "otherMachine"
        if self.status in ("gone", "waiting"):
            return "bucketOnly" if self.status == "gone" else "waiting"
        if self.is_behind:
            return "behind"
        return "live" if self.is_live(now_ms) else "mirrored"

    def sidecar_changed(self) -> bool:
        """One stat, and none for a session without a sidecar; whether it is another one than the last time."""
        before, self.sidecar_seen = self.sidecar_seen, sidecar_stamp(self.found)
        return self.sidecar_seen not in (None, before)

    def count_attachments(self, journal: Journal) -> None:
        """Counts those left, by the journal; nothing is asked of it for a session without attachments."""
        known = journal.attachments(self.stream.key) if self.stream and self.found.attachments else {}
        self.attachments_left = len(unmirrored(self.found, known))

    def settle(self, result: Result, now_ms: int) -> None:
        """Takes over what a flush found out."""
        self.is_flushing = False
        self.problem = result.problem
        self.other_machine = result.other_machine
        if result.problem is None:
            self.status, self.stream, self.part_count = result.outcome.status, result.stream, result.part_count
            if result.stream is not None:
                self.title = result.stream.state.title
            self.attachments_left = result.attachments_left
            if not result.outcome.more:
                self.settled_size = result.size_read
        self.note_lag(now_ms)

    def note_lag(self, now_ms: int) -> None:
        """Remembers since when something is not durable; never since a time to come, as after a clock was set back."""
        self.behind_since_ms = min(self.behind_since_ms or now_ms, now_ms) if self.is_behind else None

    def summary(
        self, now_ms: int, machine: str, verified: Verified | None, driven_by: str | None = None
    ) -> SessionSummary:
        state = self.stream.state if self.stream else None
        writer = self.other_machine or (machine if state and state.stream_end else None)
        return SessionSummary(
            harness=self.found.harness,
            session_id=self.found.session_id,
            title=self.title,
            cwd=self.found.cwd,
            source_path=str(self.found.database or self.found.path),
            state=self.state(now_ms),
            problem=self.problem,
            started_at_ms=state.started_at_ms if state else None,
            modified_at_ms=self.found.modified_ms,
            source_bytes=0 if self.status == "gone" else self.found.size,
            mirrored_source_bytes=self.cursor,
            stream_bytes=state.stream_end if state else 0,
            part_count=self.part_count,
            redaction_count=sum(state.redaction_counts.values()) if state else 0,
            lag_bytes=self.lag_bytes,
            machine=writer,
            generation=self.stream.key.generation if self.stream else 1,
            history_count=self._history_count(),
            verified=verified,
            parent_id=self.found.parent_id,
            agent=self.found.agent,
            driven_by=driven_by or self.found.driver or None,
        )

    def _history_count(self) -> int:
        """What the bucket keeps beside this stream, by its name."""
        if self.stream is None:
            return 0
        key = self.stream.key
        others = 0 if key.session_id == self.found.session_id else 1
        return key.generation - 1 + others
