"""What a rollout says of itself: the first `session_meta` in it. Later ones are copies of its ancestors'."""

from __future__ import annotations

import os
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final

import attrs

from session_mirror.harness.json_values import as_object, as_text, parse_object
from session_mirror.source.opening import read_head

from .rollouts import Rollout

_HEADS: Final = (64 << 10, 1 << 20, 16 << 20)
"""How much of a file's beginning is searched, in steps: the first line is of some 25 kB, and may hold anything."""
_MARK: Final = b'"session_meta"'


@attrs.frozen
class Origin:
    """Where a thread was started, by which version of Codex, and by which other thread if a person didn't."""

    cwd: str
    version: str = ""
    parent_id: str | None = None


@attrs.frozen
class NotUnderstood:
    """Whole lines, and none of them tells where the thread was started."""

    version: str = ""


@attrs.frozen
class _Silent:
    """A file that told nothing, as it was then: it is asked again once it has changed."""

    name: str
    state: tuple[int, int]
    answer: NotUnderstood | None


class Origins:
    """Remembers what each rollout said, under its name: moving, archiving and compressing one changes nothing."""

    def __init__(self) -> None:
        self._told: dict[str, Origin] = {}
        self._silent: dict[str, _Silent] = {}

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
            if isinstance(answer, Origin):
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
    for line in lines:
        if _MARK not in line:
            continue
        record = parse_object(line)
        if record.get("type") == "session_meta":
            return _origin(as_object(record.get("payload")))
    return NotUnderstood() if lines else None


def spawner(meta: dict[str, object]) -> tuple[str, dict[str, object]]:
    """The thread that a sub-agent's `session_meta` names, and what it says of the spawning; empty for any other."""
    source = as_object(as_object(as_object(meta.get("source")).get("subagent")).get("thread_spawn"))
    parent = as_text(meta.get("parent_thread_id")) or as_text(source.get("parent_thread_id"))
    is_sub_agent = bool(source) or meta.get("thread_source") == "subagent"
    return (parent, source) if is_sub_agent else ("", {})


def _origin(meta: dict[str, object]) -> Origin | NotUnderstood:
    version = as_text(meta.get("cli_version"))
    cwd = as_text(meta.get("cwd"))
    if not cwd:
        return NotUnderstood(version)
    return Origin(cwd, version, spawner(meta)[0] or None)


def _read(path: Path) -> Origin | NotUnderstood | None:
    answer: Origin | NotUnderstood | None = None
    for length in _HEADS:
        head = read_head(path, length)
        answer = origin_in(head.split(b"\n")[:-1])
        if isinstance(answer, Origin) or len(head) < length:
            break
    return answer
