"""The agents that have hooks: where they keep them, which ones we need, and what may keep them from running."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import attrs

from session_mirror.hooks.entries import positions

START: Final = "SessionStart"
END: Final = "SessionEnd"
EVENTS: Final = (START, END)
"""Both agents have both; a Codex that is too old for the second takes no notice of it."""


@attrs.frozen
class Agent:
    """One agent's side of it. `harness` is its name everywhere else."""

    harness: str
    label: str
    variable: str
    """Names its home, if not the usual one."""
    usual_home: str
    file: str
    obstacle: Callable[[Path, str], str]
    """Of a home, and of the hooks file's text: why the hooks do not run, in words; empty when they do."""

    def home(self, environment: Mapping[str, str], user_home: Path) -> Path:
        """Where this agent keeps its settings."""
        chosen = environment.get(self.variable)
        return Path(chosen).expanduser().absolute() if chosen else user_home / self.usual_home


def _claude_obstacle(_home: Path, text: str) -> str:
    if _value(text, "disableAllHooks") is True:
        return "switched off by “disableAllHooks” in the same file"
    for key in ("disableAllHooks", "allowManagedHooksOnly"):
        if _value(_text_of(_managed_settings()), key) is True:
            return f"switched off by “{key}” in your organisation's settings"
    return ""


def _codex_obstacle(home: Path, text: str) -> str:
    config = _toml(home / "config.toml")
    features = _table(config, "features")
    if any(features.get(name) is False for name in ("hooks", "codex_hooks")):
        return "switched off by “hooks = false” in config.toml"
    reviewed = _table(_table(config, "hooks"), "state")
    for event, group, index in positions(text):
        name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in event).lstrip("_")
        ending = f"hooks.json:{name}:{group}:{index}"
        verdict = next((_table(reviewed, key) for key in reviewed if key.endswith(ending)), {})
        if verdict.get("enabled") is False:
            return "switched off in Codex (/hooks)"
        if sys.version_info >= (3, 11) and "trusted_hash" not in verdict:
            return "waiting for your review: type /hooks in Codex"
    return ""


CLAUDE_CODE: Final = Agent(
    "claude-code", "Claude Code", "CLAUDE_CONFIG_DIR", ".claude", "settings.json", _claude_obstacle
)
CODEX: Final = Agent("codex", "Codex", "CODEX_HOME", ".codex", "hooks.json", _codex_obstacle)
AGENTS: Final[Mapping[str, Agent]] = {agent.harness: agent for agent in (CLAUDE_CODE, CODEX)}


def wanted_hooks(agent: Agent, command: str, *, windows: bool) -> dict[str, dict[str, object]]:
    """By event, the hook that stands in the agent's settings. Its time is in seconds; it needs milliseconds."""
    hook: dict[str, object] = {"type": "command", "command": command, "timeout": 3}
    if windows and agent is CLAUDE_CODE:
        hook["shell"] = "powershell"
    elif windows:
        hook["commandWindows"] = f'powershell -NoProfile -NonInteractive -Command "{command}"'
    return {event: dict(hook) for event in EVENTS}


def _managed_settings() -> Path:
    if sys.platform == "darwin":
        return Path("/Library/Application Support/ClaudeCode/managed-settings.json")
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMFILES", "C:\\Program Files")) / "ClaudeCode" / "managed-settings.json"
    return Path("/etc/claude-code/managed-settings.json")


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def _value(text: str, key: str) -> object:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value.get(key) if isinstance(value, dict) else None


def _toml(path: Path) -> Mapping[str, object]:
    """Empty where the file, or a reader for it (before Python 3.11), is missing."""
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415  not before 3.11

        with suppress(tomllib.TOMLDecodeError):
            return tomllib.loads(_text_of(path))
    return {}


def _table(table: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = table.get(key)
    return found if isinstance(found, dict) else {}
