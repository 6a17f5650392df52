"""`sessionMirror/sessions/...`: listing sessions and their histories; compacting, verifying, leaving one alone."""

from __future__ import annotations

import asyncio
import threading
from functools import partial

from session_mirror.bucket.names import split_generation
from session_mirror.mirror.compacting import compact_session
from session_mirror.mirror.stream import bucket_id
from session_mirror.protocol.sessions import (
    CompactParams,
    CompactResult,
    Done,
    SessionHistoryParams,
    SessionHistoryResult,
    SessionListParams,
    SessionListResult,
    SessionResumeParams,
    SessionStopParams,
    VerifyParams,
    VerifyResult,
)
from session_mirror.server.handlers.area import Handler
from session_mirror.server.jobs import Jobs
from session_mirror.server.listing import list_sessions
from session_mirror.server.mailbox import Mailbox
from session_mirror.server.mirroring import Mirroring, Running
from session_mirror.server.progress import Notify, WorkProgress
from session_mirror.server.verifying import verify_session
from session_mirror.server.wire import WireError


class SessionsArea:
    """All blocking work is done in threads."""

    def __init__(self, mirroring: Mirroring, slow: Jobs, notify: Notify, mailbox: Mailbox) -> None:
        self._mirroring = mirroring
        self._slow = slow
        self._notify = notify
        self._mailbox = mailbox

    def handlers(self) -> dict[str, Handler]:
        """By method."""
        return {
            "sessionMirror/sessions/list": self._list,
            "sessionMirror/sessions/history": self._history,
            "sessionMirror/sessions/compact": self._compact,
            "sessionMirror/sessions/verify": self._verify,
            "sessionMirror/sessions/stop": self._stop,
            "sessionMirror/sessions/resume": self._resume,
        }

    async def _list(self, params: SessionListParams) -> SessionListResult:
        running = self._mirroring.running
        return await self._slow.run(lambda: list_sessions(running, params))

    async def _history(self, params: SessionHistoryParams) -> SessionHistoryResult:
        running = self._mirroring.running
        running.require_destination()
        entries = await self._slow.run(lambda: running.library.history(params.harness, params.session_id))
        return SessionHistoryResult(entries=tuple(entries))

    async def _compact(self, params: CompactParams) -> CompactResult:
        if params.keep_tail < 0:
            raise WireError("expected 0 or more @ $.keepTail")
        running, stop = self._mirroring.running, threading.Event()
        with WorkProgress(self._notify, self._mailbox, params.work_done_token, "Compacting") as progress:
            result = await self._slow.run(lambda: _compact(running, params, stop, progress), stop=stop)
        if result is None:
            raise asyncio.CancelledError
        return result

    async def _verify(self, params: VerifyParams) -> VerifyResult:
        running, stop = self._mirroring.running, threading.Event()
        with WorkProgress(self._notify, self._mailbox, params.work_done_token, "Verifying") as progress:
            result = await self._slow.run(
                lambda: verify_session(running, params, progress=progress.report, cancelled=stop.is_set), stop=stop
            )
        if result is None:
            raise asyncio.CancelledError
        return result

    async def _stop(self, params: SessionStopParams) -> Done:
        return await self._wish(params, stopped=True)

    async def _resume(self, params: SessionResumeParams) -> Done:
        return await self._wish(params, stopped=False)

    async def _wish(self, params: SessionStopParams | SessionResumeParams, *, stopped: bool) -> Done:
        """Who wants a sub-agent mirrored again wants its whole conversation: it is stopped with whoever began it."""
        running = self._mirroring.running
        session_id, _ = split_generation(params.session_id)
        journal = running.deps.journal
        family = (session_id,) if stopped else running.follower.family(params.harness, session_id)
        for each in family:
            await self._slow.run(partial(journal.set_stopped, params.harness, each, stopped=stopped))
        running.follower.refresh(params.harness, session_id)
        return Done()


def _compact(
    running: Running, params: CompactParams, stop: threading.Event, progress: WorkProgress
) -> CompactResult | None:
    """None when it was cancelled."""
    deps = running.require_destination()
    done = compact_session(
        deps,
        bucket_id(deps, params.harness, params.session_id),
        harnesses=(params.harness,),
        keep_tail=params.keep_tail,
        progress=progress.report,
        cancelled=stop.is_set,
    )
    running.follower.refresh(params.harness, split_generation(params.session_id)[0])
    if done.cancelled:
        return None
    return CompactResult(
        merged=done.merged,
        parts_before=done.parts_before,
        parts_after=done.parts_after,
        stream_bytes=done.stream_bytes,
    )
