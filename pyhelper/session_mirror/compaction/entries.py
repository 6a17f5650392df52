"""A list of parts, as the journal keeps it, after a compaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from session_mirror.bucket.meta import sum_parts
from session_mirror.bucket.names import LOW_BITS
from session_mirror.compaction.merge import Merged
from session_mirror.journal.records import JournalPart


def merge_entries(parts: Sequence[JournalPart], merges: Iterable[Merged]) -> tuple[JournalPart, ...]:
    """The parts in stream order, those that were merged summed into one entry for each merge.

    A list that does not know a merged part's end is behind the bucket; what it holds stays as it is.
    """
    listed = list(parts)
    for done in merges:
        merged = done.run.merged
        inside = [index for index, part in enumerate(listed) if merged.start < part.end <= merged.end]
        if not inside or listed[inside[-1]].end != merged.end:
            continue
        summed = sum_parts([listed[index].entry for index in inside])
        entry = attrs.evolve(summed, seq=merged.seq, uuid=f"{merged.end % LOW_BITS:08x}")
        listed[inside[0] : inside[-1] + 1] = [JournalPart(end=merged.end, entry=entry)]
    return tuple(listed)
