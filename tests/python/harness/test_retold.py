"""Messages of a log that are told again and taken back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness.base import ReadRecord
from session_mirror.harness.drafts import Drafts
from session_mirror.harness.retold import Line, RetoldAccount
from session_mirror.harness.tally import counted

LINES = st.lists(st.tuples(st.sampled_from(["", "a", "b", "c", "d"]), st.sampled_from(["", "", "a", "b"])), max_size=30)


def said(identity: str, takes_back: str, *, spent: int = 0) -> Line:
    drafts = Drafts()
    drafts.add("prompt", f"about {identity}")
    read = ReadRecord(time_ms=None, model="m", is_sidechain=False, events=drafts.events())
    return Line(read, identity, takes_back, counted(fresh=spent) if spent else None)


def fed(lines: list[Line]) -> RetoldAccount:
    account = RetoldAccount(lambda line: lines[int(line)])
    for number in range(len(lines)):
        account.feed(b"%d" % number)
    return account


@given(LINES)
def test_what_was_taken_back_is_folded_with_all_that_was_told_after_it(lines: list[tuple[str, str]]) -> None:
    left: dict[str, int] = {}
    folded: set[int] = set()
    newest: dict[str, int] = {}
    for number, (identity, takes_back) in enumerate(lines):
        if identity:
            folded |= {newest[identity]} if identity in newest else set()
            newest[identity] = left[identity] = number
        if takes_back in left:
            order = list(left)
            folded |= {left.pop(each) for each in order[order.index(takes_back) :]}
    found = fed([said(*each) for each in lines]).arrangement()
    assert set(found.folded) == folded


def test_a_response_belongs_to_the_turn_that_is_left_where_it_was_told() -> None:
    account = fed(
        [said("a", ""), said("b", "", spent=5), said("c", "", spent=7), said("", "b"), said("d", "", spent=9)]
    )
    assert [(turn.prompt, turn.tokens.total) for turn in account.statistics().turns] == [
        ("about a", 12),
        ("about", 0),
        ("about d", 9),
    ]
    assert account.turn_count() == 3
    assert account.statistics().tokens.total == 21
    assert len(account.responses()) == 3
