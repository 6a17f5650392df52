"""Indexes of lines in a store, as tests look at them."""

from __future__ import annotations

from collections.abc import Mapping

from session_mirror.bucket.line_index import decode_index, is_index
from session_mirror.bucket.names import session_prefix


def indexes_of(objects: Mapping[str, bytes], harness: str, session_id: str) -> dict[str, list[int]]:
    """Where lines end by each index of a session, by the index's name; each must be what its name says."""
    prefix = session_prefix(harness, session_id)
    found = {}
    for key, body in objects.items():
        name = key.removeprefix(prefix)
        if key.startswith(prefix) and is_index(name):
            ends = decode_index(name, body)
            assert ends is not None, name
            found[name] = list(ends)
    return found


def true_ends(stream: bytes) -> list[int]:
    """Where its lines end, found the slow way."""
    return [at + 1 for at, byte in enumerate(stream) if byte == 0x0A]


def check_indexes(objects: Mapping[str, bytes], harness: str, session_id: str, stream: bytes) -> int:
    """Every index tells the truth of a beginning of the stream; returns how many bytes the longest is of."""
    ends = true_ends(stream)
    longest = 0
    for name, told in indexes_of(objects, harness, session_id).items():
        assert told == ends[: len(told)], name
        longest = max(longest, told[-1] if told else 0)
    return longest
