"""Following a conversation: its sub-agents and its tools' long output come with it, and count as a part of it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from session_mirror.mirror.deps import Deps
from session_mirror.mirror.follower import Follower
from session_mirror.mirror.roster import Scope
from support.engine import HARNESS
from support.families import Driver, FamilyHarness, begin_sub_agent, tell
from support.following import Ears, Machinery, until
from support.memory_store import denied

SUB_AGENT = "s~agent-1"


@attrs.define
class Families(Machinery):
    """A machine on which one agent begins others, and another one drives it."""

    driver: Driver = attrs.field(factory=Driver)

    def deps(self) -> Deps:
        return attrs.evolve(super().deps(), harnesses={HARNESS: FamilyHarness(self.folder), "driver": self.driver})

    def follow_all(self, *sessions: str) -> tuple[Follower, Ears, Deps]:
        ears, deps = Ears(), self.deps()
        wanted = frozenset((HARNESS, session) for session in sessions)
        scope = Scope(folders=(self.folder,), harnesses=(HARNESS, "driver"), sessions=wanted)
        follower = Follower(deps, scope, ears, interval_s=0.2)
        follower.start()
        self.running.append(follower)
        return follower, ears, deps

    def spill(self, session: str, name: str, data: bytes) -> None:
        folder = self.folder / session / "tool-results"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        before = time.time() - 60
        os.utime(folder / name, (before, before))

    def meta(self, session: str) -> dict[str, object]:
        body = self.store.objects.get(f"sessions/{HARNESS}/{session}/meta.json")
        told = json.loads(body)["session_mirror"] if body else {}
        assert isinstance(told, dict)
        return told


@pytest.fixture
def families(tmp_path: Path) -> Iterator[Families]:
    (tmp_path / "sessions").mkdir()
    made = Families(tmp_path / "sessions", tmp_path / "state")
    yield made
    for follower in made.running:
        follower.stop(timeout_s=10)


def test_a_sub_agent_appears_grows_and_ends_with_its_parent(families: Families) -> None:
    families.append("s", b"one\n")
    follower, ears, _ = families.follow_all()
    until(lambda: families.stream("s") == b"one\n", "the session")
    begin_sub_agent(families.folder, "s", "1", b"sub\n", toolUseId="t1")
    follower.look()
    until(lambda: families.stream(SUB_AGENT) == b"sub\n", "its sub-agent")
    begin_sub_agent(families.folder, "s", "1", b"more\n")
    follower.look()
    until(lambda: families.stream(SUB_AGENT) == b"sub\nmore\n", "what it does next")
    until(lambda: SUB_AGENT in ears.rows and ears.rows[SUB_AGENT].state == "live", "its row")
    row = ears.rows[SUB_AGENT]
    assert (row.parent_id, row.agent, row.title) == ("s", "Explore: agent-1", "Explore: agent-1")
    assert follower.stop(timeout_s=10, ended=True)
    assert families.meta(SUB_AGENT)["sidecar"] == {"toolUseId": "t1"}
    body = families.store.objects[f"sessions/{HARNESS}/{SUB_AGENT}/meta.json"]
    assert json.loads(body)["ended_at"] is not None


def test_a_conversation_counts_once_however_many_agents_are_at_it(families: Families) -> None:
    for session in ("s", "t"):
        families.append(session, b"one\n")
    for agent in ("1", "2", "3"):
        begin_sub_agent(families.folder, "s", agent, b"sub\n")
    follower, _, _ = families.follow_all()
    until(lambda: families.stream("s~agent-3") == b"sub\n" and families.stream("t") == b"one\n", "all of it")
    until(lambda: follower.health().behind_count == 0, "nothing behind")
    assert (follower.health().session_count, follower.health().live_count) == (2, 2)
    assert len(follower.rows()) == 5
    families.store.fail("put", denied(), times=1000, matching="~agent-")
    for agent in ("1", "2"):
        begin_sub_agent(families.folder, "s", agent, b"more\n")
    follower.look()
    until(lambda: follower.health().error_count == 1, "the conversation's problem")
    assert (follower.health().behind_count, follower.health().session_count) == (1, 2)
    families.store.heal()
    follower.hurry()
    until(lambda: follower.health().error_count == 0, "healed")


def test_stopping_a_session_stops_its_sub_agents_and_resuming_it_resumes_them(families: Families) -> None:
    families.append("s", b"one\n")
    begin_sub_agent(families.folder, "s", "1", b"sub\n")
    follower, ears, deps = families.follow_all()
    until(lambda: families.stream(SUB_AGENT) == b"sub\n", "all of it")
    deps.journal.set_stopped(HARNESS, "s", stopped=True)
    follower.refresh(HARNESS, "s")
    until(lambda: ears.rows[SUB_AGENT].state == ears.rows["s"].state == "stopped", "both stopped")
    begin_sub_agent(families.folder, "s", "1", b"more\n")
    begin_sub_agent(families.folder, "s", "2", b"another\n")
    follower.look()
    until(lambda: "s~agent-2" in ears.rows and ears.rows["s~agent-2"].state == "stopped", "a new one, stopped too")
    assert (families.stream(SUB_AGENT), families.stream("s~agent-2")) == (b"sub\n", b"")
    assert follower.family(HARNESS, "s~agent-2") == ("s~agent-2", "s")
    deps.journal.set_stopped(HARNESS, "s", stopped=False)
    follower.refresh(HARNESS, "s")
    until(lambda: families.stream(SUB_AGENT) == b"sub\nmore\n", "the first goes on")
    until(lambda: families.stream("s~agent-2") == b"another\n", "and the second begins")


def test_following_one_session_follows_its_sub_agents_and_nobody_elses(families: Families) -> None:
    for session in ("s", "t"):
        families.append(session, b"one\n")
        begin_sub_agent(families.folder, session, "1", b"sub\n")
    follower, ears, _ = families.follow_all("s")
    until(lambda: families.stream(SUB_AGENT) == b"sub\n", "its sub-agent")
    until(lambda: ears.rows.keys() == {"s", SUB_AGENT}, "their rows")
    assert follower.stop(timeout_s=10)
    assert families.stream("t") + families.stream("t~agent-1") == b""


def test_a_rewritten_sidecar_is_told_though_the_transcript_rests(families: Families) -> None:
    families.append("s", b"one\n")
    path = begin_sub_agent(families.folder, "s", "1", b"sub\n", toolUseId="t1")
    follower, _, _ = families.follow_all()
    until(lambda: families.meta(SUB_AGENT).get("sidecar") == {"toolUseId": "t1"}, "what it tells first")
    tell(path, toolUseId="t1", finished=True)
    families.clock_ahead_ms = 61_000
    until(lambda: families.meta(SUB_AGENT).get("sidecar") == {"toolUseId": "t1", "finished": True}, "what it tells now")
    assert follower.stop(timeout_s=10)


def test_a_sidecar_that_was_rewritten_while_nobody_looked_is_told_by_the_next(families: Families) -> None:
    families.append_old("s", b"one\n")
    path = begin_sub_agent(families.folder, "s", "1", b"sub\n", toolUseId="t1")
    yesterday = time.time() - 86_400
    os.utime(path, (yesterday, yesterday))
    first, _, _ = families.follow_all()
    until(lambda: families.meta(SUB_AGENT).get("sidecar") == {"toolUseId": "t1"}, "what it tells first")
    assert first.stop(timeout_s=10, ended=True)
    tell(path, toolUseId="t1", finished=True)
    families.clock_ahead_ms = 61_000
    families.follow_all()
    until(lambda: families.meta(SUB_AGENT).get("sidecar") == {"toolUseId": "t1", "finished": True}, "what it tells now")


def test_long_output_that_appears_is_mirrored_and_shown_behind_until_then(families: Families) -> None:
    families.append("s", b"one\n")
    follower, ears, _ = families.follow_all()
    until(lambda: families.stream("s") == b"one\n", "the session")
    families.store.fail("put", denied(), times=1000, matching="tool-results")
    families.spill("s", "b1.txt", b"all of it")
    follower.look()
    until(lambda: ears.rows["s"].state == "error", "its problem")
    families.store.heal()
    follower.hurry()
    key = f"sessions/{HARNESS}/s/tool-results/b1.txt"
    until(lambda: families.store.objects.get(key) == b"all of it", "the output")
    until(lambda: ears.rows["s"].state == "live", "all is well")


def test_a_restart_asks_nobody_about_what_was_mirrored_whole(families: Families) -> None:
    families.append_old("s", b"one\n")
    path = begin_sub_agent(families.folder, "s", "1", b"sub\n", toolUseId="t1")
    families.spill("s", "b1.txt", b"all of it")
    yesterday = time.time() - 86_400
    os.utime(path, (yesterday, yesterday))
    first, _, _ = families.follow_all()
    key = f"sessions/{HARNESS}/s/tool-results/b1.txt"
    until(lambda: key in families.store.objects and families.stream(SUB_AGENT) == b"sub\n", "all of it")
    assert first.stop(timeout_s=10, ended=True)
    before = families.store.requests
    second, _, _ = families.follow_all()
    until(lambda: len(second.rows(wait_s=10)) == 2, "both are found")
    assert second.stop(timeout_s=10)
    assert families.store.requests == before


def test_a_session_that_another_agent_drives_says_so_and_no_longer_when_it_ends(families: Families) -> None:
    families.append("s", b"one\n")
    families.driver.driven = {(HARNESS, "s"): "d1"}
    follower, ears, _ = families.follow_all()
    until(lambda: "s" in ears.rows and ears.rows["s"].driven_by == "Driver", "who drives it")
    families.driver.driven = {}
    follower.look()
    until(lambda: ears.rows["s"].driven_by is None, "nobody any more")
