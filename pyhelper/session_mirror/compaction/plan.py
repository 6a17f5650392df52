"""Which parts to merge: pure, from a cover alone.

A run is a chain of the cover's parts **whose sequence numbers strictly ascend**. It is cut where they don't: a journal
lost earlier makes numbers run backwards, and a merge across that place could be undone by a dead process's late
request. The merged part bears the run's first sequence and its end, and begins where the first part begins, even if the
cover takes only the later bytes of that part: it holds every byte of every part it replaces.

With `tiers`, for compacting again and again while a session grows, older parts join newer ones only if they are
together no larger, or small: whatever is rewritten ends up in a part of at least twice its size. So a byte is rewritten
some ten times on its way from `SMALL_BYTES` to `MERGED_BYTES`, however often compaction runs, and each time no more
than `SMALL_BYTES` are rewritten beyond that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

import attrs

from session_mirror.bucket.cover import Cover, Part
from session_mirror.bucket.names import format_part

MERGED_BYTES = 1 << 30
"""A merged part's size at most: names keep 32 bits of an offset, so parts stay far below 4 GiB."""
SMALL_BYTES = 1 << 20
"""Parts below this size are what makes a session slow to read and dear to store."""
_OVERLAP_BYTES = 32 << 20
"""Parts that overlap by more are not merged: what both hold is compared in memory."""


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


def small_parts(cover: Cover) -> int:
    """How many small parts there are: the measure of whether compaction is due."""
    return sum(piece.part.size < SMALL_BYTES for piece in cover.slices)


def plan(cover: Cover, *, until: int, max_bytes: int = MERGED_BYTES, tiers: bool = False) -> tuple[Run, ...]:
    """The runs to merge among the parts that end at or before `until`, each as long as it can be.

    Empty for a session in tracecraft's layout, where names don't tell which bytes a part holds.
    """
    if cover.layout != "offsets":
        return ()
    parts = list(takewhile(lambda part: part.end <= until, (piece.part for piece in cover.slices)))
    groups = _tiers(parts, max_bytes) if tiers else _stretches(parts, max_bytes)
    taken = keys_of(cover)
    return tuple(run for group in groups for run in _runs(group, taken))


def _stretches(parts: Sequence[Part], max_bytes: int) -> list[list[Part]]:
    """Groups as long as they can be, from the oldest part on."""
    groups: list[list[Part]] = []
    for part in parts:
        if groups and _may_join(groups[-1][-1], part) and part.end - groups[-1][0].start <= max_bytes:
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def _tiers(parts: Sequence[Part], max_bytes: int) -> list[list[Part]]:
    """Groups from the newest part back, each up to an older part that is larger than all of the group."""
    groups: list[list[Part]] = []  # newest first, and so are their parts
    for part in reversed(parts):
        if groups and _may_join(part, groups[-1][-1]) and groups[-1][0].end - part.start <= max_bytes:
            newer = groups[-1][0].end - groups[-1][-1].start
            if part.size <= max(newer, SMALL_BYTES):
                groups[-1].append(part)
                continue
        groups.append([part])
    return [group[::-1] for group in reversed(groups)]


def keys_of(cover: Cover) -> frozenset[str]:
    """Every part's key, used or not: none of them may be the target of a merge."""
    parts = [*cover.leftovers, *cover.beyond, *cover.foreign, *(piece.part for piece in cover.slices)]
    return frozenset(part.key for part in parts)


def run_of(parts: Sequence[Part], taken: frozenset[str]) -> Run | None:
    """These parts as a run, unless the merged part's key is taken.

    A stray object may bear that key already, with other bytes: no key ever gets a second content.
    """
    first, end = parts[0], parts[-1].end
    folder = first.key.rpartition("/")[0]
    merged = Part(f"{folder}/{format_part(first.seq, end)}", first.seq, first.start, end)
    return None if merged.key in taken else Run(tuple(parts), merged)


def _may_join(older: Part, newer: Part) -> bool:
    return older.seq < newer.seq and older.end - newer.start <= _OVERLAP_BYTES


def _runs(group: Sequence[Part], taken: frozenset[str]) -> Iterator[Run]:
    """The group as one run, or as several where a merged part's key is taken."""
    first = 0
    while first < len(group) - 1:
        ends = range(len(group), first + 1, -1)
        run = next(filter(None, (run_of(group[first:end], taken) for end in ends)), None)
        if run is not None:
            yield run
        first += len(run.parts) if run else 1
