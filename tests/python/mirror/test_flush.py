"""A flush: whole lines, redacted, one PUT, and the same bytes under the same key however often it is tried."""

import json
from pathlib import Path

import attrs
import pytest

from session_mirror.errors import MirrorError
from session_mirror.mirror import session as session_module
from session_mirror.mirror.projection import META_EVERY_MS, META_QUIET_MS
from session_mirror.redaction.rules import OFF
from support.engine import HARNESS, SECRET, World
from support.memory_store import offline

META = f"sessions/{HARNESS}/s1/meta.json"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_part_holds_the_new_whole_lines_and_its_name_tells_their_end(world: World) -> None:
    world.append(b"one\ntwo\nthr")
    outcome = world.mirror.flush()
    assert outcome.status == "flushed"
    assert world.parts() == ["part-00000-00000008.jsonl"]
    assert world.stream() == b"one\ntwo\n"
    world.append(b"ee\n")
    world.mirror.flush()
    assert world.parts() == ["part-00000-00000008.jsonl", "part-00001-0000000e.jsonl"]
    assert world.stream() == b"one\ntwo\nthree\n"


def test_an_unfinished_line_is_never_uploaded(world: World) -> None:
    world.append(b'{"half": ')
    assert world.mirror.flush().status == "current"
    assert world.store.objects == {}


def test_no_secret_reaches_the_bucket_through_a_title(world: World) -> None:
    world.append(b"one\n")
    world.mirror.flush()
    assert json.loads(world.store.objects[META])["session_mirror"]["title"] == "s1 [REDACTED:aws_access_key]"


def test_secrets_are_taken_out_and_counted(world: World) -> None:
    world.append(b"key " + SECRET + b" end\n")
    outcome = world.mirror.flush()
    assert world.stream() == b"key [REDACTED:aws_access_key] end\n"
    assert outcome.redactions == {"aws_access_key": 1}
    assert json.loads(world.store.objects[META])["redaction_counts"] == {"aws_access_key": 1}


@pytest.mark.parametrize(
    "line",
    [b"\xff\xfe\x00\xed\xa0\x80", b"\\ud800", b"a\x00b", b"", b"\xe2\x80\xa8\x85\x0b\x0c", b"\r"],
    ids=["invalid utf-8", "lone surrogate", "nul", "empty", "unicode separators", "carriage return"],
)
def test_bytes_that_are_no_text_arrive_as_they_are(world: World, line: bytes) -> None:
    world.append(line + b"\nnext\n")
    world.flush_all()
    assert world.stream() == line + b"\nnext\n"


def test_a_line_longer_than_a_part_is_a_part_of_its_own(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "PART_BYTES", 1000)
    lines = [b"a" * 10, b"b" * 5000, b"c" * 10]
    world.append(b"\n".join(lines) + b"\n")
    outcomes = world.flush_all()
    assert world.stream() == world.path.read_bytes()
    assert [outcome.uploaded_bytes for outcome in outcomes] == [11, 5001, 11]


def test_idle_costs_no_request_at_all(world: World) -> None:
    world.append(b"one\n")
    world.flush_all()
    before = world.store.requests
    for _ in range(10):
        assert world.mirror.flush().status == "current"
        world.mirror.upkeep()
    assert world.store.requests == before


def test_a_flush_costs_one_put(world: World) -> None:
    world.append(b"one\n")
    world.flush_all()
    before = world.store.requests
    for number in range(20):
        world.append(b"line %d\n" % number)
        assert world.mirror.flush().status == "flushed"
    assert world.store.requests - before == {"put": 20}


def test_a_failed_put_is_repeated_with_the_same_bytes_under_the_same_key(world: World) -> None:
    world.append(b"one\n")
    world.store.fail("put", offline(), times=2)
    for _ in range(2):
        with pytest.raises(MirrorError, match="reached"):
            world.mirror.flush()
        world.append(b"more\n")
    world.flush_all()
    assert world.parts()[0] == "part-00000-00000004.jsonl"
    assert world.stream() == b"one\nmore\nmore\n"


def test_a_put_whose_answer_was_lost_is_not_doubled(world: World) -> None:
    world.append(b"one\n")
    world.store.fail("put", offline(), applied=True)
    with pytest.raises(MirrorError):
        world.mirror.flush()
    world.append(b"two\n")
    world.flush_all()
    assert world.stream() == b"one\ntwo\n"
    assert len(world.parts()) == 2


def test_a_process_that_died_before_the_answer_finds_its_part_landed(world: World) -> None:
    world.append(b"one\n")
    world.store.fail("put", offline(), applied=True)
    with pytest.raises(MirrorError):
        world.mirror.flush()
    world.restart()
    world.append(b"two\n")
    world.flush_all()
    assert world.stream() == b"one\ntwo\n"
    assert world.parts() == ["part-00000-00000004.jsonl", "part-00001-00000008.jsonl"]


def test_a_process_that_died_before_the_put_repeats_its_intent(world: World) -> None:
    world.append(b"one " + SECRET + b"\n")
    world.store.fail("put", offline())
    with pytest.raises(MirrorError):
        world.mirror.flush()
    world.restart()
    world.rules = OFF  # the intent was made under other rules, and they hold for its bytes
    world.append(b"two " + SECRET + b"\n")
    world.flush_all()
    assert world.stream() == b"one [REDACTED:aws_access_key]\ntwo " + SECRET + b"\n"


def test_few_bytes_wait_for_more(world: World) -> None:
    world.append(b"one\n")
    assert world.mirror.flush(min_bytes=5).status == "current"
    world.append(b"two\n")
    assert world.mirror.flush(min_bytes=5).status == "flushed"


def test_meta_is_written_with_the_first_part_then_after_a_pause_and_at_the_end(world: World) -> None:
    world.append(b"one\n")
    world.mirror.flush()
    assert json.loads(world.store.objects[META])["total_uploaded_bytes"] == 4
    world.append(b"two\n")
    world.mirror.flush()
    world.forget_freshness()
    assert world.mirror.upkeep() == META_QUIET_MS
    world.clock.now_ms += META_QUIET_MS
    assert world.mirror.upkeep() is None
    meta = json.loads(world.store.objects[META])
    assert (meta["total_uploaded_bytes"], meta["ended_at"]) == (8, None)
    world.mirror.upkeep(ended=True)
    assert json.loads(world.store.objects[META])["ended_at"] is not None
    world.append(b"three\n")
    world.mirror.flush()
    world.mirror.upkeep(force=True)
    assert json.loads(world.store.objects[META])["ended_at"] is None


def test_a_busy_session_spends_less_than_one_request_in_twenty_on_its_meta(world: World) -> None:
    flushes = 400
    for number in range(flushes):
        world.append(b"line %d\n" % number)
        assert world.mirror.flush().status == "flushed"
        world.mirror.upkeep()
        world.clock.now_ms += 5000
    assert world.store.requests.total() <= 1.05 * flushes
    metas = sum(verb == "put" and key == META for verb, key in world.store.log)
    assert metas >= flushes * 5000 // META_EVERY_MS


def test_meta_tells_every_part_in_the_schema_of_tracecraft(world: World) -> None:
    world.append(b"one " + SECRET + b"\n")
    world.mirror.flush()
    (entry,) = json.loads(world.store.objects[META])["parts"]
    assert entry == {
        "seq": 0,
        "uuid": "0000001e",
        "cursor_range": [0, 25],
        "source_bytes": 25,
        "uploaded_bytes": 30,
        "redactions": {"aws_access_key": 1},
        "uploaded_at": entry["uploaded_at"],
    }


def test_a_second_process_leaves_an_owned_session_alone_and_takes_over_after_its_end(world: World) -> None:
    world.append(b"one\n")
    world.flush_all()
    other = attrs.evolve(world, mirror=None)
    world.append(b"two\n")
    assert other.mirror.flush().status == "elsewhere"
    world.restart()
    assert other.mirror.flush().status == "flushed"
    assert other.stream() == b"one\ntwo\n"


def test_what_another_process_mirrored_meanwhile_is_not_mirrored_again(world: World) -> None:
    world.append(b"one\n")
    world.flush_all()
    world.mirror.release()
    other = attrs.evolve(world, mirror=None)
    other.append(b"two\n")
    other.flush_all()
    other.mirror.release()
    world.append(b"three\n")
    world.flush_all()
    assert world.stream() == b"one\ntwo\nthree\n"


def test_a_source_that_vanishes_is_gone_and_its_mirror_stays(world: World) -> None:
    world.append(b"one\n")
    world.flush_all()
    world.path.unlink()
    assert world.mirror.flush().status == "gone"
    assert world.stream() == b"one\n"
