"""What OpenClaw's streams add up to: tokens, turns, branches that were left, entries told again and removed."""

from __future__ import annotations

import json
import random

import pytest

from session_mirror.harness.openclaw.account import Account
from session_mirror.harness.openclaw.rows import tombstone
from session_mirror.protocol.statistics import Statistics, Tokens
from support.openclaw_sessions import MODEL, Session


def account_of(lines: list[bytes]) -> Account:
    account = Account()
    for line in lines:
        account.feed(line)
    return account


def statistics_of(lines: list[bytes]) -> Statistics:
    return account_of(lines).statistics()


def tokens(fresh: int, output: int, read: int = 0, write: int = 0) -> Tokens:
    return Tokens(input=fresh, output=output, cache_read=read, cache_write=write, total=fresh + output + read + write)


def test_input_is_without_the_cache_and_the_total_is_all() -> None:
    session = Session()
    session.prompt("go")
    session.say("a", cost=(7, 3, 100, 20))
    session.say("b", cost=(1, 1, 0, 0))
    found = statistics_of(session.lines)
    assert found.tokens == tokens(8, 4, 100, 20)
    assert [(told.model, told.tokens) for told in found.models] == [(MODEL, found.tokens)]


def test_turns_tools_and_errors_are_counted() -> None:
    session = Session()
    session.begin()
    session.turn("first")
    session.prompt("second")
    session.result(session.call("read", path="a.py"), "no such file", is_error=True)
    found = statistics_of(session.lines)
    assert [(turn.prompt, turn.tool_calls, turn.errors) for turn in found.turns] == [("first", 1, 0), ("second", 1, 1)]
    assert {tool.name: tool.count for tool in found.tools} == {"exec": 1, "read": 1}
    assert found.bookkeeping == 4
    assert sum(turn.tokens.total for turn in found.turns) == found.tokens.total


def test_an_entry_that_is_told_again_counts_once_and_says_its_last_words() -> None:
    session = Session()
    session.prompt("go")
    session.say("done", cost=(10, 1, 0, 0))
    again = json.loads(session.lines[-1])
    again["message"]["content"][0]["text"] = "[cut]"
    session.add(again)
    account = account_of(session.lines)
    assert account.statistics().tokens == tokens(10, 1)
    assert {told.name: told.count for told in account.statistics().events} == {"prompt": 1, "reply": 1}
    arrangement = account.arrangement()
    assert list(arrangement.order or ()) == [0, 1, 3, 2]
    assert set(arrangement.folded) == {2}


def test_a_branch_that_was_left_keeps_its_place_and_is_told_apart() -> None:
    session = Session()
    asked = session.prompt("go")
    session.say("one way")
    session.say("further")
    session.say("the other way", parent=asked)
    arrangement = account_of(session.lines).arrangement()
    assert arrangement.order is None
    assert list(arrangement.taken_back) == [range(2, 4)]


def test_a_leaf_entry_says_where_the_conversation_goes_on() -> None:
    session = Session()
    asked = session.prompt("go")
    session.say("one way")
    session.entry("leaf", targetId=asked)
    session.say("the other way")
    arrangement = account_of(session.lines).arrangement()
    assert list(arrangement.taken_back) == [range(2, 3)]
    session.entry("leaf", targetId=json.loads(session.lines[2])["id"])
    assert list(account_of(session.lines).arrangement().taken_back) == [range(4, 5)]


def test_an_entry_that_is_told_again_stays_where_the_conversation_is() -> None:
    session = Session()
    session.prompt("go")
    session.say("one")
    session.add(json.loads(session.lines[-1]))
    assert account_of(session.lines).arrangement().taken_back == ()
    session.say("two")
    assert account_of(session.lines).arrangement().taken_back == ()


def test_an_entry_that_is_told_again_is_left_with_its_path() -> None:
    session = Session()
    asked = session.prompt("go")
    session.say("one way")
    session.say("the other way", parent=asked)
    left = json.loads(session.lines[2])
    session.add(left)
    session.say("further")
    assert list(account_of(session.lines).arrangement().taken_back) == [range(2, 3), range(4, 5)]
    session.add({**json.loads(session.lines[3]), "parentId": left["id"]})
    assert list(account_of(session.lines).arrangement().taken_back) == []


@pytest.mark.parametrize("is_first", [True, False])
def test_an_entry_that_names_itself_as_its_parent_goes_on_where_the_conversation_was(is_first: bool) -> None:
    session = Session()
    session.prompt("go")
    session.say("one")
    own = json.loads(session.lines[-1])
    session.lines[-1 if is_first else len(session.lines) :] = [json.dumps({**own, "parentId": own["id"]}).encode()]
    session.say("two")
    assert account_of(session.lines).arrangement().taken_back == ()


def test_a_conversation_without_branches_takes_nothing_back() -> None:
    session = Session()
    session.begin()
    for number in range(5):
        session.turn(f"prompt {number}")
    assert account_of(session.lines).arrangement().taken_back == ()


def test_a_response_that_is_written_once_more_under_a_new_id_costs_nothing_again() -> None:
    session = Session()
    session.prompt("go")
    session.say("done", cost=(10, 1, 0, 0), responseId="r-1")
    copy = json.loads(session.lines[-1])
    session.add({**copy, "id": "another", "timestamp": "2026-03-02T09:00:00.000Z"})
    assert statistics_of(session.lines).tokens == tokens(10, 1)


def test_the_same_response_id_at_another_time_is_another_response() -> None:
    session = Session()
    session.say("a", cost=(10, 1, 0, 0), responseId="constant")
    session.say("b", cost=(20, 2, 0, 0), responseId="constant")
    assert statistics_of(session.lines).tokens == tokens(30, 3)


def test_a_forks_copies_share_their_responses_with_the_parent() -> None:
    parent = Session(session_id="parent")
    parent.turn()
    fork = Session(session_id="fork", parentSession="parent.jsonl")
    fork.lines += parent.lines[1:]
    fork.leaf = parent.leaf
    fork.say("on my own", cost=(5, 5, 0, 0))
    known, own = account_of(parent.lines).responses(), account_of(fork.lines).responses()
    assert [spent.tokens for key, spent in own.items() if key not in known] == [tokens(5, 5)]


def test_a_removed_row_is_not_shown_and_was_spent() -> None:
    session = Session()
    session.prompt("go")
    removed = session.say("done", cost=(10, 1, 0, 0))
    account = account_of([*session.lines, tombstone(removed)])
    assert set(account.arrangement().folded) == {2}
    assert account.statistics().tokens == tokens(10, 1)
    back = account_of([*session.lines, tombstone(removed), session.lines[2]])
    assert set(back.arrangement().folded) == {2}
    assert back.statistics().tokens == tokens(10, 1)


def test_a_child_that_comes_before_its_parent_is_shown_after_it() -> None:
    session = Session()
    session.prompt("go")
    session.say("done")
    header, asked, said = session.lines
    assert list(account_of([header, said, asked]).arrangement().order or ()) == [0, 2, 1]


def test_a_compactions_own_cost_counts() -> None:
    session = Session()
    session.say("a", cost=(10, 1, 0, 0))
    session.entry("compaction", summary="So far.", usage={"input": 3, "output": 2})
    assert statistics_of(session.lines).tokens == tokens(13, 3)


@pytest.mark.parametrize("value", [None, "9", True, -5, 1.5, float("nan"), float("inf"), [], {}])
def test_odd_figures_count_as_nothing(value: object) -> None:
    session = Session()
    session.reply({"type": "text", "text": "x"}, usage={"input": value, "output": 2})
    assert statistics_of(session.lines).tokens == tokens(0, 2)


def test_the_total_is_the_same_however_the_lines_are_repeated_and_shuffled() -> None:
    session = Session()
    for _ in range(5):
        session.turn()
    whole = statistics_of(session.lines).tokens
    shuffled = session.lines * 2
    random.Random(7).shuffle(shuffled)
    assert statistics_of(shuffled).tokens == whole
