"""A real helper process ends when it should, in time, whatever hangs; and never leaves an orphan."""

import fcntl
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from support.helper_home import ODD, SERVE, HelperHome, durable
from support.lsp_client import PATIENCE_S, LspClient, RpcError, framed

LIMIT_S = 4.0
PARENT = str(Path(__file__).parents[1] / "support" / "parent.py")


def say_goodbye(client: LspClient) -> None:
    assert client.request("shutdown") is None
    client.notify("exit")


def hang_up(client: LspClient) -> None:
    client.close_stdin()


def terminate(client: LspClient) -> None:
    client.process.send_signal(signal.SIGTERM)


WAYS = pytest.mark.parametrize("end", [say_goodbye, hang_up, terminate])


@WAYS
def test_it_ends_within_four_seconds_and_flushes_first(home: HelperHome, end: Callable[[LspClient], None]) -> None:
    first = home.write("first")
    client = home.start()
    home.configure(client, intervalMs=60_000)
    durable(client, len(first))
    second = home.write("second")  # within the interval: only the end flushes it
    end(client)
    assert client.wait_for_exit(LIMIT_S) == 0
    assert home.mirrored() == first + second


@WAYS
def test_a_stuck_upload_does_not_keep_it(home: HelperHome, end: Callable[[LspClient], None]) -> None:
    home.write("never arrives")
    client = home.start(*ODD, "stuck_upload")
    home.configure(client)
    client.wait_for_stderr(b"stuck")
    started = time.monotonic()
    end(client)
    client.wait_for_exit(LIMIT_S - (time.monotonic() - started))


def test_shutdown_is_answered_before_editors_give_up_on_it(home: HelperHome) -> None:
    home.write("never arrives")
    client = home.start(*ODD, "stuck_upload")
    home.configure(client)
    client.wait_for_stderr(b"stuck")
    client.request("shutdown", timeout_s=2.0)


def test_a_stuck_listing_does_not_keep_it(home: HelperHome) -> None:
    client = home.start(*ODD, "stuck_listing")
    home.configure(client)
    pending = [client.send("sessionMirror/sessions/list") for _ in range(3)]
    say_goodbye(client)
    assert client.wait_for_exit(LIMIT_S) == 0
    for request_id in pending:
        with pytest.raises(RpcError) as caught:
            client.answer_to(request_id)
        assert caught.value.code == -32800


@pytest.mark.parametrize("command", [SERVE, (*ODD, "stuck_upload")], ids=["idle", "stuck upload"])
def test_it_ends_when_its_parent_is_killed_though_its_pipes_stay_open(
    home: HelperHome, command: tuple[str, ...]
) -> None:
    home.write("something")
    client = home.start(sys.executable, PARENT, *command, initialize=False)
    client.initialize(None)
    home.configure(client)
    client.fact("sessionMirror/mirror/didChangeHealth", lambda health: health["sessionCount"] == 1)
    client.process.kill()
    client.wait_for_end(LIMIT_S)


def test_it_ends_with_the_editor_it_was_told_of_though_its_own_parent_lives(home: HelperHome) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as editor:
        client = home.start(initialize=False)
        client.initialize(editor.pid)
        home.configure(client)
        editor.kill()
        editor.wait()
        assert client.wait_for_exit(LIMIT_S) == 0


@pytest.mark.parametrize("process_id", [None, -1, 0, 2**40])
def test_an_editor_without_a_usable_process_id_is_served(home: HelperHome, process_id: int | None) -> None:
    client = home.start(initialize=False)
    client.initialize(process_id)
    assert home.configure(client)["isDefault"]
    with pytest.raises(subprocess.TimeoutExpired):
        client.wait_for_exit(1.0)


def test_exit_without_shutdown_ends_it_too_with_the_code_that_lsp_asks_for(home: HelperHome) -> None:
    client = home.start()
    client.notify("exit")
    assert client.wait_for_exit(LIMIT_S) == 1


def test_it_can_be_terminated_while_nobody_reads_what_it_writes(home: HelperHome) -> None:
    """The pipe is full, and the helper hangs in a write."""
    home.write("x")
    requests: list[tuple[str, object]] = [
        ("initialize", {"capabilities": {}}),
        ("sessionMirror/mirror/configure", {"folders": [str(home.workspace)], "destination": {}}),
        *[("sessionMirror/mirror/health", {})] * 400,
    ]
    with subprocess.Popen(SERVE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=home.env, cwd=home.root) as process:
        try:
            assert process.stdin
            assert process.stdout
            for number, (method, params) in enumerate(requests):
                process.stdin.write(framed({"jsonrpc": "2.0", "id": number, "method": method, "params": params}))
            process.stdin.flush()
            wait_until_full(process.stdout)
            process.send_signal(signal.SIGTERM)
            assert process.wait(LIMIT_S) == 0
        finally:
            process.kill()


def waiting_bytes(pipe: IO[bytes] | None) -> int:
    """How much was written to a pipe and not yet read."""
    assert pipe is not None
    (count,) = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))
    return int(count)


def wait_until_full(pipe: IO[bytes] | None) -> None:
    """Returns when nothing more has come for a while, though there is more to come."""
    deadline = time.monotonic() + PATIENCE_S
    pause = threading.Event()
    before, quiet = 0, 0
    while quiet < 10:
        assert time.monotonic() < deadline
        pause.wait(0.05)
        now = waiting_bytes(pipe)
        before, quiet = now, quiet + 1 if now == before > 50_000 else 0
