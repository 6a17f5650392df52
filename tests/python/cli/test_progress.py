"""A terminal is told how much of a backlog is done; whatever is no terminal is left alone."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from session_mirror.cli.progress import BACKLOG_BYTES, Progress
from support.terminal import Terminal

LINE = b'{"type":"system","content":"' + b"x" * 1000 + b'"}\n'
BACKLOG = LINE * (3 * BACKLOG_BYTES // len(LINE))
WAIT_S = 60


@contextmanager
def on_a_terminal(terminal: Terminal, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Runs a command whose standard error is a terminal; gives the other end of it."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        terminal.command(*arguments),
        cwd=terminal.workspace,
        env=terminal.environment(),
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    try:
        yield process, ours
    finally:
        process.kill()
        process.wait(WAIT_S)
        os.close(ours)


def shown(end: int, *, until: bytes = b"") -> bytes:
    """What appears until the command ends, or until a text does."""
    seen = b""
    while not until or until not in seen:
        try:
            seen += os.read(end, 65_536)
        except OSError:  # how a terminal tells that nobody writes any more
            break
    return seen


@pytest.mark.parametrize("arguments", [("mirror",), ("mirror", "--all")], ids=" ".join)
def test_a_backlog_is_counted_up_on_a_terminal(terminal: Terminal, arguments: tuple[str, ...]) -> None:
    terminal.append(BACKLOG)
    with on_a_terminal(terminal, *arguments) as (_, end):
        assert b" MB left" in shown(end, until=b"% ")


def test_ctrl_c_ends_a_backlog_within_a_part_and_says_that_it_is_not_done(terminal: Terminal) -> None:
    terminal.append(BACKLOG)
    with on_a_terminal(terminal, "mirror") as (process, end):
        shown(end, until=b"% ")
        process.send_signal(signal.SIGINT)
        assert b"run the same command again" in shown(end)
        assert process.wait(WAIT_S) == 1
    mirrored = terminal.stream()
    assert 0 < len(mirrored) < len(terminal.transcript.read_bytes())
    assert terminal.transcript.read_bytes().startswith(mirrored)
    assert terminal.run("mirror").code == 0
    assert terminal.stream() == terminal.transcript.read_bytes()


def test_what_is_no_terminal_is_told_nothing(terminal: Terminal) -> None:
    terminal.append(BACKLOG)
    ran = terminal.run("mirror")
    assert ran.code == 0
    assert "%" not in ran.err
    assert "\r" not in ran.err


def test_the_line_goes_when_little_is_left_to_wait_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    progress = Progress()
    progress.show(0, BACKLOG_BYTES - 1)
    assert capsys.readouterr().err == ""
    progress.show(BACKLOG_BYTES, BACKLOG_BYTES)
    assert "[############------------]  50%  16.8 MB of 33.6 MB left" in capsys.readouterr().err
    progress.show(2 * BACKLOG_BYTES, 0)
    assert capsys.readouterr().err == "\r\x1b[K"
