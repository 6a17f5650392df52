"""Which parts to merge: pure, from a cover alone.

A run is a chain of the cover's parts **whose sequence numbers strictly ascend**. It is cut where they don't: a journal
lost earlier makes numbers run backwards, and a merge across that place could be undone by a dead process's late
request. The merged part bears the run's first sequence and its end, and begins where the first part begins, even if the
cover takes only the later bytes of that part: it holds every byte of every part it replaces.
"""

from __future__ import annotations

import attrs

from session_mirror.bucket.cover import Cover, Part, Slice
from session_mirror.bucket.names import format_part

MERGED_BYTES = 1 << 30
"""A merged part's size at most: names keep 32 bits of an offset, so parts stay far below 4 GiB."""


@attrs.frozen
class Run:
    """At least two parts, in stream order, and the one part that replaces them."""

    parts: tuple[Part, ...]
    merged: Part

    @property
    def replaced(self) -> tuple[str, ...]:
        """The keys that go once the merged part is durable."""
        return tuple(part.key for part in self.parts)


def head_end(cover: Cover, keep_tail: int) -> int:
    """The stream offset up to which parts may be merged: where the newest `keep_tail` parts begin.

    Raises:
        ValueError: `keep_tail` is negative.
    """
    if keep_tail < 0:
        raise ValueError(f"cannot keep {keep_tail} parts")
    kept = len(cover.slices) - keep_tail
    return cover.slices[kept - 1].end if kept > 0 else 0


def parts_within(cover: Cover, until: int) -> int:
    """How many of the cover's parts end at or before the stream offset `until`."""
    return sum(piece.end <= until for piece in cover.slices)


def plan(cover: Cover, *, until: int, max_bytes: int = MERGED_BYTES) -> tuple[Run, ...]:
    """The runs to merge among the parts that end at or before `until`, each as long as it can be.

    Empty for a session in tracecraft's layout, where names don't tell which bytes a part holds.
    """
    if cover.layout != "offsets":
        return ()
    taken = {part.key for part in (*cover.leftovers, *cover.beyond, *cover.foreign)}
    taken.update(piece.part.key for piece in cover.slices)
    runs = []
    first = 0
    while first < len(cover.slices):
        run = _longest(cover.slices[first:], until, max_bytes, taken)
        if run is not None:
            runs.append(run)
        first += len(run.parts) if run else 1
    return tuple(runs)


def _longest(slices: tuple[Slice, ...], until: int, max_bytes: int, taken: set[str]) -> Run | None:
    """The longest run that begins with the first slice's part; None when even two parts don't make one."""
    parts: list[Part] = []
    for piece in slices:
        part = piece.part
        if part.end > until or (parts and (part.seq <= parts[-1].seq or part.end - parts[0].start > max_bytes)):
            break
        parts.append(part)
    while len(parts) > 1:
        merged = _merged(parts)
        # A stray object may bear that key already, with other bytes: no key ever gets a second content.
        if merged.key not in taken:
            return Run(tuple(parts), merged)
        parts.pop()
    return None


def _merged(parts: list[Part]) -> Part:
    first, end = parts[0], parts[-1].end
    folder = first.key.rpartition("/")[0]
    return Part(f"{folder}/{format_part(first.seq, end)}", first.seq, first.start, end)
