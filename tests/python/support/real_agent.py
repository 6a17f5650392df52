"""A real agent, run in a home of its own against a model on loopback."""

from __future__ import annotations

import os
import shutil
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path

import attrs

from session_mirror.harness.base import Harness

_NOWHERE = "http://127.0.0.1:9"
"""A proxy that isn't there: whatever an agent wants from elsewhere stays unasked."""


@attrs.frozen
class RealAgent(ABC):
    """Everything of its own is below one scratch directory."""

    root: Path
    model_url: str

    @property
    def workspace(self) -> Path:
        """Where it works."""
        return self.root / "my work.space"

    @abstractmethod
    def harness(self) -> Harness:
        """What reads it, and looks for sessions nowhere else."""

    @abstractmethod
    def prepare(self) -> None:
        """Writes its configuration, and makes the workspace."""

    @abstractmethod
    def program(self) -> list[str]:
        """What starts it, installed on first use."""

    @abstractmethod
    def variables(self) -> dict[str, str]:
        """Its own, of the environment."""

    @abstractmethod
    def ask(self, prompt: str, *, resume: str | None = None) -> list[str]:
        """The arguments of a run that isn't interactive; `resume` goes on with a session."""

    @abstractmethod
    def transcripts(self) -> dict[str, Path]:
        """All there are, by session."""

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A process group of its own, so that all of it can be killed."""
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [*self.program(), *arguments],
                cwd=self.workspace,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def talk(self, *arguments: str) -> subprocess.Popen[str]:
        """The same, with its standard input and output at hand."""
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [*self.program(), *arguments],
                cwd=self.workspace,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )

    def run(self, *arguments: str) -> None:
        """Until it ends well."""
        code = self.start(*arguments).wait(60)
        assert code == 0, f"{arguments} ended with {code}:\n{self._log.read_text('utf-8', 'replace')[-2000:]}"

    def _environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.root),
            "TMPDIR": str(self.root),
            "PATH": os.pathsep.join((str(Path(node()).parent), os.defpath)),
            "HTTPS_PROXY": _NOWHERE,
            "HTTP_PROXY": _NOWHERE,
            "NO_PROXY": "127.0.0.1",
            **self.variables(),
        }

    @property
    def _log(self) -> Path:
        return self.root / "agent.log"


def node() -> str:
    """Node.js."""
    program = shutil.which("node")
    assert program is not None, "node is needed to run agents"
    return program
