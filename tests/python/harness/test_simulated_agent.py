"""The simulated agent: what it writes is a session like any other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args

from session_mirror.harness.claude_code import ClaudeCode
from session_mirror.protocol.replay import EventKind
from session_mirror.redaction.rules import TOKEN_SHAPES

SCRIPT = Path(__file__).parents[3] / "scripts" / "simulated_agent.py"


def run(config: Path, cwd: Path, *options: str) -> Path:
    command = [sys.executable, "-I", "-S", str(SCRIPT), "--config-dir", str(config), "--cwd", str(cwd), "--delay", "0"]
    return Path(subprocess.run([*command, *options], check=True, capture_output=True, text=True).stdout.strip())


def test_the_story_is_found_titled_and_shows_every_kind_of_event(tmp_path: Path) -> None:
    path = run(tmp_path / "config", tmp_path, "--session-id", "played")
    claude = ClaudeCode([tmp_path / "config"], environment={}, home=tmp_path)
    (found,) = claude.discover([tmp_path])
    assert (found.session_id, found.path) == ("played", path)
    assert claude.title(path)
    lines = path.read_bytes().splitlines(keepends=True)
    kinds = {event.kind for line in lines for event in claude.read_record(line).events}
    assert kinds == set(get_args(EventKind)) - {"opaque"}
    assert len(lines) >= 50
    assert TOKEN_SHAPES.redact(path.read_bytes()).counts == {"aws_access_key": 1}


def test_more_turns_than_the_story_has_go_on_with_it(tmp_path: Path) -> None:
    short, long = (run(tmp_path / "config", tmp_path, "--turns", turns) for turns in ("1", "20"))
    assert 0 < short.read_bytes().count(b"\n") < 15
    assert long.read_bytes().count(b"\n") > 100
