"""Project directories: the exact encoding, and which ones may hold a folder's sessions."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness.claude.paths import config_dirs, encode_path, may_hold, names_of
from session_mirror.harness.folders import is_within

HOME = Path("/home/me")
paths = st.lists(st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=30), min_size=1, max_size=4).map(
    lambda parts: "/" + "/".join(parts)
)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/a/.b_c", "-a--b-c"),
        ("C:\\x", "C--x"),
        ("/Users/jo.e/my repo", "-Users-jo-e-my-repo"),
        ("/w/a__b..c  d/x_y.z", "-w-a--b--c--d-x-y-z"),
        ("/w/Привет", "-w-" + "-" * 6),
        ("/w/🦀", "-w---"),
        ("/w/" + "a" * 197, "-w-" + "a" * 197),
    ],
)
def test_every_utf16_unit_that_is_no_letter_or_digit_becomes_a_dash(path: str, name: str) -> None:
    assert encode_path(path) == name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/w/" + "a" * 198, "-w-" + "a" * 197 + "-ipsd09"),
        ("/w/" + "é🦀" * 90, "-w-" + "-" * 197 + "-dlr7mv"),
    ],
)
def test_a_longer_name_is_cut_and_ends_with_a_hash(path: str, name: str) -> None:
    # As Node computes `h = (h << 5) - h + unit | 0`, in base 36.
    assert encode_path(path) == name


@given(paths, paths)
def test_a_folder_and_all_below_it_are_found_by_name(folder: str, below: str) -> None:
    names = names_of(folder)
    assert may_hold(encode_path(folder), names)
    assert may_hold(encode_path(folder + below), names)


@given(paths)
def test_everything_is_below_the_root(folder: str) -> None:
    assert may_hold(encode_path(folder), names_of("/"))


def test_a_hash_of_another_build_is_still_found() -> None:
    folder = "/w/" + "x" * 300
    assert may_hold(encode_path(folder)[:201] + "zzzzzz", names_of(folder))


@pytest.mark.parametrize("name", ["-a-b_c", "-A-B-C", "-a-b-c-d"])
def test_other_spellings_of_a_name_may_hold_it(name: str) -> None:
    assert may_hold(name, names_of("/a/b_c"))


def test_a_dictated_name_may_hold_anything() -> None:
    assert may_hold("session", names_of("/a/b"))


@pytest.mark.parametrize("name", ["-a-bc", "-a", "-x-a-b", "C--a-b"])
def test_other_folders_names_do_not(name: str) -> None:
    assert not may_hold(name, names_of("/a/b"))


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_both_ways_to_compose_unicode_are_found(form: str) -> None:
    folder = unicodedata.normalize("NFC", "/w/café")
    name = encode_path(unicodedata.normalize(form, "/w/café"))  # type: ignore[arg-type]
    assert may_hold(name, names_of(folder))


def test_a_path_that_is_no_unicode_is_encoded_too() -> None:
    assert encode_path("/w/\udcff") == "-w--"


def test_within_is_by_whole_names() -> None:
    assert is_within("/a/b", "/a/b")
    assert is_within("/a/b/c", "/a/b")
    assert is_within("/a", "/")
    assert not is_within("/a/bc", "/a/b")
    assert not is_within("/a/b_c", "/a/b-c")
    assert not is_within("/a", "/a/b")


def test_case_counts_only_where_the_system_says_so() -> None:
    assert is_within("/A/b/c", "/a/B", case_insensitive=True)
    assert not is_within("/A/b/c", "/a/B", case_insensitive=False)


def test_within_does_not_mind_how_unicode_is_composed() -> None:
    assert is_within(unicodedata.normalize("NFD", "/w/café/x"), unicodedata.normalize("NFC", "/w/café"))


def test_the_environment_replaces_the_usual_places_and_extra_ones_are_added() -> None:
    extra = [Path("/x"), Path("/env")]
    assert config_dirs({}, HOME, extra) == [HOME / ".claude", HOME / ".config/claude", *extra]
    assert config_dirs({"CLAUDE_CONFIG_DIR": "/env"}, HOME, extra) == [Path("/env"), Path("/x")]
    assert config_dirs({"CLAUDE_CONFIG_DIR": ""}, HOME) == [HOME / ".claude", HOME / ".config/claude"]
