"""The method table: every message that crosses between the two processes, and the source of the TypeScript client."""

from __future__ import annotations

from typing import Final

import attrs

from . import files, mirror, replay, search, sessions, timeline, work


@attrs.frozen
class Request:
    """Sent by the editor, answered by the helper."""

    method: str
    params: type
    result: type


@attrs.frozen
class Fact:
    """Sent by the helper, answered by nobody."""

    method: str
    params: type


REQUESTS: Final = (
    Request("sessionMirror/mirror/configure", mirror.MirrorConfigureParams, mirror.MirrorConfigureResult),
    Request("sessionMirror/mirror/health", mirror.HealthParams, mirror.Health),
    Request("sessionMirror/destination/check", mirror.DestinationCheckParams, mirror.DestinationCheckResult),
    Request("sessionMirror/sessions/list", sessions.SessionListParams, sessions.SessionListResult),
    Request("sessionMirror/sessions/history", sessions.SessionHistoryParams, sessions.SessionHistoryResult),
    Request("sessionMirror/sessions/compact", sessions.CompactParams, sessions.CompactResult),
    Request("sessionMirror/sessions/verify", sessions.VerifyParams, sessions.VerifyResult),
    Request("sessionMirror/sessions/stop", sessions.SessionStopParams, sessions.Done),
    Request("sessionMirror/sessions/resume", sessions.SessionResumeParams, sessions.Done),
    Request("sessionMirror/replay/open", replay.ReplayOpenParams, replay.ReplayOpenResult),
    Request("sessionMirror/replay/window", replay.ReplayWindowParams, replay.ReplayWindowResult),
    Request("sessionMirror/replay/text", replay.ReplayTextParams, replay.ReplayTextResult),
    Request("sessionMirror/replay/raw", replay.ReplayRawParams, replay.ReplayTextResult),
    Request("sessionMirror/replay/image", replay.ReplayImageParams, replay.ReplayImageResult),
    Request("sessionMirror/replay/attachment", replay.ReplayAttachmentParams, replay.ReplayTextResult),
    Request("sessionMirror/replay/statistics", replay.ReplayStatisticsParams, replay.ReplayStatisticsResult),
    Request("sessionMirror/replay/files", replay.ReplayFilesParams, replay.ReplayFilesResult),
    Request("sessionMirror/replay/timeline", timeline.TimelineParams, timeline.TimelineResult),
    Request("sessionMirror/replay/seek", timeline.TimelineSeekParams, timeline.TimelineSeekResult),
    Request("sessionMirror/replay/file", files.ReplayFileParams, files.ReplayFileResult),
    Request("sessionMirror/replay/place", files.ReplayPlaceParams, files.ReplayPlaceResult),
    Request("sessionMirror/replay/filter", search.ReplayFilterParams, search.ReplayFilterResult),
    Request("sessionMirror/replay/subAgents", search.ReplaySubAgentsParams, search.ReplaySubAgentsResult),
    Request("sessionMirror/replay/search", search.ReplaySearchParams, search.ReplaySearchResult),
    Request("sessionMirror/replay/jump", search.ReplayJumpParams, search.ReplayJumpResult),
    Request("sessionMirror/replay/work", work.WorkParams, work.WorkResult),
    Request("sessionMirror/replay/close", replay.ReplayCloseParams, sessions.Done),
)

FACTS: Final = (
    Fact("sessionMirror/mirror/didChangeHealth", mirror.Health),
    Fact("sessionMirror/sessions/didChange", sessions.SessionsChanged),
    Fact("sessionMirror/replay/didChange", replay.ReplayChanged),
)
