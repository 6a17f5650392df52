"""Whether the agent that told of a session still runs: without it, a session that was killed would never end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import attrs

_SHELLS: Final = {"sh", "bash", "dash", "zsh", "fish", "ksh", "ash", "csh", "tcsh", "busybox", "env"}
_DEEPEST: Final = 4
_ASK_S: Final = 5.0
_PLAIN: Final = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


@attrs.frozen
class Process:
    """A process, not to be confused with a later one of the same number."""

    pid: int
    started: str

    @property
    def is_running(self) -> bool:
        """Whether it is still there."""
        found = _look(self.pid)
        return found is not None and found.started == self.started


@attrs.frozen
class _Look:
    name: str
    parent: int
    started: str


def agent_behind(pid: int | None) -> Process | None:
    """The agent itself, where `pid` is its, or that of a shell in between; None where that can't be told."""
    for _ in range(_DEEPEST):
        found = None if pid is None or pid <= 1 else _look(pid)
        if pid is None or found is None:
            return None
        if found.name not in _SHELLS:
            return Process(pid, found.started)
        pid = found.parent
    return None


def _look(pid: int) -> _Look | None:
    if sys.platform == "win32":
        return None
    if sys.platform == "linux":
        return _look_linux(pid)
    asked = ("ps", "-o", "ppid=,lstart=,comm=", "-p", str(pid))
    try:
        answer = subprocess.run(  # noqa: S603  a number is all that varies
            asked, capture_output=True, text=True, timeout=_ASK_S, check=False, env=_PLAIN
        )
    except (OSError, subprocess.SubprocessError):
        return None
    words = answer.stdout.split(maxsplit=6)
    if len(words) < 7 or not words[0].isdigit():
        return None
    return _Look(Path(words[6].strip()).name.lstrip("-"), int(words[0]), " ".join(words[1:6]))


def _look_linux(pid: int) -> _Look | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes().decode("utf-8", "replace")
    except OSError:
        return None
    name, _, rest = stat.partition("(")[2].rpartition(")")
    fields = rest.split()
    if len(fields) < 20 or fields[0] in "ZX":
        return None
    return _Look(name, int(fields[1]), fields[19])
