"""Our entries among an agent's hooks, in the shape that Claude Code and Codex share:

{"hooks": {"SessionStart": [{"hooks": [{"type": "command", "command": "..."}]}]}}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal

import attrs

from session_mirror.errors import MirrorError
from session_mirror.hooks.json_text import Insertion, Layout, append, children, cut, layout_of, member, replace, root

MARKER: Final = "session-mirror-hook"
"""In the command of every hook that any version of ours ever installed, wherever it was."""

Presence = Literal["none", "current", "outdated"]
Hook = Mapping[str, object]
_HOOK_DEPTH: Final = 5


@attrs.frozen
class Place:
    """One of our hooks: its event, and the containers on the way to it, with the index in each."""

    event: str
    groups: int
    group: int
    hooks: int
    index: int


def check(text: str, path: object) -> None:
    """That the text can be understood, and has hooks, if any, where agents look for them.

    Raises:
        MirrorError: it cannot; nothing must be written then.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise _unusable(path, f"is not valid JSON{where}") from error
    if not isinstance(value, dict):
        raise _unusable(path, "holds no JSON object")
    hooks = value.get("hooks", {})
    if not isinstance(hooks, dict):
        raise _unusable(path, "has “hooks” that are no object")
    if any(not isinstance(groups, list) for groups in hooks.values()):
        raise _unusable(path, "has an event under “hooks” that is no list")


def presence(text: str, wanted: Mapping[str, Hook]) -> Presence:
    """Whether the text has exactly the wanted hook for each event, none of ours, or something else of ours."""
    ours = list(_places(text))
    if not ours:
        return "none"
    found = [(place.event, _hook(text, place)) for place in ours]
    return "current" if _sorted(found) == _sorted(wanted.items()) else "outdated"


def positions(text: str) -> list[tuple[str, int, int]]:
    """Event, index of the group and index in it of each of our hooks."""
    return [(place.event, place.group, place.index) for place in _places(text)]


def insert(text: str, wanted: Mapping[str, Hook]) -> tuple[str, tuple[Insertion, ...]]:
    """Adds a group of our own for each event, last; by insertions only."""
    made = []
    layout = layout_of(text)
    for event, hook in wanted.items():
        text, insertion = _add(text, event, hook, layout)
        made.append(insertion)
    return text, tuple(made)


def update(text: str, wanted: Mapping[str, Hook]) -> str:
    """What is ours becomes what is wanted, in its place; what is missing is added, what is too much goes."""
    layout = layout_of(text)
    kept: set[str] = set()
    # From the end on, so that what was found before stays where it is.
    for place in reversed(list(_places(text))):
        hook = wanted.get(place.event)
        if hook is None or place.event in kept:
            text = _without(text, place)
        else:
            kept.add(place.event)
            text = replace(text, children(text, place.hooks)[0][place.index], hook, layout, _HOOK_DEPTH)
    for event, hook in wanted.items():
        if event not in kept:
            text, _ = _add(text, event, hook, layout)
    return text


def remove(text: str) -> str:
    """Without our hooks, and without the containers that this leaves empty."""
    for place in reversed(list(_places(text))):
        text = _without(text, place)
    return text


def _add(text: str, event: str, hook: Hook, layout: Layout) -> tuple[str, Insertion]:
    group = {"hooks": [dict(hook)]}
    top = root(text)
    hooks = member(text, top, "hooks")
    if hooks is None:
        return append(text, top, "hooks", {event: [group]}, layout)
    groups = member(text, hooks.value, event)
    if groups is None:
        return append(text, hooks.value, event, [group], layout)
    return append(text, groups.value, None, group, layout)


def _places(text: str) -> Iterator[Place]:
    hooks = member(text, root(text), "hooks")
    for event in children(text, hooks.value)[0] if hooks else ():
        for number, group in enumerate(children(text, event.value)[0]):
            inner = member(text, group.value, "hooks") if text[group.value] == "{" else None
            if inner is None or text[inner.value] != "[":
                continue
            for index, child in enumerate(children(text, inner.value)[0]):
                if _is_ours(json.loads(text[child.value : child.end])):
                    yield Place(event.key or "", event.value, number, inner.value, index)


def _without(text: str, place: Place) -> str:
    if len(children(text, place.hooks)[0]) > 1:
        return cut(text, place.hooks, place.index)
    text = cut(text, place.groups, place.group)
    if children(text, place.groups)[0]:
        return text
    top = root(text)
    hooks = member(text, top, "hooks")
    if hooks is None:
        return text
    events = children(text, hooks.value)[0]
    text = cut(text, hooks.value, next(i for i, event in enumerate(events) if event.value == place.groups))
    if len(events) > 1:
        return text
    members = children(text, top)[0]
    return cut(text, top, next(i for i, child in enumerate(members) if child.value == hooks.value))


def _hook(text: str, place: Place) -> object:
    child = children(text, place.hooks)[0][place.index]
    return json.loads(text[child.value : child.end])


def _is_ours(hook: object) -> bool:
    return isinstance(hook, dict) and any(MARKER in value for value in hook.values() if isinstance(value, str))


def _sorted(pairs: Iterable[tuple[str, object]]) -> list[str]:
    return sorted(json.dumps(pair, sort_keys=True) for pair in pairs)


def _unusable(path: object, why: str) -> MirrorError:
    return MirrorError(
        f"{path} {why}; it was left as it is.",
        kind="source",
        hint="Mend the file (the agent can't read it either), and run the same command again.",
    )
