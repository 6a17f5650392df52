"""How many secrets were taken out, per rule."""

from __future__ import annotations

from collections.abc import Mapping


def merge_counts(a: Mapping[str, int], b: Mapping[str, int]) -> dict[str, int]:
    """The sum of two counts, rule by rule."""
    merged = dict(a)
    for name, count in b.items():
        merged[name] = merged.get(name, 0) + count
    return merged
