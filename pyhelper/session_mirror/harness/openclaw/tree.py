"""Which lines of a stream the conversation went on without.

Each entry names its parent; the conversation is the path from the newest entry back to the first. An entry on a path
that was left was shown and paid for, and says nothing to the model any more.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Sequence
from typing import Final

from session_mirror.harness.json_values import as_text

_NONE: Final = -1
_SILENT, _SHOWN = 0, 1
_RUN: Final = re.compile(rb"\x01+")


class Tree:
    """Collects, line by line, who is whose parent. It takes five bytes a line."""

    def __init__(self) -> None:
        self._parents = array("i")
        self._standing = bytearray()
        """`_SHOWN` of entries of the tree, but for those that only say where the conversation goes on."""
        self._leaf = _NONE
        self._has_branches = False
        self._left: Sequence[range] | None = ()
        """None where it has to be found anew."""

    def add(self, entry: dict[str, object], line_of: Callable[[str], int | None], *, is_copy: bool) -> None:
        """The next line. `line_of`: by an entry's identity, the line before this one that told it."""
        line = len(self._parents)
        if is_copy or not entry.get("id") or entry.get("type") == "session":
            self._put(_NONE, _SILENT)
        elif entry.get("type") == "leaf":
            # Who names it as a parent means the place that it leads to.
            target = _number(line_of(as_text(entry.get("targetId"))))
            self._put(target, _SILENT)
            self._move(target)
        else:
            named = as_text(entry.get("parentId"))
            parent = _number(line_of(named)) if named or "parentId" in entry else self._leaf
            self._put(parent, _SHOWN)
            if entry.get("appendMode") == "side":
                self._left = None if self._has_branches else self._left
            else:
                self._move(parent)
                self._leaf = line

    def left(self) -> Sequence[range]:
        """The lines on paths that were left, in order; costs nothing where none was since it was told last."""
        if self._left is None:
            standing = self._standing[:]
            line, seen = self._leaf, bytearray(len(standing))
            while line >= 0 and not seen[line]:
                seen[line] = 1
                standing[line] = _SILENT
                line = self._parents[line]
            self._left = [range(*run.span()) for run in _RUN.finditer(standing)]
        return self._left

    def _put(self, parent: int, standing: int) -> None:
        self._parents.append(parent)
        self._standing.append(standing)

    def _move(self, line: int) -> None:
        if line != self._leaf:
            self._has_branches = True
            self._left = None
        self._leaf = line


def _number(line: int | None) -> int:
    return _NONE if line is None else line
