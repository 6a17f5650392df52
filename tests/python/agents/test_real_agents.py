"""Real agents, mirrored by the real command line while they work, are killed, resumed, and compact what they know."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from session_mirror.harness.base import Account, FoundSession, Harness
from session_mirror.protocol.statistics import Tokens
from support.agent_lab import Lab, agent_lab, redacted
from support.following import until
from support.real_claude import RealClaude
from support.real_gemini import RealGemini
from support.scripted_model import DELEGATE

SECRET = "ghp_" + "q7RkT2vN9xLm4WcZ8bYs1HdF6jPa3GeU5oVi"

pytestmark = [
    pytest.mark.timeout(600),  # the first run downloads some 150 MB
    pytest.mark.skipif(sys.platform == "win32", reason="kills by POSIX signals"),
]


@pytest.fixture(params=[RealClaude, RealGemini], ids=["claude-code", "gemini-cli"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab[RealClaude | RealGemini]]:
    with agent_lab(request.param, tmp_path) as made:
        yield made


def test_a_session_is_mirrored_exactly_through_all_that_the_agent_does(lab: Lab[RealClaude | RealGemini]) -> None:
    agent, script = lab.agent, lab.script
    lab.mirror()
    agent.run(*agent.ask(f"{DELEGATE} what you can, and mind {SECRET}."))
    until(lab.is_exact, "a new session")
    main, sub_agent = sessions(agent.harness(), agent.workspace)
    assert sub_agent.parent_id == main.session_id
    assert told(agent.harness(), main, sub_agent) == bare(script.spent)

    script.calls, script.pause_s = 40, 0.05
    size = main.path.stat().st_size
    victim = agent.start(*agent.ask("Go on.", resume=main.session_id))
    until(lambda: main.path.stat().st_size > size + 20_000, "the agent at work")
    os.killpg(victim.pid, signal.SIGKILL)
    victim.wait()
    until(lab.is_exact, "a killed agent")

    script.calls, script.pause_s = 5, 0.0
    lab.end_mirror(signal.SIGKILL)
    agent.run(*agent.ask("Once more.", resume=main.session_id))
    assert not lab.is_exact()
    lab.mirror()
    until(lab.is_exact, "a killed mirror")

    agent.compact(script, main.session_id)
    until(lab.is_exact, "a compacted session")
    lab.end_mirror(signal.SIGTERM)

    harness = agent.harness()
    found = sessions(harness, agent.workspace)
    assert [each.session_id for each in found] == [main.session_id, sub_agent.session_id]
    assert harness.problems() == []
    for session in found:
        assert lab.shown(session.session_id) == redacted(session.path)
        assert unknown_lines(harness, session) == []
    assert SECRET.encode() in main.path.read_bytes()
    assert SECRET.encode() not in lab.shown(main.session_id)
    assert count(account_of(harness, main), "compaction")
    lost = bare(script.spent) - told(harness, *found)
    assert told(harness, *found) <= bare(script.spent)
    assert lost.total() <= 1, "of the killed run, only the answer under way"


def sessions(harness: Harness, workspace: Path) -> list[FoundSession]:
    """All there are, sub-agents last."""
    return sorted(harness.discover([workspace]), key=lambda found: found.parent_id is not None)


def account_of(harness: Harness, session: FoundSession) -> Account:
    account = harness.account()
    for line in session.path.read_bytes().split(b"\n")[:-1]:
        account.feed(line)
    return account


def told(harness: Harness, *found: FoundSession) -> Counter[Tokens]:
    """What the transcripts say that the model's answers cost."""
    accounts = [account_of(harness, session) for session in found]
    for account in accounts:
        spent = account.responses().values()
        assert account.statistics().tokens.total == sum(each.tokens.total for each in spent)
    return bare(spent.tokens for account in accounts for spent in account.responses().values())


def bare(costs: Iterator[Tokens] | list[Tokens]) -> Counter[Tokens]:
    """Not every agent writes down how much of an answer was reasoning."""
    return Counter(attrs.evolve(tokens, reasoning=0) for tokens in costs)


def count(account: Account, kind: str) -> int:
    return sum(each.count for each in account.statistics().events if each.name == kind)


def unknown_lines(harness: Harness, session: FoundSession) -> list[str]:
    """The kinds of lines that are shown only as they stand."""
    lines = session.path.read_bytes().split(b"\n")[:-1]
    return [event.label for line in lines for event in harness.read_record(line).events if event.kind == "opaque"]
