"""In which order a stream's lines are shown: promises about every sequence of identities and parents."""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness.arrangement import Arranger

NAMES = st.none() | st.sampled_from("abcdefgh")
LINES = st.lists(st.tuples(NAMES, NAMES), max_size=40)


def arranged(lines: list[tuple[str | None, str | None]]) -> tuple[list[int], set[int]]:
    arranger = Arranger()
    for identity, parent in lines:
        arranger.add(identity, parent)
    found = arranger.arrangement()
    order = list(found.order or ())
    return order + list(range(len(order), len(lines))), set(found.folded)


@given(LINES)
def test_every_line_has_one_place(lines: list[tuple[str | None, str | None]]) -> None:
    order, _ = arranged(lines)
    assert sorted(order) == list(range(len(lines)))


@given(LINES)
def test_of_copies_the_last_is_shown_and_no_other(lines: list[tuple[str | None, str | None]]) -> None:
    _, folded = arranged(lines)
    last = {identity: number for number, (identity, _) in enumerate(lines) if identity is not None}
    assert folded == {n for n, (identity, _) in enumerate(lines) if identity is not None and last[identity] != n}


@given(LINES)
def test_nobody_is_shown_before_a_parent_that_comes_later_in_the_file(
    lines: list[tuple[str | None, str | None]],
) -> None:
    order, _ = arranged(lines)
    place = {line: position for position, line in enumerate(order)}
    first: dict[str, int] = {}
    shown: dict[str, int] = {}
    for number, (identity, _) in enumerate(lines):
        if identity is not None:
            first.setdefault(identity, number)
            shown[identity] = number
    for number, (identity, parent) in enumerate(lines):
        is_only = identity is None or (first[identity] == number == shown[identity])
        if is_only and parent is not None and parent != identity and first.get(parent, -1) > number:
            assert place[shown[parent]] < place[number]


@given(st.lists(st.none() | st.uuids().map(str), max_size=30, unique_by=lambda name: name or object()))
def test_lines_that_nobody_repeats_keep_the_order_of_the_file(identities: list[str | None]) -> None:
    arranger = Arranger()
    for identity in identities:
        assert not arranger.add(identity)
    assert arranger.arrangement().order is None


def test_a_record_that_is_written_again_stands_where_it_stood_first_with_what_it_says_now() -> None:
    order, folded = arranged([("a", None), ("b", "a"), ("a", None), ("c", "b"), ("a", None)])
    assert [line for line in order if line not in folded] == [4, 1, 3]


@given(LINES, st.integers(0, 40))
def test_asking_in_between_changes_nothing(lines: list[tuple[str | None, str | None]], at: int) -> None:
    arranger = Arranger()
    for number, (identity, parent) in enumerate(lines):
        arranger.add(identity, parent)
        if number == at:
            arranger.arrangement()
    found = arranger.arrangement()
    order, folded = arranged(lines)
    assert [*(found.order or ()), *range(len(found.order or ()), len(lines))] == order
    assert set(found.folded) == folded


def test_an_order_takes_a_few_bytes_a_line() -> None:
    arranger = Arranger()
    for number in range(10_000):
        for _ in range(2):
            arranger.add(f"m{number}")
    found = arranger.arrangement()
    assert found.order is not None
    assert sys.getsizeof(found.order) < 6 * 20_000
    assert len(found.folded.below(20_000)) <= 20_000
