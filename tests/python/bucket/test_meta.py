"""meta.json: every key tracecraft knows, sums that survive folding, and no input that can break reading it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from session_mirror.bucket.meta import (
    PARTS_LISTED,
    Checkpoint,
    PartEntry,
    ReadMeta,
    SessionMeta,
    fold_parts,
    iso_time,
    parse_meta,
    parse_time_ms,
)

TRACECRAFT_KEYS = {
    "schema_version",
    "harness",
    "session_id",
    "source_path",
    "cwd",
    "agent_id",
    "started_at",
    "last_uploaded_at",
    "ended_at",
    "total_source_bytes",
    "total_uploaded_bytes",
    "redaction_counts",
    "parts",
}
TRACECRAFT_PART_KEYS = {
    "seq",
    "uuid",
    "cursor_range",
    "source_bytes",
    "uploaded_bytes",
    "redactions",
    "uploaded_at",
}
TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


def entries(count: int) -> tuple[PartEntry, ...]:
    return tuple(
        PartEntry(
            seq=seq,
            uuid=f"{seq:08x}",
            cursor_range=(seq * 10, seq * 10 + 10),
            source_bytes=10,
            uploaded_bytes=8 + seq % 3,
            redactions={"aws_access_key": seq % 2, f"kind{seq % 5}": 1},
            uploaded_at=iso_time(1_700_000_000_000 + seq),
        )
        for seq in range(count)
    )


def meta_with(parts: tuple[PartEntry, ...] = (), **changes: Any) -> SessionMeta:
    values: dict[str, Any] = {
        "harness": "claude-code",
        "session_id": "s",
        "source_path": "/home/u/s.jsonl",
        "cwd": "/w",
        "agent_id": None,
        "started_at": iso_time(1_700_000_000_123),
        "last_uploaded_at": iso_time(1_700_000_009_001),
        "ended_at": None,
        "total_source_bytes": 100,
        "total_uploaded_bytes": 90,
        "redaction_counts": {"aws_access_key": 2},
        "parts": parts,
        "title": "A title",
        "machine": "box",
        "machine_id": "m1",
        "generation": 1,
        "previous": None,
        "rules": "basic-1",
        "checkpoint": Checkpoint(source_cursor=100, stream_end=90),
    }
    return SessionMeta(**{**values, **changes})


def totals(parts: tuple[PartEntry, ...]) -> tuple[int, int, dict[str, int]]:
    counts: dict[str, int] = {}
    for entry in parts:
        for name, count in entry.redactions.items():
            counts[name] = counts.get(name, 0) + count
    return sum(entry.source_bytes for entry in parts), sum(entry.uploaded_bytes for entry in parts), counts


def test_every_key_of_tracecrafts_schema_1_is_there() -> None:
    record = json.loads(meta_with(entries(3)).to_json())
    assert set(record) >= TRACECRAFT_KEYS
    assert record["schema_version"] == 1
    for entry in record["parts"]:
        assert set(entry) == TRACECRAFT_PART_KEYS
    assert record["parts"][1]["cursor_range"] == [10, 20]


@given(st.integers(0, 2 * PARTS_LISTED), st.integers(0, PARTS_LISTED))
def test_folding_keeps_sums_and_order_however_often(count: int, more: int) -> None:
    parts = entries(count + more)
    folded = fold_parts((*fold_parts(parts[:count]), *parts[count:]))
    assert len(folded) <= PARTS_LISTED
    assert totals(folded) == totals(parts)
    assert [entry.cursor_range[0] for entry in folded[1:]] == [entry.cursor_range[1] for entry in folded[:-1]]
    if parts:
        assert (folded[0].cursor_range[0], folded[-1].cursor_range[1]) == (0, parts[-1].cursor_range[1])


@given(TEXT, TEXT, st.integers(0, 1 << 50))
def test_what_was_written_is_read_back(title: str, cwd: str, size: int) -> None:
    written = meta_with(entries(2), title=title, cwd=cwd, total_uploaded_bytes=size, previous="s")
    read = parse_meta(written.to_json())
    assert (read.title or "", read.cwd or "", read.uploaded_bytes) == (title, cwd, size)
    assert read.checkpoint == written.checkpoint
    assert read.redaction_counts == {"aws_access_key": 2}
    assert (read.started_at_ms, read.last_uploaded_at_ms) == (1_700_000_000_123, 1_700_000_009_001)
    assert (read.previous, read.rules, read.machine_id) == ("s", "basic-1", "m1")


@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_reading_never_raises_whatever_the_bytes_are(body: bytes) -> None:
    assert isinstance(parse_meta(body), ReadMeta)


@given(st.dictionaries(st.sampled_from([*sorted(TRACECRAFT_KEYS), "session_mirror"]), JSON), JSON)
def test_reading_never_raises_when_known_keys_hold_anything(record: dict[str, Any], inner: Any) -> None:
    record["session_mirror"] = {"title": inner, "checkpoint": inner, "machine": inner, "previous": inner}
    read = parse_meta(json.dumps(record).encode())
    assert read.source_bytes >= 0
    assert read.title is None or isinstance(read.title, str)


@given(st.lists(JSON, max_size=3))
def test_reading_never_raises_when_parts_hold_anything(parts: list[Any]) -> None:
    almost = dict.fromkeys(TRACECRAFT_PART_KEYS, parts)
    parse_meta(json.dumps({"parts": [*parts, almost]}).encode())


def test_reading_survives_nesting_deeper_than_the_stack() -> None:
    assert parse_meta(b"[" * 200_000) == ReadMeta()


@given(st.integers(0, 4_102_444_800_000))
def test_times_come_back_to_the_millisecond(epoch_ms: int) -> None:
    assert parse_time_ms(iso_time(epoch_ms)) == epoch_ms


@given(JSON)
def test_what_is_no_time_is_none(value: Any) -> None:
    result = parse_time_ms(value)
    assert result is None or isinstance(result, int)
