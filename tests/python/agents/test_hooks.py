"""Real agents outside any editor, mirrored because their own hooks tell of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from session_mirror.bucket.names import META_NAME, session_prefix
from session_mirror.hooks.background import is_running
from session_mirror.hooks.told import read_attendance
from support.agent_lab import Lab, agent_lab
from support.following import until
from support.real_claude import RealClaude
from support.real_codex import RealCodex
from support.scripted_model import DELEGATE

pytestmark = [
    pytest.mark.timeout(600),  # the first run downloads some 150 MB
    pytest.mark.skipif(sys.platform == "win32", reason="kills by POSIX signals"),
]
TRUSTED = {"codex": ["--dangerously-bypass-hook-trust"], "claude-code": []}
"""A person reviews Codex's hooks once; here nobody is asked."""
SESSIONS = {"codex": 1, "claude-code": 2}
"""The scripted model lets Claude Code begin a sub-agent."""
FILES = {"codex": "hooks.json", "claude-code": "settings.json"}


@pytest.fixture(params=[RealClaude, RealCodex], ids=["claude-code", "codex"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab[RealClaude | RealCodex]]:
    with agent_lab(request.param, tmp_path) as made:
        yield made
        settings_of(made).unlink(missing_ok=True)
        (made.root / "state/hooks/configuration.json").unlink(missing_ok=True)
        until(lambda: not is_running(made.root / "state"), "the end of the background process")


def settings_of(lab: Lab[RealClaude | RealCodex]) -> Path:
    return lab.agent.home / FILES[lab.agent.harness().name]


def hooks(lab: Lab[RealClaude | RealCodex], verb: str, *options: str) -> None:
    command = [sys.executable, "-m", "session_mirror", "hooks", verb, "--agent", lab.agent.harness().name, *options]
    environment = {
        "HOME": str(lab.root),
        "PATH": os.defpath,
        "SESSION_MIRROR_STATE_DIR": str(lab.root / "state"),
        **lab.agent.variables(),
    }
    subprocess.run(command, env=environment, check=True, capture_output=True)


def test_sessions_are_mirrored_exactly_and_the_agent_hears_nothing_of_it(lab: Lab[RealClaude | RealCodex]) -> None:
    agent, state = lab.agent, lab.root / "state"
    trusted = TRUSTED[agent.harness().name]
    settings_of(lab).write_bytes(b'{"hooks": { }}')
    hooks(lab, "install", "--destination", lab.bucket.as_uri())

    agent.run(*trusted, *agent.ask(f"{DELEGATE} what you can."))
    assert lab.script.asked > 0
    until(lab.is_exact, "a session from its start to its end")
    session_id, path = min(agent.transcripts().items(), key=lambda item: len(item[0]))
    assert len(agent.transcripts()) == SESSIONS[agent.harness().name]
    assert b"session-mirror" not in path.read_bytes(), "nothing of the hooks is in the model's context"
    assert lab.shown(session_id) == path.read_bytes()

    lab.script.calls, lab.script.pause_s = 40, 0.05
    size = path.stat().st_size
    victim = agent.start(*trusted, *agent.ask("go on", resume=session_id))
    until(lambda: path.stat().st_size > size + 20_000, "the agent at work")
    until(lambda: any(told.ended_at_ms is None for told, _ in read_attendance(state).sessions), "the hook at work")
    os.killpg(victim.pid, signal.SIGKILL)
    victim.wait()
    until(lambda: not is_running(state), "the end of the background process")
    assert read_attendance(state).sessions == ()
    assert lab.is_exact()
    meta = lab.bucket / session_prefix(agent.harness().name, session_id) / META_NAME
    assert json.loads(meta.read_bytes())["ended_at"] is not None

    hooks(lab, "remove")
    assert settings_of(lab).read_bytes() == b'{"hooks": { }}'
