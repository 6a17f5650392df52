"""How a run is carried out: put together by the store from its parts, or read and sent by us.

Stores copy no small piece except the last. Small parts among large ones are merged first, by us, so that the large ones
never come through this machine; a small group that stays too small takes its smaller neighbour in.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import attrs

from session_mirror.bucket.cover import Part
from session_mirror.compaction.plan import Run, run_of

_READ_AT_ONCE_BYTES = 16 << 20
"""A run up to this size with small parts in it is read as a whole: fewer requests."""


@attrs.frozen
class Step:
    """A run to carry out now: all of what was planned, or a stretch of it that has to be merged first."""

    run: Run
    composed: bool
    """By the store; otherwise by us."""


def next_step(run: Run, composes_from: int | None, taken: frozenset[str]) -> Step:
    """What brings the run forward; `composes_from` as the store says, `taken` the keys that exist."""
    parts = run.parts
    if composes_from is None or any(left.end != right.start for left, right in pairwise(parts)):
        return Step(run, composed=False)
    small = [part.size < composes_from for part in parts]
    if not any(small[:-1]):
        return Step(run, composed=True)
    if all(small) or run.merged.size <= _READ_AT_ONCE_BYTES:
        return Step(run, composed=False)
    first, end = _stretch(parts, small, composes_from)
    found = run_of(parts[first:end], taken) if end - first < len(parts) else None
    return Step(found or run, composed=False)


def whole_step(run: Run, composes_from: int | None) -> Step:
    """The run in one step, as one with names that tell no offsets has to be."""
    able = composes_from is not None and all(part.size >= composes_from for part in run.parts[:-1])
    return Step(run, composed=able)


def _stretch(parts: Sequence[Part], small: Sequence[bool], composes_from: int) -> tuple[int, int]:
    """The first small parts, with a large neighbour if they are too small to be copied together."""
    first = small.index(True)
    end = next((index for index in range(first, len(parts)) if not small[index]), len(parts))
    if end == len(parts) or parts[end - 1].end - parts[first].start >= composes_from:
        return (first, end) if end - first > 1 else (first - 1, end)
    if first > 0 and parts[first - 1].size <= parts[end].size:
        return first - 1, end
    return first, end + 1
