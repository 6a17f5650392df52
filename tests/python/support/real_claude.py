"""The real Claude Code."""

from __future__ import annotations

import sys
from pathlib import Path

from session_mirror.harness.base import Harness
from session_mirror.harness.claude_code import ClaudeCode
from support.installing import installed
from support.real_agent import RealAgent
from support.scripted_model import Script

_SYSTEMS = {"linux": "linux", "darwin": "darwin"}


class RealClaude(RealAgent):
    """See `support.real_agent.RealAgent`."""

    @property
    def home(self) -> Path:
        """What CLAUDE_CONFIG_DIR is."""
        return self.root / "claude"

    def harness(self) -> Harness:
        return ClaudeCode(environment=self.variables(), home=self.root)

    def compact(self, script: Script, session_id: str) -> None:
        self.run(*self.ask("/compact", resume=session_id))

    def prepare(self) -> None:
        self.workspace.mkdir(parents=True)
        self.home.mkdir()

    def program(self) -> list[str]:
        (program,) = installed("claude-code").glob(f"@anthropic-ai/claude-code-{_SYSTEMS[sys.platform]}-*/claude")
        return [str(program)]

    def variables(self) -> dict[str, str]:
        return {
            "CLAUDE_CONFIG_DIR": str(self.home),
            "ANTHROPIC_BASE_URL": self.model_url,
            "ANTHROPIC_API_KEY": "none",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_AUTOUPDATER": "1",
            "IS_SANDBOX": "1",
        }

    def ask(self, prompt: str, *, resume: str | None = None) -> list[str]:
        resumed = ["--resume", resume] if resume else []
        return ["-p", prompt, "--permission-mode", "bypassPermissions", "--model", "claude-sonnet-4-5", *resumed]

    def transcripts(self) -> dict[str, Path]:
        projects = self.home / "projects"
        sub_agents = {f"{path.parents[1].name}~{path.stem}": path for path in projects.glob("*/*/subagents/*.jsonl")}
        return {path.stem: path for path in projects.glob("*/*.jsonl")} | sub_agents
