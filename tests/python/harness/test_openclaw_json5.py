"""Configuration as people write it: JSON5 reads like the JSON it stands for, and nonsense is an error."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness.openclaw.json5 import read_json5

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(values, st.sampled_from([None, 2]))
def test_json_is_json5(value: object, indent: int | None) -> None:
    assert read_json5(json.dumps(value, indent=indent)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{a: 1}", {"a": 1}),
        ("{'a': 'it\\'s'}", {"a": "it's"}),
        ("{a: 'say \"hi\"'}", {"a": 'say "hi"'}),
        ("[1, 2,]", [1, 2]),
        ("{a: 1,}", {"a": 1}),
        ("// one\n{/* two\n */ a: 1} // three", {"a": 1}),
        ('{"a": "no // comment"}', {"a": "no // comment"}),
        ('{"a": "on \\\nand on"}', {"a": "on and on"}),
        ("{a: '\\x41'}", {"a": "A"}),
        ("{$include: './x'}", {"$include": "./x"}),
        ("{a: .5, b: +1, c: 0xFF, d: Infinity}", {"a": ".5", "b": "+1", "c": "0xFF", "d": "Infinity"}),
        ("{a: '{agentId}', b: [true, null]}", {"a": "{agentId}", "b": [True, None]}),
    ],
)
def test_what_json_lacks_is_read(text: str, value: object) -> None:
    assert read_json5(text) == value


@given(st.text(alphabet="{}[]:,'\"/*\\ab1 \n", max_size=30))
def test_anything_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        read_json5(text)


@pytest.mark.parametrize("text", ["", "{", "{a}", "'", "/*", "[" * 100_000, '"\n"'])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_json5(text)
