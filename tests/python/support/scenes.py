"""What may be on a disk, by agent: sessions that the generators make, each below a home directory of its own.

A scene is written anew for each test and is the same each time. A harness without one fails the golden tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from session_mirror.harness.base import Harness
from session_mirror.harness.registry import get_harness
from support import claude_sessions, gemini_sessions, rollouts
from support.hermes_database import HermesDatabase
from support.hermes_database import Schema as HermesSchema
from support.openclaw_sessions import Session as OpenClawSession
from support.openclaw_sessions import agent_database
from support.rollouts import Rollout
from support.transcripts import Transcript, every_record_type

CWD: Final = "/home/ada/shop"
MOVED: Final = "/w/moved"
"""Where the session of Claude Code with everything says that it was moved to."""
ID: Final = "5b1c7a60-0000-4000-8000-00000000000a"
Scene = Callable[[Path], None]


def at_home(name: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Harness:
    """A harness as a user with that home directory has it, and nothing else."""
    for variable in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "GEMINI_CLI_HOME", "HERMES_HOME", "OPENCLAW_STATE_DIR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("SESSION_MIRROR_STATE_DIR", str(home / "state"))
    return get_harness(name)


def _claude_everything(home: Path) -> None:
    made = every_record_type(CWD, ID)
    path = made.write(home / ".claude")
    below = claude_sessions.sub_agent(made, "a1b2c3")
    told: dict[str, object] = {"agentType": "Explore", "description": "Find uses", "toolUseId": "toolu_1"}
    claude_sessions.write_sub_agent(path.with_suffix("") / "subagents", below, "a1b2c3", told)


def _claude_era(era: str) -> Scene:
    def write(home: Path) -> None:
        made = Transcript(CWD, ID)
        claude_sessions.ERAS[era](made)
        made.write(home / ".claude")

    return write


def _claude_rewritten(home: Path) -> None:
    made = Transcript(CWD, ID)
    claude_sessions.modern(made)
    made.lines = claude_sessions.rewritten(made, lambda record: record)
    made.write(home / ".claude")


def _codex(era: rollouts.Era) -> Scene:
    def write(home: Path) -> None:
        parent = Rollout(CWD, ID, era=era)
        parent.begin()
        parent.turn(1)
        parent.turn(2)
        parent.write(home / ".codex")
        below = rollouts.sub_agent(parent, copies=len(parent.lines), cwd=CWD)
        below.turn(3)
        below.write(home / ".codex")

    return write


def _codex_reverted(home: Path) -> None:
    thread = Rollout(CWD, ID)
    thread.begin()
    thread.turn(1)
    kept = len(thread.lines)
    thread.turn(2)
    thread.write(home / ".codex")
    again = rollouts.going_on(thread, kept, revert_id="r1", cwd=CWD)
    again.turn(3)
    again.write(home / ".codex")


def _gemini_everything(home: Path) -> None:
    gemini_sessions.everything(ID).write(home, CWD)
    below = gemini_sessions.GeminiSession(kind="subagent", seed=3)
    below.prompt("Find all uses.")
    below.answer("Two.", calls=[below.call("complete_task", "Two.")])
    below.write(home, CWD, parent=ID)


def _hermes(schema: HermesSchema) -> Scene:
    def write(home: Path) -> None:
        hermes = HermesDatabase(home / ".hermes" / "state.db", schema)
        session = hermes.session(cwd=CWD, title="Repair the parser", system_prompt="Be brief.")
        session.prompt("Why does the parser fail?")
        session.call("terminal", "12 passing", command="npm test")
        session.reply("The tokens are wrong.", reasoning="It may be the lexer.")
        below = hermes.session("20260601_120000_def456", cwd=None, source="subagent", parent=session.id)
        below.prompt("Find all uses.")
        below.reply("Two.")
        if schema != "early":
            session.compact("They ran the tests.")
        session.prompt("Go on.")
        session.reply("Done.")
        hermes.close()

    return write


def _openclaw_session() -> OpenClawSession:
    session = OpenClawSession(CWD, ID)
    session.begin()
    session.turn()
    session.prompt("Go on.")
    session.result(session.call("exec", command="make"), "Exit code 2", is_error=True)
    session.say("It is broken.")
    return session


def _openclaw_files(home: Path) -> None:
    _openclaw_session().write(home / ".openclaw")


def _openclaw_database(home: Path) -> None:
    agent_database(home / ".openclaw").store(_openclaw_session())


SCENES: Final[Mapping[str, Mapping[str, Scene]]] = {
    "claude-code": {
        "everything": _claude_everything,
        "rewritten": _claude_rewritten,
        **{era: _claude_era(era) for era in claude_sessions.ERAS},
    },
    "codex": {"legacy": _codex("legacy"), "paginated": _codex("paginated"), "reverted": _codex_reverted},
    "gemini-cli": {"everything": _gemini_everything},
    "hermes": {"early": _hermes("early"), "flagged": _hermes("flagged"), "hashed": _hermes("hashed")},
    "openclaw": {"files": _openclaw_files, "database": _openclaw_database},
}
ALL_SCENES: Final = [(harness, name) for harness, scenes in SCENES.items() for name in scenes]


def stream_lines(path: Path) -> list[bytes]:
    """A stream's lines, without their line feeds."""
    return path.read_bytes().split(b"\n")[:-1]
