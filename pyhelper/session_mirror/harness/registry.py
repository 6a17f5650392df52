"""Every agent we can read. A further one is one file, and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from .base import Harness
from .claude_code import ClaudeCode
from .codex_cli import Codex
from .gemini_cli import GeminiCli
from .hermes_agent import Hermes
from .openclaw_agent import OpenClaw

REGISTRY: Final[Mapping[str, Callable[[Sequence[Path]], Harness]]] = {
    "claude-code": ClaudeCode,
    "codex": Codex,
    "gemini-cli": GeminiCli,
    "openclaw": OpenClaw,
    "hermes": Hermes,
}
"""By name; each takes extra configuration directories of its own agent."""


def get_harness(name: str, extra_roots: Sequence[Path] = ()) -> Harness:
    """A new instance.

    Raises:
        KeyError: there is no such harness.
    """
    return REGISTRY[name](extra_roots)
