"""Of Hermes' rows people see what was said, once and in order, and the tokens are those that Hermes counted."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from session_mirror.harness.hermes.account import HermesAccount
from session_mirror.harness.hermes_agent import Hermes
from session_mirror.protocol.statistics import Statistics
from support.hermes_database import HermesDatabase, HermesSession


@pytest.fixture
def hermes(tmp_path: Path) -> Iterator[HermesDatabase]:
    made = HermesDatabase(tmp_path / "state.db")
    yield made
    made.close()


@pytest.fixture
def session(hermes: HermesDatabase) -> HermesSession:
    return hermes.session()


class Reader:
    """Looks at the database whenever asked, and shows what a person sees then."""

    def __init__(self, hermes: HermesDatabase) -> None:
        home = hermes.path.parent
        self._ours = Hermes(environment={"HERMES_HOME": str(home)}, state=home / "ours")

    def lines(self) -> list[bytes]:
        (found,) = self._ours.discover([Path("/w/app")])
        return found.path.read_bytes().splitlines()

    def account(self) -> HermesAccount:
        account = HermesAccount()
        for line in self.lines():
            account.feed(line)
        return account

    def shown(self) -> list[str]:
        """Texts of rows, in the order they are shown."""
        lines, arrangement = self.lines(), self.account().arrangement()
        order = arrangement.order or range(len(lines))
        return [json.loads(lines[line])["content"] for line in order if line not in arrangement.folded]

    def statistics(self) -> Statistics:
        return self.account().statistics()


def kinds(statistics: Statistics) -> dict[str, int]:
    return {count.name: count.count for count in statistics.events}


def test_rows_that_were_changed_stand_where_they_stood(hermes: HermesDatabase, session: HermesSession) -> None:
    reader = Reader(hermes)
    first = session.prompt("one")
    session.prompt("two")
    assert reader.shown() == ["one", "two"]
    session.set(first, content="one, corrected")
    session.prompt("three")
    assert reader.shown() == ["one, corrected", "two", "three"]
    assert [turn.prompt for turn in reader.statistics().turns] == ["one, corrected", "two", "three"]


def test_rows_that_are_gone_or_taken_back_show_nothing(hermes: HermesDatabase, session: HermesSession) -> None:
    reader = Reader(hermes)
    rows = [session.prompt(text) for text in ("one", "two", "three")]
    reader.shown()
    session.delete(rows[0])
    session.rewind(rows[1:2])
    assert reader.shown() == ["three"]
    session.set(rows[1], active=1)
    session.prompt("four")
    assert reader.shown() == ["two", "three", "four"]


@pytest.mark.parametrize("step_s", [1e-6, 1.0])
@pytest.mark.parametrize("pruned", [False, True])
@pytest.mark.parametrize("watched", [False, True])
def test_compaction_shows_what_was_said_once_and_its_summary(
    hermes: HermesDatabase, session: HermesSession, step_s: float, pruned: bool, watched: bool
) -> None:
    reader = Reader(hermes)
    said = []
    for number in range(6):
        said += [f"ask {number}", "", f"result {number}", "Done."]
        session.prompt(f"ask {number}")
        session.call("terminal", f"result {number}", command="ls")
        session.reply("Done.")
    if watched:
        reader.lines()
    session.compact("first", head=3, tail=6, step_s=step_s, pruned=pruned)
    said.append("[CONTEXT COMPACTION — REFERENCE ONLY] first")
    assert sorted(reader.shown()) == sorted(said)
    assert kinds(reader.statistics())["prompt"] == 6
    session.prompt("go on")
    session.reply("Done.")
    said += ["go on", "Done."]
    session.compact("second", head=3, tail=4, step_s=step_s, pruned=pruned)
    said.append("[CONTEXT COMPACTION — REFERENCE ONLY] second")
    assert sorted(reader.shown()) == sorted(said)
    assert kinds(reader.statistics()) == {
        "prompt": 7, "reply": 7, "toolCall": 6, "toolResult": 6, "compaction": 2
    }  # fmt: skip


def test_what_people_say_twice_is_shown_twice(hermes: HermesDatabase, session: HermesSession) -> None:
    for _ in range(3):
        session.prompt("go on")
        session.reply("Done.")
    session.compact("they go on", head=1, tail=2)
    for _ in range(2):
        session.prompt("go on")
        session.reply("Done.")
    assert kinds(Reader(hermes).statistics()) == {"prompt": 5, "reply": 5, "compaction": 1}


def test_rows_that_a_bug_multiplied_are_shown_once(hermes: HermesDatabase, session: HermesSession) -> None:
    session.add("user", "hello", timestamp=1780000000.5)
    for _ in range(50):
        session.add("user", "hello", timestamp=1780000000.5)
    assert Reader(hermes).shown() == ["hello"]


def test_tokens_are_those_of_the_session_by_model_however_often_they_were_told(
    hermes: HermesDatabase, session: HermesSession
) -> None:
    reader = Reader(hermes)
    for number in range(3):
        session.prompt(f"ask {number}")
        session.spend(model="m-1", input=100, output=20, cache_read=1000, cache_write=50, reasoning=5)
        session.spend(model="m-2", input=7, output=1)
        session.spend(model="m-3", task="title", input=900, output=9)
        session.add("assistant", "Done.")
        told = reader.statistics().tokens
        assert (told.input, told.output) == (107 * (number + 1), 21 * (number + 1))
    statistics = reader.statistics()
    assert (told.cache_read, told.cache_write, told.reasoning, told.total) == (3000, 150, 15, 3534)
    assert {model.model: model.tokens.total for model in statistics.models} == {"m-1": 3510, "m-2": 24}
    assert [(turn.prompt, turn.tokens.total) for turn in statistics.turns] == [("ask 0", 0), ("ask 1", 0), ("ask 2", 0)]


def test_tokens_of_a_session_of_one_turn_are_that_turn_s(hermes: HermesDatabase, session: HermesSession) -> None:
    session.prompt("run the tests")
    session.reply("All pass.")
    (turn,) = Reader(hermes).statistics().turns
    assert (turn.prompt, turn.tokens.total) == ("run the tests", 1010)


def test_without_a_table_of_usage_the_session_s_own_counts_do(tmp_path: Path) -> None:
    hermes = HermesDatabase(tmp_path / "early/state.db", "early")
    session = hermes.session()
    session.prompt("hello")
    session.reply("hi")
    (model,) = Reader(hermes).statistics().models
    assert (model.model, model.tokens.total) == ("hermes-test-1", 1010)
    hermes.close()


def test_each_line_of_a_turn_is_named_by_its_place_in_the_stream(
    hermes: HermesDatabase, session: HermesSession
) -> None:
    reader = Reader(hermes)
    session.prompt("one")
    session.reply("hi")
    reader.lines()
    session.prompt("two")
    lines = reader.lines()
    for turn in reader.statistics().turns:
        assert not turn.prompt or json.loads(lines[turn.line])["content"] == turn.prompt


def test_lines_that_tracecraft_wrote_read_the_same() -> None:
    rows = [
        {"id": 1, "session_id": "s", "role": "user", "content": [{"type": "text", "text": "hi"}], "active": 1},
        {"id": 2, "session_id": "s", "role": "assistant", "content": "hello", "active": 1},
    ]
    account = HermesAccount()
    for row in rows:
        account.feed(json.dumps(row, ensure_ascii=False).encode())
    assert kinds(account.statistics()) == {"prompt": 1, "reply": 1}
    assert not account.arrangement().folded
