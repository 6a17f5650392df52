"""Coming back with a journal that is lost, old or wrong: the stream goes on exactly, or begins anew elsewhere."""

import json
import shutil
from pathlib import Path

import attrs
import pytest

from session_mirror.errors import MirrorError
from session_mirror.journal.machine import Machine
from session_mirror.mirror import session as session_module
from session_mirror.mirror.machines import LEASE_MS, OTHER_MACHINE_MS, TakingOver, WrittenElsewhere
from session_mirror.mirror.projection import META_QUIET_MS
from session_mirror.mirror.stream import bucket_id
from support.engine import HARNESS, SECRET, World
from support.memory_store import offline


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def redacted(data: bytes) -> bytes:
    return data.replace(SECRET, b"[REDACTED:aws_access_key]")


def lose_journal(world: World) -> None:
    world.restart()
    shutil.rmtree(world.state)


def meta(world: World, session_id: str) -> dict[str, object]:
    body = world.store.objects[f"sessions/{HARNESS}/{session_id}/meta.json"]
    loaded: dict[str, object] = json.loads(body)
    return loaded


@pytest.mark.parametrize("with_meta", [True, False])
def test_a_lost_journal_goes_on_exactly_where_the_bucket_ends(world: World, with_meta: bool) -> None:
    for number in range(5):
        world.append(b"line %d " % number + SECRET + b"\n")
        world.mirror.flush()
    if not with_meta:
        world.store.remove(f"sessions/{HARNESS}/s1/meta.json")
    lose_journal(world)
    world.append(b"after\n")
    world.flush_all()
    assert world.stream() == redacted(world.path.read_bytes())
    assert len(world.parts()) == 6
    assert world.parts("s1~g2") == []


def test_a_lost_journal_with_nothing_new_uploads_nothing(world: World) -> None:
    world.append(b"one\ntwo\n")
    world.flush_all()
    lose_journal(world)
    assert world.mirror.flush().status == "current"
    assert len(world.parts()) == 1


def test_a_journal_rolled_back_by_a_restored_backup_doubles_nothing(world: World) -> None:
    world.append(b"one\n")
    world.flush_all()
    world.restart()
    shutil.copytree(world.state, world.home / "backup")
    for _ in range(3):
        world.append(b"more " + SECRET + b"\n")
        world.flush_all()
    lose_journal(world)
    shutil.copytree(world.home / "backup", world.state)
    world.append(b"after\n")
    world.flush_all()
    assert world.stream() == redacted(world.path.read_bytes())


def test_recovery_rereads_only_from_the_last_known_part(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "PART_BYTES", 1 << 20)
    line = b"x" * 99_999 + b"\n"
    for _ in range(30):
        world.append(line)
    world.flush_all()
    world.clock.now_ms += META_QUIET_MS
    world.mirror.upkeep()
    lose_journal(world)
    world.append(b"after\n")
    world.flush_all()
    assert world.stream() == world.path.read_bytes()
    assert world.parts("s1~g2") == []


def test_parts_that_someone_deleted_are_mirrored_again(world: World) -> None:
    for number in range(4):
        world.append(b"line %d\n" % number)
        world.mirror.flush()
    world.store.remove(f"sessions/{HARNESS}/s1/part-00002-00000015.jsonl")
    world.restart()
    world.append(b"after\n")
    world.flush_all()
    assert world.stream() == world.path.read_bytes()


def test_other_bytes_before_the_cursor_begin_a_new_generation_and_the_old_one_stays(world: World) -> None:
    world.append(b"one\ntwo\n")
    world.flush_all()
    world.path.write_bytes(b"other\nthings\nhere\n")
    world.flush_all()
    assert world.stream() == b"one\ntwo\n"
    assert world.stream("s1~g2") == b"other\nthings\nhere\n"
    old, new = meta(world, "s1")["session_mirror"], meta(world, "s1~g2")["session_mirror"]
    assert isinstance(old, dict)
    assert isinstance(new, dict)
    assert (old["next"], new["previous"]) == ("s1~g2", "s1")


def test_a_source_replaced_while_nobody_looked_begins_a_new_generation(world: World) -> None:
    world.append(b"one\ntwo\n")
    world.flush_all()
    lose_journal(world)
    world.path.write_bytes(b"other things, longer than before\n")
    world.flush_all()
    assert world.stream() == b"one\ntwo\n"
    assert world.stream("s1~g2") == b"other things, longer than before\n"


@pytest.mark.parametrize("lost", [True, False], ids=["journal lost", "journal kept"])
def test_a_rewritten_source_that_ends_in_the_same_few_bytes_is_still_another_one(world: World, lost: bool) -> None:
    world.append(b"a\na\n")
    world.flush_all()
    world.append(b"\n")
    world.flush_all()
    if lost:
        lose_journal(world)
    world.path.write_bytes(b"a\nbb\na\n")
    world.flush_all()
    assert world.stream() == b"a\na\n\n"
    assert world.stream("s1~g2") == b"a\nbb\na\n"


def test_a_truncated_source_waits_and_the_same_bytes_again_begin_nothing(world: World) -> None:
    original = b"one\ntwo\nthree\n"
    world.append(original)
    world.flush_all()
    for size in (0, 4, 6, 8):
        world.path.write_bytes(original[:size])
        assert world.mirror.flush().status == "waiting"
    world.path.write_bytes(original + b"four\n")
    world.flush_all()
    assert world.stream() == original + b"four\n"
    assert world.parts("s1~g2") == []


def test_a_shorter_source_with_other_lines_begins_a_new_generation(world: World) -> None:
    world.append(b"one\ntwo\nthree\n")
    world.flush_all()
    world.path.write_bytes(b"uno\n")
    world.flush_all()
    assert world.stream("s1~g2") == b"uno\n"


def test_the_same_bytes_under_a_new_inode_go_on(world: World) -> None:
    world.append(b"one\n")
    world.flush_all()
    copy = world.home / "copy"
    copy.write_bytes(world.path.read_bytes() + b"two\n")
    copy.replace(world.path)
    world.flush_all()
    assert world.stream() == b"one\ntwo\n"


def test_a_third_generation_follows_the_second_even_without_a_journal(world: World) -> None:
    for text in (b"one\n", b"other\n"):
        world.path.write_bytes(text)
        world.flush_all()
    lose_journal(world)
    world.path.write_bytes(b"third one\n")
    world.flush_all()
    assert world.stream("s1~g2") == b"other\n"
    assert world.stream("s1~g3") == b"third one\n"


def test_a_session_of_another_machine_is_left_alone_while_it_is_fresh_then_taken_over(world: World) -> None:
    elsewhere = attrs.evolve(world, machine=Machine("other-id", "other"))
    elsewhere.append(b"one\n")
    elsewhere.flush_all()
    lose_journal(elsewhere)
    world.append(b"two\n")
    with pytest.raises(WrittenElsewhere, match="other"):
        world.mirror.flush()
    assert not world.mirror.owned
    world.clock.now_ms += OTHER_MACHINE_MS + 1
    with pytest.raises(TakingOver):
        world.mirror.flush()
    world.flush_all()
    assert world.stream() == b"one\ntwo\n"


def test_a_machine_that_was_silent_for_long_looks_before_it_writes(world: World) -> None:
    world.append(b"one\n")
    world.flush_all()
    world.append(b"two\n")
    before = world.store.requests.total()
    world.flush_all()
    assert world.store.requests.total() == before + 1
    world.append(b"three\n")
    world.clock.now_ms += LEASE_MS
    world.flush_all()
    assert [verb for verb, _ in world.store.log[before + 1 :]] == ["list", "get", "put"]


def test_a_machine_that_finds_itself_succeeded_writes_nothing_of_its_own_into_the_stream(world: World) -> None:
    elsewhere = attrs.evolve(world, home=world.home / "copy", machine=Machine("other-id", "other"))
    elsewhere.home.mkdir()
    elsewhere.append(b"one\ntheirs\n")
    world.append(b"one\n")
    world.flush_all()
    world.clock.now_ms += OTHER_MACHINE_MS + 1
    with pytest.raises(TakingOver):
        elsewhere.mirror.flush()
    world.append(b"ours\n")
    with pytest.raises(WrittenElsewhere, match="other"):
        world.mirror.flush()
    elsewhere.flush_all()
    world.clock.now_ms += OTHER_MACHINE_MS + 1
    world.flush_all()
    assert world.stream() == b"one\ntheirs\n"
    assert world.stream("s1~this") == b"one\nours\n"


def test_a_part_that_waited_for_the_network_is_not_put_into_a_stream_that_another_machine_went_on_with(
    world: World,
) -> None:
    elsewhere = attrs.evolve(world, home=world.home / "copy", machine=Machine("other-id", "other"))
    elsewhere.home.mkdir()
    elsewhere.append(b"one\ntheirs\n")
    world.append(b"one\n")
    world.flush_all()
    world.append(b"ours, longer than theirs\n")
    world.store.fail("put", offline())
    with pytest.raises(MirrorError):
        world.mirror.flush()
    world.clock.now_ms += OTHER_MACHINE_MS + 1
    with pytest.raises(TakingOver):
        elsewhere.mirror.flush()
    elsewhere.flush_all()
    with pytest.raises(WrittenElsewhere):
        world.mirror.flush()
    assert world.stream() == b"one\ntheirs\n"
    world.clock.now_ms += OTHER_MACHINE_MS + 1
    world.flush_all()
    assert world.stream() == b"one\ntheirs\n"
    assert world.stream("s1~this") == b"one\nours, longer than theirs\n"


def test_two_generations_are_linked_both_ways_even_if_the_journal_was_lost_in_between(world: World) -> None:
    world.append(b"one\n")
    world.flush_all()
    lose_journal(world)
    world.path.write_bytes(b"other\n")
    world.flush_all()
    for session_id, side, wanted in (("s1", "next", "s1~g2"), ("s1~g2", "previous", "s1")):
        section = meta(world, session_id)["session_mirror"]
        assert isinstance(section, dict)
        assert section[side] == wanted
    assert meta(world, "s1")["ended_at"] is not None


def test_other_bytes_of_another_machine_are_never_mixed_with_ours(world: World) -> None:
    elsewhere = attrs.evolve(world, machine=Machine("other-id", "other"))
    elsewhere.append(b"theirs\n")
    elsewhere.flush_all()
    lose_journal(elsewhere)
    world.clock.now_ms += OTHER_MACHINE_MS + 1
    world.path.write_bytes(b"ours, different\n")
    world.flush_all()
    assert world.stream() == b"theirs\n"
    assert world.stream("s1~this") == b"ours, different\n"
    assert bucket_id(world.deps(), HARNESS, "s1") == "s1~this"
    world.restart()
    world.append(b"and more\n")
    world.flush_all()
    assert world.stream("s1~this") == b"ours, different\nand more\n"


def test_beside_parts_of_tracecraft_ours_begin_at_zero_with_a_free_sequence(world: World) -> None:
    world.store.plant(f"sessions/{HARNESS}/s1/part-00000-deadbeef.jsonl", b"theirs\n")
    world.append(b"one\n")
    world.flush_all()
    assert world.parts() == ["part-00000-deadbeef.jsonl", "part-00001-00000004.jsonl"]
    assert world.stream() == b"one\n"


def test_after_the_last_sequence_number_a_new_generation_begins(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "MAX_SEQ", 1)
    for number in range(3):
        world.append(b"line %d\n" % number)
        world.flush_all()
    assert world.stream() == b"line 0\nline 1\n"
    assert world.stream("s1~g2") == b"line 0\nline 1\nline 2\n"
