"""A scratch home of Codex, and the harness that looks into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from session_mirror.harness.base import FoundSession
from session_mirror.harness.codex_cli import Codex
from support.rollouts import Era, Rollout


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "codex"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "work" / "a-b"
    path.mkdir(parents=True)
    return path


@pytest.fixture
def codex(home: Path, tmp_path: Path) -> Codex:
    return Codex(environment={"CODEX_HOME": str(home)}, home=tmp_path / "home")


def thread_in(cwd: object, thread_id: str, era: Era = "paginated") -> Rollout:
    made = Rollout(str(cwd) if isinstance(cwd, Path) else cwd, thread_id, era=era)
    made.begin()
    made.turn()
    return made


def ids(found: list[FoundSession]) -> list[str]:
    return sorted(session.session_id for session in found)
