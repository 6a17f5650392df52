"""From one LIST to the exact stream: which part holds which bytes.

`resolve` is pure. It knows every part's `[start, end)` from names and sizes, and picks the cover: at each position the
part that reaches furthest. What it leaves over is named: leftovers of an interrupted compaction, and foreign parts
that some other writer put beside ours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Literal

import attrs

from session_mirror.bucket.names import LOW_BITS, parse_part
from session_mirror.bucket.store import StoredObject


@attrs.frozen
class Part:
    """One immutable object holding stream bytes `[start, end)`."""

    key: str
    seq: int
    start: int
    end: int

    @property
    def size(self) -> int:
        return self.end - self.start


@attrs.frozen
class Slice:
    """The bytes `[start, end)` that the cover takes from one part, beginning `start - part.start` bytes into it."""

    part: Part
    start: int
    end: int


@attrs.frozen
class Cover:
    """The chain that spells the stream from 0 to `end`.

    `layout` is `tracecraft` when names don't tell offsets (another tool wrote the session): parts in name order, whole.
    `leftovers` lie inside what is covered; `beyond` follow a hole at `end` (without exact offsets in tracecraft's
    layout); `foreign` belong to no chain.
    """

    layout: Literal["offsets", "tracecraft"]
    slices: tuple[Slice, ...]
    leftovers: tuple[Part, ...]
    beyond: tuple[Part, ...]
    foreign: tuple[Part, ...]
    next_seq: int

    @property
    def end(self) -> int:
        return self.slices[-1].end if self.slices else 0

    @property
    def has_gap(self) -> bool:
        return bool(self.beyond)

    @property
    def part_count(self) -> int:
        return len(self.slices)


@attrs.frozen
class _Listed:
    key: str
    seq: int
    end_low: int
    size: int


def resolve(objects: Iterable[StoredObject], *, replaced: Collection[str] = ()) -> Cover:
    """The cover of one session, from a listing of its prefix; objects that are not parts are ignored.

    `replaced`: keys of parts that don't count, listed or not, because a merged one in tracecraft's layout holds them.
    """
    listed = []
    for stored in objects:
        name = parse_part(stored.key.rsplit("/", 1)[-1])
        if name is not None and stored.key not in replaced:
            listed.append(_Listed(stored.key, name.seq, name.end_low, stored.size))
    listed.sort(key=lambda part: (part.seq, part.end_low))
    next_seq = max((part.seq for part in listed), default=-1) + 1
    parts = _place(listed)
    if listed and not _chains(parts):
        numbers = (parse_part(key.rsplit("/", 1)[-1]) for key in replaced)
        return _in_name_order(listed, next_seq, {name.seq for name in numbers if name is not None})
    slices = _greedy(parts)
    end = slices[-1].end if slices else 0
    used = {piece.part.key for piece in slices}
    rest = [part for part in parts if part.key not in used]
    starts = {part.start for part in parts if part.size}
    ends = {part.end for part in parts if part.size}
    leftovers = [part for part in rest if part.end <= end]
    after = [part for part in rest if part.end > end]
    # A part after a hole is ours if it joins a neighbour; alone, it is a stranger's.
    beyond = [part for part in after if part.start in ends or part.end in starts]
    foreign = [part for part in after if part.start not in ends and part.end not in starts]
    return Cover("offsets", tuple(slices), tuple(leftovers), tuple(beyond), tuple(foreign), next_seq)


def collectable(cover: Cover) -> list[tuple[Part, Part]]:
    """Leftovers, each with the part of lower or equal sequence that contains it: only those may ever be deleted, and
    only after their bytes were compared. Being covered by several parts together is not enough."""
    parts = [piece.part for piece in cover.slices]
    pairs = []
    for left in cover.leftovers:
        holder = next((p for p in parts if p.seq <= left.seq and p.start <= left.start and left.end <= p.end), None)
        if holder is not None:
            pairs.append((left, holder))
    return pairs


def _place(listed: Sequence[_Listed]) -> list[Part]:
    """Full offsets for the low 32 bits in names, unwrapped in sequence order around the end reached so far.

    A part that belongs to the chain begins within 2 GiB of what precedes it. One that does not connect (foreign, or
    after a hole) must not move that mark; what joins it is placed after it, however long the stream beyond a hole is.
    """
    parts = []
    reach = 0
    apart: dict[int, int] = {}  # ends of parts beyond the mark, by their low bits
    for item in listed:
        start_low = (item.end_low - item.size) % LOW_BITS
        start = apart[start_low] if start_low in apart else _nearest(reach, start_low)
        part = Part(item.key, item.seq, start, start + item.size)
        if part.start <= reach < part.end:
            reach = part.end
        elif part.start > reach and part.size:
            apart[item.end_low] = part.end
        parts.append(part)
    return parts


def _nearest(mark: int, low: int) -> int:
    """The offset nearest to `mark`, and not below 0, that has these low 32 bits."""
    lowest = mark - LOW_BITS // 2
    offset = lowest + (low - lowest) % LOW_BITS
    return offset if offset >= 0 else offset + LOW_BITS


def _chains(parts: Sequence[Part]) -> bool:
    """Whether the names tell offsets: some part begins the stream, or two parts join."""
    ends = {part.end for part in parts if part.size}
    return any(part.size and (part.start == 0 or part.start in ends) for part in parts)


def _greedy(parts: Sequence[Part]) -> list[Slice]:
    slices: list[Slice] = []
    pos = 0
    best: Part | None = None
    # Ties on the furthest end go to the lowest sequence, since only such a part can hold leftovers.
    for part in [*sorted(parts, key=lambda part: part.start), None]:
        while best is not None and best.end > pos and (part is None or part.start > pos):
            slices.append(Slice(best, pos, best.end))
            pos = best.end
        if part is None or part.start > pos:
            break
        if best is None or (part.end, -part.seq) > (best.end, -best.seq):
            best = part
    return slices


def _in_name_order(listed: Sequence[_Listed], next_seq: int, replaced: Collection[int]) -> Cover:
    """Whole parts, one after the other. Such sessions count from 0, so a number that is missing is a hole, unless a
    merged part replaced it: ours say so, tracecraft's own bears the number 0 and leaves later numbers as they are."""
    slices: list[Slice] = []
    beyond: list[Part] = []
    pos = 0
    due = 0
    for item in sorted(listed, key=lambda part: part.key):
        part = Part(item.key, item.seq, pos, pos + item.size)
        pos = part.end
        after_merge = due == 1 and len(slices) == 1
        if beyond or (not after_merge and any(seq not in replaced for seq in range(due, part.seq))):
            beyond.append(part)
        else:
            slices.append(Slice(part, part.start, part.end))
            due = max(due, part.seq + 1)
    return Cover("tracecraft", tuple(slices), (), tuple(beyond), (), next_seq)
