"""The linked worktrees of a folder's git repository, as git notes them in `.git/worktrees`; git itself isn't asked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from session_mirror.errors import MirrorError
from session_mirror.source.opening import read_head

_LONGEST_NOTE: Final = 16 * 1024
"""Bytes; git's notes hold one path each."""


def linked_worktrees(folder: Path) -> list[Path]:
    """Where the folder is in the linked worktrees of its repository; they need not exist any more.

    None for a folder that is in a linked worktree itself: that one has only its own sessions.
    """
    for place in (folder, *folder.parents):
        entry = place / ".git"
        if not os.path.lexists(entry):
            continue
        below = folder.relative_to(place)
        return [worktree / below for worktree in _worktrees(_store(entry))]
    return []


def _store(entry: Path) -> Path:
    """The repository's own directory; a linked worktree's, in which none are noted."""
    return entry if entry.is_dir() else entry.parent / _note(entry).removeprefix("gitdir:").strip()


def _worktrees(store: Path) -> Iterator[Path]:
    for directory in _directories(store / "worktrees"):
        named = _note(directory / "gitdir")
        if not named:
            continue
        link = Path(os.path.normpath(directory / named))
        # A note alone must not make somebody else's directory ours: the worktree has to point back.
        if link.name == ".git" and (not os.path.lexists(link.parent) or _points_to(link, directory)):
            yield link.parent


def _points_to(link: Path, directory: Path) -> bool:
    named = _note(link).removeprefix("gitdir:").strip()
    return bool(named) and os.path.realpath(link.parent / named) == os.path.realpath(directory)


def _directories(parent: Path) -> list[Path]:
    try:
        return [Path(entry.path) for entry in os.scandir(parent) if entry.is_dir()]
    except OSError:
        return []


def _note(path: Path) -> str:
    try:
        note = os.fsdecode(read_head(path, _LONGEST_NOTE)).strip()
    except (OSError, MirrorError):
        return ""
    return "" if "\0" in note else note
