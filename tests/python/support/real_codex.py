"""The real Codex."""

from __future__ import annotations

from pathlib import Path

from session_mirror.harness.base import Harness
from session_mirror.harness.codex_cli import Codex
from support.installing import installed
from support.real_agent import RealAgent, node


class RealCodex(RealAgent):
    """See `support.real_agent.RealAgent`."""

    @property
    def home(self) -> Path:
        """What CODEX_HOME is."""
        return self.root / "codex"

    def harness(self) -> Harness:
        return Codex(environment=self.variables(), home=self.root)

    def prepare(self) -> None:
        self.workspace.mkdir(parents=True)
        self.home.mkdir()
        (self.home / "config.toml").write_text(
            f"""model = "scripted"
model_provider = "loopback"
approval_policy = "never"
sandbox_mode = "danger-full-access"
check_for_update_on_startup = false
model_context_window = 200000
[analytics]
enabled = false
[model_providers.loopback]
name = "loopback"
base_url = "{self.model_url}/v1"
wire_api = "responses"
env_key = "SCRIPTED_KEY"
"""
        )

    def program(self) -> list[str]:
        return [node(), str(installed("codex") / "@openai" / "codex" / "bin" / "codex.js")]

    def variables(self) -> dict[str, str]:
        return {"CODEX_HOME": str(self.home), "SCRIPTED_KEY": "none"}

    def ask(self, prompt: str, *, resume: str | None = None) -> list[str]:
        resumed = ["resume", resume] if resume else []
        return ["exec", "--skip-git-repo-check", *resumed, prompt]

    def transcripts(self) -> dict[str, Path]:
        return {path.name.removesuffix(".zst").removesuffix(".jsonl")[28:]: path for path in self.rollouts()}

    def rollouts(self) -> list[Path]:
        """All there are, the oldest first."""
        return sorted(self.home.glob("*sessions/**/rollout-*"), key=lambda path: path.name)
