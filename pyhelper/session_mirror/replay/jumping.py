"""The next record of a session with an error or an edit, from what the index knows of its lines."""

from __future__ import annotations

from typing import Final

from session_mirror.protocol.search import ReplayFilter, ReplayJumpParams, ReplayJumpResult
from session_mirror.replay.contents import Contents
from session_mirror.replay.event_index import EDITS, FAILED
from session_mirror.replay.filtering import candidates

_WANTED: Final = {"error": FAILED, "edit": EDITS}


def jump(contents: Contents, asked: ReplayJumpParams) -> ReplayJumpResult:
    """The nearest position in one direction from `start` on, itself included, that a filter shows or may show."""
    shown = candidates(contents, asked.filter or ReplayFilter())
    if asked.direction == "forward":
        way = range(max(0, asked.start), len(shown))
    else:
        way = range(min(asked.start, len(shown) - 1), -1, -1)
    bit, masks, places = _WANTED[asked.wanted], contents.index.masks, contents.places
    index = next((at for at in way if shown[at] and masks[places.line_at(at)] & bit), None)
    return ReplayJumpResult(index=index, is_complete=contents.analysed == contents.count)
