"""Steps to die at: silent until armed, exact when armed, and all of them real."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import session_mirror
from session_mirror.failpoints import FAILPOINTS, VARIABLE, Tripped, armed, failpoint, trip

SCRIPT = """
import atexit
from session_mirror.failpoints import failpoint
atexit.register(print, "left in order", flush=True)
for number in (1, 2, 3):
    failpoint("compact.after_put")
    print(number, flush=True)
"""


def run(setting: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, VARIABLE: setting},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_step_that_nobody_armed_does_nothing() -> None:
    for name in FAILPOINTS:
        failpoint(name)


def test_an_armed_step_acts_once_the_nth_time() -> None:
    seen: list[str] = []
    with armed("compact.after_put", lambda: seen.append("acted"), nth=3):
        for number in range(1, 6):
            failpoint("compact.after_put")
            failpoint("compact.after_get")
            seen.append(f"pass {number}")
    assert seen == ["pass 1", "pass 2", "acted", "pass 3", "pass 4", "pass 5"]


def test_a_step_is_armed_within_the_block_only() -> None:
    with armed("compact.after_put", trip):
        pass
    failpoint("compact.after_put")
    with armed("compact.after_put", trip), pytest.raises(Tripped):
        failpoint("compact.after_put")


def test_an_inner_block_leaves_the_outer_one_armed() -> None:
    with armed("compact.after_put", trip):
        with armed("compact.after_put", trip, nth=9):
            failpoint("compact.after_put")
        with pytest.raises(Tripped):
            failpoint("compact.after_put")


def test_the_environment_ends_a_process_at_the_nth_pass_and_nothing_runs_after() -> None:
    ended = run("compact.after_put=kill@2")
    assert ended.stdout == "1\n"
    assert ended.returncode == (137 if sys.platform == "win32" else -9)


def test_the_environment_fails_a_step() -> None:
    ended = run("meta.before_put=kill,compact.after_put=raise@3")
    assert ended.stdout == "1\n2\nleft in order\n"
    assert ended.stderr.rstrip().endswith("session_mirror.failpoints.Tripped")


@pytest.mark.parametrize("setting", ["compact.after_putt=kill", "compact.after_put=sleep", "compact.after_put=kill@0"])
def test_a_misspelt_setting_is_refused_rather_than_ignored(setting: str) -> None:
    ended = run(setting)
    assert ended.returncode == 1
    assert setting in ended.stderr


def test_every_registered_step_is_somewhere_in_the_product_and_every_step_is_registered() -> None:
    package = Path(session_mirror.__file__).parent
    called = [
        ast.literal_eval(node.args[0])
        for source in package.rglob("*.py")
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "failpoint"
    ]
    assert sorted(called) == sorted(FAILPOINTS)
