"""The index of a stream's lines says exactly where they end, or nothing."""

from __future__ import annotations

import tracemalloc
import zlib
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.bucket.cover import resolve
from session_mirror.bucket.line_index import (
    MAX_BYTES,
    MAX_LINES,
    ListedIndex,
    decode_index,
    encode_index,
    index_name,
    is_index,
    line_lengths,
    listed_indexes,
    newest_index,
)
from session_mirror.bucket.names import parse_part
from session_mirror.bucket.store import StoredObject

LENGTHS = st.lists(st.integers(1, 300) | st.integers(1, 1 << 40), max_size=60)


@given(LENGTHS)
def test_what_was_written_is_read(lengths: list[int]) -> None:
    body = encode_index(lengths)
    ends = decode_index(index_name(sum(lengths), body), body)
    assert ends is not None
    assert list(ends) == list(accumulate(lengths))


@given(LENGTHS.filter(bool), st.data())
def test_a_changed_byte_a_cut_and_another_name_are_found_out(lengths: list[int], data: st.DataObject) -> None:
    body = encode_index(lengths)
    name = index_name(sum(lengths), body)
    at = data.draw(st.integers(0, len(body) - 1))
    assert decode_index(name, body[:at] + bytes([body[at] ^ data.draw(st.integers(1, 255))]) + body[at + 1 :]) is None
    assert decode_index(name, body[:at]) is None
    assert decode_index(index_name(sum(lengths) + 1, body), body) is None
    assert decode_index("lines.idx", body) is None


@given(st.binary(max_size=200), st.integers(0, 1 << 64))
def test_whatever_lies_there_is_no_error(body: bytes, end: int) -> None:
    assert decode_index(index_name(end % (1 << 64), body), body) is None


@pytest.mark.parametrize(
    ("width", "count", "planes"),
    [
        (1, 3, b"\x01\x02"),
        (1, 2, b"\x01\x02\x00"),
        (1, 3, b"\x01\x02\x00"),
        (0, 0, b""),
        (9, 0, b""),
        (8, 2, b"\xff" * 16),
        (1, MAX_LINES + 1, b"\x00"),
    ],
    ids=["too few", "too many", "an empty line", "no width", "too wide", "beyond all offsets", "more than allowed"],
)
def test_a_header_that_its_content_contradicts_is_found_out(width: int, count: int, planes: bytes) -> None:
    true = encode_index([1, 2])
    header = true[:5] + bytes([width]) + true[6:16] + count.to_bytes(8, "little")
    body = header + zlib.compress(planes)
    assert decode_index(index_name(3, body), body) is None
    assert decode_index(index_name(3, true), true) is not None


def test_what_unpacks_to_more_than_it_announces_is_not_unpacked() -> None:
    body = encode_index([1])[:24] + zlib.compress(b"\x01" + bytes(1 << 24))
    tracemalloc.start()
    try:
        assert decode_index(index_name(1, body), body) is None
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_lines_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="no lines"):
        encode_index([3, 0])


def test_half_a_million_lines_take_less_than_a_megabyte() -> None:
    lengths = [100 + (number * 7919) % 4001 for number in range(500_000)]
    assert len(encode_index(lengths)) < 1_000_000


@given(st.lists(st.sampled_from([b"a", b"\n", b"\r", b"\x0b", b"\xe2\x80\xa8"])).map(b"".join))
def test_lengths_are_those_of_whole_lines(body: bytes) -> None:
    lengths = line_lengths(body)
    assert [body[end - length : end] for length, end in zip(lengths, accumulate(lengths), strict=True)] == [
        line + b"\n" for line in body.split(b"\n")[:-1]
    ]


def test_its_name_is_no_parts_and_it_belongs_to_no_cover() -> None:
    body = encode_index([5])
    name = index_name(5, body)
    assert is_index(name)
    assert parse_part(name) is None
    part = StoredObject("s/part-00000-00000005.jsonl", 5, 0)
    assert resolve([part, StoredObject(f"s/{name}", 99, 0)]) == resolve([part])


def test_the_one_that_covers_most_and_not_too_much_is_taken() -> None:
    names = {end: index_name(end, b"%d" % end) for end in (5, 300, 90)}
    objects = [StoredObject(f"s/{name}", 9, 0) for name in (*names.values(), "meta.json", "lines-5.idx")]
    found = listed_indexes(objects)
    assert [each.end for each in found] == [5, 90, 300]
    assert newest_index(found, 299) == ListedIndex(90, f"s/{names[90]}", 9)
    assert newest_index(found, 4) is None
    assert newest_index([ListedIndex(5, "s/a", MAX_BYTES + 1)], 9) is None
