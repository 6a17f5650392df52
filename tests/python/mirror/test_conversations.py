"""What a person began is one conversation, whoever works on it: counted once, stopped and resumed as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import attrs
import pytest

from session_mirror.harness.base import FoundSession, Harness
from session_mirror.mirror.follower import Follower
from session_mirror.mirror.roster import Scope
from support.engine import HARNESS, PlainHarness
from support.families import FamilyHarness, begin_sub_agent
from support.following import Ears, Machinery, machinery, until

__all__ = ["machinery"]

DRIVER = "driver"
Follow = Callable[[], Ears]


class Driver(PlainHarness):
    """Its sessions are files of their own, and it drives the session `s` of the other agent by its `d`."""

    name = DRIVER

    def discover(self, folders: Sequence[Path]) -> list[FoundSession]:
        beside = [folder / DRIVER for folder in folders]
        return [attrs.evolve(found, harness=DRIVER) for found in super().discover(beside)]

    def drives(self) -> Mapping[tuple[str, str], str]:
        return {(HARNESS, "s"): "d"}


@pytest.fixture
def follow(machinery: Machinery) -> Iterator[Follow]:
    (machinery.folder / DRIVER).mkdir()
    running: list[Follower] = []

    def start() -> Ears:
        harnesses: dict[str, Harness] = {
            HARNESS: FamilyHarness(machinery.folder),
            DRIVER: Driver(machinery.folder),
        }
        deps = attrs.evolve(machinery.deps(), harnesses=harnesses)
        ears = Ears()
        scope = Scope(folders=(machinery.folder,), harnesses=(HARNESS, DRIVER))
        follower = Follower(deps, scope, ears, interval_s=0.2)
        running.append(follower)
        follower.start()
        return ears

    yield start
    for each in running:
        each.stop(timeout_s=10)


def test_a_session_that_another_agent_drives_is_counted_with_the_one_that_drives_it(
    machinery: Machinery, follow: Follow
) -> None:
    machinery.append("s", b"one\n")
    begin_sub_agent(machinery.folder, "s", "x", b"sub\n")
    machinery.append("alone", b"one\n")
    machinery.append(f"{DRIVER}/d", b"one\n")
    ears = follow()
    until(lambda: {"s", "s~agent-x", "alone", "d"} <= ears.rows.keys(), "all of them found")
    until(
        lambda: [(each.session_count, each.live_count) for each in ears.healths[-1:]] == [(2, 2)], "two conversations"
    )


def test_stopping_a_session_stops_its_sub_agents_and_resuming_it_resumes_them(
    machinery: Machinery, follow: Follow
) -> None:
    machinery.append("s", b"one\n")
    begin_sub_agent(machinery.folder, "s", "x", b"sub\n")
    ears = follow()
    until(lambda: machinery.stream("s~agent-x") == b"sub\n", "the beginning")
    journal = machinery.deps().journal
    journal.set_stopped(HARNESS, "s", stopped=True)
    until(lambda: ears.rows["s~agent-x"].state == "stopped", "the stop noticed")
    until(lambda: machinery.is_ended("s~agent-x"), "the end stamped")
    begin_sub_agent(machinery.folder, "s", "x", b"more\n")
    begin_sub_agent(machinery.folder, "s", "later", b"late\n")
    until(lambda: "s~agent-later" in ears.rows, "one that began later")
    assert ears.rows["s~agent-later"].state == "stopped"
    assert machinery.stream("s~agent-x") == b"sub\n"
    journal.set_stopped(HARNESS, "s", stopped=False)
    until(lambda: machinery.stream("s~agent-x") == b"sub\nmore\n", "what came meanwhile")
    until(lambda: machinery.stream("s~agent-later") == b"late\n", "what began meanwhile")
