"""Verifying a session takes in what lies beside its stream."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from session_mirror.bucket.lookup import Stored
from session_mirror.harness.base import FoundSession
from session_mirror.mirror.deps import Deps
from session_mirror.verification.verify import Verdict, verify
from support.engine import HARNESS, SECRET, PlainHarness, World
from support.results import PREFIX, Results


@attrs.define
class Finder(PlainHarness):
    """Finds the one session, with what lies beside it."""

    results: Results

    def discover(self, folders: object) -> list[FoundSession]:
        self.results.find()
        return [self.results.world.mirror.found]


@pytest.fixture
def results(tmp_path: Path) -> Results:
    made = Results(World(tmp_path))
    made.world.append(b"one\n")
    made.write("b1.txt", b"one " + SECRET)
    made.write("b2.txt", b"two")
    made.mirror()
    made.world.mirror.upkeep(force=True)
    return made


def verdict_of(results: Results) -> Verdict:
    deps: Deps = attrs.evolve(results.world.mirror_deps, harnesses={HARNESS: Finder(results)})
    found = verify(deps, Stored(HARNESS, "s1"))
    assert found is not None
    return found


def test_what_is_as_its_files_say_is_counted(results: Results) -> None:
    verdict = verdict_of(results)
    assert (verdict.problem, verdict.attachment_count) == (None, 2)
    assert verdict.words == "equal to its transcript, with 2 long outputs"


def test_one_that_was_deleted_from_the_bucket_is_found(results: Results) -> None:
    results.world.store.remove(PREFIX + "b2.txt")
    problem = verdict_of(results).problem
    assert problem is not None
    assert "'b2.txt' is not in the bucket any more" in problem


@pytest.mark.parametrize("body", [b"tw", b"twO"])
def test_one_that_was_changed_in_the_bucket_is_found(results: Results, body: bytes) -> None:
    results.world.store.plant(PREFIX + "b2.txt", body)
    problem = verdict_of(results).problem
    assert problem is not None
    assert "'b2.txt' is not what was uploaded of it" in problem


def test_one_that_changed_on_disk_under_its_old_date_is_found(results: Results) -> None:
    results.overwrite_in_silence("b2.txt", b"TWO")
    problem = verdict_of(results).problem
    assert problem is not None
    assert "'b2.txt' differs from its file" in problem


def test_one_that_is_yet_to_be_put_again_is_no_fault(results: Results) -> None:
    results.write("b2.txt", b"two, and more")
    assert verdict_of(results).ok


def test_without_the_files_what_is_in_the_bucket_is_compared_with_what_was_put(results: Results) -> None:
    for file in results.folder.iterdir():
        file.unlink()
    assert verdict_of(results).ok
    results.world.store.plant(PREFIX + "b1.txt", b"other")
    assert not verdict_of(results).ok
