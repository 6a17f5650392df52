"""Attachments: each content once, redacted, beside the stream; one PUT for a new one and none without news."""

import hashlib
from io import FileIO
from pathlib import Path

import pytest

from session_mirror.bucket.cover import resolve
from session_mirror.errors import MirrorError
from session_mirror.failpoints import FAILPOINTS, Failpoint, armed, trip
from session_mirror.mirror import attaching
from session_mirror.mirror.work import flush_once
from session_mirror.redaction.rules import OFF
from session_mirror.source.opening import open_plain
from support.engine import HARNESS, SECRET, World
from support.memory_store import offline
from support.results import PREFIX, Results


@pytest.fixture
def results(tmp_path: Path) -> Results:
    world = World(tmp_path)
    world.append(b"one\n")
    return Results(world)


def test_a_long_output_is_put_redacted_beside_the_stream(results: Results) -> None:
    results.write("b1.txt", b"all of it\nkey " + SECRET + b"\n\xff\x00no text")
    results.mirror()
    assert results.stored() == {"b1.txt": b"all of it\nkey [REDACTED:aws_access_key]\n\xff\x00no text"}
    assert results.world.stream() == b"one\n"


def test_a_new_one_costs_one_put_and_no_news_costs_nothing(results: Results) -> None:
    results.write("b1.txt", b"one")
    results.mirror()
    before = results.world.store.requests
    for _ in range(3):
        results.mirror()
    assert results.world.store.requests == before
    results.write("b2.txt", b"two")
    results.mirror()
    assert results.world.store.requests - before == {"put": 1}


def test_one_whose_date_alone_changed_is_not_put_again(results: Results) -> None:
    results.write("b1.txt", b"one")
    results.mirror()
    before = results.world.store.requests
    results.write("b1.txt", b"one", age_s=30)
    results.mirror()
    results.restart()
    results.mirror()
    assert results.world.store.requests - before == {"list": 1, "get": 1}  # the session's own, on coming back


def test_another_content_never_takes_the_place_of_the_first(results: Results) -> None:
    for content in (b"one", b"two", b"one"):
        results.write("b1.txt", content)
        results.mirror()
    assert results.stored() == {"b1.txt": b"one", "b1.txt~2": b"two", "b1.txt~3": b"one"}


def test_a_content_that_comes_back_is_the_newest_again_whatever_was_listed_before(results: Results) -> None:
    results.write("b1.txt", b"one")
    results.mirror()
    results.restart()
    for content in (b"two", b"one"):
        results.write("b1.txt", content)
        results.mirror()
    assert results.stored() == {"b1.txt": b"one", "b1.txt~2": b"two", "b1.txt~3": b"one"}


def test_two_contents_that_redacting_makes_the_same_are_put_once(results: Results) -> None:
    for secret in (SECRET, SECRET[:-1] + b"R"):
        results.write("b1.txt", b"key " + secret)
        results.mirror()
    assert results.stored() == {"b1.txt": b"key [REDACTED:aws_access_key]"}


def test_one_that_is_still_written_to_waits_until_it_rests_or_the_end(results: Results) -> None:
    results.write("b1.txt", b"half", age_s=1)
    done = flush_once(results.world.mirror_deps, results.world.mirror, "s1")
    assert (results.stored(), done.attachments_left, done.meta_due_ms) == ({}, 1, 1000)
    results.mirror(last=True)
    assert results.stored() == {"b1.txt": b"half"}


def test_a_lost_journal_uploads_nothing_twice(results: Results) -> None:
    results.write("b1.txt", b"one " + SECRET)
    results.write("b2.txt", b"two")
    results.mirror()
    results.write("b2.txt", b"and more")
    results.mirror()
    stored = results.stored()
    results.world.restart()
    results.world.forget_journal()
    results.find()
    before = results.world.store.requests
    results.mirror()
    assert results.stored() == stored
    assert (results.world.store.requests - before)["list"] == 2  # the session's, and one of its attachments
    results.write("b1.txt", b"other")
    results.mirror()
    assert results.stored() == {**stored, "b1.txt~2": b"other"}


@pytest.mark.parametrize("point", [name for name in FAILPOINTS if name.startswith("attach.")])
@pytest.mark.parametrize("lost", [False, True], ids=["journal kept", "journal lost"])
@pytest.mark.parametrize("changed", [False, True], ids=["as it was", "changed"])
def test_dying_at_any_step_leaves_each_content_once(
    results: Results, point: Failpoint, lost: bool, changed: bool
) -> None:
    results.write("b1.txt", b"one")
    with armed(point, trip), pytest.raises(MirrorError, match="Tripped"):
        results.mirror()
    was_put = bool(results.stored())
    results.world.restart()
    if lost:
        results.world.forget_journal()
    results.write("b1.txt", b"two" if changed else b"one")
    results.mirror()
    stored = results.stored()
    assert sorted(stored.values()) == ([b"one"] if was_put or not changed else []) + ([b"two"] if changed else [])
    results.restart()
    before = results.world.store.requests["put"]
    results.mirror()
    assert (results.stored(), results.world.store.requests["put"]) == (stored, before)


def test_a_put_that_may_land_late_keeps_its_key(results: Results) -> None:
    results.write("b1.txt", b"one")
    results.world.store.fail("put", offline(), matching="tool-results")
    with pytest.raises(MirrorError, match="reached"):
        results.mirror()
    results.write("b1.txt", b"two")
    results.mirror()
    results.world.store.plant(PREFIX + "b1.txt", b"one")
    assert results.stored() == {"b1.txt": b"one", "b1.txt~2": b"two"}


def test_a_put_that_failed_is_repeated_under_its_key(results: Results) -> None:
    results.write("b1.txt", b"one")
    for applied in (False, True):
        results.world.store.fail("put", offline(), matching="tool-results", applied=applied)
        with pytest.raises(MirrorError, match="reached"):
            results.mirror()
    results.mirror()
    assert results.stored() == {"b1.txt": b"one"}


def test_what_somebody_deleted_is_put_again_under_its_key(results: Results) -> None:
    results.write("b1.txt", b"one")
    results.mirror()
    results.world.store.remove(PREFIX + "b1.txt")
    results.restart()
    results.write("b2.txt", b"two")
    results.mirror()
    assert results.stored() == {"b1.txt": b"one", "b2.txt": b"two"}


def test_one_that_vanishes_before_its_turn_is_nobodys_problem(results: Results) -> None:
    results.write("b1.txt", b"one")
    results.write("b2.txt", b"two")
    (results.folder / "b1.txt").unlink()
    results.mirror()
    assert results.stored() == {"b2.txt": b"two"}
    results.mirror()


def test_a_link_is_no_attachment_wherever_it_leads(results: Results) -> None:
    secret = results.world.home / "id_ed25519"
    secret.write_bytes(b"private")
    results.write("b1.txt", b"one")
    (results.folder / "b2.txt").symlink_to(secret)
    results.find()
    results.mirror()
    assert results.stored() == {"b1.txt": b"one"}


def test_one_that_cannot_be_read_keeps_no_other_back_and_is_tried_again(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> FileIO:
        if path.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return open_plain(path)

    results.write("a.txt", b"one")
    results.write("b.txt", b"two")
    monkeypatch.setattr(attaching, "open_plain", refuse)
    with pytest.raises(MirrorError, match="cannot be read: Permission denied"):
        results.mirror()
    assert results.stored() == {"b.txt": b"two"}
    monkeypatch.undo()
    results.mirror()
    assert results.stored() == {"a.txt": b"one", "b.txt": b"two"}


def test_a_large_one_is_put_in_pieces_as_it_comes(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attaching, "WHOLE_BYTES", 1 << 20)
    body = (b"a line of output, " + SECRET + b"\n") * 100_000 + SECRET
    results.write("b1.txt", body)
    results.mirror()
    redacted = body.replace(SECRET, b"[REDACTED:aws_access_key]")
    assert hashlib.sha256(results.stored()["b1.txt"]).digest() == hashlib.sha256(redacted).digest()
    assert results.world.store.streamed == [PREFIX + "b1.txt"]
    results.world.restart()
    results.world.forget_journal()
    results.find()
    results.mirror()
    assert len(results.world.store.streamed) == 1


def test_a_large_one_that_changes_while_it_is_put_is_put_as_it_is_then(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attaching, "WHOLE_BYTES", 1000)
    results.write("b1.txt", b"a\n" * 1000)
    change = armed("attach.after_intent", lambda: results.write("b1.txt", b"b\n" * 1000))
    with change, pytest.raises(MirrorError, match="changed while it was read"):
        results.mirror()
    results.mirror()
    assert results.stored() == {"b1.txt~2": b"b\n" * 1000}


def test_another_machines_different_content_stays_and_ours_follows(results: Results) -> None:
    results.world.store.plant(PREFIX + "b1.txt", b"theirs")
    results.write("b1.txt", b"one")
    results.mirror()
    assert results.stored() == {"b1.txt": b"theirs", "b1.txt~2": b"one"}


def test_a_switch_of_the_redaction_puts_nothing_again(results: Results) -> None:
    results.write("b1.txt", b"key " + SECRET)
    results.mirror()
    results.world.restart()
    results.world.rules = OFF
    results.write("b1.txt", b"key " + SECRET, age_s=50)
    results.mirror()
    assert results.stored() == {"b1.txt": b"key [REDACTED:aws_access_key]"}


def test_generations_share_their_sessions_attachments(results: Results) -> None:
    results.write("b1.txt", b"one")
    results.mirror()
    results.world.path.write_bytes(b"rewritten from its first byte on\n")
    results.write("b2.txt", b"two")
    results.mirror()
    assert results.world.stream("s1~g2") == b"rewritten from its first byte on\n"
    assert results.stored() == {"b1.txt": b"one", "b2.txt": b"two"}


def test_what_looks_like_a_part_or_like_meta_json_is_neither(results: Results) -> None:
    for name in ("part-00000-00000004.jsonl", "meta.json", "merged-00000-00000004.json"):
        results.write(name, b"no part")
    results.mirror()
    assert results.stored().keys() == {
        "part-00000-00000004%2Ejsonl", "meta%2Ejson", "merged-00000-00000004.json"
    }  # fmt: skip
    cover = resolve(results.world.store.list(f"sessions/{HARNESS}/s1/part-"))
    assert (cover.end, cover.foreign) == (4, ())
