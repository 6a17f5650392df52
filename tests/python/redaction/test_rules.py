"""Redaction: every shape, whatever the chunking, and JSON stays JSON."""

from __future__ import annotations

import json
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.redaction.counts import merge_counts
from session_mirror.redaction.rules import OFF, TOKEN_SHAPES, find_rules
from support.secret_shapes import ALNUM, SECRETS

TOO_SHORT = {
    "aws_access_key": "AKIA" + "Q3ZX7TPL0WMD9KV",
    "aws_session_token": "ASIA" + "q3zx7tpl0wmd9kvb",
    "anthropic_key": "sk-ant-" + "short_one",
    "openai_key": "sk-" + "Ab3dEf6hIj9lMn2pQr5",
    "hf_token": "hf_" + "Ab3dEf6hIj9lMn2pQr5tUv8xYz1Ab",
    "github_pat": "ghx_" + ALNUM,
    "slack_token": "xoxz-" + "1234-abcd-1234",
    "bearer_token": "Bearer " + "of bad news",
}

fragments = st.one_of(
    st.sampled_from(
        [*SECRETS.values(), *TOO_SHORT.values(), "AKIA", "Bearer", "Bearer ", "sk-", "\n", "\r\n", "\\", '"']
    ),
    st.sampled_from(["\\u000AKIA" + "Q3ZX7TPL0WMD9KVB", "\\\\u000AKIA" + "Q3ZX7TPL0WMD9KVB", "\\u00Bearer " + ALNUM]),
    st.text(max_size=8),
)
texts = st.lists(fragments, max_size=12).map("".join)


def lines_of(data: bytes) -> list[bytes]:
    return [line + b"\n" for line in data.split(b"\n")[:-1]]


@pytest.mark.parametrize("name", SECRETS)
def test_each_shape_is_replaced_by_its_own_mark_and_counted(name: str) -> None:
    redacted = TOKEN_SHAPES.redact(f'{{"k":"a {SECRETS[name]} b"}}\n'.encode())
    assert redacted.data == f'{{"k":"a [REDACTED:{name}] b"}}\n'.encode()
    assert redacted.counts == {name: 1}


@pytest.mark.parametrize("name", TOO_SHORT)
def test_text_that_only_resembles_a_shape_stays_as_it_is(name: str) -> None:
    line = f'{{"k":"{TOO_SHORT[name]}"}}\n'.encode()
    assert TOKEN_SHAPES.redact(line).data == line
    assert TOKEN_SHAPES.redact(line).counts == {}


def test_every_further_kind_of_prefix_is_known() -> None:
    tokens = [f"gh{letter}_{ALNUM}" for letter in "pousr"] + [f"xox{letter}-{ALNUM}" for letter in "abprs"]
    tokens += [f"sk-{ALNUM}", f"sk-svcacct-{ALNUM}"]
    redacted = TOKEN_SHAPES.redact("\n".join(tokens).encode())
    assert redacted.counts == {"github_pat": 5, "slack_token": 5, "openai_key": 2}


@given(st.lists(texts, max_size=6), st.data())
def test_any_chunking_at_lines_gives_the_same_bytes_and_counts(pieces: list[str], data: st.DataObject) -> None:
    whole = ("\n".join(pieces) + "\n").encode("utf-8", "replace")
    lines = lines_of(whole)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(lines)))) | {0, len(lines)})
    chunks = [TOKEN_SHAPES.redact(b"".join(lines[a:b])) for a, b in pairwise(cuts)]
    counts: dict[str, int] = {}
    for chunk in chunks:
        counts = merge_counts(counts, chunk.counts)
    assert b"".join(chunk.data for chunk in chunks) == TOKEN_SHAPES.redact(whole).data
    assert counts == TOKEN_SHAPES.redact(whole).counts


@given(st.lists(texts, max_size=6))
def test_as_many_lines_come_out_as_went_in(pieces: list[str]) -> None:
    whole = "\n".join(pieces).encode("utf-8", "replace")
    assert TOKEN_SHAPES.redact(whole).data.count(b"\n") == whole.count(b"\n")


def test_a_bearer_at_the_end_of_a_line_does_not_swallow_the_next_line() -> None:
    two_lines = f"Bearer \n{ALNUM}\n".encode()
    assert TOKEN_SHAPES.redact(two_lines).data == two_lines


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=12,
    ),
    st.booleans(),
)
def test_valid_json_stays_valid_json(value: object, ascii_only: bool) -> None:
    line = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    json.loads(TOKEN_SHAPES.redact(line).data.decode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("escape", ["\\u000AKIAQ3ZX7TPL0WMD9KVB", "\\u000Bearer " + ALNUM, "\\u00Bearer " + ALNUM])
def test_an_escape_is_never_cut_in_two(escape: str) -> None:
    line = f'{{"k":"{escape}"}}\n'.encode()
    assert TOKEN_SHAPES.redact(line).data == line


def test_a_secret_after_what_only_looks_like_an_escape_is_found() -> None:
    line = rb'{"k":"\\u000' + SECRETS["aws_access_key"].encode() + b'"}\n'
    assert TOKEN_SHAPES.redact(line).data == rb'{"k":"\\u000[REDACTED:aws_access_key]"}' + b"\n"


def test_a_secret_right_behind_an_escape_is_found() -> None:
    line = rb'{"k":"\u000A' + SECRETS["aws_access_key"].encode() + b'"}\n'
    assert TOKEN_SHAPES.redact(line).data == rb'{"k":"\u000A[REDACTED:aws_access_key]"}' + b"\n"


@given(texts)
def test_redacting_again_changes_nothing(text: str) -> None:
    once = TOKEN_SHAPES.redact(text.encode("utf-8", "replace")).data
    again = TOKEN_SHAPES.redact(once)
    assert again.data == once
    assert again.counts == {}


@given(st.binary(max_size=400))
def test_any_bytes_are_taken(data: bytes) -> None:
    assert OFF.redact(data).data == data
    TOKEN_SHAPES.redact(data)


def test_off_is_a_rule_set_that_changes_nothing() -> None:
    line = SECRETS["hf_token"].encode()
    assert OFF.redact(line).data == line
    assert OFF.redact(line).counts == {}


def test_rule_sets_are_found_by_the_id_that_metadata_records() -> None:
    assert find_rules("tracecraft-8/1") is TOKEN_SHAPES
    assert find_rules("off") is OFF
    assert find_rules("tracecraft-9/1") is None
    assert find_rules(None) is None


def test_eight_mebibytes_take_well_under_a_second() -> None:
    line = b'{"type":"user","message":{"content":"' + b"some ordinary text, task-list, Bears and xerox " * 40 + b'"}}\n'
    chunk = line * (8 * 1024 * 1024 // len(line))
    started = time.perf_counter()
    TOKEN_SHAPES.redact(chunk)
    assert time.perf_counter() - started < 1.0


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 9)), st.dictionaries(st.text(max_size=3), st.integers(0, 9)))
def test_merged_counts_are_the_sums(a: dict[str, int], b: dict[str, int]) -> None:
    merged = merge_counts(a, b)
    assert merged == {name: a.get(name, 0) + b.get(name, 0) for name in a.keys() | b.keys()}
