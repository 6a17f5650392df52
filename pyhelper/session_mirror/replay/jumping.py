"""The next record of a session with a prompt, a turn, an error or an edit, from what the index knows of its lines."""

from __future__ import annotations

from typing import Final

from session_mirror.protocol.replay import EventKind
from session_mirror.protocol.search import ReplayFilter, ReplayJumpParams, ReplayJumpResult
from session_mirror.replay.contents import Contents
from session_mirror.replay.event_index import ANY_KIND, BIT, EDITS, FAILED, SIDECHAIN
from session_mirror.replay.filtering import candidates

_SAID: Final[dict[str, tuple[EventKind, ...]]] = {"prompt": ("prompt",), "turn": ("prompt", "reply")}
_DONE: Final = {"error": FAILED, "edit": EDITS}


def jump(contents: Contents, asked: ReplayJumpParams) -> ReplayJumpResult:
    """The nearest position in one direction from `start` on, itself included, that a filter shows or may show.

    Backwards from what was not looked at yet there is none: a nearer one may be there.
    """
    wanted = asked.filter or ReplayFilter()
    shown = candidates(contents, wanted)
    is_complete = contents.analysed == contents.count
    if asked.direction == "forward":
        way = range(max(0, asked.start), len(shown))
    else:
        is_complete = is_complete or asked.start < len(shown)
        way = range(min(asked.start, len(shown) - 1) if is_complete else -1, -1, -1)
    masks, places = contents.index.masks[:], contents.places
    # A sub-agent's own session begins with what it was asked.
    aside = SIDECHAIN & ~next((mask for mask in masks if mask & ANY_KIND), 0)
    meant = {mask for mask in set(masks) if _is_meant(mask, asked.wanted, wanted, aside)}
    index = next((at for at in way if shown[at] and masks[places.line_at(at)] in meant), None)
    return ReplayJumpResult(index=index, is_complete=is_complete)


def _is_meant(mask: int, what: str, wanted: ReplayFilter, aside: int) -> bool:
    """`aside`: what tells a line with words of somebody else."""
    if what in _DONE:
        return bool(mask & _DONE[what])
    if mask & aside or wanted.tools or wanted.path is not None:
        # Nothing that is said is of a tool or a file.
        return False
    return any(mask & BIT[kind] for kind in _SAID[what] if kind not in wanted.hidden_kinds)
