"""A loopback HTTP server that answers what a test told it to, and remembers what it was asked."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

import attrs
import pytest

from session_mirror.bucket.s3 import S3Store
from session_mirror.bucket.s3_place import S3Place
from session_mirror.protocol.mirror import Credentials

KEYS = Credentials(access_key_id="STUBKEYID", secret_access_key="stub-secret-never-shown")

Ending = Literal["whole", "closed", "reset"]


@attrs.frozen
class Reply:
    """One answer. `announced`: the Content-Length to claim; `ending`: what happens to the connection after the body."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = attrs.field(factory=dict)
    announced: int | None = None
    ending: Ending = "whole"


@attrs.frozen
class Asked:
    """One request as it arrived; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


STORED = Reply(headers={"ETag": '"0"'})


def refusal(status: int, code: str, message: str = "", **headers: str) -> Reply:
    """An S3 error document; `retry_after="7"` becomes the header Retry-After."""
    body = f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>1</RequestId></Error>".encode()
    return Reply(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


class S3Stub:
    """Answers in the order of `replies`, and repeats the last one."""

    def __init__(self, port: int) -> None:
        self.endpoint_url = f"http://127.0.0.1:{port}"
        self.asked: list[Asked] = []
        self.replies: list[Reply] = [STORED]
        self._lock = threading.Lock()

    def answers(self, *replies: Reply) -> None:
        """Sets what is answered from now on."""
        with self._lock:
            self.replies = list(replies)

    def take(self, asked: Asked) -> Reply:
        """Called by the server."""
        with self._lock:
            self.asked.append(asked)
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def store(self, credentials: Credentials | None = KEYS) -> S3Store:
        """A store in the stub's bucket; the caller closes it."""
        return S3Store(
            S3Place(bucket="bucket", project="project", endpoint_url=self.endpoint_url, credentials=credentials)
        )


@pytest.fixture
def stub() -> Iterator[S3Stub]:
    """A stub for one test."""
    with s3_stub() as running:
        yield running


@pytest.fixture
def stubbed(stub: S3Stub) -> Iterator[S3Store]:
    """A store in the stub's bucket."""
    opened = stub.store()
    yield opened
    opened.close()


@contextmanager
def s3_stub() -> Iterator[S3Stub]:
    """A running stub."""
    server = _Server(("127.0.0.1", 0), _Handler)
    stub = server.stub = S3Stub(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    stub: S3Stub


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 10

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Says nothing."""

    def do_request(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        assert isinstance(self.server, _Server)
        reply = self.server.stub.take(Asked(self.command, self.path, headers, self.rfile.read(length)))
        self.send_response_only(reply.status)
        if "Transfer-Encoding" not in reply.headers:
            self.send_header("Content-Length", str(len(reply.body) if reply.announced is None else reply.announced))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)
        if reply.ending != "whole":
            self.close_connection = True
        if reply.ending == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_request  # noqa: N815  the base class's names
