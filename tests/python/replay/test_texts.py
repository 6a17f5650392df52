"""No lone surrogate and no oversized page ever reaches the wire."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from session_mirror.replay.texts import PAGE_BYTES, fit, json_bytes, page_of, scrub

any_text = st.text(st.characters(exclude_categories=()), max_size=300)


@given(any_text)
def test_scrubbed_text_is_valid_utf8_and_keeps_its_length(text: str) -> None:
    clean = scrub(text)
    clean.encode()
    assert len(clean) == len(text)
    assert all(one == other or "\ud800" <= other <= "\udfff" for one, other in zip(clean, text, strict=True))


@given(any_text)
def test_the_measure_is_what_json_takes(text: str) -> None:
    assert json_bytes(text) == len(json.dumps(text))


@given(any_text, st.integers(64, 1000))
def test_a_fitted_text_is_a_prefix_within_its_budget(text: str, budget: int) -> None:
    fitted = fit(text, budget)
    assert text.startswith(fitted)
    assert json_bytes(fitted) <= budget
    assert bool(fitted) == bool(text)


@given(st.sampled_from(["a", "\x00", "é", "\U0001f642", "\ud800"]), st.integers(0, 400_000))
def test_pages_in_a_row_are_the_text(char: str, count: int) -> None:
    text = char * count
    offset = pages = 0
    while offset < len(text):
        page = page_of(text, offset)
        assert json_bytes(page) < PAGE_BYTES
        assert page == scrub(text[offset : offset + len(page)])
        offset += len(page)
        pages += 1
    assert offset == count
    assert pages <= 1 + 2 * json_bytes(text) // PAGE_BYTES
