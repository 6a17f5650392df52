"""The real Codex from npm, kept in the cache, run in a home of its own against a model on loopback."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import attrs

_AGENTS = Path(__file__).resolve().parents[2] / "agents"
_LOCK = ("package.json", "package-lock.json")
_NOWHERE = "http://127.0.0.1:9"
"""A proxy that isn't there: whatever Codex wants from elsewhere stays unasked."""


def cache_dir() -> Path:
    """Where the scripts keep downloads: see CONTRIBUTING.md."""
    chosen = os.environ.get("SESSION_MIRROR_CACHE")
    if chosen:
        return Path(chosen)
    local = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else None
    base = os.environ.get("XDG_CACHE_HOME") or local
    return (Path(base) if base else Path.home() / ".cache") / "session-mirror"


def installed_codex() -> Path:
    """Codex's start script, installed as `tests/agents` locks it, unless it is already."""
    locked = b"".join((_AGENTS / name).read_bytes() for name in _LOCK)
    place = cache_dir() / f"agents-{hashlib.sha256(locked).hexdigest()[:16]}"
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as scratch:
            draft = Path(scratch) / "agents"
            draft.mkdir()
            for name in _LOCK:
                shutil.copy(_AGENTS / name, draft)
            npm = shutil.which("npm")
            assert npm is not None, "npm is needed to install Codex"
            subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=draft, check=True)
            try:
                draft.rename(place)
            except OSError:
                assert place.is_dir()  # another run was faster
    return place / "node_modules" / "@openai" / "codex" / "bin" / "codex.js"


@attrs.frozen
class RealCodex:
    """Codex with everything of its own below one scratch directory."""

    script: Path
    root: Path
    model_url: str

    @property
    def home(self) -> Path:
        """What CODEX_HOME is."""
        return self.root / "codex"

    @property
    def workspace(self) -> Path:
        """Where it works."""
        return self.root / "my work.space"

    def prepare(self) -> None:
        """Writes its configuration."""
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
base_url = "{self.model_url}"
wire_api = "responses"
env_key = "SCRIPTED_KEY"
"""
        )

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A process group of its own, so that all of it can be killed."""
        node = shutil.which("node")
        assert node is not None, "node is needed to run Codex"
        environment = {
            "HOME": str(self.root),
            "CODEX_HOME": str(self.home),
            "PATH": os.pathsep.join((str(Path(node).parent), os.defpath)),
            "SCRIPTED_KEY": "none",
            "HTTPS_PROXY": _NOWHERE,
            "HTTP_PROXY": _NOWHERE,
            "NO_PROXY": "127.0.0.1",
        }
        return subprocess.Popen(
            [node, str(self.script), *arguments],
            cwd=self.workspace,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> None:
        """Until it ends well."""
        assert self.start(*arguments).wait(60) == 0, arguments

    def ask(self, prompt: str, *, thread_id: str | None = None) -> list[str]:
        """The arguments of a run that isn't interactive; `thread_id` goes on with a thread."""
        resume = ["resume", thread_id] if thread_id else []
        return ["exec", "--skip-git-repo-check", *resume, prompt]

    def rollouts(self) -> list[Path]:
        """All there are, the oldest first."""
        return sorted(self.home.glob("*sessions/**/rollout-*"), key=lambda path: path.name)
