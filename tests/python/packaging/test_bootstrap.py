"""The way the editor starts the helper: on bundled libraries, from a folder that stays unwritten."""

from __future__ import annotations

import ast
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from session_mirror import bundled

ROOT = Path(__file__).resolve().parents[3]
BOOTSTRAP = ROOT / "pyhelper/bootstrap.py"


def start(bootstrap: Path, *args: str, state: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", "-X", "utf8", str(bootstrap), *args]
    env = {"SESSION_MIRROR_STATE_DIR": str(state), "PATH": os.environ.get("PATH", "")}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=60)


def test_an_old_python_can_read_the_bootstrap_and_so_say_what_is_wrong() -> None:
    ast.parse(BOOTSTRAP.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_a_python_that_is_too_old_is_named_with_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    namespace: dict[str, object] = {"__name__": "bootstrap", "__file__": str(BOOTSTRAP)}
    exec(compile(BOOTSTRAP.read_text(encoding="utf-8"), BOOTSTRAP, "exec"), namespace)  # noqa: S102
    namespace["MINIMUM"] = (99, 0)
    run = namespace["run"]
    assert callable(run)
    assert run() == 3
    said = capsys.readouterr().err
    assert "99.0 or newer" in said
    assert platform.python_version() in said
    assert sys.executable in said


def test_the_command_line_runs_without_the_users_packages(tmp_path: Path) -> None:
    done = start(BOOTSTRAP, "--version", state=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "session-mirror" in done.stdout


def test_byte_code_goes_to_the_state_directory_and_nowhere_else(tmp_path: Path) -> None:
    extension = tmp_path / "extension"
    copied = extension / "pyhelper"
    shutil.copytree(ROOT / "pyhelper", copied, ignore=shutil.ignore_patterns("__pycache__"))
    (extension / ".venv").symlink_to(ROOT / ".venv")
    state = tmp_path / "state"
    done = start(copied / "bootstrap.py", "--version", state=state)
    assert done.returncode == 0, done.stderr
    assert list((state / "pycache").rglob("*.pyc"))
    assert list(copied.rglob("*.pyc")) == []


@pytest.mark.parametrize(
    ("system", "machine", "is_glibc", "target"),
    [
        ("linux", "x86_64", True, "linux-x64"),
        ("linux", "aarch64", True, "linux-arm64"),
        ("linux", "x86_64", False, "alpine-x64"),
        ("linux", "aarch64", False, "alpine-arm64"),
        ("darwin", "arm64", False, "darwin-arm64"),
        ("darwin", "x86_64", False, "darwin-x64"),
    ],
)
def test_each_system_finds_its_native_libraries(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, is_glibc: bool, target: str
) -> None:
    def confstr(_name: str) -> str:
        if is_glibc:
            return "glibc 2.36"
        raise ValueError

    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(os, "confstr", confstr)
    assert bundled.native_target() == target


@pytest.mark.parametrize(
    ("build", "target"), [("win-amd64", "win32-x64"), ("win-arm64", "win32-arm64"), ("win32", "none")]
)
def test_windows_goes_by_the_interpreters_build(monkeypatch: pytest.MonkeyPatch, build: str, target: str) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sysconfig, "get_platform", lambda: build)
    assert bundled.native_target() == target


@pytest.mark.parametrize(
    ("machine", "target"), [("armv7l", "linux-armhf"), ("aarch64", "linux-armhf"), ("i686", "none")]
)
def test_a_32_bit_python_never_takes_64_bit_libraries(
    monkeypatch: pytest.MonkeyPatch, machine: str, target: str
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys, "maxsize", 2**31 - 1)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert bundled.native_target() == target
