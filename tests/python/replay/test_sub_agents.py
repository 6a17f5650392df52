"""Sub-agents of a session: told by name, and filtered to, whether they worked inside the session or elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from session_mirror.harness.base import Harness
from session_mirror.harness.claude_code import ClaudeCode
from session_mirror.harness.codex_cli import Codex
from session_mirror.protocol.search import ReplayFilter, ReplaySearchParams, SearchPlace, SubAgent
from session_mirror.replay import sub_agents
from session_mirror.replay.disk import DiskSource
from session_mirror.replay.filtering import filtered
from session_mirror.replay.search import search
from session_mirror.replay.session import Replay
from support.claude_sessions import called, line_of, records_of, said
from support.rollouts import Rollout
from support.transcripts import Transcript


def open_replay(path: Path, lines: list[bytes], harness: Harness | None = None) -> Replay:
    path.write_bytes(b"".join(lines))
    replay = Replay("r1", DiskSource(path), harness or ClaudeCode(environment={}, home=path.parent))
    replay.analyse()
    return replay


def told(replay: Replay, start: int = 0) -> tuple[SubAgent, ...]:
    contents = replay.contents()
    return contents.beside.sub_agents.page(contents, start).agents


def shown(replay: Replay, wanted: ReplayFilter) -> list[int]:
    runs = filtered(replay.contents(), wanted, 0).runs
    return [at for begin, length in zip(runs[::2], runs[1::2], strict=True) for at in range(begin, begin + length)]


def task(call_id: str, prompt: str, description: str = "", kind: str = "Explore") -> dict[str, object]:
    return called(call_id, "Task", prompt=prompt, description=description or prompt, subagent_type=kind)


def nested(made: Transcript, text: str, after: str | None) -> str:
    """A record of a sub-agent in the session's midst: its task, or what it says to that."""
    if after is None:
        return made.prompt(text, isSidechain=True, parentUuid=None)
    return made.assistant(said(text), isSidechain=True, parentUuid=after)


def two_at_once() -> Transcript:
    """Two sub-agents who take turns in the midst of the session."""
    made = Transcript()
    made.prompt("go")
    made.assistant(task("t1", "Find all uses.", "Find uses"))
    made.assistant(task("t2", "Find all tests.", "Find tests", "Test"))
    second = nested(made, "Find all tests.", None)
    first = nested(made, "Find all uses.", None)
    second = nested(made, "3 tests", second)
    nested(made, "2 uses", first)
    nested(made, "no more", second)
    made.result("t2", "3 tests")
    made.result("t1", "2 uses")
    made.reply("done")
    return made


def test_each_of_two_that_took_turns_has_its_own_call_records_and_result(tmp_path: Path) -> None:
    replay = open_replay(tmp_path / "s.jsonl", two_at_once().lines)
    assert told(replay) == (
        SubAgent(key="t1", name="Explore", task="Find uses", index=1, is_inside=True),
        SubAgent(key="t2", name="Test", task="Find tests", index=2, is_inside=True),
    )
    assert shown(replay, ReplayFilter(agent="t1")) == [1, 4, 6, 9]
    assert shown(replay, ReplayFilter(agent="t2")) == [2, 3, 5, 7, 8]
    assert shown(replay, ReplayFilter(agent="t2", hidden_kinds=("prompt", "toolResult"))) == [2, 5, 7]
    assert shown(replay, ReplayFilter(agent="gone")) == []


def test_of_one_with_a_session_of_its_own_the_call_and_the_result_are_shown(tmp_path: Path) -> None:
    made = Transcript()
    made.assistant(said("I ask two."), task("t1", "Find uses."), task("t2", "Find tests."))
    made.result("t2", "3 tests")
    made.result("t1", "2 uses")
    replay = open_replay(tmp_path / "s.jsonl", made.lines)
    assert [(each.key, each.index, each.is_inside) for each in told(replay)] == [("t1", 0, False), ("t2", 0, False)]
    assert shown(replay, ReplayFilter(agent="t1")) == [0, 2]
    assert shown(replay, ReplayFilter(agent="t1", hidden_kinds=("subAgent",))) == [2], "its own call, not the reply"


def test_words_are_looked_for_in_that_sub_agent_only(tmp_path: Path) -> None:
    made = Transcript()
    made.assistant(task("t1", "Find uses of it."), task("t2", "Find tests of it."))
    made.result("t2", "it has 3")
    replay = open_replay(tmp_path / "s.jsonl", made.lines)
    asked = ReplaySearchParams(
        replay_id="r1", query="it", start=SearchPlace(index=0), filter=ReplayFilter(agent="t2"), match_case=True
    )
    assert [(hit.index, hit.field) for hit in search(replay.contents(), asked).hits] == [(0, 1), (1, 0)]


def test_a_task_in_other_words_is_the_only_running_calls_and_one_without_a_call_is_by_itself(tmp_path: Path) -> None:
    made = Transcript()
    made.prompt("go")
    made.assistant(task("t0", "Long done."))
    made.result("t0", "yes")
    made.assistant(task("t1", "Find uses."))
    nested(made, "<context/> Find uses.", None)
    nested(made, "Warmup", None)
    replay = open_replay(tmp_path / "s.jsonl", made.lines)
    assert [(each.key, each.task, each.is_inside) for each in told(replay)] == [
        ("t0", "Long done.", False),
        ("t1", "Find uses.", True),
        ("#5", "Warmup", True),
    ]
    assert shown(replay, ReplayFilter(agent="t1")) == [3, 4]
    assert shown(replay, ReplayFilter(agent="#5")) == [5]


def test_records_that_are_written_again_stay_their_sub_agents_in_their_place(tmp_path: Path) -> None:
    made = two_at_once()
    again = [line_of(record) for record in records_of(made)]
    replay = open_replay(tmp_path / "s.jsonl", [*made.lines, *again])
    assert [(each.key, each.index) for each in told(replay)] == [("t1", 1), ("t2", 2)]
    assert shown(replay, ReplayFilter(agent="t1")) == [1, 4, 6, 9]


def test_a_session_that_grows_is_told_of_as_if_it_had_been_there_at_once(tmp_path: Path) -> None:
    path, lines = tmp_path / "s.jsonl", two_at_once().lines
    replay = open_replay(path, lines[:2])
    for line in lines[2:]:
        assert told(replay)[0].key == "t1"
        with path.open("ab") as file:
            file.write(line)
        replay.poll()
        replay.analyse()
    assert told(replay) == told(open_replay(tmp_path / "whole.jsonl", lines))
    assert shown(replay, ReplayFilter(agent="t1")) == [1, 4, 6, 9]


def test_a_session_that_was_begun_anew_has_its_own(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    replay = open_replay(path, two_at_once().lines)
    assert len(told(replay)) == 2
    other = Transcript(seed=7)
    other.assistant(task("t9", "Something else."))
    path.write_bytes(other.data())
    replay.poll()
    replay.analyse()
    assert [each.key for each in told(replay)] == ["t9"]


def test_nobody_is_inside_a_sub_agents_own_session(tmp_path: Path) -> None:
    made = Transcript()
    first = nested(made, "Find uses.", None)
    made.assistant(said("2 uses"), task("t1", "Deeper."), isSidechain=True, parentUuid=first)
    replay = open_replay(tmp_path / "s.jsonl", made.lines)
    assert [(each.key, each.is_inside) for each in told(replay)] == [("t1", False)]
    assert shown(replay, ReplayFilter(agent="t1", hidden_kinds=("subAgent",))) == []


def test_many_come_in_pages_and_more_than_anybody_looks_through_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sub_agents, "_AT_ONCE", 2)
    monkeypatch.setattr(sub_agents, "_MOST", 5)
    made = Transcript()
    for number in range(7):
        made.assistant(task(f"t{number}", f"Task {number}"))
    replay = open_replay(tmp_path / "s.jsonl", made.lines)
    assert [[each.key for each in told(replay, start)] for start in (0, 2, 4, 6)] == [
        ["t0", "t1"],
        ["t2", "t3"],
        ["t4"],
        [],
    ]


class Conducting:
    """A thread of Codex that begins agents and speaks to them."""

    def __init__(self, **envelope: str) -> None:
        self.made = Rollout()
        self._envelope = envelope
        self._count = 0

    def call(self, name: str, arguments: dict[str, object], answer: object = "") -> str:
        """The call's id; its line is followed by that of its result."""
        self._count += 1
        call_id = f"c{self._count}"
        envelope = {"call_id": call_id, "arguments": json.dumps(arguments), **self._envelope}
        self.made.item("function_call", name=name, **envelope)
        self.made.item(
            "function_call_output", call_id=call_id, output=answer if isinstance(answer, str) else json.dumps(answer)
        )
        return call_id

    def replay(self, path: Path) -> Replay:
        return open_replay(path, self.made.lines, Codex(environment={}, home=path.parent))


@pytest.mark.parametrize("namespace", ["", "multi_agent_v1", "collaboration"])
def test_what_is_said_to_an_agent_of_codex_is_shown_with_it(tmp_path: Path, namespace: str) -> None:
    thread = Conducting(**({"namespace": namespace} if namespace else {}))
    first = thread.call("spawn_agent", {"message": "Find uses"}, {"agent_id": "a-1", "nickname": "Ada"})
    second = thread.call("spawn_agent", {"message": "Find tests"}, {"task_name": "/lead/tests"})
    thread.call("send_input", {"id": "a-1", "message": "Faster"}, {"submission_id": "s"})
    thread.call("wait", {"ids": ["a-1", "nobody"], "timeout_ms": 10}, {"status": {}})
    thread.call("wait_agent", {"targets": ["a-1", "tests"]}, {"status": {}})
    thread.call("send_message", {"target": "tests", "message": "a-1 is done"})
    thread.call("exec_command", {"cmd": "a-1"})
    thread.call("close_agent", {"id": "a-1"}, {"status": "closed"})
    replay = thread.replay(tmp_path / "rollout.jsonl")
    begin = len(thread.made.lines) - 16

    def calls_shown(key: str) -> list[int]:
        lines = shown(replay, ReplayFilter(agent=key))
        assert lines[1::2] == [call + 1 for call in lines[::2]], "a call comes with its result"
        return [(call - begin) // 2 for call in lines[::2]]

    assert calls_shown(first) == [0, 2, 3, 4, 7]
    assert calls_shown(second) == [1, 4, 5]
    results = shown(replay, ReplayFilter(agent=first, hidden_kinds=("toolCall", "subAgent")))
    assert len(results) == 5
    asked = ReplaySearchParams(
        replay_id="r1", query="Faster", start=SearchPlace(index=0), filter=ReplayFilter(agent=first), match_case=True
    )
    assert [hit.index for hit in search(replay.contents(), asked).hits] == [begin + 4]


def test_answers_and_arguments_that_are_anything_name_nobody(tmp_path: Path) -> None:
    thread = Conducting()
    answers: list[object] = ["", "no JSON", [], {"agent_id": 3}, {"agent_id": ""}, "[" * 100_000]
    spawned = [thread.call("spawn_agent", {"message": f"Do {number}"}, each) for number, each in enumerate(answers)]
    arguments: list[dict[str, object]] = [{}, {"id": None}, {"ids": [1, {}]}, {"id": ""}, {"id": "no JSON"}]
    for each in arguments:
        thread.call("wait", each)
    replay = thread.replay(tmp_path / "rollout.jsonl")
    assert [len(shown(replay, ReplayFilter(agent=key))) for key in spawned] == [2] * len(spawned)
