"""A real agent, its model, and a mirror by the real command line that can be killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

import attrs

from session_mirror.bucket.local import LocalStore
from session_mirror.bucket.names import session_prefix
from session_mirror.bucket.reader import StreamReader
from session_mirror.redaction.rules import TOKEN_SHAPES
from session_mirror.source.opening import open_source
from support.real_agent import RealAgent
from support.scripted_model import Script, scripted_model

_Agent = TypeVar("_Agent", bound=RealAgent)


@attrs.define
class Lab(Generic[_Agent]):
    """Everything lies below one scratch directory."""

    agent: _Agent
    script: Script
    root: Path
    _mirror: subprocess.Popen[bytes] | None = None

    @property
    def bucket(self) -> Path:
        """The destination."""
        return self.root / "bucket"

    def mirror(self) -> None:
        """Starts mirroring the agent's workspace."""
        command = ["mirror", "--follow", "--all", "--interval", "0.3", "--harness", self.agent.harness().name]
        command += ["--cwd", str(self.agent.workspace)]
        quiet = subprocess.DEVNULL
        self._mirror = subprocess.Popen(
            self._command(*command), env=self._environment(), stdin=quiet, stdout=quiet, stderr=quiet
        )

    def end_mirror(self, number: signal.Signals) -> None:
        """Ends it by a signal, and waits."""
        if self._mirror is not None:
            self._mirror.send_signal(number)
            self._mirror.wait(20)
            self._mirror = None

    def is_exact(self) -> bool:
        """Whether every transcript is in the bucket, redacted, byte for byte, and no session more."""
        transcripts = self.agent.transcripts()
        if not self.bucket.is_dir() or not transcripts:
            return False
        store = LocalStore(self.bucket)
        harness = self.agent.harness().name
        expected = {session_prefix(harness, name): redacted(path) for name, path in transcripts.items()}
        prefixes = {key.key.rpartition("/")[0] + "/" for key in store.list("sessions/") if "/part-" in key.key}
        return {prefix: b"".join(StreamReader(store, prefix).read(0)) for prefix in prefixes} == expected

    def shown(self, session_id: str) -> bytes:
        """What `show --raw` prints."""
        command = self._command("show", "--raw", session_id)
        return subprocess.run(command, env=self._environment(), check=True, capture_output=True, timeout=60).stdout

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "session_mirror", *arguments, "--destination", self.bucket.as_uri()]

    def _environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.root),
            "PATH": os.defpath,
            "SESSION_MIRROR_STATE_DIR": str(self.root / "state"),
            **self.agent.variables(),
        }


@contextmanager
def agent_lab(make: Callable[[Path, str], _Agent], root: Path) -> Iterator[Lab[_Agent]]:
    """Nothing is mirrored yet; the mirror is killed in the end."""
    with scripted_model() as (url, script):
        lab = Lab(make(root, url), script, root)
        lab.agent.prepare()
        try:
            yield lab
        finally:
            lab.end_mirror(signal.SIGKILL)


def redacted(path: Path) -> bytes:
    """What a transcript is in the bucket; of one that was moved just now, nothing."""
    try:
        with open_source(path) as file:
            return TOKEN_SHAPES.redact(file.read()).data
    except FileNotFoundError:
        return b""
