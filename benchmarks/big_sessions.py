"""Large sessions for benchmarks, of any agent: lines of a kilobyte and a half, and one long line on request."""

from __future__ import annotations

import json
from pathlib import Path

from big_agents import RECORDS

_AT_ONCE = 100
"""Lines between two looks at the size."""


def write(path: Path, megabytes: int, *, harness: str = "claude-code", long_line: bool = False) -> int:
    """Writes a session of about that size; returns how many lines it has. On request it begins with one of 100 MB,
    which is Claude Code's."""
    lines = 0
    with path.open("wb") as file:
        if long_line:
            message = {"role": "user", "content": "x" * 100_000_000}
            file.write(_encoded({"type": "user", "uuid": "long", "message": message}))
            lines += 1
        for record in RECORDS[harness]():
            if lines % _AT_ONCE == 0 and file.tell() >= megabytes * 1_000_000:
                break
            file.write(_encoded(record))
            lines += 1
    return lines


def _encoded(record: dict[str, object]) -> bytes:
    return json.dumps(record, separators=(",", ":")).encode() + b"\n"
