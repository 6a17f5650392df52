"""A simulated agent outside any editor: it writes transcripts and runs the hooks that its settings name."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs

from session_mirror.hooks.background import is_running
from session_mirror.hooks.told import Attendance, read_attendance
from support.following import until
from support.terminal import SESSION, Terminal
from support.transcripts import Transcript, session_path


@attrs.define
class ToldAgent:
    """Claude Code at a terminal. Its process only sleeps, until it is killed."""

    terminal: Terminal
    path: str = os.defpath
    """Its programs."""
    process: subprocess.Popen[bytes] = attrs.field(
        factory=lambda: subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    )

    @property
    def state(self) -> Path:
        return self.terminal.root / "state"

    @property
    def settings(self) -> Path:
        return self.terminal.root / ".claude" / "settings.json"

    def write(self, text: str, *, session_id: str = SESSION, cwd: str | None = None) -> Path:
        """Adds a prompt to a session; returns its transcript."""
        folder = cwd or str(self.terminal.workspace.resolve())
        transcript = Transcript(cwd=folder, session_id=session_id)
        transcript.prompt(text)
        path = session_path(self.terminal.root / ".claude", folder, session_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(transcript.data())
        return path

    def tell(self, event: str, *, session_id: str = SESSION, **more: str) -> None:
        """Runs its hooks for an event."""
        told = {"session_id": session_id, "cwd": str(self.terminal.workspace), "hook_event_name": event, **more}
        settings: dict[str, Any] = json.loads(self.settings.read_bytes())
        for group in settings["hooks"][event]:
            for hook in group["hooks"]:
                self.run(hook["command"], json.dumps(told).encode())

    def run(self, command: str, told: bytes) -> None:
        """One hook, whose answer would be shown to the user or told to the model."""
        environment = {"PATH": self.path, "HOME": str(self.terminal.root), "CLAUDE_PID": str(self.process.pid)}
        done = subprocess.run(["/bin/sh", "-c", command], input=told, capture_output=True, env=environment, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")

    def attendance(self) -> Attendance:
        """What the background process has."""
        return read_attendance(self.state)

    def has(self, session_id: str = SESSION) -> bool:
        """Whether the background process has found the session's transcript."""
        return any(told.session_id == session_id and word != "awaited" for told, word in self.attendance().sessions)

    def is_quiet(self) -> bool:
        """Whether the background process is gone, and left nothing to do."""
        return not is_running(self.state) and not self.attendance().sessions

    def kill(self) -> None:
        """As people kill agents."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """Nothing of it outlives the test."""
        if self.process.poll() is None:
            self.kill()
        (self.state / "hooks" / "configuration.json").unlink(missing_ok=True)
        if is_running(self.state) and self.attendance().pid:
            os.kill(self.attendance().pid, signal.SIGTERM)
        until(lambda: not is_running(self.state), "the end of the background process")
