"""A session as a text of one letter for each position, in which groups of work are found by searching."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from operator import mul
from typing import Final

from session_mirror.replay.contents import Contents
from session_mirror.replay.event_index import ANY_KIND, BIT, FAILED, SIDECHAIN

BOUNDARY, REPLY, THOUGHT, CALL, ASIDE, NOTHING = b"Prtcs."
_LETTERS: Final = (
    (BIT["prompt"] | BIT["error"] | BIT["compaction"], BOUNDARY),
    (BIT["toolCall"] | BIT["toolResult"] | BIT["subAgent"], CALL),
    (BIT["reply"], REPLY),
    (BIT["thinking"], THOUGHT),
    (ANY_KIND, ASIDE),
)
"""Of a record with several kinds the first of these counts."""
_AT_ONCE: Final = 1 << 13
"""Positions that are gone through while no other thread comes to work: for about a millisecond."""
_SHOWN: Final = re.compile(rb"[^.]")
_THOUGHTS: Final = re.compile(rb"[ts.]*t")
_INVERTED: Final = bytes.maketrans(b"\0\1", b"\1\0")


class Masks:
    """What the index knows of the line at each position; 0 of one that shows nothing by itself."""

    def __init__(self, contents: Contents) -> None:
        arrangement = contents.places.arrangement
        self._masks = contents.index.masks
        self._places = contents.places
        self._order = arrangement.order
        lines = max(contents.analysed, len(self._order or ()))
        folded = arrangement.folded.below(lines)
        self._shown = folded.ljust(lines, b"\0").translate(_INVERTED) if folded else None
        """By line, where there are others."""

    def __getitem__(self, position: int) -> int:
        line = self._places.line_at(position)
        return self._masks[line] * (self._shown is None or self._shown[line])

    def pieces(self, begin: int, end: int) -> Iterator[Iterable[int]]:
        """Those of the positions `[begin, end)`, some thousand at a time."""
        for at in range(begin, end, _AT_ONCE):
            yield self._between(at, min(end, at + _AT_ONCE))

    def _between(self, begin: int, end: int) -> Iterable[int]:
        if self._order is None or begin >= len(self._order):
            masks: Iterable[int] = self._masks[begin:end]
            return masks if self._shown is None else map(mul, masks, self._shown[begin:end])
        lines = self._order[begin:end]
        lines.extend(range(begin + len(lines), end))
        masks = map(self._masks.__getitem__, lines)
        return masks if self._shown is None else map(mul, masks, map(self._shown.__getitem__, lines))


def letters_of(masks: Masks, count: int) -> bytes:
    """The letters of the first positions."""
    known: set[int] = set()
    for piece in masks.pieces(0, count):
        known.update(piece)
    # In a sub-agent's own session everything is marked as being one's: there it means nothing.
    is_nested = any(mask & ANY_KIND and not mask & SIDECHAIN for mask in known)
    letters = {mask: _letter(mask, nested=is_nested and bool(mask & SIDECHAIN)) for mask in known}
    found = bytearray()
    for piece in masks.pieces(0, count):
        found += bytes(map(letters.__getitem__, piece))
    return bytes(found)


def spans_in(letters: bytes) -> tuple[array[int], array[int]]:
    """Begins and ends of the groups: each between two boundaries, up to the last call and what was thought right after
    it."""
    begins, ends = array("I"), array("I")
    at = 0
    while at < len(letters):
        boundary = letters.find(BOUNDARY, at)
        boundary = len(letters) if boundary < 0 else boundary
        last_call = letters.rfind(CALL, at, boundary)
        shown = _SHOWN.search(letters, at, boundary)
        if last_call >= 0 and shown is not None:
            thoughts = _THOUGHTS.match(letters, last_call + 1, boundary)
            begin, end = shown.start(), thoughts.end() if thoughts else last_call + 1
            # One record is one line already.
            if end - begin - letters.count(NOTHING, begin, end) > 1:
                begins.append(begin)
                ends.append(end)
        at = boundary + 1
    return begins, ends


def _letter(mask: int, *, nested: bool) -> int:
    if nested and mask & ANY_KIND:
        return CALL
    letter = next((letter for kinds, letter in _LETTERS if mask & kinds), NOTHING)
    return BOUNDARY if letter == ASIDE and mask & FAILED else letter
