"""A scratch home of OpenClaw, and the harness that looks into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from session_mirror.harness.base import FoundSession
from session_mirror.harness.openclaw_agent import OpenClaw
from support.openclaw_sessions import Session


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.fixture
def state(home: Path) -> Path:
    return home / ".openclaw"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "work" / "a-b"
    path.mkdir(parents=True)
    return path


def openclaw(home: Path, **environment: str) -> OpenClaw:
    return OpenClaw(environment=environment, home=home, state=home.parent / "ours")


def session_in(cwd: object, session_id: str) -> Session:
    made = Session(str(cwd) if isinstance(cwd, Path) else cwd, session_id)
    made.begin()
    made.turn()
    return made


def ids(found: list[FoundSession]) -> list[str]:
    return sorted(session.session_id for session in found)
