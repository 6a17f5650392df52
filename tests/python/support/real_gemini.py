"""The real Gemini CLI."""

from __future__ import annotations

import json
from pathlib import Path

from session_mirror.harness.base import Harness
from session_mirror.harness.gemini_cli import GeminiCli
from support.installing import installed
from support.real_agent import RealAgent, node
from support.scripted_model import Script

COMPACTING_FROM = 20_000
"""Tokens: two hundredths of what the model is thought to take."""


class RealGemini(RealAgent):
    """See `support.real_agent.RealAgent`."""

    def harness(self) -> Harness:
        return GeminiCli(environment=self.variables())

    def compact(self, script: Script, session_id: str) -> None:
        script.fresh_tokens, script.calls = 2 * COMPACTING_FROM, 2
        self.run(*self.ask("Work on.", resume=session_id))

    def prepare(self) -> None:
        self.workspace.mkdir(parents=True)
        folder = self.root / ".gemini"
        folder.mkdir()
        settings = {
            "security": {"auth": {"selectedType": "gemini-api-key"}},
            # Without this, the next start deletes a session that was resumed, for the empty file beside it.
            "general": {"enableAutoUpdate": False, "sessionRetention": {"enabled": False}},
            "privacy": {"usageStatisticsEnabled": False},
            "model": {"compressionThreshold": COMPACTING_FROM / 1_048_576},
        }
        (folder / "settings.json").write_text(json.dumps(settings))

    def program(self) -> list[str]:
        return [node(), str(installed("gemini-cli") / "@google" / "gemini-cli" / "bundle" / "gemini.js")]

    def variables(self) -> dict[str, str]:
        return {
            "GEMINI_CLI_HOME": str(self.root),
            "GEMINI_API_KEY": "none",
            "GOOGLE_GEMINI_BASE_URL": self.model_url,
            "GEMINI_CLI_NO_RELAUNCH": "true",
        }

    def ask(self, prompt: str, *, resume: str | None = None) -> list[str]:
        resumed = ["--resume", resume] if resume else []
        return ["--approval-mode", "yolo", "--skip-trust", "-m", "gemini-2.5-pro", *resumed, "-p", prompt]

    def transcripts(self) -> dict[str, Path]:
        """The largest of each session: resuming one leaves an almost empty file beside it."""
        found = self.root.glob(".gemini/tmp/*/chats/**/*.jsonl")
        return {_session_of(path): path for path in sorted(found, key=lambda path: path.stat().st_size)}


def _session_of(path: Path) -> str:
    session_id: str = json.loads(path.read_bytes().partition(b"\n")[0])["sessionId"]
    return session_id
