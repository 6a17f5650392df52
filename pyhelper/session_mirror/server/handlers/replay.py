"""`sessionMirror/replay/...`: windows of records of the sessions that are open."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from session_mirror.bucket.reader import ReadCancelled
from session_mirror.protocol.files import (
    ReplayFileParams,
    ReplayFileResult,
    ReplayPlaceParams,
    ReplayPlaceResult,
)
from session_mirror.protocol.replay import (
    ReplayAttachmentParams,
    ReplayCloseParams,
    ReplayFilesParams,
    ReplayFilesResult,
    ReplayImageParams,
    ReplayImageResult,
    ReplayOpenParams,
    ReplayOpenResult,
    ReplayRawParams,
    ReplayStatisticsParams,
    ReplayStatisticsResult,
    ReplayTextParams,
    ReplayTextResult,
    ReplayWindowParams,
    ReplayWindowResult,
)
from session_mirror.protocol.search import (
    ReplayFilterParams,
    ReplayFilterResult,
    ReplayJumpParams,
    ReplayJumpResult,
    ReplaySearchParams,
    ReplaySearchResult,
    ReplaySubAgentsParams,
    ReplaySubAgentsResult,
)
from session_mirror.protocol.sessions import Done
from session_mirror.protocol.timeline import TimelineParams, TimelineResult, TimelineSeekParams, TimelineSeekResult
from session_mirror.protocol.work import WorkParams, WorkResult
from session_mirror.replay.filtering import filtered
from session_mirror.replay.jumping import jump
from session_mirror.replay.overview import Overview
from session_mirror.replay.search import search
from session_mirror.server.handlers.area import Handler
from session_mirror.server.jobs import Jobs
from session_mirror.server.mailbox import Mailbox
from session_mirror.server.mirroring import Mirroring
from session_mirror.server.progress import Notify, WorkProgress
from session_mirror.server.replays import Replays

_T = TypeVar("_T")


class ReplayArea:
    """Windows come from local files and have threads of their own: a slow bucket doesn't hold them up."""

    def __init__(self, mirroring: Mirroring, replays: Replays, slow: Jobs, notify: Notify, mailbox: Mailbox) -> None:
        self._mirroring = mirroring
        self._replays = replays
        self._slow = slow
        self._quick = Jobs(4, "replay-window", replays.way)
        self._searching = Jobs(2, "replay-search")
        self._notify = notify
        self._mailbox = mailbox

    def handlers(self) -> dict[str, Handler]:
        """By method."""
        return {
            "sessionMirror/replay/open": self._open,
            "sessionMirror/replay/window": self._window,
            "sessionMirror/replay/text": self._text,
            "sessionMirror/replay/raw": self._raw,
            "sessionMirror/replay/image": self._image,
            "sessionMirror/replay/attachment": self._attachment,
            "sessionMirror/replay/statistics": self._statistics,
            "sessionMirror/replay/files": self._files,
            "sessionMirror/replay/timeline": self._timeline,
            "sessionMirror/replay/seek": self._seek,
            "sessionMirror/replay/file": self._file,
            "sessionMirror/replay/place": self._place,
            "sessionMirror/replay/filter": self._filter,
            "sessionMirror/replay/subAgents": self._sub_agents,
            "sessionMirror/replay/search": self._search,
            "sessionMirror/replay/jump": self._jump,
            "sessionMirror/replay/work": self._work,
            "sessionMirror/replay/close": self._close,
        }

    async def _open(self, params: ReplayOpenParams) -> ReplayOpenResult:
        running, stop = self._mirroring.running, threading.Event()
        with WorkProgress(self._notify, self._mailbox, params.work_done_token, "Opening the session") as progress:
            try:
                return await self._slow.run(
                    lambda: self._replays.open(running, params, stop, progress.report), stop=stop
                )
            except ReadCancelled:
                raise asyncio.CancelledError from None

    async def _window(self, params: ReplayWindowParams) -> ReplayWindowResult:
        return await self._quick.run(lambda: self._replays.get(params.replay_id).window(params.start, params.count))

    async def _text(self, params: ReplayTextParams) -> ReplayTextResult:
        return await self._quick.run(
            lambda: self._replays.get(params.replay_id).text(params.index, params.field, params.offset)
        )

    async def _raw(self, params: ReplayRawParams) -> ReplayTextResult:
        return await self._quick.run(lambda: self._replays.get(params.replay_id).raw(params.index, params.offset))

    async def _image(self, params: ReplayImageParams) -> ReplayImageResult:
        return await self._quick.run(lambda: self._replays.get(params.replay_id).images.page(params))

    async def _attachment(self, params: ReplayAttachmentParams) -> ReplayTextResult:
        # It may come from the bucket.
        return await self._slow.run(lambda: self._replays.get(params.replay_id).attachment(params.name, params.offset))

    async def _statistics(self, params: ReplayStatisticsParams) -> ReplayStatisticsResult:
        return await self._quick.run(lambda: self._replays.get(params.replay_id).statistics(params.from_turn))

    async def _files(self, params: ReplayFilesParams) -> ReplayFilesResult:
        return await self._overview(params.replay_id, lambda whole: whole.files(params.start))

    async def _timeline(self, params: TimelineParams) -> TimelineResult:
        return await self._overview(params.replay_id, lambda whole: whole.axis(params.buckets))

    async def _seek(self, params: TimelineSeekParams) -> TimelineSeekResult:
        return await self._overview(params.replay_id, lambda whole: whole.seek(params.at_ms))

    async def _file(self, params: ReplayFileParams) -> ReplayFileResult:
        return await self._quick.run(lambda: self._replays.get(params.replay_id).seen_files.page(params))

    async def _place(self, params: ReplayPlaceParams) -> ReplayPlaceResult:
        return await self._quick.run(lambda: self._replays.get(params.replay_id).place(params.index, params.line))

    async def _filter(self, params: ReplayFilterParams) -> ReplayFilterResult:
        contents = self._replays.get(params.replay_id).contents
        return await self._searching.run(lambda: filtered(contents(), params.filter, params.start))

    async def _sub_agents(self, params: ReplaySubAgentsParams) -> ReplaySubAgentsResult:
        contents = self._replays.get(params.replay_id).contents()
        return await self._searching.run(lambda: contents.beside.sub_agents.page(contents, params.start))

    async def _search(self, params: ReplaySearchParams) -> ReplaySearchResult:
        contents = self._replays.get(params.replay_id).contents
        return await self._searching.run(lambda: search(contents(), params))

    async def _jump(self, params: ReplayJumpParams) -> ReplayJumpResult:
        contents = self._replays.get(params.replay_id).contents
        return await self._searching.run(lambda: jump(contents(), params))

    async def _work(self, params: WorkParams) -> WorkResult:
        return await self._searching.run(lambda: self._replays.get(params.replay_id).work.page(params.start))

    async def _overview(self, replay_id: str, question: Callable[[Overview], _T]) -> _T:
        return await self._quick.run(lambda: self._replays.get(replay_id).overview(question))

    async def _close(self, params: ReplayCloseParams) -> Done:
        await self._quick.run(lambda: self._replays.close(params.replay_id))
        return Done()
