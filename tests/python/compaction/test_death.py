"""A real process, really killed at every step of a compaction, over a real folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from session_mirror.bucket.destination import open_store
from session_mirror.bucket.store import Store
from session_mirror.compaction.compact import compact
from session_mirror.failpoints import FAILPOINTS, VARIABLE
from session_mirror.protocol.mirror import Destination
from support.parts import HARNESS, PREFIX, SESSION, TRUTH, key, parts, spelled

SCRIPT = """
import sys
from pathlib import Path
from session_mirror.bucket.destination import open_store
from session_mirror.compaction import compact, delete
from session_mirror.protocol.mirror import Destination

folder, harness, session, max_bytes = sys.argv[1:]
compact.IN_MEMORY_BYTES = int(max_bytes)
delete.AT_ONCE = 2
store = open_store(Destination(url=folder), default_dir=Path(folder))
compact.compact(store, harness, session)
"""
TWELVE = tuple((seq, seq * 10, seq * 10 + 10) for seq in range(12))
STEPS = [(name, nth) for name in FAILPOINTS if name.startswith("compact.") for nth in (1, 2)]


def compact_in_a_process(folder: Path, setting: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), HARNESS, SESSION, "60"],
        env={**os.environ, VARIABLE: setting},
        timeout=60,
        check=False,
    )
    return done.returncode


def stored(store: Store) -> dict[str, bytes]:
    return {found.key: store.get(found.key) for found in store.list(PREFIX)}


@pytest.mark.parametrize(("step", "nth"), STEPS)
def test_a_compaction_killed_at_any_step_costs_no_byte_and_the_next_one_finishes(
    tmp_path: Path, step: str, nth: int
) -> None:
    store = open_store(Destination(url=str(tmp_path)), default_dir=tmp_path)
    for name, body in parts(*TWELVE, (20, 0, 10), (21, 110, 120)).items():
        store.put(name, body)
    assert compact_in_a_process(tmp_path, f"{step}=kill@{nth}") not in (0, 1)
    assert spelled(stored(store)) == TRUTH[:120]
    again = compact(store, HARNESS, SESSION)
    assert (again.parts_after, again.undeleted) == (1, ())
    assert stored(store) == {key(0, 120): TRUTH[:120]}


def test_a_compaction_that_nobody_kills_ends_well(tmp_path: Path) -> None:
    store = open_store(Destination(url=str(tmp_path)), default_dir=tmp_path)
    for name, body in parts(*TWELVE).items():
        store.put(name, body)
    assert compact_in_a_process(tmp_path, "") == 0
    assert stored(store) == parts((0, 0, 60), (6, 60, 120))
