"""Real S3 servers on loopback, each started once for a test session: three implementations with different failings.

moto enforces what S3 enforces; ministack is the quick all-rounder; rclone checks signatures, ignores ranges' status,
refuses checksum trailers, and has a file system's idea of keys.
"""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import subprocess
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address
from pathlib import Path

import attrs
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from session_mirror.bucket.s3_client import build_client
from session_mirror.bucket.s3_place import S3Place
from session_mirror.protocol.mirror import Credentials, Destination

BUCKET = "mirror-tests"
KEYS = Credentials(access_key_id="TESTKEYID", secret_access_key="test-secret-never-shown")
_START_WITHIN_S = 60
_LOOPBACK = "127.0.0.1"


@attrs.frozen
class S3Server:
    """A running server with an empty bucket `BUCKET`. `ca_file`: the authority to trust, for https."""

    name: str
    endpoint_url: str
    ca_file: Path | None = None

    def destination(self, project: str, credentials: Credentials = KEYS) -> Destination:
        """A project in the server's bucket."""
        return Destination(url=f"s3://{BUCKET}/{project}", endpoint_url=self.endpoint_url, credentials=credentials)


def ministack(folder: Path) -> AbstractContextManager[S3Server]:
    """ministack, in memory, for as long as the context lasts; `folder` keeps its log."""
    env = {"BIND_HOST": _LOOPBACK, "GATEWAY_PORT": "{port}", "SERVICES": "s3", "LOG_LEVEL": "WARNING"}
    return _serving("ministack", folder, ["ministack"], env)


@pytest.fixture(scope="session")
def moto_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """moto: in memory, enforces S3's limits."""
    with _serving("moto", tmp_path_factory.mktemp("moto"), ["moto_server", "-H", _LOOPBACK, "-p", "{port}"]) as server:
        yield server


@pytest.fixture(scope="session")
def ministack_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """ministack: in memory."""
    with ministack(tmp_path_factory.mktemp("ministack")) as server:
        yield server


@pytest.fixture(scope="session")
def rclone_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """rclone over http, with signatures checked."""
    with _serving("rclone", tmp_path_factory.mktemp("rclone"), _RCLONE) as server:
        yield server


@pytest.fixture(scope="session")
def rclone_tls_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """rclone over https, where boto3 frames uploads differently unless told not to."""
    folder = tmp_path_factory.mktemp("rclone-tls")
    certificate, key = _make_certificate(folder)
    command = [*_RCLONE[:-1], "--cert", str(certificate), "--key", str(key), _RCLONE[-1]]
    with _serving("rclone-tls", folder, command, ca_file=certificate) as server:
        yield server


_RCLONE = [
    *("rclone", "serve", "s3", "--config", os.devnull, "--addr", _LOOPBACK + ":{port}"),
    *("--auth-key", f"{KEYS.access_key_id},{KEYS.secret_access_key}", "{data}"),
]


@contextmanager
def _serving(
    name: str, folder: Path, command: Sequence[str], env: Mapping[str, str] | None = None, ca_file: Path | None = None
) -> Iterator[S3Server]:
    """Starts a server from the environment's scripts, with a bucket in it; kills it by its id at the end."""
    port = _free_port()
    data = folder / "data"
    data.mkdir()
    words = [word.format(port=port, data=data) for word in command]
    words[0] = str(Path(sysconfig.get_path("scripts")) / words[0])
    extra = {key: value.format(port=port) for key, value in (env or {}).items()}
    log = folder / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            words, cwd=folder, env={**os.environ, **extra}, stdout=output, stderr=output, stdin=subprocess.DEVNULL
        )
    try:
        _wait_until_it_answers(process, port, ca_file, log)
        server = S3Server(name, f"{'https' if ca_file else 'http'}://{_LOOPBACK}:{port}", ca_file)
        _make_bucket(server)
        yield server
    finally:
        process.kill()
        process.wait()


def _make_bucket(server: S3Server) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if server.ca_file:
            patch.setenv("AWS_CA_BUNDLE", str(server.ca_file))
        client = build_client(S3Place(bucket=BUCKET, project="", endpoint_url=server.endpoint_url, credentials=KEYS))
        client.create_bucket(Bucket=BUCKET)
        client.close()


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, ca_file: Path | None, log: Path) -> None:
    deadline = time.monotonic() + _START_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"the server ended with {process.returncode}:\n{log.read_text(errors='replace')}")
        if _answers(port, ca_file):
            return
        time.sleep(0.05)
    raise AssertionError(f"no answer within {_START_WITHIN_S} s:\n{log.read_text(errors='replace')}")


def _answers(port: int, ca_file: Path | None) -> bool:
    if ca_file:
        trust = ssl.create_default_context(cafile=str(ca_file))
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(_LOOPBACK, port, timeout=2, context=trust)
    else:
        connection = http.client.HTTPConnection(_LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


def _make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for loopback that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(_LOOPBACK))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "cert.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_file, key_file
