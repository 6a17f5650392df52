"""Patches as agents write them (`*** Begin Patch`): which files they touch, and by which hunks."""

from __future__ import annotations

from typing import Literal

import attrs

_ADD, _UPDATE, _DELETE = "*** Add File: ", "*** Update File: ", "*** Delete File: "


@attrs.frozen
class Hunk:
    """Lines that stand where others stood. `under` is a line that comes somewhere before them; empty without one."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    under: str = ""


@attrs.frozen
class FilePatch:
    """What a patch does to one file; of an added one the only hunk holds its lines."""

    path: str
    verb: Literal["add", "update", "delete"]
    hunks: tuple[Hunk, ...] = ()


@attrs.define
class _Open:
    """The file whose lines are being read."""

    path: str
    verb: Literal["add", "update", "delete"]
    hunks: list[Hunk] = attrs.field(factory=list)
    old: list[str] = attrs.field(factory=list)
    new: list[str] = attrs.field(factory=list)
    under: str = ""

    def end_hunk(self, under: str = "") -> None:
        if self.old or self.new or (self.verb == "add" and not self.hunks):
            self.hunks.append(Hunk(tuple(self.old), tuple(self.new), self.under))
        self.old, self.new, self.under = [], [], under


def parse_patch(text: str) -> list[FilePatch]:
    """The files of a patch, in order; lines that mean nothing in a patch are passed over."""
    done: list[FilePatch] = []
    current: _Open | None = None
    for line in text.split("\n"):
        begun = _begun(line)
        if begun is not None or line.startswith("*** End Patch"):
            done += _ended(current)
            current = begun
        elif current is not None:
            _take(current, line)
    return done + _ended(current)


def _begun(line: str) -> _Open | None:
    if line.startswith(_ADD):
        return _Open(line[len(_ADD) :].strip(), "add")
    if line.startswith(_UPDATE):
        return _Open(line[len(_UPDATE) :].strip(), "update")
    if line.startswith(_DELETE):
        return _Open(line[len(_DELETE) :].strip(), "delete")
    return None


def _take(current: _Open, line: str) -> None:
    if line.startswith("@@"):
        current.end_hunk(line[2:].strip())
    elif line.startswith("+"):
        current.new.append(line[1:])
    elif current.verb == "update" and line.startswith("-"):
        current.old.append(line[1:])
    elif current.verb == "update" and (line.startswith(" ") or line == ""):
        # Editors and models drop the space of an empty line.
        current.old.append(line[1:])
        current.new.append(line[1:])


def _ended(current: _Open | None) -> list[FilePatch]:
    if current is None:
        return []
    if current.verb != "delete":
        current.end_hunk()
    return [FilePatch(current.path, current.verb, tuple(current.hunks))]


def apply_hunks(text: str, hunks: tuple[Hunk, ...]) -> str | None:
    """The text with its hunks applied, each behind the one before; None where one doesn't fit."""
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    at = 0
    for hunk in hunks:
        if hunk.under:
            found = _find(lines, (hunk.under,), at)
            at = at if found is None else found + 1
        place = _find(lines, hunk.old, at) if hunk.old else len(lines)
        if place is None:
            return None
        lines[place : place + len(hunk.old)] = hunk.new
        at = place + len(hunk.new)
    return "".join(f"{line}\n" for line in lines)


def _find(lines: list[str], wanted: tuple[str, ...], start: int) -> int | None:
    """Where the lines stand: exactly, else but for the spaces at their ends, else but for those on both sides."""
    for same in (str, str.rstrip, str.strip):
        sought = [same(line) for line in wanted]
        for at in range(start, len(lines) - len(wanted) + 1):
            if same(lines[at]) == sought[0] and [same(line) for line in lines[at : at + len(wanted)]] == sought:
                return at
    return None
