"""A real process, really killed at every step of a compaction: over a folder, and over S3 in the middle of uploads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from session_mirror.bucket.destination import open_store
from session_mirror.bucket.listing import list_whole
from session_mirror.bucket.s3 import S3Store
from session_mirror.bucket.store import Store
from session_mirror.compaction.compact import compact
from session_mirror.failpoints import FAILPOINTS, VARIABLE
from session_mirror.protocol.mirror import Credentials, Destination
from support.parts import HARNESS, PREFIX, SESSION, TRUTH, key, parts, spelled
from support.servers import KEYS, S3Server

SCRIPT = """
import json, sys
from pathlib import Path
from session_mirror.bucket import local, s3, s3_multipart
from session_mirror.bucket.destination import open_store
from session_mirror.compaction import compact, delete, steps
from session_mirror.protocol.mirror import Credentials, Destination

url, endpoint, harness, session, options = sys.argv[1:]
options = json.loads(options)
compact.MERGED_BYTES = options["max_bytes"]
delete.AT_ONCE = 2
if not options["composes"]:
    local.LocalStore.composes_from = None
    s3.S3Store.composes_from = None
s3._SINGLE_PUT_BYTES = 1 << 20
s3_multipart.PIECE_BYTES = 5 << 20
keys = Credentials(access_key_id=options["key"], secret_access_key=options["secret"])
destination = Destination(url=url, endpoint_url=endpoint or None, credentials=keys if endpoint else None)
store = open_store(destination, default_dir=Path("unused"))
compact.compact(store, harness, session)
"""
TWELVE = tuple((seq, seq * 10, seq * 10 + 10) for seq in range(12))
BY_US = ["compact.after_list", "compact.after_get", "compact.after_put", "compact.after_head", "compact.mid_delete",
         "compact.after_delete", "compact.before_collect"]  # fmt: skip
BY_THE_STORE = [*BY_US[:1], "compact.before_compose", *BY_US[2:]]
FOREIGN = [*BY_US[:-1], "compact.after_mark"]
UPLOAD = ["upload.after_begin", "upload.after_piece", "upload.before_finish"]
MIB = 1 << 20


def killed(destination: Destination, setting: str, *, composes: bool = False, max_bytes: int = 1 << 30) -> bool:
    """Whether a compaction in a process of its own was killed by its failpoint."""
    keys = destination.credentials or Credentials(access_key_id="", secret_access_key="")
    options = {
        "max_bytes": max_bytes,
        "composes": composes,
        "key": keys.access_key_id,
        "secret": keys.secret_access_key,
    }
    done = subprocess.run(
        [
            *(sys.executable, "-c", SCRIPT),
            *(destination.url, destination.endpoint_url or "", HARNESS, SESSION, json.dumps(options)),
        ],
        env={**os.environ, VARIABLE: setting},
        timeout=60,
        check=False,
    )
    assert done.returncode != 1, "it failed instead"
    return done.returncode != 0


def stored(store: Store) -> dict[str, bytes]:
    return {found.key: store.get(found.key) for found in store.list(PREFIX)}


def test_every_step_has_its_death() -> None:
    steps = {name for name in FAILPOINTS if name.startswith(("compact.", "upload."))}
    assert steps == {*BY_US, *BY_THE_STORE, *FOREIGN, *UPLOAD, "compact.before_unmark"}


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize(
    ("step", "composes"),
    [*((step, False) for step in BY_US), *((step, True) for step in BY_THE_STORE)],
)
def test_a_compaction_killed_at_any_step_costs_no_byte_and_the_next_one_finishes(
    tmp_path: Path, step: str, composes: bool, nth: int
) -> None:
    destination = Destination(url=tmp_path.as_uri())
    store = open_store(destination, default_dir=tmp_path)
    for name, body in parts(*TWELVE, (20, 0, 10), (21, 110, 120)).items():
        store.put(name, body)
    assert killed(destination, f"{step}=kill@{nth}", composes=composes, max_bytes=60)
    assert spelled(stored(store)) == TRUTH[:120]
    again = compact(store, HARNESS, SESSION)
    assert (again.parts_after, again.undeleted) == (1, ())
    assert stored(store) == {key(0, 120): TRUTH[:120]}


@pytest.mark.parametrize("composes", [False, True])
def test_a_compaction_that_nobody_kills_ends_well(tmp_path: Path, composes: bool) -> None:
    destination = Destination(url=tmp_path.as_uri())
    store = open_store(destination, default_dir=tmp_path)
    for name, body in parts(*TWELVE).items():
        store.put(name, body)
    assert not killed(destination, "", composes=composes, max_bytes=60)
    assert stored(store) == parts((0, 0, 60), (6, 60, 120))


@pytest.mark.parametrize("composes", [False, True])
@pytest.mark.parametrize("step", UPLOAD)
def test_an_upload_killed_amid_its_pieces_is_never_seen_and_leaves_nothing_in_the_end(
    ministack_server: S3Server, tmp_path: Path, step: str, composes: bool
) -> None:
    destination = ministack_server.destination(f"death/{tmp_path.name}", KEYS)
    store = open_store(destination, default_dir=tmp_path)
    assert isinstance(store, S3Store)
    size = 6 * MIB
    whole = b"".join(bytes([65 + seq]) * size for seq in range(3))
    for seq in range(3):
        store.put(key(seq, (seq + 1) * size), whole[seq * size : (seq + 1) * size])
    assert killed(destination, f"{step}=kill", composes=composes)
    assert spelled(stored(store)) == whole
    assert len(unfinished(store)) == 1
    compact(store, HARNESS, SESSION)
    assert stored(store) == {key(0, 3 * size): whole}
    assert unfinished(store) == []
    store.close()


def unfinished(store: Store) -> list[str]:
    found: list[str] = []

    def look(name: str, _started_ms: int) -> bool:
        found.append(name)
        return False

    store.give_up("", look)
    return found


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("step", FOREIGN)
def test_tracecrafts_session_is_exact_whenever_its_compaction_is_killed(tmp_path: Path, step: str, nth: int) -> None:
    destination = Destination(url=tmp_path.as_uri())
    store = open_store(destination, default_dir=tmp_path)
    whole = tracecraft_session(tmp_path, store, 12)
    assert killed(destination, f"{step}=kill@{nth}", max_bytes=60)
    assert read(store) == whole
    again = compact(store, HARNESS, SESSION, now_ms=in_an_hour)
    assert (again.parts_after, again.undeleted) == (1, ())
    assert read(store) == whole
    (only,) = [found.key for found in store.list(PREFIX + "part-")]
    assert store.get(only) == whole


def test_a_marker_that_another_stands_for_may_stay_and_goes_with_the_next_compaction(tmp_path: Path) -> None:
    destination = Destination(url=tmp_path.as_uri())
    store = open_store(destination, default_dir=tmp_path)
    whole = tracecraft_session(tmp_path, store, 12)
    assert not killed(destination, "", max_bytes=60)
    assert killed(destination, "compact.before_unmark=kill")
    assert read(store) == whole
    assert len(markers(store)) == 3
    compact(store, HARNESS, SESSION, now_ms=in_an_hour)
    assert read(store) == whole
    assert len(markers(store)) == 1


def tracecraft_session(folder: Path, store: Store, count: int) -> bytes:
    """Parts as tracecraft names them, an hour old; the stream."""
    whole = b""
    for seq in range(count):
        name = f"{PREFIX}part-{seq:05d}-{0x9E3779B1 * (seq + 1) % (1 << 32):08x}.jsonl"
        body = b"line %03d\n" % seq + b"\n"
        store.put(name, body)
        hour_ago = time.time() - 3600
        os.utime(folder / name, (hour_ago, hour_ago))
        whole += body
    return whole


def in_an_hour() -> int:
    return int((time.time() + 3600) * 1000)


def read(store: Store) -> bytes:
    return b"".join(store.get(piece.part.key) for piece in list_whole(store, PREFIX).cover.slices)


def markers(store: Store) -> list[str]:
    return [found.key for found in store.list(PREFIX + "merged-")]
