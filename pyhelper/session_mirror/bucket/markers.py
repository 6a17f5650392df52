"""Markers: which parts of a session that another tool wrote have been replaced by a merged one.

Such names tell no offsets, so between a merge and its deletes a listing alone cannot tell that bytes are there twice. A
marker `merged-NNNNN-<8 hex>.json`, put before `part-NNNNN-<8 hex>.jsonl`, says so, and stays: parts that were replaced
never count again, however late a request of a dead process brings one back. The other tool does not see markers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence

import attrs

from session_mirror.bucket.names import parse_part
from session_mirror.errors import MirrorError

_NAME = re.compile(r"merged-[0-9]{5}-[0-9a-f]{8}\.json")


@attrs.frozen
class Marker:
    """What a merged part replaces; all by name. It counts once the merged part is there with its size."""

    merged: str
    size: int
    parts: frozenset[str]
    """Every part of the other tool's whose bytes it holds."""
    earlier: frozenset[str]
    """Merged parts, finished or not, that it stands for as well."""

    @property
    def name(self) -> str:
        """The marker's own name."""
        return marker_name(self.merged)

    def to_json(self) -> bytes:
        """The object's bytes; the same for the same marker."""
        names = {"parts": sorted(self.parts), "earlier": sorted(self.earlier)}
        record = {"merged": self.merged, "size": self.size, **names}
        return json.dumps(record, indent=1).encode("ascii")


def marker_name(merged: str) -> str:
    """The name of a merged part's marker."""
    return f"merged-{merged.removeprefix('part-').removesuffix('.jsonl')}.json"


def is_marker(name: str) -> bool:
    """Whether an object's name is a marker's."""
    return _NAME.fullmatch(name) is not None


def parse_marker(name: str, body: bytes) -> Marker | None:
    """The marker; None for one that makes no sense, which is outside data like all that a bucket holds."""
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None
    merged, size, parts = record.get("merged"), record.get("size"), _names(record.get("parts"))
    if not isinstance(merged, str) or not isinstance(size, int) or marker_name(merged) != name or not parts:
        return None
    return Marker(merged, size, parts - {merged}, _names(record.get("earlier")) - {merged})


def replaced_names(sizes: Mapping[str, int], markers: Collection[Marker]) -> frozenset[str]:
    """The parts that don't count any more, of a session that holds objects of these names and sizes.

    Raises:
        MirrorError: two merged parts hold some bytes in common, and neither holds all of the other's.
    """
    there = effective(sizes, markers)
    gone = {name for marker in there for name in marker.parts | marker.earlier}
    for one in there:
        for other in there:
            if one.parts < other.parts or (one.parts == other.parts and _rank(one) < _rank(other)):
                gone.add(one.merged)
    seen: set[str] = set()
    for marker in there:
        if marker.merged not in gone:
            if seen & marker.parts:
                raise _crossing(marker)
            seen |= marker.parts
    return frozenset(gone)


def _rank(marker: Marker) -> tuple[int, str]:
    """Of markers for the same parts, one that stands for another ranks higher: no two ever hide each other."""
    return len(marker.earlier), marker.merged


def effective(sizes: Mapping[str, int], markers: Collection[Marker]) -> list[Marker]:
    """The markers whose merged part is there."""
    return [marker for marker in markers if sizes.get(marker.merged) == marker.size]


def is_torn(sizes: Mapping[str, int], markers: Collection[Marker], replaced: Collection[str]) -> bool:
    """Whether a listing shows parts gone and not what replaced them: its pages are of different moments."""
    return any(name not in sizes and name not in replaced for marker in markers for name in marker.parts)


def _names(value: object) -> frozenset[str]:
    """Part names; empty when anything else is among them."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return frozenset()
    names = [name for name in value if isinstance(name, str) and parse_part(name) is not None]
    return frozenset(names) if len(names) == len(value) else frozenset()


def _crossing(marker: Marker) -> MirrorError:
    return MirrorError(
        f"{marker.merged} and another merged part of this session hold some bytes in common.",
        kind="conflict",
        hint="Two compactions got in each other's way; nothing is lost. Please report this.",
    )
