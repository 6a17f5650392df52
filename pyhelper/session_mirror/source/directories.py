"""Tells whether files came or went below some directories, by the directories' own dates: no file is looked at."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import attrs

_SETTLED_S: Final = 2.5
"""A directory that changed more recently may change again without a new date: some file systems count in twos."""


@attrs.frozen
class _Directory:
    mark: tuple[int, int, int] | None
    """What tells it from a later state of itself, or from a successor; None when that can't be known yet."""
    below: tuple[str, ...]


class Directories:
    """All directories below some roots. Asking costs one stat for each, and a listing for each that changed."""

    def __init__(self, roots: Iterable[Path], now_s: Callable[[], float] = time.time) -> None:
        """Roots need not exist. `now_s` is the wall clock, Unix epoch."""
        self._roots = tuple(map(str, roots))
        self._now_s = now_s
        self._known: dict[str, _Directory] = {}

    def changed(self) -> bool:
        """Whether an entry may have come, gone or been renamed since the last call; links are followed, loops not."""
        seen: dict[str, _Directory] = {}
        visited: set[tuple[int, int]] = set()
        changed = False
        pending = list(self._roots)
        while pending:
            path = pending.pop()
            try:
                status = os.stat(path)  # noqa: PTH116  thousands of Path objects cost more than the look itself
            except OSError:
                continue
            place = (status.st_dev, status.st_ino)
            if place in visited:
                continue
            visited.add(place)
            mark = (*place, status.st_mtime_ns)
            known = self._known.get(path)
            if known is None or known.mark != mark:
                changed = True
                known = self._look(path, mark)
            seen[path] = known
            pending += known.below
        changed = changed or seen.keys() != self._known.keys()
        self._known = seen
        return changed

    def _look(self, path: str, mark: tuple[int, int, int]) -> _Directory:
        settled = self._now_s() - mark[2] / 1e9 > _SETTLED_S
        try:
            with os.scandir(path) as entries:
                below = tuple(entry.path for entry in entries if _is_directory(entry))
        except OSError:
            return _Directory(None, ())
        return _Directory(mark if settled else None, below)


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
