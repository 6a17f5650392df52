"""What the hooks run: a script in the state directory that leaves a note and wakes the background process.

It lies there, and not where this program is installed, so that an agent's settings stay right when the program moves,
is updated or removed. It prints nothing, fails at nothing, and starts no Python that anybody waits for.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from session_mirror.hooks.entries import MARKER

FOLDER: Final = "hooks"
"""In the state directory."""
SPOOL: Final = "spool"
_WINDOWS: Final = sys.platform == "win32"
_POSIX_SCRIPT: Final = """\
# Session Mirror: notes that an agent's session began or ended, and lets somebody look at the note.
# Written by `session-mirror hooks install`, taken away by `session-mirror hooks remove`.
exec >/dev/null 2>&1
cd {spool} || exit 0
[ -x {python} ] && [ -r {entry} ] || exit 0
umask 077
case $1 in
claude-code) agent=${{CLAUDE_PID:-$PPID}} home=${{CLAUDE_CONFIG_DIR-}} ;;
codex) agent=$PPID home=${{CODEX_HOME-}} ;;
*) exit 0 ;;
esac
{{ printf '%s\\n' "$1" "$agent" "$home" && head -c 1048576; }} >".$$" && mv -f ".$$" "$$" || exit 0
cd / || exit 0
trap '' HUP INT
SESSION_MIRROR_STATE_DIR={state}
export SESSION_MIRROR_STATE_DIR
# Whoever runs already takes the note within a second; then nobody needs to be started.
set -- sh -c 'sleep 1; [ ! -e "$0" ] || exec "$@"' {spool}/"$$" {program}
if command -v setsid; then
    setsid "$@" </dev/null &
else
    "$@" </dev/null &
fi
exit 0
"""
_PYTHON_SCRIPT: Final = """\
# Session Mirror: notes that an agent's session began or ended, and lets somebody look at the note.
# Written by `session-mirror hooks install`, taken away by `session-mirror hooks remove`.
import os
import subprocess
import sys

STATE = {state!r}
SPOOL = {spool!r}
PROGRAM = {program!r}
HOMES = {{"claude-code": "CLAUDE_CONFIG_DIR", "codex": "CODEX_HOME"}}


def note(agent):
    told = sys.stdin.buffer.read(1048576)
    head = [agent, os.environ.get("CLAUDE_PID", "") if agent == "claude-code" else "", os.environ.get(HOMES[agent], "")]
    name = os.path.join(SPOOL, str(os.getpid()))
    draft = os.path.join(SPOOL, ".%d" % os.getpid())
    with open(draft, "wb") as file:
        file.write("".join(line + "\\n" for line in head).encode("utf-8", "replace") + told)
    os.replace(draft, name)


def wake():
    apart = {{"creationflags": 0x00000208}} if os.name == "nt" else {{"start_new_session": True}}
    nothing = subprocess.DEVNULL
    environment = dict(os.environ, SESSION_MIRROR_STATE_DIR=STATE)
    subprocess.Popen(
        PROGRAM, stdin=nothing, stdout=nothing, stderr=nothing, env=environment, cwd=STATE, close_fds=True, **apart
    )


try:
    if sys.argv[1] in HOMES and os.path.isdir(SPOOL) and os.path.isfile(PROGRAM[0]):
        note(sys.argv[1])
        wake()
except Exception:
    pass
os._exit(0)
"""


def script_path(state: Path, *, windows: bool = _WINDOWS) -> Path:
    """Where the script lies. Its name is how our hooks are recognised."""
    return state / FOLDER / f"{MARKER}.{'py' if windows else 'sh'}"


def script_text(state: Path, program: Sequence[str], *, windows: bool = _WINDOWS) -> str:
    """The script for a state directory, and the program to start: an interpreter, and what it is given."""
    spool = state / FOLDER / SPOOL
    if windows:
        return _PYTHON_SCRIPT.format(state=str(state), spool=str(spool), program=list(program))
    return _POSIX_SCRIPT.format(
        state=shlex.quote(str(state)),
        spool=shlex.quote(str(spool)),
        python=shlex.quote(program[0]),
        entry=shlex.quote(entry_of(program)),
        program=shlex.join(program),
    )


def hook_command(state: Path, harness: str, *, python: str = sys.executable, windows: bool = _WINDOWS) -> str:
    """What stands in an agent's settings: does nothing, successfully, where the script is gone.

    On POSIX for any shell that knows single quotes; on Windows for PowerShell.
    """
    script = str(script_path(state, windows=windows))
    if not windows:
        return f"""sh -c '[ ! -r "$0" ] || . "$0"' {shlex.quote(script)} {harness}"""
    there = " -and ".join(f"(Test-Path -LiteralPath {_literal(path)})" for path in (python, script))
    return f"if ({there}) {{ & {_literal(python)} -I -S {_literal(script)} {harness} }}; exit 0"


def entry_of(program: Sequence[str]) -> str:
    """The file that such a program begins with."""
    return next((part for part in program[1:] if part.endswith(".py")), program[0])


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
