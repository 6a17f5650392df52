"""Threads of the real Codex that were forked, reverted and compacted: found whole, and paid for once."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from session_mirror.harness.base import Account, Base, FoundSession
from session_mirror.harness.codex_cli import Codex
from session_mirror.source.opening import open_source, read_at
from support.agent_lab import Lab, agent_lab
from support.codex_server import codex_server
from support.real_codex import RealCodex

pytestmark = [
    pytest.mark.timeout(600),  # the first run downloads some 150 MB
    pytest.mark.skipif(sys.platform == "win32", reason="its program is started by another name there"),
]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab[RealCodex]]:
    with agent_lab(RealCodex, tmp_path) as made:
        made.script.calls = 1
        yield made


def found_in(lab: Lab[RealCodex]) -> dict[str, FoundSession]:
    return {found.session_id: found for found in lab.agent.harness().discover([lab.agent.workspace])}


def lines_of(found: FoundSession) -> list[bytes]:
    """Of the whole conversation, its beginning in other files too."""
    pieces = [found.path.read_bytes()]
    base: Base | None = found.base
    while base is not None:
        assert base.path is not None
        with open_source(base.path) as file:
            pieces.insert(0, read_at(file, 0, base.end))
        base = base.base
    return b"".join(pieces).split(b"\n")[:-1]


def account_of(lines: list[bytes]) -> Account:
    account = Codex().account()
    for line in lines:
        account.feed(line)
    return account


def codexs_own_total(lines: list[bytes]) -> int:
    """The last that Codex itself noted."""
    counts = [json.loads(line)["payload"]["info"] for line in lines if b'"token_count"' in line]
    return int([info for info in counts if info][-1]["total_token_usage"]["total_tokens"])


def prompts_of(lines: list[bytes]) -> list[str]:
    return [turn.prompt for turn in account_of(lines).statistics().turns]


def test_a_reverted_thread_is_whole_and_its_forks_are_too(lab: Lab[RealCodex]) -> None:
    with codex_server(lab.agent) as server:
        thread = server.start("paginated")
        _, second, third = [server.turn(thread, f"turn {number}") for number in (1, 2, 3)]
        server.compact(thread)
        before = server.fork(thread)
        server.turn(before, "in the fork")
        server.revert(thread, third)
        server.turn(thread, "turn 3 again")
        server.revert(thread, second)
        server.turn(thread, "turn 2 again")
        after = server.fork(thread)
        server.turn(after, "in the second fork")
    found = found_in(lab)
    whole = {name: lines_of(each) for name, each in found.items()}
    assert prompts_of(whole[thread]) == ["turn 1", "turn 2 again"]
    assert prompts_of(whole[before]) == ["turn 1", "turn 2", "turn 3", "in the fork"]
    assert prompts_of(whole[after]) == ["turn 1", "turn 2 again", "in the second fork"]
    harness = lab.agent.harness()
    harness.discover([lab.agent.workspace])
    assert harness.title(found[thread].path) == "turn 1"
    spent = {name: account_of(lines).statistics().tokens.total for name, lines in whole.items()}
    assert spent[thread] == codexs_own_total(whole[thread])
    assert spent[after] == codexs_own_total(whole[after]) - spent[thread]
    for name, each in found.items():
        alone = account_of(each.path.read_bytes().split(b"\n")[:-1])
        assert alone.statistics().tokens.total == spent[name] or name == thread
        assert not [event for event in alone.statistics().events if event.name == "opaque"]


def test_a_copied_fork_is_paid_for_once_and_its_driver_is_told(lab: Lab[RealCodex]) -> None:
    with codex_server(lab.agent, "openclaw") as server:
        thread = server.start("legacy")
        for number in (1, 2):
            server.turn(thread, f"turn {number}")
        fork = server.fork(thread)
        server.turn(fork, "in the fork")
        grand = server.fork(fork)
        server.turn(grand, "in the fork's fork")
    found = found_in(lab)
    assert {each.driver for each in found.values()} == {"OpenClaw"}
    lines = {name: lines_of(each) for name, each in found.items()}
    spent = {name: account_of(each).statistics().tokens.total for name, each in lines.items()}
    assert spent[thread] == codexs_own_total(lines[thread])
    assert spent[fork] == codexs_own_total(lines[fork]) - spent[thread]
    assert spent[grand] == codexs_own_total(lines[grand]) - spent[fork] - spent[thread]
    assert prompts_of(lines[grand]) == ["turn 1", "turn 2", "in the fork", "in the fork's fork"]
