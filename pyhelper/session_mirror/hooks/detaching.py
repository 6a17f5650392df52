"""Becoming a process that belongs to nobody: no terminal, no folder, nothing of the agent's that started it."""

from __future__ import annotations

import logging
import os
import signal
import threading
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final

from session_mirror.hooks.agents import AGENTS
from session_mirror.hooks.script import FOLDER
from session_mirror.journal.state_dir import ensure_private

_LOG_BYTES: Final = 256 << 10
_MOST_FILES: Final = 4096


def detach() -> threading.Event:
    """Call once, first of all; what it returns is set when the system asks the process to end."""
    with suppress(OSError, AttributeError):  # a leader of its session already; or Windows
        os.setsid()
    os.chdir(Path.cwd().anchor or "/")
    os.umask(0o077)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nothing, descriptor)
    os.closerange(3, _MOST_FILES)
    for agent in AGENTS.values():
        os.environ.pop(agent.variable, None)  # each note names its own
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stopping.set())
    for number in (signal.SIGINT, getattr(signal, "SIGHUP", signal.SIGINT)):
        signal.signal(number, signal.SIG_IGN)
    return stopping


def log_path(state: Path) -> Path:
    """Where the background process logs; the file before it has `.1` behind its name."""
    return state / FOLDER / "log"


def log_to_file(state: Path) -> None:
    """Bounded; tells no transcript text and no secret."""
    path = log_path(state)
    ensure_private(path.parent)
    handler = RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8")
    handler.setFormatter(_Discreet("%(asctime)s %(process)d %(levelname)s %(message)s"))
    logger = logging.getLogger("session_mirror")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False


class _Discreet(logging.Formatter):
    def formatException(  # noqa: N802  the library's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Only the type: an exception's text may quote a transcript."""
        return ei[0].__name__ if ei[0] else ""
