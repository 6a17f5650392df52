"""Of all sessions of a folder, the one that was told of, and those that its agent began."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from session_mirror.harness.base import FoundSession
from session_mirror.hooks.family import family_of
from session_mirror.hooks.told import Told
from support.engine import PlainHarness

HERE, EVERYWHERE = Path("/home/ada/app"), Path("/")


class Listed(PlainHarness):
    """Finds what it is given, by the folder it is in."""

    def __init__(self, root: Path, sessions: dict[Path, list[FoundSession]]) -> None:
        super().__init__(root)
        self._root = root
        self._sessions = sessions

    def roots(self) -> list[Path]:
        return [self._root]

    def discover(self, folders: Sequence[Path]) -> list[FoundSession]:
        return self._sessions.get(folders[0], [])


def session(name: str, parent: str | None = None) -> FoundSession:
    return FoundSession("plain", name, Path(f"/t/{name}"), str(HERE), 1, 1, parent)


def told(transcript: str = "") -> Told:
    return Told(
        harness="plain", session_id="own", cwd=str(HERE), transcript=transcript, home="", agent=None, told_at_ms=0
    )


def found(harness: Listed, about: Told) -> list[str]:
    return [one.session_id for one in family_of(about, harness).discover([HERE])]


def test_a_family_is_a_session_with_all_that_it_began(tmp_path: Path) -> None:
    own = [session("grandchild", "child"), session("child", "own"), session("own")]
    everyone = [*own, session("other"), session("another", "other")]
    assert found(Listed(tmp_path, {HERE: everyone}), told()) == ["grandchild", "child", "own"]


def test_sub_agents_are_not_followed_before_the_session_itself_is_found(tmp_path: Path) -> None:
    assert found(Listed(tmp_path, {HERE: [session("child", "own")]}), told()) == []


@pytest.mark.parametrize(
    ("name", "expected"), [("own.jsonl", ["own"]), ("other.jsonl", []), ("own-missing.jsonl", []), ("", [])]
)
def test_everywhere_is_searched_only_for_a_transcript_of_the_session_that_is_there(
    tmp_path: Path, name: str, expected: list[str]
) -> None:
    for file in ("own.jsonl", "other.jsonl"):
        (tmp_path / file).touch()
    harness = Listed(tmp_path, {EVERYWHERE: [session("own")]})
    assert found(harness, told(str(tmp_path / name) if name else "")) == expected


def test_a_transcript_outside_the_agents_folders_makes_nobody_search(tmp_path: Path) -> None:
    (tmp_path / "own.jsonl").touch()
    harness = Listed(tmp_path / "projects", {EVERYWHERE: [session("own")]})
    assert found(harness, told(str(tmp_path / "own.jsonl"))) == []


def test_everything_else_is_the_agents_own(tmp_path: Path) -> None:
    family = family_of(told(), Listed(tmp_path, {}))
    assert list(family.roots()) == [tmp_path]
    assert family.problems() == []
