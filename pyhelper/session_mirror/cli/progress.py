"""How much of a backlog is done, on one line of a terminal."""

from __future__ import annotations

import sys
from typing import Final

import click

from session_mirror.cli.common import size_text

BACKLOG_BYTES: Final = 16 << 20
"""Less than this to catch up with is no backlog."""
_WIDTH: Final = 24
_BEGIN_AGAIN: Final = "\r\x1b[K"


class Progress:
    """Writes to standard error where that is a terminal, else nothing. Not for two threads at once."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._shown = ""

    def show(self, done_bytes: int, left_bytes: int) -> None:
        """Tells how far it is; what is done, or too little to wait for, is not worth a line."""
        total = done_bytes + left_bytes
        if not left_bytes or total < BACKLOG_BYTES:
            self.clear()
            return
        filled = "#" * (_WIDTH * done_bytes // total)
        percent = 100 * done_bytes // total
        self._write(f"[{filled:-<{_WIDTH}}] {percent:3}%  {size_text(left_bytes)} of {size_text(total)} left")

    def clear(self) -> None:
        """Takes the line away, before another one is written."""
        self._write("")

    def _write(self, line: str) -> None:
        if self._is_terminal and line != self._shown:
            click.echo(_BEGIN_AGAIN + line, err=True, nl=False)
            self._shown = line
