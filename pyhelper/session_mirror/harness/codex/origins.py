"""What a rollout says of itself: the first `session_meta` in it. Later ones are copies of its ancestors'."""

from __future__ import annotations

import os
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final

import attrs

from session_mirror.harness.json_values import as_object, as_text, one_line, parse_object
from session_mirror.harness.titles import TITLE_LENGTH
from session_mirror.source.opening import read_head

from .ancestry import Ancestry
from .metas import Reference, agent_name, driver_of, reference, spawner
from .records import payload_of
from .rollouts import Rollout
from .screen import typed_in

_HEADS: Final = (64 << 10, 1 << 20, 16 << 20)
"""How much of a file's beginning is searched, in steps: the first line is of some 25 kB, and may hold anything."""
_MARK: Final = b'"session_meta"'


@attrs.frozen
class Origin:
    """Where a thread was started, by which version of Codex, and by whom if a person didn't."""

    cwd: str
    version: str = ""
    parent_id: str | None = None
    agent: str = ""
    """Of a sub-agent: its name, its role and its task, on one line."""
    driver: str = ""
    """The other tool that started the thread, as people call it."""
    base: Reference | None = None
    is_settled: bool = True
    """Nothing that is written later can add to this."""


@attrs.frozen
class NotUnderstood:
    """Whole lines, and none of them tells where the thread was started."""

    version: str = ""


@attrs.frozen
class _Silent:
    """A file that told nothing, or not all, as it was then: it is asked again once it has changed."""

    name: str
    state: tuple[int, int]
    answer: Origin | NotUnderstood | None


class Origins:
    """Remembers what each rollout said, under its name: moving, archiving and compressing one changes nothing."""

    def __init__(self) -> None:
        self._told: dict[str, Origin] = {}
        self._silent: dict[str, _Silent] = {}
        """By path: what told nothing, or not all yet."""

    def of(self, rollout: Rollout) -> Origin | NotUnderstood | None:
        """What the rollout says; None while it has no whole line.

        Raises:
            OSError: the file can't be read.
            MirrorError: it is compressed, and nothing here can decompress it.
        """
        told = self._told.get(rollout.name)
        if told is not None:
            return told
        status = os.stat(rollout.path)  # noqa: PTH116  a Path for each of thousands costs more than the stat
        state = (status.st_size, status.st_mtime_ns)
        silent = self._silent.pop(rollout.path, None)
        if silent is None or silent.state != state:
            answer = _read(Path(rollout.path))
            if isinstance(answer, Origin) and answer.is_settled:
                self._told[rollout.name] = answer
                return answer
            silent = _Silent(rollout.name, state, answer)
        self._silent[rollout.path] = silent
        return silent.answer

    def forget_all_but(self, rollouts: AbstractSet[str]) -> None:
        """Lets go of rollouts whose names are gone."""
        for name in self._told.keys() - rollouts:
            del self._told[name]
        for path in [path for path, silent in self._silent.items() if silent.name not in rollouts]:
            del self._silent[path]


def origin_in(lines: list[bytes]) -> Origin | NotUnderstood | None:
    """What the first `session_meta` among whole lines says; None where there is no line at all."""
    for number, line in enumerate(lines):
        if _MARK not in line:
            continue
        record = parse_object(line)
        if record.get("type") == "session_meta":
            return _origin(as_object(record.get("payload")), lines[number + 1 :])
    return NotUnderstood() if lines else None


def _origin(meta: dict[str, object], following: list[bytes]) -> Origin | NotUnderstood:
    version = as_text(meta.get("cli_version"))
    cwd = as_text(meta.get("cwd"))
    if not cwd:
        return NotUnderstood(version)
    parent, spawned = spawner(meta)
    is_sub_agent = bool(parent or spawned)
    task = _task(following, meta) if is_sub_agent else ""
    return Origin(
        cwd,
        version,
        parent or None,
        agent=one_line(": ".join(filter(None, (agent_name(meta), task))), TITLE_LENGTH),
        driver=driver_of(meta),
        base=reference(meta),
        is_settled=bool(task) or not is_sub_agent,
    )


def _task(lines: list[bytes], meta: dict[str, object]) -> str:
    """The first thing that a sub-agent was told; its parent's lines, where it begins with copies of those, aside."""
    ancestry = Ancestry(meta)
    for line in lines:
        record = parse_object(line)
        payload = payload_of(record)
        if not ancestry.is_copy(record, payload) and (typed := typed_in(record, payload)):
            return typed
    return ""


def _read(path: Path) -> Origin | NotUnderstood | None:
    answer: Origin | NotUnderstood | None = None
    for length in _HEADS:
        head = read_head(path, length)
        answer = origin_in(head.split(b"\n")[:-1])
        if len(head) < length:
            break
        if isinstance(answer, Origin) and (answer.is_settled or length > _HEADS[0]):
            # Whose task isn't told by now, behind all copies of its parent's lines, won't be asked for it again.
            return attrs.evolve(answer, is_settled=True)
    return answer
