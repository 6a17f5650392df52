"""A user at a terminal: a workspace with a Claude Code session, and the real command line in processes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs

from session_mirror.bucket.cover import resolve
from session_mirror.bucket.local import LocalStore
from session_mirror.bucket.names import META_NAME, session_prefix
from support.transcripts import session_path

SESSION = "5b1c7a60-0000-4000-8000-00000000000a"
TIMEOUT_S = 60
HARNESS = "claude-code"


@attrs.frozen
class Ran:
    """A finished command."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()


@attrs.frozen
class Terminal:
    """Everything lies below one scratch directory."""

    root: Path
    more: dict[str, str] = attrs.field(factory=dict)
    """Further variables of every command's environment."""

    @property
    def workspace(self) -> Path:
        folder = self.root / "my work.space"
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def transcript(self) -> Path:
        path = session_path(self.root / ".claude", str(self.workspace.resolve()), SESSION)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def bucket(self) -> Path:
        return self.root / "bucket"

    def environment(self, **more: str) -> dict[str, str]:
        """Nothing of this machine's but the path to its programs."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root),
            "SESSION_MIRROR_STATE_DIR": str(self.root / "state"),
            "SESSION_MIRROR_DESTINATION": self.bucket.as_uri(),
            "LANG": "C.UTF-8",
            **self.more,
            **more,
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "session_mirror", *arguments]

    def run(self, *arguments: str, **more: str) -> Ran:
        """Runs a command in the workspace to its end."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.workspace,
            env=self.environment(**more),
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr.decode())

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Starts a command in the workspace."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.workspace,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def append(self, data: bytes) -> None:
        with self.transcript.open("ab") as file:
            file.write(data)

    def stream(self, session_id: str = SESSION) -> bytes:
        """What an aware reader finds in the bucket, without our own reader."""
        store = LocalStore(self.bucket)
        cover = resolve(store.list(session_prefix(HARNESS, session_id)))
        assert not cover.has_gap
        return b"".join(
            store.get(piece.part.key, piece.start - piece.part.start, piece.end - piece.start) for piece in cover.slices
        )

    def objects(self) -> dict[str, bytes]:
        """What is stored, by key."""
        store = LocalStore(self.bucket)
        return {listed.key: store.get(listed.key) for listed in store.list("sessions/")}

    def parts(self) -> list[str]:
        prefix = session_prefix(HARNESS, SESSION)
        return [listed.key.removeprefix(prefix) for listed in LocalStore(self.bucket).list(prefix + "part-")]

    def meta_path(self, session_id: str = SESSION) -> Path:
        """The file of a session's `meta.json`."""
        return self.bucket / session_prefix(HARNESS, session_id) / META_NAME

    def meta(self, session_id: str = SESSION) -> dict[str, Any]:
        """What it says."""
        loaded: dict[str, Any] = json.loads(self.meta_path(session_id).read_bytes())
        return loaded
