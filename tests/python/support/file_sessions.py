"""Claude Code sessions that read and change files, with what they should have made of them. Nothing in them is real."""

from __future__ import annotations

import json
from pathlib import Path

from session_mirror.harness.base import FoundSession
from session_mirror.harness.registry import get_harness
from session_mirror.protocol.files import ReplayFileParams, ReplayFileResult
from session_mirror.replay.opening import open_from_disk
from session_mirror.replay.session import Replay

CWD = "/home/ada/orbit"
FILE = f"{CWD}/parser.py"


class FileSession:
    """Lines of a transcript, a call and its result at a time."""

    def __init__(self) -> None:
        self.lines: list[dict[str, object]] = []

    def call(
        self, name: str, result: str | None = "ok", *, told: object = None, failed: bool = False, **arguments: object
    ) -> int:
        """Adds a call on the file, with its result unless that is None; returns the call's line."""
        call_id = f"toolu_{len(self.lines)}"
        path: dict[str, object] = {} if {"file_path", "path"} & arguments.keys() else {"file_path": FILE}
        block: dict[str, object] = {"type": "tool_use", "id": call_id, "name": name, "input": {**path, **arguments}}
        line = self._add("assistant", "assistant", block)
        if result is not None:
            answer = {"type": "tool_result", "tool_use_id": call_id, "content": result, "is_error": failed}
            self._add("user", "user", answer, **({} if told is None else {"toolUseResult": told}))
        return line

    def open(self, folder: Path) -> Replay:
        """Its transcript, opened and looked at to its end."""
        path = folder / "session.jsonl"
        path.write_text("".join(f"{json.dumps(line)}\n" for line in self.lines), "utf-8")
        found = FoundSession("claude-code", "session", path, CWD, path.stat().st_size, 0)
        replay = open_from_disk("r", found, get_harness("claude-code")).replay
        replay.analyse()
        return replay

    def _add(self, kind: str, role: str, block: dict[str, object], **more: object) -> int:
        number = len(self.lines)
        time = f"2026-08-01T10:{number // 60 % 60:02}:{number % 60:02}.000Z"
        message = {"role": role, "content": [block]}
        parent = f"u{number - 1}" if number else None
        envelope = {"uuid": f"u{number}", "parentUuid": parent, "sessionId": "session", "timestamp": time, "cwd": CWD}
        self.lines.append({"type": kind, **envelope, "message": message, **more})
        return number


def seen(replay: Replay, line: int, moment: str = "after", *, field: int = 0, file: int = 0) -> ReplayFileResult:
    """A file around a call, as one page."""
    asked = ReplayFileParams(
        replay_id="r", line=line, field=field, file=file, moment="before" if moment == "before" else "after", offset=0
    )
    return replay.seen_files.page(asked)
