"""Lines that look like an agent's own, damaged in every way that is thought of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

DEEP: Final[Any] = json.loads("[" * 900 + "]" * 900)
WRONG: Final[tuple[Any, ...]] = (
    None,
    True,
    -1,
    10**400,
    float("nan"),
    1e308,
    "",
    "x\ud800\x00\u2028\x85y",
    "2026-13-77T99:99:99Z",
    [],
    [None, 7, ["a"]],
    {},
    {"type": {"text": ["deep"]}, "id": None},
    DEEP,
)
"""Values that belong nowhere."""


def wrong_in_every_field(line: bytes) -> Iterator[bytes]:
    """The line, with each of its values replaced by each wrong one."""
    value = json.loads(line)
    for path in paths(value):
        for wrong in WRONG:
            yield json.dumps(_replaced(value, path, wrong)).encode()
        yield json.dumps(_without(value, path)).encode()


def torn(line: bytes, pieces: int = 12) -> Iterator[bytes]:
    """Beginnings and ends of the line, and the line with a byte changed or with another in it."""
    for cut in range(0, len(line), max(1, len(line) // pieces)):
        yield line[:cut]
        yield line[cut:]
        yield line[:cut] + bytes([line[cut] ^ 0xFF]) + line[cut + 1 :]
        yield line[:cut] + b"\x00" + line[cut:]
        yield line[:cut] + "\u2028".encode() + line[cut:]


def swollen(line: bytes, size: int) -> bytes:
    """The line with its longest text made so long."""
    value = json.loads(line)
    texts = [path for path in paths(value) if path and isinstance(_at(value, path), str)]
    longest = max(texts, key=lambda path: len(_at(value, path)))
    return json.dumps(_replaced(value, longest, "long " * (size // 5))).encode()


def shapes(lines: Sequence[bytes]) -> list[bytes]:
    """One line for each set of fields, of those that are objects."""
    found: dict[tuple[object, ...], bytes] = {}
    for line in lines:
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            named = (value.get("type"), *paths(value))
            found.setdefault(tuple(map(str, named)), line)
    return list(found.values())


def paths(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where in a value every part of it is, itself first."""
    yield at
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*at, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value[:3]):
            yield from paths(inner, (*at, index))


def _at(value: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        value = value[step]
    return value


def _replaced(value: Any, path: Sequence[str | int], new: Any) -> Any:
    return _changed(value, path, lambda _: new)


def _without(value: Any, path: Sequence[str | int]) -> Any:
    if not path:
        return None

    def without_last(holder: Any) -> Any:
        if isinstance(holder, dict):
            return {key: inner for key, inner in holder.items() if key != path[-1]}
        return [inner for index, inner in enumerate(holder) if index != path[-1]]

    return _changed(value, path[:-1], without_last)


def _changed(value: Any, path: Sequence[str | int], change: Callable[[Any], Any]) -> Any:
    if not path:
        return change(value)
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _changed(value[path[0]], path[1:], change)
    return copy
