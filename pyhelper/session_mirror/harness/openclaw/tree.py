"""Which lines of a stream the conversation went on without.

Each entry names its parent; the conversation is the path from the newest entry back to the first. An entry on a path
that was left was shown and paid for, and says nothing to the model any more. Written again, it is where it was, or
below the other parent that it names now. One that names itself names nobody.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Sequence
from typing import Final

from session_mirror.harness.json_values import as_text

_NONE: Final = -1
_SILENT, _SHOWN, _AGAIN = 0, 1, 2
_RUN: Final = re.compile(rb"\x01+")


class Tree:
    """Collects, line by line, who is whose parent. It takes five bytes a line."""

    def __init__(self) -> None:
        self._parents = array("i")
        """By line: its parent's, or the line that told the same entry first."""
        self._standing = bytearray()
        """`_SHOWN` of entries of the tree, but for those that only say where the conversation goes on; `_AGAIN` of
        lines that tell an entry again."""
        self._leaf = _NONE
        self._has_branches = False
        self._left: Sequence[range] | None = ()
        """None where it has to be found anew."""

    def add(self, entry: dict[str, object], line_of: Callable[[str], int | None]) -> None:
        """The next line. `line_of`: by an entry's identity, the line before this one that told it first."""
        line, identity = len(self._parents), as_text(entry.get("id"))
        told = line_of(identity) if identity else None
        if told is not None:
            self._put(told, _AGAIN)
            self._tell_again(told, entry, line_of)
        elif not entry.get("id") or entry.get("type") == "session":
            self._put(_NONE, _SILENT)
        elif entry.get("type") == "leaf":
            # Who names it as a parent means the place that it leads to.
            target = _number(line_of(as_text(entry.get("targetId"))))
            self._put(target, _SILENT)
            self._move(target)
        else:
            named = as_text(entry.get("parentId"))
            is_told = "parentId" in entry and named != identity
            parent = _number(line_of(named)) if is_told else self._leaf
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
            again = standing.find(_AGAIN)
            while again >= 0:
                standing[again] = standing[self._parents[again]]
                again = standing.find(_AGAIN, again + 1)
            self._left = [range(*run.span()) for run in _RUN.finditer(standing)]
        return self._left

    def _tell_again(self, first: int, entry: dict[str, object], line_of: Callable[[str], int | None]) -> None:
        """The last word on an entry's parent counts, where it says anything."""
        named = as_text(entry.get("parentId"))
        parent = line_of(named) if named else None
        is_told = "parentId" in entry and (parent is not None or not named)
        if self._standing[first] == _SHOWN and is_told and parent != first and _number(parent) != self._parents[first]:
            self._parents[first] = _number(parent)
            self._has_branches = True
        self._left = None if self._has_branches else self._left

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
