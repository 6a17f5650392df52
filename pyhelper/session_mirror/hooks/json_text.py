"""Editing JSON as text: what isn't touched keeps its every byte, and an edit can be taken back exactly.

Offsets are in characters. Containers are named by the offset of their opening bracket.
"""

from __future__ import annotations

import json
import re
from typing import Final

import attrs

_DECODER: Final = json.JSONDecoder()
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_FIRST_INDENT: Final = re.compile(r"[{\[](\r?\n)([ \t]+)\S")


@attrs.frozen
class Insertion:
    """That many characters were put in at `offset`."""

    offset: int
    length: int


@attrs.frozen
class Child:
    """A member of an object, from its key on, or an item of an array."""

    key: str | None
    start: int
    value: int
    end: int


@attrs.frozen
class Layout:
    """How a document is written; without `indent`, on one line."""

    newline: str
    indent: str


def layout_of(text: str) -> Layout:
    """The document's own habit; two spaces where it shows none."""
    found = _FIRST_INDENT.search(text)
    if found is not None:
        return Layout(found[1], found[2])
    on_one_line = len(text.strip()) > 2 and "\n" not in text.strip()
    return Layout("\r\n" if "\r\n" in text else "\n", "" if on_one_line else "  ")


def root(text: str) -> int:
    """Where the document's value begins."""
    return _after_space(text, 0)


def children(text: str, container: int) -> tuple[list[Child], int]:
    """The container's children in order, and the offset of its closing bracket. The text must be valid."""
    is_object = text[container] == "{"
    found: list[Child] = []
    at = _after_space(text, container + 1)
    while text[at] not in "}]":
        start, key = at, None
        if is_object:
            key, at = _DECODER.raw_decode(text, at)
            at = _after_space(text, _after_space(text, at) + 1)
        value = at
        _, at = _DECODER.raw_decode(text, at)
        found.append(Child(key, start, value, at))
        at = _after_space(text, at)
        if text[at] == ",":
            at = _after_space(text, at + 1)
    return found, at


def member(text: str, container: int, key: str) -> Child | None:
    """The object's member of that name; of several the last, as readers take it."""
    return next((child for child in reversed(children(text, container)[0]) if child.key == key), None)


def append(text: str, container: int, key: str | None, value: object, layout: Layout) -> tuple[str, Insertion]:
    """Adds a last child. Nothing else changes: taking the insertion out again gives the same text."""
    found, close = children(text, container)
    depth = _depth(text, container)
    inside = text[container + 1 : found[0].start if found else close]
    inline = not layout.indent or (bool(found) and "\n" not in inside)
    new = "" if key is None else json.dumps(key) + ": "
    if inline:
        new += json.dumps(value)
        at, added = (found[-1].end, f", {new}") if found else (container + 1, new)
    else:
        line = layout.newline + layout.indent * (depth + 1)
        new += dumped(value, layout, depth + 1)
        if found:
            at, added = found[-1].end, f",{line}{new}"
        else:
            tail = "" if "\n" in inside else layout.newline + layout.indent * depth
            at, added = container + 1, f"{line}{new}{tail}"
    return text[:at] + added + text[at:], Insertion(at, len(added))


def replace(text: str, child: Child, value: object, layout: Layout, depth: int) -> str:
    """Another value in a child's place; `depth` is that of the child."""
    return text[: child.value] + dumped(value, layout, depth) + text[child.end :]


def cut(text: str, container: int, index: int) -> str:
    """Without the container's child of that index, nor the comma beside it."""
    found, close = children(text, container)
    if index > 0:
        return text[: found[index - 1].end] + text[found[index].end :]
    if len(found) > 1:
        return text[: found[0].start] + text[found[1].start :]
    return text[: container + 1] + text[close:]


def take_back(text: str, insertions: tuple[Insertion, ...]) -> str:
    """The text before these insertions, given in the order in which they were made."""
    for made in reversed(insertions):
        text = text[: made.offset] + text[made.offset + made.length :]
    return text


def dumped(value: object, layout: Layout, depth: int) -> str:
    """The value as it is written at that depth."""
    if not layout.indent:
        return json.dumps(value)
    lines = json.dumps(value, indent=layout.indent).split("\n")
    return (layout.newline + layout.indent * depth).join(lines)


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _depth(text: str, container: int) -> int:
    """How many containers are around this one."""
    depth, at = 0, root(text)
    while at != container:
        inner = next(child for child in children(text, at)[0] if child.value <= container < child.end)
        depth, at = depth + 1, inner.value
    return depth
