"""A developer's machine for tests: a workspace, Claude Code's transcripts of it, a state directory, and helpers."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from session_mirror.bucket.cover import resolve
from session_mirror.bucket.local import LocalStore
from session_mirror.bucket.names import session_prefix
from session_mirror.graph import build_deps
from session_mirror.harness.claude.paths import encode_path
from session_mirror.mirror.session import SessionMirror
from session_mirror.protocol.mirror import Destination
from support.lsp_client import LspClient

HARNESS = "claude-code"
SESSION = "0f1e2d3c-0000-4000-8000-000000000001"
KEY = {"harness": HARNESS, "sessionId": SESSION}
SERVE = (sys.executable, "-m", "session_mirror", "serve")
ODD = (sys.executable, str(Path(__file__).with_name("odd_helper.py")))
"""Followed by the name of a fault: a helper where something is wrong."""


@attrs.define
class HelperHome:
    """Everything lies below one scratch directory."""

    root: Path
    _clients: list[LspClient] = attrs.field(factory=list)

    @property
    def workspace(self) -> Path:
        return self.root / "ws"

    @property
    def mirror(self) -> Path:
        """The default destination."""
        return self.root / "state" / "mirror"

    @property
    def env(self) -> dict[str, str]:
        keep = {name: value for name, value in os.environ.items() if name in ("PATH", "SYSTEMROOT", "COVERAGE_RUN")}
        own = {
            "HOME": self.root,
            "SESSION_MIRROR_STATE_DIR": self.root / "state",
            "CLAUDE_CONFIG_DIR": self.root / "claude",
        }
        return {**keep, **{name: str(value) for name, value in own.items()}}

    def transcript(self, session_id: str = SESSION, workspace: Path | None = None) -> Path:
        """Where Claude Code would write this session."""
        folder = workspace or self.workspace
        folder.mkdir(exist_ok=True)
        project = self.root / "claude" / "projects" / encode_path(str(folder.resolve()))
        project.mkdir(parents=True, exist_ok=True)
        return project / f"{session_id}.jsonl"

    def write(self, *texts: str, session_id: str = SESSION) -> bytes:
        """Appends prompts to a session; returns the lines."""
        lines = b"".join(self.line(text, session_id) for text in texts)
        with self.transcript(session_id).open("ab") as file:
            file.write(lines)
        return lines

    def line(self, text: str, session_id: str = SESSION) -> bytes:
        """A prompt as Claude Code records it."""
        record = {
            "type": "user",
            "uuid": f"u-{abs(hash(text))}",
            "sessionId": session_id,
            "cwd": str(self.workspace.resolve()),
            "timestamp": "2026-11-21T08:00:00.000Z",
            "message": {"role": "user", "content": text},
        }
        return json.dumps(record).encode("ascii") + b"\n"

    def start(self, *command: str, env: Mapping[str, str] | None = None, initialize: bool = True) -> LspClient:
        """A helper process; ended with the test at the latest."""
        client = LspClient(command or SERVE, {**self.env, **(env or {})}, cwd=self.root)
        self._clients.append(client)
        if initialize:
            client.initialize(os.getpid())
        return client

    def configure(self, client: LspClient, url: str = "", **more: object) -> Any:
        """Sends this home's workspace as the one to mirror."""
        self.workspace.mkdir(exist_ok=True)
        params = {"folders": [str(self.workspace)], "destination": {"url": url}, "intervalMs": 250, **more}
        return client.request("sessionMirror/mirror/configure", params)

    def mirrored(self, session_id: str = SESSION, folder: Path | None = None) -> bytes:
        """The stream in a local destination, as an aware reader finds it."""
        store = LocalStore(folder or self.mirror)
        cover = resolve(store.list(session_prefix(HARNESS, session_id)))
        assert not cover.has_gap
        return b"".join(
            store.get(piece.part.key, piece.start - piece.part.start, piece.end - piece.start) for piece in cover.slices
        )

    def part_count(self, session_id: str = SESSION) -> int:
        """Parts in the default destination."""
        store = LocalStore(self.mirror)
        return resolve(store.list(session_prefix(HARNESS, session_id))).part_count

    def close(self) -> None:
        """Ends what still runs."""
        for client in self._clients:
            client.kill()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[HelperHome]:
    """A fresh machine."""
    machine = HelperHome(tmp_path)
    yield machine
    machine.close()


@pytest.fixture
def in_parts(home: HelperHome, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A session that was mirrored in twelve parts; the stream."""
    for name, value in home.env.items():
        monkeypatch.setenv(name, value)
    deps = build_deps(Destination())
    stream = b""
    for number in range(12):
        stream += home.write(f"prompt {number}")
        (found,) = deps.harnesses[HARNESS].discover([home.workspace])
        mirror = SessionMirror(deps, found)
        mirror.flush()
        mirror.upkeep(force=True)
        mirror.release()
    deps.journal.close()
    assert home.part_count() == 12
    return stream


def durable(client: LspClient, size: int, session_id: str = SESSION) -> dict[str, Any]:
    """Waits until that many bytes of a session's source are in the bucket; the row then."""

    def fits(row: dict[str, Any]) -> bool:
        return (row["sessionId"], row["mirroredSourceBytes"]) == (session_id, size)

    fact = client.fact("sessionMirror/sessions/didChange", lambda params: any(map(fits, params["changed"])))
    return next(row for row in fact["changed"] if fits(row))
