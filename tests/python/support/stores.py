"""Every kind of store the product has, opened in a project of its own: what the conformance suite runs over."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from session_mirror.bucket.destination import open_store
from session_mirror.bucket.store import Store
from session_mirror.protocol.mirror import Destination
from support.memory_store import MemoryStore
from support.servers import S3Server

STORES = ("memory", "local", "moto", "ministack", "rclone", "rclone_tls")


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty store, once of each kind."""
    opened = _open(request, tmp_path, monkeypatch)
    yield opened
    opened.close()


def _open(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    if request.param == "memory":
        return MemoryStore()
    if request.param == "local":
        return open_store(Destination(url=str(tmp_path / "mirror")), default_dir=tmp_path / "unused")
    server = request.getfixturevalue(f"{request.param}_server")
    assert isinstance(server, S3Server)
    if server.ca_file:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(server.ca_file))
    project = f"conformance/{secrets.token_hex(6)}"
    return open_store(server.destination(project), default_dir=tmp_path / "unused")


@pytest.fixture(autouse=True, scope="session")
def no_aws_settings() -> Iterator[None]:
    """Keeps whoever runs the tests, and the cloud machine they run on, out of them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        for name in ("NO_PROXY", "no_proxy"):
            patch.setenv(name, "127.0.0.1")
        yield
