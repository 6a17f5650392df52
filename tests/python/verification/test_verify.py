"""Verifying finds whatever is wrong with a mirrored session, names the first difference, and touches nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session_mirror.bucket.lookup import Stored
from session_mirror.bucket.names import format_part
from session_mirror.redaction.rules import OFF, TOKEN_SHAPES
from session_mirror.verification.stream_buffer import StreamBuffer
from session_mirror.verification.verify import Verdict, verify, verify_and_note
from support.engine import HARNESS, SECRET, World

LINES = [b"line %d " % number + SECRET + b"\n" for number in range(6)]


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    for line in LINES:
        made.append(line)
        made.mirror.flush()
    made.mirror.upkeep(force=True)
    return made


def verdict_of(world: World, session_id: str = "s1") -> Verdict:
    found = verify(world.deps(), Stored(HARNESS, session_id))
    assert found is not None
    return found


def key(name: str) -> str:
    return f"sessions/{HARNESS}/s1/{name}"


def result(verdict: Verdict) -> str | None:
    return verdict.compared.result if verdict.compared else None


def test_a_mirror_that_agrees_with_its_transcript_is_fine(world: World) -> None:
    verdict = verdict_of(world)
    assert verdict.ok
    assert (verdict.part_count, verdict.line_count, result(verdict)) == (6, 6, "equal")
    assert verdict.stream_bytes == len(world.stream())


def test_what_is_mirrored_meanwhile_is_no_fault(world: World) -> None:
    def mirror_more(*_: int) -> None:
        world.append(b"one more line\n")
        world.mirror.flush()

    verdict = verify(world.deps(), Stored(HARNESS, "s1"), progress=mirror_more)
    assert verdict is not None
    assert verdict.problem is None


def test_verifying_only_reads(world: World) -> None:
    before = world.store.objects
    asked = len(world.store.log)
    verdict_of(world)
    assert world.store.objects == before
    assert {verb for verb, _ in world.store.log[asked:]} <= {"list", "get", "size"}


def test_a_missing_part_is_named_by_the_bytes_that_it_held(world: World) -> None:
    world.store.remove(key(world.parts()[2]))
    verdict = verdict_of(world)
    size = len(world.stream_part(0))
    assert not verdict.ok
    assert f"bytes {2 * size} to {3 * size} are missing" in (verdict.problem or "")


@pytest.mark.parametrize("journal_lost", [False, True])
def test_missing_parts_at_the_end_are_noticed_too(world: World, journal_lost: bool) -> None:
    for name in world.parts()[-2:]:
        world.store.remove(key(name))
    if journal_lost:
        world.restart()
        shutil.rmtree(world.state)
    verdict = verdict_of(world)
    assert not verdict.ok
    assert "Parts were deleted" in (verdict.problem or "")


def test_a_changed_byte_is_named_with_its_part_and_its_line(world: World) -> None:
    name = world.parts()[3]
    world.store.plant(key(name), world.store.objects[key(name)].replace(b"line", b"LINE"))
    verdict = verdict_of(world)
    assert not verdict.ok
    problem = verdict.problem or ""
    assert f"from byte {3 * len(world.stream_part(0))} in {name} on" in problem
    assert "line 4 of" in problem


def test_a_part_that_cuts_a_line_is_found_without_a_transcript(world: World) -> None:
    world.path.unlink()
    end = len(world.stream())
    world.store.plant(key(format_part(6, end + 3)), b"cut")
    verdict = verdict_of(world)
    assert verdict.compared is None
    assert verdict.problem == f"A part ends at byte {end + 3}, in the middle of a line."


def test_new_lines_of_the_transcript_are_behind_and_not_wrong(world: World) -> None:
    world.append(b"new\nunfinished")
    verdict = verdict_of(world)
    assert verdict.ok
    assert verdict.compared is not None
    assert (verdict.compared.result, verdict.compared.waiting_bytes) == ("behind", 4)


def test_a_shortened_transcript_is_no_fault_of_the_mirror(world: World) -> None:
    world.path.write_bytes(LINES[0])
    verdict = verdict_of(world)
    assert verdict.ok
    assert result(verdict) == "ahead"


def test_an_older_generation_is_not_compared_with_what_the_transcript_says_now(world: World) -> None:
    world.path.write_bytes(b"another beginning\n")
    world.flush_all()
    old, new = verdict_of(world), verdict_of(world, "s1~g2")
    assert old.ok
    assert new.ok
    assert (result(old), result(new)) == (None, "equal")


def test_lines_of_a_time_without_redaction_are_no_difference(world: World) -> None:
    world.restart()
    world.rules = OFF
    world.append(b"open " + SECRET + b"\n")
    world.flush_all()
    assert result(verdict_of(world)) == "equal"
    world.restart()
    world.rules = TOKEN_SHAPES
    assert result(verdict_of(world)) == "equal"


def test_another_machines_session_is_verified_without_our_file_of_that_name(world: World) -> None:
    body = world.store.objects[key("meta.json")].replace(b"this-id", b"other-id")
    world.store.plant(key("meta.json"), body)
    world.path.write_bytes(b"ours, different\n")
    verdict = verdict_of(world)
    assert verdict.ok
    assert verdict.compared is None


def test_a_cancelled_verification_has_no_verdict_and_leaves_no_note(world: World) -> None:
    deps = world.deps()
    assert verify_and_note(deps, Stored(HARNESS, "s1"), cancelled=lambda: True) is None
    assert deps.journal.verified(world.store.url) == {}


def test_what_was_found_is_remembered(world: World) -> None:
    deps = world.deps()
    verify_and_note(deps, Stored(HARNESS, "s1"))
    note = deps.journal.verified(world.store.url)[HARNESS, "s1"]
    assert (note.at_ms, note.problem) == (world.clock.now_ms, None)


def test_a_merge_amid_the_reading_makes_no_difference(world: World) -> None:
    whole = world.stream()
    name = format_part(0, len(whole))
    seen = []

    def merge(done: int, total: int) -> None:
        seen.append((done, total))
        if len(seen) == 1:
            world.store.plant(key(name), whole)
            for part in world.parts():
                if part != name:
                    world.store.remove(key(part))

    found = verify(world.deps(), Stored(HARNESS, "s1"), progress=merge)
    assert found is not None
    assert found.ok
    assert seen[-1] == (len(whole), len(whole))


@settings(max_examples=200)
@given(st.lists(st.binary(max_size=12), max_size=8), st.lists(st.integers(1, 9), max_size=30), st.data())
def test_taking_in_any_steps_counts_every_line_and_sees_the_first_torn_part(
    chunks: list[bytes], steps: list[int], data: st.DataObject
) -> None:
    whole = b"".join(chunks)
    ends = sorted(data.draw(st.sets(st.integers(1, max(1, len(whole))), max_size=5))) if whole else []
    buffer = StreamBuffer(iter(chunks), ends)
    read = b""
    for step in [*steps, len(whole) + 1]:
        read += buffer.peek(step)
        buffer.take(step)
    assert read == whole
    assert buffer.position == len(whole)
    assert buffer.lines == whole.count(b"\n")
    assert buffer.torn_at == next((end for end in ends if whole[end - 1 : end] != b"\n"), None)
