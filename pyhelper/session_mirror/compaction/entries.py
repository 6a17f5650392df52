"""Lists of parts after a compaction: the journal's, and the one in tracecraft's `meta.json`."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

import attrs

from session_mirror.bucket.cover import Cover
from session_mirror.bucket.markers import Marker
from session_mirror.bucket.meta import sum_parts
from session_mirror.bucket.names import LOW_BITS, parse_part
from session_mirror.journal.records import JournalPart


def merge_entries(parts: Sequence[JournalPart], cover: Cover) -> tuple[JournalPart, ...]:
    """The parts in stream order, those that the cover has as one summed into one entry, whoever merged them.

    A list that does not know a merged part's end is behind the bucket; what it holds stays as it is.
    """
    listed: list[JournalPart] = []
    waiting = deque(parts)
    for piece in cover.slices:
        inside = []
        while waiting and waiting[0].end <= piece.end:
            inside.append(waiting.popleft())
        if len(inside) < 2 or inside[-1].end != piece.end:
            listed += inside
            continue
        summed = sum_parts([part.entry for part in inside])
        entry = attrs.evolve(summed, seq=piece.part.seq, uuid=f"{piece.end % LOW_BITS:08x}")
        listed.append(JournalPart(end=piece.end, entry=entry))
    return (*listed, *waiting)


Entry = Mapping[str, object]


def fold_foreign(entries: Sequence[Entry], markers: Iterable[Marker]) -> list[Entry]:
    """tracecraft's list of parts with one entry, as its own compaction writes it, for each merged part."""
    listed = list(entries)
    for marker in markers:
        held = marker.parts | marker.earlier
        inside = [index for index, entry in enumerate(listed) if _name_of(entry) in held]
        if inside:
            summed = _summed(marker, [listed[index] for index in inside])
            kept = [entry for index, entry in enumerate(listed) if index not in inside]
            listed = [*kept[: inside[0]], summed, *kept[inside[0] :]]
    return listed


def _name_of(entry: Entry) -> str:
    seq, digits = entry.get("seq"), entry.get("uuid")
    return f"part-{seq:05d}-{digits}.jsonl" if isinstance(seq, int) else ""


def _summed(marker: Marker, entries: Sequence[Entry]) -> Entry:
    name = parse_part(marker.merged)
    made: dict[str, object] = {
        "seq": name.seq if name else 0,
        "uuid": f"{name.end_low:08x}" if name else "",
        "compacted_from": len(marker.parts),
        "uploaded_bytes": marker.size,
        "uploaded_at": entries[-1].get("uploaded_at"),
    }
    sources = [entry.get("source_bytes") for entry in entries]
    ranges = [entry.get("cursor_range") for entry in entries]
    counts = [entry.get("redactions") for entry in entries]
    first, last = ranges[0], ranges[-1]
    if isinstance(first, list) and isinstance(last, list) and len(first) == len(last) == 2:
        made["cursor_range"] = [first[0], last[1]]
    if all(isinstance(source, int) for source in sources):
        made["source_bytes"] = sum(source for source in sources if isinstance(source, int))
    if all(isinstance(count, dict) for count in counts):
        redactions: dict[str, int] = {}
        for count in counts:
            for rule, number in (count if isinstance(count, dict) else {}).items():
                redactions[rule] = redactions.get(rule, 0) + int(number)
        made["redactions"] = redactions
    return made
