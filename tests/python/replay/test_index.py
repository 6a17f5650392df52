"""The index knows every line, however the bytes arrive."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.replay.index import LineIndex

lines = st.lists(st.binary(max_size=12).map(lambda body: body.replace(b"\n", b"\r")), max_size=30)
separators = b"\r\x0b\x0c\x1c\x85\xe2\x80\xa8"


def spans(index: LineIndex) -> list[tuple[int, int]]:
    return [index.span(at) for at in range(len(index))]


@given(lines, st.binary(max_size=9).map(lambda body: body.replace(b"\n", b"")), st.data())
def test_any_chunking_gives_every_whole_line_and_nothing_of_the_torn_one(
    whole: list[bytes], torn: bytes, data: st.DataObject
) -> None:
    body = b"".join(line + b"\n" for line in whole) + torn
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=8)))
    index = LineIndex()
    for start, end in itertools.pairwise([0, *cuts, len(body)]):
        index.feed(body[start:end])
    assert [body[start : start + length] for start, length in spans(index)] == whole
    assert (index.scanned, index.end) == (len(body), len(body) - len(torn))


@given(lines, st.integers(1, 20))
def test_growth_extends_what_is_known(whole: list[bytes], chunk: int) -> None:
    body = b"".join(line + b"\n" for line in whole)
    index = LineIndex()
    for size in range(0, len(body) + 1, 7):
        index.extend(lambda start, length: body[start : start + length], size, chunk)
        assert len(index) == body[:size].count(b"\n")
    index.extend(lambda start, length: body[start : start + length], len(body), chunk)
    assert len(index) == len(whole)


def test_only_line_feeds_part_lines() -> None:
    index = LineIndex()
    index.feed(separators + b"\n" + separators + b"\n")
    assert spans(index) == [(0, len(separators)), (len(separators) + 1, len(separators))]


def test_a_blank_line_is_a_record() -> None:
    index = LineIndex()
    index.feed(b"a\n\n\nb\n")
    assert spans(index) == [(0, 1), (2, 0), (3, 0), (4, 1)]


@pytest.mark.parametrize("at", [-1, 2])
def test_there_are_no_records_but_those(at: int) -> None:
    index = LineIndex()
    index.feed(b"a\nb\ntorn")
    with pytest.raises(IndexError):
        index.span(at)


def test_an_interrupted_extension_is_taken_up_where_it_ended() -> None:
    body = b"one\ntwo\nthree\n"
    index = LineIndex()

    def failing(start: int, length: int) -> bytes:
        if start >= 6:
            raise OSError
        return body[start : start + length]

    with pytest.raises(OSError):
        index.extend(failing, len(body), 3)
    index.extend(lambda start, length: body[start : start + length], len(body), 3)
    assert len(index) == 3
