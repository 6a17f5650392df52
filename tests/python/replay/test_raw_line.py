"""Any page of a raw line equals the same piece of the whole line's text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from session_mirror.replay.raw_line import RawLine

utf8ish = st.lists(
    st.binary(max_size=6)
    | st.text(max_size=6).map(str.encode)
    | st.sampled_from([b"\xf0\x9f\x99\x82", b"\xed\xa0\x80"]),
    max_size=12,
).map(b"".join)


@given(utf8ish, st.integers(1, 9), st.integers(0, 60), st.integers(0, 60), st.binary(max_size=5))
def test_every_page_is_cut_from_the_line_decoded_at_once(
    line: bytes, step: int, offset: int, count: int, before: bytes
) -> None:
    source = before + line + b"\nnext line"
    raw = RawLine(lambda start, length: source[start : start + length], len(before), len(line), step)
    whole = line.decode("utf-8", "replace")
    assert raw.total_chars == len(whole)
    assert raw.text(offset, count) == whole[offset : offset + count]


def test_a_page_reads_a_step_or_two_and_not_the_line() -> None:
    line = "é".encode() * 50_000
    reads: list[int] = []

    def read(start: int, length: int) -> bytes:
        reads.append(length)
        return line[start : start + length]

    raw = RawLine(read, 0, len(line), step_bytes=1000)
    assert sum(reads) == len(line)
    reads.clear()
    assert raw.text(44_444, 100) == "é" * 100
    assert sum(reads) <= 2000
