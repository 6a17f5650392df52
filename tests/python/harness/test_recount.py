"""Adding up from columns gives what adding up line by line does."""

from __future__ import annotations

import sys
from array import array

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness import recount
from session_mirror.harness.base import ReadRecord
from session_mirror.harness.compact import LineSet
from session_mirror.harness.drafts import Drafts
from session_mirror.harness.recount import Columns, first_prompt
from session_mirror.harness.tally import NO_TOKENS, Tally
from session_mirror.protocol.replay import ToolCall
from session_mirror.protocol.statistics import Tokens

EVENTS = st.lists(st.sampled_from(["prompt", "reply", "toolCall", "toolResult", "error"]), max_size=3)
TIMES = st.none() | st.integers(0, 9_000)
LINES = st.lists(st.tuples(TIMES, EVENTS, st.booleans()), max_size=25)


def record(time_ms: int | None, kinds: list[str]) -> ReadRecord:
    drafts = Drafts()
    for number, kind in enumerate(kinds):
        if kind == "prompt":
            drafts.add("prompt", f"prompt {number}")
        elif kind == "toolCall":
            drafts.add("toolCall", "", tool=ToolCall(call_id="", name=f"tool {number}", target=""))
        elif kind == "error":
            drafts.add("error", "", is_error=True)
        else:
            drafts.add("reply" if kind == "reply" else "toolResult", "")
    return ReadRecord(time_ms=time_ms, model=None, is_sidechain=False, events=drafts.events())


def nothing_spent(_turn: int, _places: range) -> Tokens:
    return NO_TOKENS


@given(LINES, st.sampled_from([1, 3, 8192]))
def test_columns_add_up_to_what_a_tally_does(lines: list[tuple[int | None, list[str], bool]], at_once: int) -> None:
    tally, columns = Tally(), Columns()
    silent = []
    for number, (time_ms, kinds, is_silent) in enumerate(lines):
        read = record(time_ms, kinds)
        columns.add(read, first_prompt(read))
        shown = () if is_silent else read.events
        silent += [number] if is_silent else []
        tally.line(time_ms, bookkeeping=not shown)
        prompt = first_prompt(attrs.evolve(read, events=shown))
        if prompt is not None:
            tally.prompt(prompt, time_ms)
        for event in shown:
            tally.event(event.kind, is_error=event.is_error)
            if event.tool is not None:
                tally.tool(event.tool.name)
    whole, page = tally.statistics(), slice(1, 3)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(recount, "_AT_ONCE", at_once)
        sums = columns.sums(None, LineSet(silent))
        assert sums.statistics([], nothing_spent) == whole
        assert sums.turn_count(nothing_spent) == tally.turn_count() == len(whole.turns)
        assert sums.statistics([], nothing_spent, page).turns == whole.turns[page] == tally.statistics(page).turns
        # The silent ones in front: all the others are in the order of the file.
        order = array("I", [*silent, *(line for line in range(len(lines)) if line not in silent)])
        assert columns.sums(order, LineSet(silent)).statistics([], nothing_spent).events == whole.events


def test_lines_in_another_order_begin_turns_where_they_stand_in_the_stream() -> None:
    columns = Columns()
    for time_ms, kinds in ((3_000, ["prompt"]), (1_000, ["prompt"]), (2_000, ["toolCall"]), (4_000, ["reply"])):
        read = record(time_ms, kinds)
        columns.add(read, first_prompt(read))
    found = columns.sums(array("I", [1, 2, 0]), LineSet()).statistics([], nothing_spent)
    assert [(turn.line, turn.began_at_ms, turn.ended_at_ms, turn.tool_calls) for turn in found.turns] == [
        (1, 1_000, 2_000, 1),
        (0, 3_000, 3_000, 0),
    ]
    assert (found.lines, found.bookkeeping) == (4, 1)


def test_a_line_takes_a_few_bytes_whatever_it_tells() -> None:
    columns = Columns()
    for number in range(10_000):
        columns.add(record(number, ["toolCall", "reply", "error"]))
    kept = [column for column in vars(columns).values() if isinstance(column, array)]
    assert sum(map(sys.getsizeof, kept)) < 15 * 10_000
