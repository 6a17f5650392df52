"""The real Codex, mirrored by the real command line while it is killed, resumed, archived and compressed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from session_mirror.bucket.local import LocalStore
from session_mirror.bucket.reader import StreamReader
from session_mirror.harness.codex_cli import Codex
from session_mirror.source.opening import open_source
from support.following import until
from support.real_codex import RealCodex, installed_codex
from support.scripted_model import Script, scripted_model

pytestmark = [
    pytest.mark.timeout(600),  # the first run downloads some 150 MB
    pytest.mark.skipif(sys.platform == "win32", reason="kills by POSIX signals"),
]


@attrs.define
class Lab:
    """Codex, its model, and a mirror that can be killed and started again."""

    codex: RealCodex
    script: Script
    root: Path
    _mirror: subprocess.Popen[bytes] | None = None

    @property
    def bucket(self) -> Path:
        return self.root / "bucket"

    def mirror(self) -> None:
        command = [sys.executable, "-m", "session_mirror", "mirror", "--follow", "--all", "--interval", "0.3"]
        command += ["--harness", "codex", "--cwd", str(self.codex.workspace), "--destination", self.bucket.as_uri()]
        environment = {
            "HOME": str(self.root),
            "PATH": os.defpath,
            "CODEX_HOME": str(self.codex.home),
            "SESSION_MIRROR_STATE_DIR": str(self.root / "state"),
        }
        quiet = subprocess.DEVNULL
        self._mirror = subprocess.Popen(command, env=environment, stdin=quiet, stdout=quiet, stderr=quiet)

    def end_mirror(self, number: signal.Signals) -> None:
        if self._mirror is not None:
            self._mirror.send_signal(number)
            self._mirror.wait(20)
            self._mirror = None

    def is_exact(self) -> bool:
        """Whether every rollout is in the bucket, byte for byte, and no session more."""
        if not self.bucket.is_dir() or not self.codex.rollouts():
            return False
        store = LocalStore(self.bucket)
        expected = {_thread_of(path): _bytes_of(path) for path in self.codex.rollouts()}
        prefixes = {key.key.rpartition("/")[0] + "/" for key in store.list("sessions/") if "/part-" in key.key}
        stored = {prefix.split("/")[2]: b"".join(StreamReader(store, prefix).read(0)) for prefix in prefixes}
        return stored == expected


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with scripted_model() as (url, script):
        codex = RealCodex(installed_codex(), tmp_path, url)
        codex.prepare()
        made = Lab(codex, script, tmp_path)
        yield made
        made.end_mirror(signal.SIGKILL)


def test_a_thread_is_mirrored_exactly_through_all_that_codex_does(lab: Lab) -> None:
    codex, script = lab.codex, lab.script
    lab.mirror()
    codex.run(*codex.ask("begin"))
    until(lab.is_exact, "a new thread")
    (rollout,) = codex.rollouts()
    thread_id = _thread_of(rollout)

    script.calls, script.pause_s = 40, 0.05
    size = rollout.stat().st_size
    victim = codex.start(*codex.ask("go on", thread_id=thread_id))
    until(lambda: rollout.stat().st_size > size + 20_000, "Codex at work")
    os.killpg(victim.pid, signal.SIGKILL)
    victim.wait()
    until(lab.is_exact, "a killed Codex")

    survivor = codex.start(*codex.ask("once more", thread_id=thread_id))
    until(lambda: rollout.stat().st_size > size + 40_000, "Codex at work again")
    lab.end_mirror(signal.SIGKILL)
    assert survivor.wait(60) == 0
    assert not lab.is_exact()
    lab.mirror()
    until(lab.is_exact, "a killed mirror")

    script.calls, script.pause_s = 1, 0.0
    codex.run("archive", thread_id)
    assert [path.parent.name for path in codex.rollouts()] == ["archived_sessions"]
    codex.run("unarchive", thread_id)
    month_ago = time.time() - 40 * 86_400
    os.utime(rollout, (month_ago, month_ago))
    codex.run(*codex.ask("another thread"), "--enable", "local_thread_store_compression")
    until(lambda: any(path.suffix == ".zst" for path in codex.rollouts()), "a compressed rollout")
    until(lab.is_exact, "a compressed thread")
    codex.run(*codex.ask("and go on", thread_id=thread_id))
    assert rollout.exists()
    until(lab.is_exact, "a resumed thread")
    lab.end_mirror(signal.SIGTERM)
    assert lab.is_exact()


def test_every_line_that_codex_writes_is_understood(lab: Lab) -> None:
    lab.codex.run(*lab.codex.ask("say something"))
    harness = Codex(environment={"CODEX_HOME": str(lab.codex.home)}, home=lab.root)
    (found,) = harness.discover([lab.codex.workspace])
    assert harness.problems() == []
    assert harness.title(found.path) == "say something"
    with open_source(found.path) as file:
        events = [event for line in file.read().split(b"\n") for event in harness.read_record(line).events]
    kinds = [event.kind for event in events if event.kind != "system"]
    assert kinds == ["prompt", *["thinking", "toolCall", "toolResult"] * 3, "thinking", "reply"]


def _thread_of(path: Path) -> str:
    return path.name.removesuffix(".zst").removesuffix(".jsonl")[28:]


def _bytes_of(path: Path) -> bytes:
    try:
        with open_source(path) as file:
            return file.read()
    except FileNotFoundError:
        return b""  # moved just now
