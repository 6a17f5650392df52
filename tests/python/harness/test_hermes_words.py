"""What is remembered of a row of Hermes'."""

from __future__ import annotations

import sys
from array import array

from session_mirror.harness.hermes.records import record_of
from session_mirror.harness.hermes.words import Words


def test_a_row_takes_some_fifty_bytes_besides_its_key() -> None:
    words = Words()
    for number in range(10_000):
        row: dict[str, object] = {"id": number, "role": "user", "content": "x" * 1000, "timestamp": 1.7e9 + number}
        words.take(number, row, record_of(row, b""), number)
    kept = [column for column in vars(words).values() if isinstance(column, (array, bytearray))]
    assert sum(map(sys.getsizeof, kept)) < 55 * 10_000


def test_keys_of_different_types_are_different_rows() -> None:
    words = Words()
    for line, key in enumerate((1, "1", None, "None", 1.5)):
        row: dict[str, object] = {"id": key, "role": "user", "content": "x"}
        words.take(key, row, record_of(row, b""), line)
    words.remove("1")
    assert [words.lines[row] for row in words.visible()] == [0, 3, 4]
