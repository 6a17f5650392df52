"""The real Codex, mirrored by the real command line while it is killed, resumed, archived and compressed."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.agent_lab import Lab, agent_lab
from support.following import until
from support.real_codex import RealCodex

pytestmark = [
    pytest.mark.timeout(600),  # the first run downloads some 150 MB
    pytest.mark.skipif(sys.platform == "win32", reason="kills by POSIX signals"),
]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab[RealCodex]]:
    with agent_lab(RealCodex, tmp_path) as made:
        yield made


def test_a_thread_is_mirrored_exactly_through_all_that_codex_does(lab: Lab[RealCodex]) -> None:
    codex, script = lab.agent, lab.script
    lab.mirror()
    codex.run(*codex.ask("begin"))
    until(lab.is_exact, "a new thread")
    (rollout,) = codex.rollouts()
    (thread_id,) = codex.transcripts()

    script.calls, script.pause_s = 40, 0.05
    size = rollout.stat().st_size
    victim = codex.start(*codex.ask("go on", resume=thread_id))
    until(lambda: rollout.stat().st_size > size + 20_000, "Codex at work")
    os.killpg(victim.pid, signal.SIGKILL)
    victim.wait()
    until(lab.is_exact, "a killed Codex")

    survivor = codex.start(*codex.ask("once more", resume=thread_id))
    until(lambda: rollout.stat().st_size > size + 40_000, "Codex at work again")
    lab.end_mirror(signal.SIGKILL)
    assert survivor.wait(60) == 0
    assert not lab.is_exact()
    lab.mirror()
    until(lab.is_exact, "a killed mirror")

    script.calls, script.pause_s = 1, 0.0
    codex.run("archive", thread_id)
    assert [path.parent.name for path in codex.rollouts()] == ["archived_sessions"]
    codex.run("unarchive", thread_id)
    month_ago = time.time() - 40 * 86_400
    os.utime(rollout, (month_ago, month_ago))
    codex.run(*codex.ask("another thread"), "--enable", "local_thread_store_compression")
    until(lambda: any(path.suffix == ".zst" for path in codex.rollouts()), "a compressed rollout")
    until(lab.is_exact, "a compressed thread")
    codex.run(*codex.ask("and go on", resume=thread_id))
    assert rollout.exists()
    until(lab.is_exact, "a resumed thread")
    lab.end_mirror(signal.SIGTERM)
    assert lab.is_exact()


def test_every_line_that_codex_writes_is_understood(lab: Lab[RealCodex]) -> None:
    lab.agent.run(*lab.agent.ask("say something"))
    harness = lab.agent.harness()
    (found,) = harness.discover([lab.agent.workspace])
    assert harness.problems() == []
    assert harness.title(found.path) == "say something"
    account = harness.account()
    lines = found.path.read_bytes().split(b"\n")[:-1]
    for line in lines:
        account.feed(line)
    arranged = account.arrangement()
    shown = [lines[number] for number in arranged.order or range(len(lines)) if number not in arranged.folded]
    events = [event for line in shown for event in harness.read_record(line).events]
    kinds = [event.kind for event in events if event.kind != "system"]
    assert kinds == ["prompt", *["thinking", "toolCall", "toolResult"] * 3, "thinking", "reply"]
