"""The kill loop of `tests/soak`, shortened: some twenty seconds of kills, then every byte compared."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "soak" / "soak.py"
OPTIONS = ("--minutes", "0.3", "--writers", "6", "--mishaps", "0.02", "--seed", "7")


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")
@pytest.mark.timeout(400)
def test_followers_killed_again_and_again_lose_and_double_nothing() -> None:
    ran = subprocess.run([sys.executable, str(SCRIPT), *OPTIONS], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "orphans 0, failures 0" in ran.stdout
