"""Which agent wrote a transcript, by its lines: whoever makes most of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from session_mirror.harness.base import Harness


def recognise(lines: Sequence[bytes], harnesses: Mapping[str, Harness]) -> str | None:
    """The name of the harness that shows something of the most lines and leaves the fewest opaque; None of nobody."""
    best: tuple[int, str] | None = None
    for name, harness in harnesses.items():
        score = sum(_understood(harness, line) for line in lines)
        if score > 0 and (best is None or score > best[0]):
            best = score, name
    return None if best is None else best[1]


def _understood(harness: Harness, line: bytes) -> int:
    """Books that an agent keeps look alike, what was said does not: it counts more."""
    if not line.strip():
        return 0
    events = harness.read_record(line).events
    if not events:
        return 1
    return -2 if all(event.kind == "opaque" for event in events) else 4
