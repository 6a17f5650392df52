"""Directories tell by their dates that files came or went, however quickly one change follows another."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from session_mirror.source.directories import Directories

LATER_S = 1000.0


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "projects"
    (path / "a" / "b").mkdir(parents=True)
    (path / "a" / "file").touch()
    return path


def settled(*roots: Path) -> Directories:
    """As seen long after the last change."""
    directories = Directories(roots, lambda: time.time() + LATER_S)
    assert directories.changed()
    assert not directories.changed()
    return directories


def replace(root: Path) -> None:
    (root / "a").rename(root.parent / "away")
    os.utime(root, ns=(0, root.stat().st_mtime_ns))
    (root / "a").mkdir()


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "new").touch(),
        lambda root: (root / "a" / "b" / "new").touch(),
        lambda root: (root / "a" / "new").mkdir(),
        lambda root: (root / "a" / "file").unlink(),
        lambda root: (root / "a" / "file").rename(root / "a" / "other"),
        lambda root: (root / "a" / "b").rmdir(),
        lambda root: root.rename(root.with_name("gone")),
        replace,
    ],
    ids=["file", "file below", "directory", "deletion", "renaming", "directory gone", "root gone", "replacement"],
)
def test_whatever_comes_or_goes_is_noticed_once(root: Path, change: Callable[[Path], None]) -> None:
    directories = settled(root)
    change(root)
    assert directories.changed()
    assert not directories.changed()


def test_a_file_that_grows_is_nothing_new(root: Path) -> None:
    directories = settled(root)
    (root / "a" / "file").write_bytes(b"more")
    assert not directories.changed()


def test_a_change_without_a_new_date_is_noticed_while_dates_may_be_too_coarse_to_tell(root: Path) -> None:
    directories = Directories([root])
    assert directories.changed()
    date = (root / "a").stat().st_mtime_ns
    (root / "a" / "new").touch()
    os.utime(root / "a", ns=(date, date))
    assert directories.changed()


def test_a_root_that_appears_later_is_noticed(root: Path, tmp_path: Path) -> None:
    later = tmp_path / "later"
    directories = settled(root, later)
    later.mkdir()
    assert directories.changed()


def test_a_link_to_a_directory_above_ends_nowhere_else(root: Path) -> None:
    (root / "a" / "loop").symlink_to(root)
    directories = settled(root)
    (root / "a" / "b" / "new").touch()
    assert directories.changed()
