"""What agents do to their files while a follower watches: nothing that was read is lost, nothing done is missed."""

from __future__ import annotations

import os

from support.broken_disk import BrokenDisk
from support.following import Machinery, machinery, until
from support.memory_store import offline

__all__ = ["machinery"]


def test_lines_read_before_a_deletion_are_uploaded_when_the_store_is_back(machinery: Machinery) -> None:
    machinery.append("s", b"one\n")
    follower, ears = machinery.follow()
    until(lambda: machinery.stream("s") == b"one\n", "the beginning")
    machinery.store.fail("put", offline(), times=10_000)
    machinery.append("s", b"two\n")
    until(lambda: bool(ears.healths) and ears.healths[-1].phase == "error", "the fault shown")
    (machinery.folder / "s.jsonl").unlink()
    until(lambda: any(row.source_bytes == 0 for row in follower.rows()), "the deletion noticed")
    machinery.store.heal()
    follower.hurry()
    until(lambda: machinery.stream("s") == b"one\ntwo\n", "what was read before")
    until(lambda: ears.rows["s"].state == "bucketOnly", "shown as only in the bucket")


def test_a_rewrite_of_equal_size_that_restores_the_date_is_noticed(machinery: Machinery) -> None:
    path = machinery.folder / "s.jsonl"
    machinery.append("s", b"one\ntwo\nthree\n")
    follower, _ = machinery.follow()
    until(lambda: machinery.stream("s") == b"one\ntwo\nthree\n", "the beginning")
    stat = path.stat()
    with path.open("r+b") as file:
        file.seek(4)
        file.write(b"TWO")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    until(lambda: machinery.stream("s~g2") == b"one\nTWO\nthree\n", "the new generation")
    assert machinery.stream("s") == b"one\ntwo\nthree\n"
    until(lambda: [row.generation for row in follower.rows()] == [2], "shown as the second generation")


def test_a_journal_that_cannot_be_written_is_shown_and_stops_nothing(machinery: Machinery) -> None:
    disk = BrokenDisk()
    with disk.breaking():
        machinery.append("s", b"one\n")
        _, ears = machinery.follow()
        until(lambda: machinery.stream("s") == b"one\n", "the beginning")
        disk.broken = True
        machinery.append("s", b"two\n")
        until(lambda: machinery.stream("s") == b"one\ntwo\n", "what came after the disk broke")
        until(lambda: ears.healths[-1].problem is not None, "the problem shown")
        problem = ears.healths[-1].problem
        assert problem is not None
        assert problem.kind == "disk"
        disk.broken = False
        machinery.append("s", b"three\n")
        until(lambda: machinery.stream("s") == b"one\ntwo\nthree\n", "what came after it healed")
