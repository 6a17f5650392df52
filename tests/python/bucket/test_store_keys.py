"""A key can never leave its folder, on any system, and what every store must refuse is refused."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.bucket.keys import check_prefix, is_key, is_windows_name
from session_mirror.errors import MirrorError

nasty = st.lists(
    st.sampled_from(["..", ".", "", "a", "/", "\\", "\0", "\n", "C:", "~", "%2e", "con", "a.", "\ud800", "é"]),
    max_size=8,
).map("/".join) | st.text(max_size=40)


@given(nasty)
def test_an_accepted_key_stays_below_any_root(key: str) -> None:
    if not is_key(key):
        return
    root = PurePosixPath("/home/ada/mirror")
    path = root / key
    assert path.parts[: len(root.parts)] == root.parts
    assert ".." not in path.parts
    assert "/".join(path.parts[len(root.parts) :]) == key


@given(nasty)
def test_an_accepted_windows_name_stays_below_any_root(key: str) -> None:
    if not is_key(key) or not all(map(is_windows_name, key.split("/"))):
        return
    root = PureWindowsPath("C:/mirror")
    assert (root / key).as_posix() == f"C:/mirror/{key}"


@given(nasty, st.integers(min_value=0))
def test_every_beginning_of_a_key_is_a_prefix(key: str, length: int) -> None:
    if is_key(key):
        check_prefix(key[: length % (len(key) + 1)])


@pytest.mark.parametrize("name", ["con", "NUL", "Aux.json", "com1", "lpt9.jsonl", "a:b", "a?", "a.", "a ", 'a"b'])
def test_what_windows_reads_as_something_else_is_no_name_there(name: str) -> None:
    assert not is_windows_name(name)


@pytest.mark.parametrize(
    "name", ["console", "part-00001-0000000a.jsonl", "abc~g2", "%2E%2E", "com10", "auxiliary.json"]
)
def test_ordinary_names_are_names_on_windows(name: str) -> None:
    assert is_windows_name(name)


@pytest.mark.parametrize("prefix", ["/", "a//", "../", "a/../", "a\\", "\0", "./"])
def test_a_prefix_that_no_key_has_is_refused(prefix: str) -> None:
    with pytest.raises(MirrorError):
        check_prefix(prefix)
