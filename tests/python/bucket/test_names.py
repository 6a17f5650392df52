"""Keys say exactly what they are made of, and nothing from outside can break out of its place in them."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from session_mirror.bucket.names import (
    LOW_BITS,
    MAX_SEQ,
    decode_id,
    encode_id,
    format_part,
    generation_id,
    parse_part,
    session_prefix,
    split_generation,
    split_session_key,
)

TRACECRAFT_PART = re.compile(r"part-(\d{5})-[a-f0-9]{8}\.jsonl$")
any_id = st.text(st.characters(exclude_categories=()), min_size=1, max_size=40)


@given(st.integers(0, MAX_SEQ), st.integers(0, 1 << 45))
def test_a_part_name_tells_its_sequence_and_end_and_tracecraft_knows_it(seq: int, end: int) -> None:
    name = format_part(seq, end)
    parsed = parse_part(name)
    assert parsed is not None
    assert (parsed.seq, parsed.end_low) == (seq, end % LOW_BITS)
    found = TRACECRAFT_PART.fullmatch(name)
    assert found is not None
    assert int(found[1]) == seq


@pytest.mark.parametrize("seq", [-1, MAX_SEQ + 1])
def test_a_sequence_that_does_not_fit_a_name_is_refused(seq: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        format_part(seq, 1)


@given(st.from_regex(TRACECRAFT_PART) | st.text(max_size=30))
def test_only_exact_part_names_are_parts(name: str) -> None:
    parsed = parse_part(name)
    assert parsed is None or format_part(parsed.seq, parsed.end_low) == name


@pytest.mark.parametrize(
    "name",
    [
        "part-00001-0000000A.jsonl",
        "part-00001-0000000a.jsonl\n",
        "xpart-00001-0000000a.jsonl",
        "part-0000\u0661-0000000a.jsonl",
        "part-100000-0000000a.jsonl",
        "meta.json",
    ],
)
def test_look_alikes_are_no_parts(name: str) -> None:
    assert parse_part(name) is None


@given(st.lists(st.tuples(st.integers(0, MAX_SEQ), st.integers(0, 1 << 40)), max_size=20))
def test_names_sort_as_their_sequences(parts: list[tuple[int, int]]) -> None:
    names = sorted(format_part(seq, end) for seq, end in parts)
    assert [int(name[5:10]) for name in names] == sorted(seq for seq, _ in parts)


@given(any_id)
@example("..")
@example(".")
@example("...")
@example("a/b")
@example("\\")
@example("\x00\n\x7f")
@example("🙂 é")
@example("\ud800")
@example("\ud83d\ude42")
@example("%2e%2E")
@example("~g2")
def test_any_id_is_one_plain_key_segment_and_comes_back(session_id: str) -> None:
    segment = encode_id(session_id)
    assert re.fullmatch(r"[A-Za-z0-9_.~%-]+", segment)
    assert segment.strip(".")
    assert decode_id(segment) == session_id


@given(any_id, any_id)
def test_different_ids_never_share_a_segment(one: str, other: str) -> None:
    assert (encode_id(one) == encode_id(other)) == (one == other)


def test_an_empty_id_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        encode_id("")


@given(any_id, any_id, st.integers(0, MAX_SEQ))
def test_a_key_splits_into_what_it_was_made_of(harness: str, session_id: str, seq: int) -> None:
    name = format_part(seq, 7)
    assert split_session_key(session_prefix(harness, session_id) + name) == (harness, session_id, name)


@given(st.text(st.characters(exclude_categories=()), max_size=60))
@example("sessions/a/%FF/meta.json")
@example("sessions/a/%ED%A0/meta.json")
@example("sessions//b/c")
@example("sessions/a/b/c/d")
def test_splitting_a_strange_key_never_raises(key: str) -> None:
    for candidate in (key, f"sessions/{key}", f"sessions/claude-code/{key}/meta.json"):
        split = split_session_key(candidate)
        assert split is None or (len(split) == 3 and all(split))


@given(any_id, st.integers(1, 999_999))
def test_a_generation_is_told_from_its_id(base: str, number: int) -> None:
    named = generation_id(base, number)
    if number > 1:
        assert split_generation(named) == (base, number)
    assert split_generation(f"{base}~g1") == (base, 1)


@pytest.mark.parametrize("session_id", ["a", "a~g0", "a~g01", "a~g1000000", "~g2", "a~g2x"])
def test_what_only_resembles_a_generation_is_an_id(session_id: str) -> None:
    assert split_generation(session_id) == (session_id, 1)
