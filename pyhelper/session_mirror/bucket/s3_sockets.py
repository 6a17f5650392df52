"""Connections that tell a slow line from a dead one.

Whoever sends a body sees only how the operating system's buffer takes it. A deep buffer takes megabytes at once, then
nothing for minutes, which on a slow line looks like a dead one; and the answer comes only when all of it is through.
So the buffer is kept shallow: an upload that makes progress shows it, and one that makes none is given up.
"""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from typing import Any

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)

STALLED_S = 30.0
"""No byte of a body went out for this long: at 16 KiB a step, a line this slow carries less than a modem did."""
_UNSENT_BYTES = 16 << 10
_NOTSENT_LOWAT = {"linux": 25, "darwin": 0x201}.get(sys.platform)  # `socket` has it from Python 3.12 on only
"""Bounds what waits in the buffer beside what is on the line; the line's speed does not suffer."""


class _PatientHttp(AWSHTTPConnection):
    """While a body is sent, urllib3 applies the time limit for connecting to each of its blocks; we have our own."""

    def connect(self) -> None:
        super().connect()
        _keep_shallow(self.sock)

    def send(self, data: Any) -> None:
        _allow_time(self.sock)
        super().send(data)


class _PatientHttps(AWSHTTPSConnection):
    """The same over TLS."""

    def connect(self) -> None:
        super().connect()
        _keep_shallow(self.sock)

    def send(self, data: Any) -> None:
        _allow_time(self.sock)
        super().send(data)


def be_patient() -> None:
    """Makes botocore's connections in this process patient; again does nothing."""
    AWSHTTPConnectionPool.ConnectionCls = _PatientHttp
    AWSHTTPSConnectionPool.ConnectionCls = _PatientHttps


def _keep_shallow(sock: socket.socket | None) -> None:
    if _NOTSENT_LOWAT is not None and sock is not None:
        with suppress(OSError):  # only costs patience
            sock.setsockopt(socket.IPPROTO_TCP, _NOTSENT_LOWAT, _UNSENT_BYTES)


def _allow_time(sock: socket.socket | None) -> None:
    if sock is not None:
        sock.settimeout(STALLED_S)
