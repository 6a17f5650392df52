"""A followed session's end while the store keeps a compaction waiting."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from support.following import until
from support.terminal import Terminal

HANGING = """
import threading
from session_mirror.bucket.local import LocalStore
from session_mirror.cli import main

def hanging(*_):
    print("reading", flush=True)
    threading.Event().wait()

LocalStore.compose = lambda *_: False
LocalStore.get = hanging
main()
"""
"""The command line over a store that merges nothing itself and never answers who reads."""


@pytest.mark.parametrize(("presses", "most_s"), [(1, 12.0), (2, 4.0)], ids=["once", "twice"])
def test_ctrl_c_ends_with_success_though_a_compaction_hangs(terminal: Terminal, presses: int, most_s: float) -> None:
    command = [sys.executable, "-c", HANGING, "mirror", "--follow", "--interval", "0.2"]
    with subprocess.Popen(
        command, cwd=terminal.workspace, env=terminal.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            for number in range(5):
                terminal.append(b'{"type":"system","subtype":"%d"}\n' % number)
                until(lambda: terminal.bucket.exists() and terminal.stream() == terminal.transcript.read_bytes(), "it")
            assert process.stdout
            begun = time.monotonic()
            process.send_signal(signal.SIGINT)
            while process.stdout.readline() != b"reading\n":
                assert process.poll() is None
            if presses == 2:
                until(lambda: time.monotonic() - begun > 0.5, "another press")
                process.send_signal(signal.SIGINT)
            assert process.wait(most_s) == 0
        finally:
            process.kill()
    assert len(terminal.parts()) >= 4
    assert terminal.stream() == terminal.transcript.read_bytes()
