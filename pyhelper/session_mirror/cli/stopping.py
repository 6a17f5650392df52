"""Being asked to stop: Ctrl-C gives uploads time to finish, and ends at once the second time; SIGTERM gives seconds."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

import click

_PATIENT_S: Final = 30.0
_TERMINATED_S: Final = 3.0
_FORCED_AFTER_S: Final = 3.5
"""Whoever sends SIGTERM, a service manager or an editor, sends SIGKILL soon after."""
_SAME_PRESS_S: Final = 0.2


class Stopping(threading.Event):
    """Set once somebody asks to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.grace_s = _PATIENT_S
        """How long what is pending may take."""
        self._asked_at = 0.0

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        """Handles SIGINT and SIGTERM."""
        if number == signal.SIGTERM:
            self.grace_s = _TERMINATED_S
            forced = threading.Timer(_FORCED_AFTER_S, end_now, (1,))
            forced.daemon = True
            forced.start()
        elif self.is_set() and time.monotonic() - self._asked_at > _SAME_PRESS_S:
            raise KeyboardInterrupt
        self._asked_at = time.monotonic()
        self.set()


@contextmanager
def until_signalled() -> Iterator[Stopping]:
    """Within the block, Ctrl-C and SIGTERM set what it is given."""
    stopping = Stopping()
    before = {number: signal.signal(number, stopping.on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end_now(code: int) -> NoReturn:
    """Ends the process at once, saying why; the interpreter would first wait a minute for an upload that hangs."""
    click.echo(
        "Error: Not everything was uploaded. It is still in the transcripts: run the same command again.", err=True
    )
    leave(code)


def leave(code: int) -> NoReturn:
    """Ends the process without waiting for any request."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
