"""Which lines of a stream the conversation went on without.

Each entry names its parent; the conversation is the path from the newest entry back to the first. An entry on a path
that was left was shown and paid for, and says nothing to the model any more.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Final

from session_mirror.harness.json_values import as_text

_NONE: Final = -1
_OUTSIDE: Final = -2
"""A line that is no entry of the tree."""


class Tree:
    """Collects, line by line, who is whose parent. It takes a number a line."""

    def __init__(self) -> None:
        self._parents = array("q")
        self._controls: set[int] = set()
        """Entries that only say where the conversation goes on."""
        self._leaf = _NONE
        self._has_branches = False

    def add(self, entry: dict[str, object], lines: Mapping[str, int], *, is_copy: bool) -> None:
        """The next line. `lines`: by an entry's identity, the line before this one that told it."""
        line = len(self._parents)
        if is_copy or not entry.get("id") or entry.get("type") == "session":
            self._parents.append(_OUTSIDE)
        elif entry.get("type") == "leaf":
            # Who names it as a parent means the place that it leads to.
            self._controls.add(line)
            target = lines.get(as_text(entry.get("targetId")), _NONE)
            self._parents.append(target)
            self._move(target)
        else:
            named = as_text(entry.get("parentId"))
            parent = lines.get(named, _NONE) if named or "parentId" in entry else self._leaf
            self._parents.append(parent)
            if entry.get("appendMode") != "side":
                self._move(parent)
                self._leaf = line

    def left(self) -> Sequence[range]:
        """The lines on paths that were left, in order."""
        if not self._has_branches:
            return ()
        path = set()
        line = self._leaf
        while line >= 0 and line not in path:
            path.add(line)
            line = self._parents[line]
        found: list[range] = []
        for number, parent in enumerate(self._parents):
            if parent == _OUTSIDE or number in path or number in self._controls:
                continue
            if found and found[-1].stop == number:
                found[-1] = range(found[-1].start, number + 1)
            else:
                found.append(range(number, number + 1))
        return found

    def _move(self, line: int) -> None:
        self._has_branches = self._has_branches or line != self._leaf
        self._leaf = line
