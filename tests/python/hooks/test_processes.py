"""The agent behind a hook: not the shell in between, and never a later process of the same number."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from session_mirror.hooks.processes import Process, agent_behind

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="not known there")


@pytest.fixture
def shell() -> Iterator[subprocess.Popen[bytes]]:
    """A shell that waits until its input ends."""
    process = subprocess.Popen(["sh", "-c", "read line; true"], stdin=subprocess.PIPE)
    yield process
    process.communicate()


def test_the_agent_is_what_started_the_shell(shell: subprocess.Popen[bytes]) -> None:
    agent = agent_behind(shell.pid)
    assert agent is not None
    assert agent.pid == os.getpid()
    assert agent.is_running


def test_what_ended_does_not_run_even_under_a_number_that_is_used_again() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    agent = agent_behind(process.pid)
    assert agent is not None
    assert agent.pid == process.pid
    assert agent.is_running
    process.communicate(b"\n")
    assert not agent.is_running
    assert not Process(os.getpid(), agent.started + "0").is_running


@pytest.mark.parametrize("pid", [None, 0, 1, 2**31 - 1])
def test_no_agent_is_made_up(pid: int | None) -> None:
    assert agent_behind(pid) is None
