"""What is kept in few bytes is what a dictionary, and a list, would keep."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness import compact
from session_mirror.harness.compact import LineSet, NumberByText, Texts, count_on, looked_up

TEXTS = st.text(st.characters(exclude_categories=()), max_size=4)


@given(st.lists(st.tuples(st.booleans(), TEXTS, st.integers(0, 2**32 - 1)), max_size=300), TEXTS)
def test_numbers_by_text_are_a_dictionary(doings: list[tuple[bool, str, int]], unknown: str) -> None:
    ours, theirs = NumberByText(), dict[str, int]()
    for is_set, text, number in doings:
        if is_set:
            ours[text] = theirs[text] = number
        else:
            assert ours.setdefault(text, number) == theirs.setdefault(text, number)
    assert len(ours) == len(theirs)
    assert ours.get(unknown) == theirs.get(unknown)
    assert (unknown in ours) == (unknown in theirs)
    assert {text: ours.get(text) for text in theirs} == theirs
    assert sorted(number for _, number in ours.hashes()) == sorted(theirs.values())
    assert all(ours.number_of(text) == number for text, number in ours.hashes())


@pytest.mark.parametrize("narrow", [lambda text: 1 + len(text), lambda text: (1 + hash(text) % 7) << 40])
def test_hashes_that_want_the_same_slot_find_one_each(
    monkeypatch: pytest.MonkeyPatch, narrow: Callable[[str], int]
) -> None:
    monkeypatch.setattr(compact, "_hash", narrow)
    numbers = NumberByText()
    for text in ("", "a", "bb", "ccc"):
        numbers[text] = narrow(text) % 1000
    assert [numbers.get(text) for text in ("", "a", "bb", "ccc")] == [
        narrow(text) % 1000 for text in ("", "a", "bb", "ccc")
    ]


def test_a_hundred_thousand_identities_take_a_few_megabytes() -> None:
    numbers = NumberByText()
    for number in range(100_000):
        numbers[f"0f1e2d3c-0000-4000-8000-{number:012x}"] = number
    assert all(numbers.get(f"0f1e2d3c-0000-4000-8000-{number:012x}") == number for number in range(0, 100_000, 997))
    assert sum(sys.getsizeof(column) for column in numbers._table) < 25 * 100_000


@given(st.lists(TEXTS, max_size=50))
def test_texts_are_a_list(some: list[str]) -> None:
    texts = Texts()
    for text in some:
        texts.append(text)
    assert [texts[number] for number in range(len(texts))] == some


@given(st.lists(st.integers(0, 60), max_size=40), st.integers(0, 60))
def test_lines_are_a_set(some: list[int], end: int) -> None:
    lines = LineSet()
    for line in some:
        lines.add(line)
    assert list(lines) == sorted(set(some))
    assert len(lines) == len(set(some))
    assert [line in lines for line in range(-1, 62)] == [line in set(some) for line in range(-1, 62)]
    assert set(LineSet(marks=lines.below(61))) == set(some)
    assert lines.below(end) == LineSet(line for line in some if line < end).below(61)


@given(st.integers(0, 20), st.integers(0, 20), st.sampled_from([1, 3, 8192]), st.lists(st.integers(0, 19), max_size=20))
def test_columns_grow_and_are_looked_up_piece_by_piece(begin: int, end: int, at_once: int, places: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(compact, "_AT_ONCE", at_once)
        column = array("I", range(begin))
        count_on(column, end)
        assert list(column) == list(range(max(begin, end)))
        squares = array("I", (number * number for number in range(20)))
        assert list(looked_up(squares, array("I", places))) == [place * place for place in places]
