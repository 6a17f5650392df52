"""What an agent runs: silent, quick, always successful, whatever is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from session_mirror.hooks.notes import Note, Spool
from session_mirror.hooks.script import hook_command, script_path, script_text
from support.following import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="runs POSIX shells")
TOLD = b'{"session_id":"0a-1","transcript_path":"/t/0a-1.jsonl","cwd":"/home/ada/app","hook_event_name":"SessionStart"}'
SHELLS = [shell for shell in ("sh", "bash", "dash", "zsh", "ksh", "busybox") if shutil.which(shell)]


@attrs.frozen
class Hook:
    """An installed script whose program only writes down that, and how, it was started."""

    root: Path

    @property
    def state(self) -> Path:
        return self.root / 'it\'s $HOME "state"'

    @property
    def spool(self) -> Path:
        return self.state / "hooks" / "spool"

    @property
    def started(self) -> Path:
        return self.root / "started"

    def count(self) -> str:
        """For whom the program was started, a line each."""
        path = self.root / "count"
        return path.read_text() if path.exists() else ""

    def write(self) -> None:
        program = self.root / "program.py"
        program.write_text(
            f"""import os, sys
fds = sorted(int(name) for name in os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else [0, 1, 2]
told = [os.getcwd(), os.environ["SESSION_MIRROR_STATE_DIR"], os.getsid(0) == os.getpid(), sys.stdin.read(), fds[:3]]
with open({str(self.root / "count")!r}, "a") as file:
    file.write(os.environ.get("WHO", "") + "\\n")
with open({str(self.started) + "~"!r}, "w") as file:
    file.write(repr(told))
os.rename({str(self.started) + "~"!r}, {str(self.started)!r})
"""
        )
        self.spool.mkdir(parents=True)
        script_path(self.state).write_text(script_text(self.state, (sys.executable, str(program))))

    def run(self, told: bytes = TOLD, *, shell: str = "sh", harness: str = "claude-code", **more: str) -> None:
        """As an agent does; whatever it answers would be shown, or told to the model."""
        command = hook_command(self.state, harness)
        start = ["busybox", "sh"] if shell == "busybox" else [shell]
        environment = {"PATH": os.defpath, "HOME": str(self.root), **more}
        done = subprocess.run([*start, "-c", command], input=told, capture_output=True, env=environment, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")

    def notes(self) -> list[Note]:
        return Spool(self.spool).take()


@pytest.fixture
def hook(tmp_path: Path) -> Hook:
    made = Hook(tmp_path)
    made.write()
    return made


@pytest.mark.parametrize("shell", SHELLS)
def test_a_hook_leaves_a_note_and_starts_the_program_apart_from_the_agent(hook: Hook, shell: str) -> None:
    hook.run(shell=shell)
    until(hook.started.exists, "the program")
    (note,) = hook.notes()
    assert (note.harness, note.session_id, note.cwd, note.ended) == ("claude-code", "0a-1", "/home/ada/app", False)
    assert hook.started.read_text() == repr(["/", str(hook.state), bool(shutil.which("setsid")), "", [0, 1, 2]])


def test_nobody_is_started_where_somebody_takes_the_note(hook: Hook) -> None:
    hook.run(WHO="taken")
    assert len(hook.notes()) == 1
    hook.run(WHO="left")
    until(lambda: "left\n" in hook.count(), "the program")
    hook.run(WHO="later")
    until(lambda: "later\n" in hook.count(), "the program again")
    assert hook.count() == "left\nlater\n"


def test_a_note_names_the_agent_and_its_home(hook: Hook) -> None:
    hook.run(CLAUDE_PID="12345", CLAUDE_CONFIG_DIR="/home/ada/work.claude")
    hook.run(harness="codex", CLAUDE_PID="12345", CODEX_HOME="/home/ada/work codex")
    claude, codex = sorted(hook.notes(), key=lambda note: note.harness)
    assert (claude.agent_pid, claude.home) == (12345, "/home/ada/work.claude")
    assert codex.agent_pid not in (None, 12345), "a Codex that Claude Code started is not Claude Code"
    assert codex.home == "/home/ada/work codex"


@pytest.mark.parametrize("missing", ["script", "spool", "program", "state"])
def test_a_hook_of_which_something_is_missing_does_nothing_successfully(hook: Hook, missing: str) -> None:
    if missing == "script":
        script_path(hook.state).unlink()
    elif missing == "program":
        (hook.root / "program.py").unlink()
    else:
        shutil.rmtree(hook.spool if missing == "spool" else hook.state)
    hook.run()
    assert hook.notes() == []
    assert not hook.started.exists()


@pytest.mark.parametrize("told", [b"", b"\0\xff", b"{" * 3_000_000])
def test_a_hook_takes_whatever_it_is_told(hook: Hook, told: bytes) -> None:
    hook.run(told)
    hook.run(told, harness="another")
    assert all(path.stat().st_size < 1_100_000 for path in hook.spool.iterdir())
    assert hook.notes() == []
    assert Spool(hook.spool).is_empty()


def test_notes_are_private(hook: Hook) -> None:
    hook.run()
    (note,) = hook.spool.iterdir()
    assert note.stat().st_mode & 0o777 == 0o600


def test_windows_gets_a_script_without_a_shell_that_does_the_same(hook: Hook) -> None:
    script = script_path(hook.state, windows=True)
    script.write_text(script_text(hook.state, (sys.executable, str(hook.root / "program.py")), windows=True))
    command = [sys.executable, "-I", "-S", str(script), "codex"]
    for told in (TOLD, b""):
        done = subprocess.run(command, input=told, capture_output=True, env={"CODEX_HOME": "/h"}, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    until(hook.started.exists, "the program")
    (note,) = hook.notes()
    assert (note.harness, note.session_id, note.home, note.agent_pid) == ("codex", "0a-1", "/h", None)


def test_windows_gets_a_command_that_survives_its_script() -> None:
    command = hook_command(Path("/s'x"), "codex", python="C:\\Python\\python.exe", windows=True)
    script = "'/s''x/hooks/session-mirror-hook.py'"
    there = f"(Test-Path -LiteralPath 'C:\\Python\\python.exe') -and (Test-Path -LiteralPath {script})"
    assert command == f"if ({there}) {{ & 'C:\\Python\\python.exe' -I -S {script} codex }}; exit 0"
