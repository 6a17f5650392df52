"""Parts as a bucket holds them, and the stream an offset-aware reader makes of them."""

from __future__ import annotations

import random
from collections.abc import Mapping

from session_mirror.bucket.cover import resolve
from session_mirror.bucket.names import format_part, session_prefix
from session_mirror.bucket.store import StoredObject

HARNESS = "claude-code"
SESSION = "s1"
PREFIX = session_prefix(HARNESS, SESSION)
TRUTH = random.Random(4).randbytes(1 << 16)  # any bytes of which no two stretches are alike


def key(seq: int, end: int) -> str:
    """The key of the test session's part."""
    return PREFIX + format_part(seq, end)


def parts(*spans: tuple[int, int, int]) -> dict[str, bytes]:
    """Objects from `(seq, start, end)`, each with the true bytes of its place."""
    return {key(seq, end): TRUTH[start:end] for seq, start, end in spans}


def listed(objects: Mapping[str, bytes]) -> list[StoredObject]:
    """What LIST tells of objects."""
    return [StoredObject(key=name, size=len(body), modified_ms=0) for name, body in sorted(objects.items())]


def spelled(objects: Mapping[str, bytes]) -> bytes:
    """The stream, read by offsets."""
    return b"".join(
        objects[piece.part.key][piece.start - piece.part.start :][: piece.end - piece.start]
        for piece in resolve(listed(objects)).slices
    )
