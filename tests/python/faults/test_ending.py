"""No process outlives its owner because a real store has accepted an upload and says nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.fault_rig import until
from support.helper_home import SERVE, HelperHome
from support.servers import KEYS, S3Server
from support.tcp_proxy import TcpProxy, Toxic, tcp_proxy
from support.terminal import SESSION, Terminal
from support.transcripts import Transcript

LIMIT_S = 4.0
PARENT = str(Path(__file__).parents[1] / "support" / "parent.py")


@pytest.fixture
def silent(ministack_server: S3Server) -> Iterator[TcpProxy]:
    """A store that accepts connections and requests, and never answers."""
    with tcp_proxy(ministack_server.endpoint_url) as proxy:
        proxy.use(Toxic("hang"))
        yield proxy


@pytest.fixture
def home(tmp_path: Path) -> Iterator[HelperHome]:
    machine = HelperHome(tmp_path)
    yield machine
    machine.close()


def is_stuck(proxy: TcpProxy) -> None:
    until(lambda: proxy.counts["hang"] > 0, "a request arrived")


@pytest.mark.parametrize("way", ["end of input", "SIGTERM", "SIGINT", "SIGHUP", "parent killed"])
def test_the_helper_ends_in_time_whatever_its_store_does(home: HelperHome, silent: TcpProxy, way: str) -> None:
    home.write("never arrives")
    by_parent = way == "parent killed"
    client = home.start(*((sys.executable, PARENT) if by_parent else ()), *SERVE, initialize=False)
    client.initialize(None)
    keys = {"accessKeyId": KEYS.access_key_id, "secretAccessKey": KEYS.secret_access_key}
    destination = {"url": "s3://mirror-tests/silent", "endpointUrl": silent.endpoint_url, "credentials": keys}
    params = {"folders": [str(home.workspace)], "destination": destination, "intervalMs": 250}
    client.request("sessionMirror/mirror/configure", params)
    is_stuck(silent)
    begun = time.monotonic()
    if way == "end of input":
        client.close_stdin()
    elif by_parent:
        client.process.kill()
    else:
        client.process.send_signal(signal.Signals[way])
    if by_parent:
        client.wait_for_end(LIMIT_S)
    else:
        assert client.wait_for_exit(LIMIT_S) == 0
    assert time.monotonic() - begun < LIMIT_S


@pytest.fixture
def terminal(tmp_path: Path, silent: TcpProxy) -> Terminal:
    """A terminal whose destination is the silent store."""
    made = Terminal(
        tmp_path,
        {
            "SESSION_MIRROR_DESTINATION": f"s3://mirror-tests/silent?endpoint={silent.endpoint_url}",
            "AWS_ACCESS_KEY_ID": KEYS.access_key_id,
            "AWS_SECRET_ACCESS_KEY": KEYS.secret_access_key,
            "NO_PROXY": "127.0.0.1",
        },
    )
    session = Transcript(cwd=str(made.workspace.resolve()), session_id=SESSION)
    session.prompt("never arrives")
    made.append(session.data())
    return made


def test_a_second_ctrl_c_ends_the_command_at_once_though_an_upload_hangs(terminal: Terminal, silent: TcpProxy) -> None:
    with terminal.start("mirror", "--follow", "--all") as process:
        try:
            is_stuck(silent)
            process.send_signal(signal.SIGINT)
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(1.0)
            process.send_signal(signal.SIGINT)
            assert process.wait(LIMIT_S) == 1
            assert process.stdout
            assert b"still in the transcripts" in process.stdout.read()
        finally:
            process.kill()


@pytest.mark.parametrize("arguments", [("mirror",), ("mirror", "--follow", "--all")], ids=["once", "following"])
def test_sigterm_ends_the_command_in_time_though_an_upload_hangs(
    terminal: Terminal, silent: TcpProxy, arguments: tuple[str, ...]
) -> None:
    with terminal.start(*arguments) as process:
        try:
            is_stuck(silent)
            process.send_signal(signal.SIGTERM)
            assert process.wait(LIMIT_S) == 1
            assert process.stdout
            assert b"still in the transcripts" in process.stdout.read()
        finally:
            process.kill()
