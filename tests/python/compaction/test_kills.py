"""Compactions killed at random moments, two at once, a store that refuses one delete in ten, and a reader beside them.

A short run over a folder; `support.kill_loop` runs as long as one likes.
"""

from __future__ import annotations

import os
from pathlib import Path

from session_mirror.bucket.destination import open_store
from session_mirror.protocol.mirror import Destination
from support.kill_loop import KillLoop


def test_whenever_compactions_are_killed_every_read_is_exact_and_none_is_shorter(tmp_path: Path) -> None:
    bucket = tmp_path / "bucket"
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "SESSION_MIRROR_STATE_DIR": str(tmp_path / "state"),
        "SESSION_MIRROR_DESTINATION": bucket.as_uri(),
    }
    loop = KillLoop(open_store(Destination(url=bucket.as_uri()), default_dir=bucket), env, tmp_path, seed=7)
    tally = loop.run(kills=6)
    assert tally.failed == []
    assert tally.reads >= 3
    assert len(loop.parts()) == 1
