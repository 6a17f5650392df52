"""Real agents from npm, as `tests/agents` locks them, kept in the cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_AGENTS = Path(__file__).resolve().parents[2] / "agents"
_LOCK = ("package.json", "package-lock.json")


def cache_dir() -> Path:
    """Where the scripts keep downloads: see CONTRIBUTING.md."""
    chosen = os.environ.get("SESSION_MIRROR_CACHE")
    if chosen:
        return Path(chosen)
    local = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else None
    base = os.environ.get("XDG_CACHE_HOME") or local
    return (Path(base) if base else Path.home() / ".cache") / "session-mirror"


def installed(agent: str) -> Path:
    """The `node_modules` of an agent, installed unless it is already; a test that needs it fails where it can't be."""
    locked = b"".join((_AGENTS / agent / name).read_bytes() for name in _LOCK)
    place = cache_dir() / f"agent-{agent}-{hashlib.sha256(locked).hexdigest()[:16]}"
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as scratch:
            draft = Path(scratch) / agent
            draft.mkdir()
            for name in _LOCK:
                shutil.copy(_AGENTS / agent / name, draft)
            _install(agent, draft)
            try:
                draft.rename(place)
            except OSError:
                assert place.is_dir()  # another run was faster
    return place / "node_modules"


def _install(agent: str, folder: Path) -> None:
    npm = shutil.which("npm")
    assert npm is not None, f"npm is needed to install {agent}"
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (
        f"{agent} can't be installed, so nothing is known of how it is mirrored:\n{done.stderr}"
    )
