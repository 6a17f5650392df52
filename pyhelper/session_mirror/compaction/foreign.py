"""Compacting a session that tracecraft wrote: whole parts in the order of their names, which tell no offsets.

A merged part takes its run's first number, so it stands in the run's place. Before it comes a marker that names what
it replaces (`bucket.markers`): from then on our readers never see a byte twice. Every run begins where an earlier merge
of the same parts would have begun, so of two merged parts one always holds all that the other does, or they have
nothing in common. tracecraft itself sees bytes twice from the merge to the last delete, as with its own compaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from session_mirror.bucket.cover import Part, resolve
from session_mirror.bucket.listing import Listing
from session_mirror.bucket.markers import Marker, effective
from session_mirror.bucket.store import Store, StoredObject
from session_mirror.compaction.delete import delete_all
from session_mirror.compaction.plan import MERGED_BYTES, Run
from session_mirror.errors import MirrorError
from session_mirror.failpoints import failpoint

RECENT_MS = 180_000
"""tracecraft may still be writing a session whose newest part is younger than this."""
_SALTS = 16


def plan_foreign(listing: Listing, *, until: int, max_bytes: int = MERGED_BYTES) -> tuple[Run, ...]:
    """The runs to merge among the parts that end at or before `until`, each as long as it can be."""
    parts = [piece.part for piece in listing.cover.slices]
    groups: list[list[Part]] = []
    for part in parts:
        if part.end > until:
            break
        if groups and part.end - groups[-1][0].start <= max_bytes:
            groups[-1].append(part)
        else:
            groups.append([part])
    runs = (_run_of(listing, parts, group) for group in groups if len(group) > 1)
    return tuple(run for run in runs if run is not None)


def is_recent(listing: Listing, now_ms: int) -> bool:
    """Whether somebody may be writing the session; what we merged ourselves doesn't count."""
    ours = {marker.merged for marker in listing.markers}
    written = [stored.modified_ms for stored in _parts_of(listing) if _name(stored.key) not in ours]
    return bool(written) and now_ms - max(written) < RECENT_MS


def refuse_recent(listing: Listing, now_ms: int) -> None:
    """Refuses a session that somebody may be writing.

    Raises:
        MirrorError: its newest part is too young.
    """
    if is_recent(listing, now_ms):
        raise MirrorError(
            "tracecraft is still writing this session, it seems: its newest part is less than three minutes old.",
            kind="conflict",
            hint="Compact it later, or with --keep-tail 5, which leaves the newest parts alone.",
        )


def mark(store: Store, listing: Listing, run: Run) -> None:
    """Puts the marker of a run that is about to be merged.

    Raises:
        MirrorError: the store failed.
    """
    parts, earlier = _held(listing, run.parts)
    marker = Marker(_name(run.merged.key), run.merged.size, parts, earlier)
    store.put(_folder(run.merged.key) + marker.name, marker.to_json())
    failpoint("compact.after_mark")


def collect_foreign(store: Store, listing: Listing) -> tuple[str, ...]:
    """Deletes parts that don't count any more, and markers that another one stands for; returns what stays.

    Raises:
        MirrorError: the store failed.
    """
    undeleted = delete_all(
        store, [stored.key for stored in _parts_of(listing) if _name(stored.key) in listing.replaced]
    )
    if undeleted:
        return undeleted
    there = effective({_name(stored.key): stored.size for stored in listing.objects}, listing.markers)
    stood_for = {name for marker in there if marker.merged not in listing.replaced for name in marker.earlier}
    names = {marker.name for marker in listing.markers if marker.merged in stood_for}
    needless = [stored.key for stored in listing.objects if _name(stored.key) in names]
    if needless:
        failpoint("compact.before_unmark")
    return delete_all(store, needless)


def _run_of(listing: Listing, parts: Sequence[Part], group: list[Part]) -> Run | None:
    """The group as a run, under a name that sorts in its place; None when its neighbours have the same number."""
    first, last = parts.index(group[0]), parts.index(group[-1])
    before, after = parts[:first], parts[last + 1 :]
    seq, start, end = group[0].seq, group[0].start, group[-1].end
    if (before and before[-1].seq >= seq) or (after and after[0].seq <= seq):
        return None
    held, earlier = _held(listing, group)
    known = [*(f"{_name(part.key)} {part.size}" for part in group), *sorted(held), *sorted(earlier)]
    for salt in range(_SALTS):
        digits = hashlib.sha256("\n".join([str(salt), *known]).encode()).hexdigest()[:8]
        merged = Part(f"{_folder(group[0].key)}part-{seq:05d}-{digits}.jsonl", seq, start, end)
        run = Run(tuple(group), merged)
        if _reads_the_same(listing, run):
            return run
    return None


def _reads_the_same(listing: Listing, run: Run) -> bool:
    """Whether the name is free, and does not by chance read as an offset that joins."""
    if any(stored.key == run.merged.key for stored in listing.objects):
        return False
    folder = _folder(run.merged.key)
    gone = {folder + name for name in listing.replaced} | set(run.replaced)
    cover = resolve((*listing.objects, StoredObject(run.merged.key, run.merged.size, 0)), replaced=gone)
    return cover.layout == "tracecraft" and cover.end == listing.cover.end


def _held(listing: Listing, group: Sequence[Part]) -> tuple[frozenset[str], frozenset[str]]:
    """The other tool's parts that these hold, and the merged parts, here, to come or late, that hold no others."""
    by_merged = {marker.merged: marker for marker in listing.markers}
    names = {_name(part.key) for part in group}
    earlier = names & by_merged.keys()
    parts = (names - earlier).union(*(by_merged[name].parts for name in earlier))
    for marker in listing.markers:
        if marker.parts <= parts:
            earlier |= {marker.merged} | marker.earlier
    return frozenset(parts), frozenset(earlier)


def _parts_of(listing: Listing) -> list[StoredObject]:
    return [stored for stored in listing.objects if _name(stored.key).startswith("part-")]


def _name(key: str) -> str:
    return key.rpartition("/")[2]


def _folder(key: str) -> str:
    return key.rpartition("/")[0] + "/"
