"""Large sessions for benchmarks: lines like Claude Code's, a kilobyte and a half each, and one long line on request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

_RESULT = "line of output\n" * 250
_TURN_LINES = 60


def write(path: Path, megabytes: int, *, long_line: bool = False) -> int:
    """Writes a session of about that size, its middle line 100 MB long on request; returns how many lines it has."""
    lines = 0
    with path.open("wb") as file:
        for line in _lines():
            if file.tell() >= megabytes * 1_000_000:
                return lines
            if long_line and not lines:
                file.write(_encoded(_record(0, "user", "x" * 100_000_000, None)))
                lines += 1
            file.write(line)
            lines += 1
    return lines


def _lines() -> Iterator[bytes]:
    number = 1
    while True:
        yield _encoded(_record(number, "user", f"please do the thing number {number}", None))
        for _ in range(_TURN_LINES // 2):
            number += 2
            call = {"type": "tool_use", "id": f"toolu_{number}", "name": "Bash", "input": {"command": f"cat {number}"}}
            yield _encoded(_record(number - 1, "assistant", [call], f"msg_{number}"))
            result = {"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": _RESULT[: number * 7 % 3500]}
            yield _encoded(_record(number, "user", [result], None))
        number += 1


def _record(number: int, role: str, content: object, message_id: str | None) -> dict[str, object]:
    seconds = number % 86_400
    message: dict[str, object] = {"role": role, "content": content}
    if message_id is not None:
        usage = {"input_tokens": 3, "output_tokens": 40, "cache_read_input_tokens": 1000}
        message |= {"id": message_id, "model": "claude-x", "usage": usage}
    return {
        "type": role,
        "uuid": f"0f1e2d3c-0000-4000-8000-{number:012x}",
        "parentUuid": f"0f1e2d3c-0000-4000-8000-{number - 1:012x}" if number > 1 else None,
        "sessionId": "s",
        "cwd": "/home/ada/app",
        "timestamp": f"2026-01-01T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.000Z",
        "requestId": f"req_{number}",
        "isSidechain": False,
        "message": message,
    }


def _encoded(record: dict[str, object]) -> bytes:
    return json.dumps(record, separators=(",", ":")).encode() + b"\n"
