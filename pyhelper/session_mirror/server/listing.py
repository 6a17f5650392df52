"""Lists of sessions: what this workspace has on disk, joined with what the bucket holds."""

from __future__ import annotations

import os
from collections.abc import Sequence

from session_mirror.errors import MirrorError
from session_mirror.harness.folders import is_within
from session_mirror.protocol.sessions import SessionListParams, SessionListResult, SessionSummary
from session_mirror.server.mirroring import Running

_FIRST_LOOK_S = 10.0


def list_sessions(running: Running, params: SessionListParams) -> SessionListResult:
    """Newest first. Blocks for one listing of the bucket; one that fails is told as a problem, not raised."""
    problem = None
    stored: Sequence[SessionSummary] = ()
    try:
        running.require_destination()
        stored = running.library.rows()
    except MirrorError as error:
        problem = error.as_problem()
    # The followed rows come second: they are the newer ones by the time the bucket has answered.
    followed = running.follower.rows(wait_s=_FIRST_LOOK_S)
    known = {(row.harness, row.session_id) for row in followed}
    others = [row for row in stored if (row.harness, row.session_id) not in known]
    if params.scope == "workspace":
        folders = _spellings(running.params.folders)
        others = [row for row in others if row.cwd and any(is_within(row.cwd, folder) for folder in folders)]
    rows = sorted((*followed, *others), key=lambda row: -row.modified_at_ms)
    return SessionListResult(sessions=tuple(rows), problem=problem)


def _spellings(folders: Sequence[str]) -> set[str]:
    """Agents record the real path of the directory they ran in."""
    return {*folders, *map(os.path.realpath, folders)}
