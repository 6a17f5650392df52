"""Sessions that live in a database: what our change log of one holds is mirrored, also when the agent deleted it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs
import pytest

from session_mirror.harness.base import FoundSession
from support.engine import PlainHarness, found_session
from support.following import Machinery, machinery, until
from support.memory_store import offline

__all__ = ["machinery"]


def test_a_session_that_was_deleted_before_its_last_rows_were_durable_is_mirrored_whole(
    machinery: Machinery, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_there = True

    def discover(_: PlainHarness, folders: Sequence[Path]) -> list[FoundSession]:
        paths = [path for folder in folders for path in sorted(folder.glob("*.jsonl"))] if is_there else []
        return [attrs.evolve(found_session(path), database=machinery.folder / "agent.db") for path in paths]

    monkeypatch.setattr(PlainHarness, "discover", discover)
    machinery.append("s", b"one\n")
    follower, ears = machinery.follow()
    until(lambda: machinery.stream("s") == b"one\n", "the beginning")
    machinery.store.fail("put", offline(), times=10_000)
    machinery.append("s", b"two\n")
    until(lambda: ears.rows["s"].state == "error", "the store is away")
    machinery.append("s", b"three\n")
    is_there = False
    follower.look()
    until(lambda: ears.rows["s"].source_bytes == 14, "all of it seen")
    machinery.store.heal()
    until(lambda: machinery.stream("s") == b"one\ntwo\nthree\n", "the last rows")
    follower.look()
    until(lambda: ears.rows["s"].state == "bucketOnly", "its end shown")
