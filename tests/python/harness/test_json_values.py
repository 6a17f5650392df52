"""JSON values as people read them."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness.json_values import pretty_json

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(
    SCALARS | st.dictionaries(st.text(), SCALARS, max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(VALUES)
def test_values_are_written_as_python_indents_them(value: object) -> None:
    assert pretty_json(value) == json.dumps(value, indent=2, ensure_ascii=False)


def test_a_value_nested_beyond_reading_stays_as_long_as_it_is() -> None:
    deep = json.loads("[" * 900 + "]" * 900)
    assert pretty_json(deep) == "[" * 900 + "]" * 900
    assert pretty_json(json.loads("[" * 60 + "]" * 60)).count("\n") > 60
