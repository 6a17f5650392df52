"""What a tool's long output is called in the bucket: nothing that could be taken for anything else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.bucket.attachments import attachments_prefix, list_attachments, object_name, stem_of
from session_mirror.bucket.keys import is_key
from session_mirror.bucket.lookup import newest_stored
from session_mirror.bucket.names import META_NAME, format_part, parse_part, session_prefix, split_session_key
from session_mirror.bucket.reader import StreamReader
from session_mirror.mirror.shelves import shelves
from support.memory_store import MemoryStore

TRACECRAFT_PART = re.compile(r"part-(\d{5})-[a-f0-9]{8}\.jsonl$")
"""As the other tool looks for parts: in the last segment of every key below a session's prefix."""

names = st.one_of(
    st.text(st.characters(), min_size=1, max_size=300),
    st.sampled_from(
        [META_NAME, "part-00000-00000004.jsonl", "x~part-00001-deadbeef.jsonl", ".", "..", "...", "a~2", "~"]
    ),
)


@given(names, st.integers(1, 10**6))
def test_a_key_is_one_that_every_store_takes_and_no_part(name: str, version: int) -> None:
    key = attachments_prefix("claude-code", "s") + object_name(name, version)
    last = key.rsplit("/", 1)[-1]
    assert is_key(key)
    assert key.count("/") == 4
    assert (TRACECRAFT_PART.search(last), parse_part(last), last == META_NAME) == (None, None, False)
    assert split_session_key(key) is None


@given(names, names, st.integers(1, 99), st.integers(1, 99))
def test_two_contents_never_share_a_key(one: str, other: str, version: int, another: int) -> None:
    assert (object_name(one, version) == object_name(other, another)) == ((one, version) == (other, another))


@given(st.dictionaries(names, st.integers(1, 12), max_size=4))
def test_a_listing_tells_each_version_of_each(wanted: dict[str, int]) -> None:
    store = MemoryStore()
    for name, version in wanted.items():
        store.plant(attachments_prefix("h", "s~g2") + object_name(name, version), b"x")
    store.plant(attachments_prefix("h", "s") + "a/b", b"another tool's")
    listed = list_attachments(store, "h", "s")
    assert {stem: list(versions) for stem, versions in listed.items()} == {
        stem_of(name): [version] for name, version in wanted.items()
    }


def test_a_session_of_nothing_but_attachments_is_no_session_yet() -> None:
    store = MemoryStore()
    store.plant(attachments_prefix("h", "s") + "b1.txt", b"x")
    assert newest_stored(store, "h", "s") is None
    assert shelves(store.list("sessions/")) == []


@pytest.mark.parametrize("beside", ["b1.txt", "b1.txt~2", "part-00000-00000009.jsonl"])
def test_readers_of_a_stream_see_nothing_of_what_lies_deeper(beside: str) -> None:
    store = MemoryStore()
    prefix = session_prefix("h", "s")
    store.plant(prefix + format_part(0, 4), b"one\n")
    store.plant(f"{prefix}tool-results/{beside}", b"not of the stream")
    assert b"".join(StreamReader(store, prefix).read()) == b"one\n"
    (shelf,) = shelves(store.list("sessions/"))
    assert (shelf.cover.end, shelf.cover.foreign) == (4, ())
