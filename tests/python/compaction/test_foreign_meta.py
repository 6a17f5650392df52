"""tracecraft's `meta.json` after a compaction: its list of parts follows, the rest stays as it wrote it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from session_mirror.mirror.compacting import compact_session
from support.engine import HARNESS, World
from support.memory_store import MemoryStore

PREFIX = f"sessions/{HARNESS}/foreign/"


def tracecraft_session(store: MemoryStore, parts: int) -> dict[str, Any]:
    entries = []
    for seq in range(parts):
        digits = f"{(seq + 1) * 0x9E3779B1 % (1 << 32):08x}"
        store.plant(f"{PREFIX}part-{seq:05d}-{digits}.jsonl", b"line %02d\n" % seq)
        entries.append({"seq": seq, "uuid": digits, "uploaded_bytes": 8, "uploaded_at": f"at {seq}"})
    record = {"schema_version": 1, "harness": HARNESS, "session_id": "foreign", "own": {"kept": True}, "parts": entries}
    store.plant(PREFIX + "meta.json", json.dumps(record).encode())
    return record


def compacted(home: Path, age_ms: int, keep_tail: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """`meta.json` before and after, of a session of this age."""
    world = World(home, store=MemoryStore(clock_ms=lambda: 1_800_000_000_000 - age_ms))
    deps = world.deps()
    assert isinstance(deps.store, MemoryStore)
    before = tracecraft_session(deps.store, 6)
    done = compact_session(deps, "foreign", harnesses=(HARNESS,), keep_tail=keep_tail)
    assert done.parts_after == 1 + keep_tail
    after = json.loads(deps.store.objects[PREFIX + "meta.json"])
    deps.journal.close()
    return before, after


def test_merged_parts_become_one_entry(tmp_path: Path) -> None:
    before, after = compacted(tmp_path, age_ms=3_600_000, keep_tail=2)
    assert {**after, "parts": []} == {**before, "parts": []}
    assert after["parts"][1:] == before["parts"][4:]
    merged = after["parts"][0]
    assert (merged["seq"], merged["compacted_from"], merged["uploaded_bytes"]) == (0, 4, 32)
    assert merged["uploaded_at"] == "at 3"


def test_while_somebody_may_be_writing_it_meta_is_left_alone(tmp_path: Path) -> None:
    before, after = compacted(tmp_path, age_ms=1_000, keep_tail=2)
    assert after == before
