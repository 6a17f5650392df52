"""The wire's messages are those of the golden files, which the editor's side checks against its own types."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.protocol.methods import FACTS, REQUESTS
from session_mirror.protocol.mirror import HealthParams
from session_mirror.server.wire import WireError, from_wire, to_wire
from support.golden import EXCHANGES, INVALID
from support.golden import FACTS as TOLD

PARAMS: dict[str, type[object]] = {request.method: request.params for request in REQUESTS}
RESULTS: dict[str, type[object]] = {request.method: request.result for request in REQUESTS}
FACT_TYPES: dict[str, type[object]] = {fact.method: fact.params for fact in FACTS}


def over_the_wire(message: object) -> Any:
    """What the other side reads: JSON in ASCII, whatever the text."""
    return json.loads(json.dumps(message).encode("ascii"))


def test_every_message_of_the_table_has_an_example() -> None:
    assert {exchange["method"] for exchange in EXCHANGES} == PARAMS.keys()
    assert {fact["method"] for fact in TOLD} == FACT_TYPES.keys()


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange["method"])
def test_a_request_and_its_result_cross_without_a_change(exchange: dict[str, Any]) -> None:
    method = exchange["method"]
    params = from_wire(PARAMS[method], exchange["params"])
    assert isinstance(params, PARAMS[method])
    assert over_the_wire(to_wire(params)) == exchange["params"]
    result = from_wire(RESULTS[method], exchange["result"])
    assert over_the_wire(to_wire(result)) == exchange["result"]


@pytest.mark.parametrize("fact", TOLD, ids=lambda fact: fact["method"])
def test_a_fact_crosses_without_a_change(fact: dict[str, Any]) -> None:
    message = from_wire(FACT_TYPES[fact["method"]], fact["params"])
    assert over_the_wire(to_wire(message)) == fact["params"]


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange["method"])
def test_fields_that_we_do_not_know_are_ignored(exchange: dict[str, Any]) -> None:
    cls = PARAMS[exchange["method"]]
    newer = {**exchange["params"], "somethingNewer": {"jsonrpc": "2.0", "method": "exit"}}
    assert from_wire(cls, newer) == from_wire(cls, exchange["params"])


@pytest.mark.parametrize("case", INVALID, ids=lambda case: case["why"])
def test_what_is_wrong_is_named_by_its_path_and_not_quoted(case: dict[str, Any]) -> None:
    with pytest.raises(WireError) as caught:
        from_wire(PARAMS[case["method"]], case["params"])
    complaints = str(caught.value).split("; ")
    assert any(complaint.endswith(f"@ {case['complaint']}") for complaint in complaints)
    assert "12345" not in str(caught.value)


def test_no_parameters_at_all_are_an_empty_object() -> None:
    assert from_wire(HealthParams, None) == from_wire(HealthParams, {}) == HealthParams()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(exchange=st.sampled_from(EXCHANGES), field=st.text(min_size=1) | st.none(), value=json_values, data=st.data())
def test_whatever_stands_in_a_field_is_understood_or_named(
    exchange: dict[str, Any], field: str | None, value: object, data: st.DataObject
) -> None:
    """Never another error than `WireError`: that would be answered as a bug of ours."""
    params = dict(exchange["params"])
    known = sorted(params)
    name = data.draw(st.sampled_from(known)) if field is None and known else (field or "x")
    params[name] = value
    try:
        message = from_wire(PARAMS[exchange["method"]], params)
    except WireError as error:
        assert f"$.{name}" in str(error)
    else:
        assert isinstance(message, PARAMS[exchange["method"]])


def test_every_message_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs/protocol.md").read_text(encoding="utf-8")
    assert [method for method in (*PARAMS, *FACT_TYPES) if f"| `{method}` |" not in page] == []
