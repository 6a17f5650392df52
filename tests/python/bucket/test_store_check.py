"""Asking whether a destination works tells what is wrong, and leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from session_mirror.bucket.check import check_destination
from session_mirror.bucket.destination import open_store
from session_mirror.bucket.store import Store
from session_mirror.protocol.mirror import Destination
from support.memory_store import MemoryStore, Verb, denied


def test_a_working_destination_has_no_problem_and_stays_empty(store: Store) -> None:
    assert check_destination(store) is None
    assert list(store.list("")) == []


def test_the_scratch_object_is_outside_what_other_tools_list() -> None:
    store = MemoryStore()
    check_destination(store)
    written = [key for verb, key in store.log if verb == "put"]
    assert [key.startswith("sessions-index/") and not key.endswith(".json") for key in written] == [True]


@pytest.mark.parametrize("verb", ["list", "put", "get", "delete"])
def test_the_first_thing_that_fails_is_the_problem(verb: Verb) -> None:
    store = MemoryStore()
    store.fail(verb, denied())
    problem = check_destination(store)
    assert problem == denied().as_problem()


@pytest.mark.parametrize("verb", ["list", "put", "get"])
def test_nothing_stays_behind_after_a_failure(verb: Verb) -> None:
    store = MemoryStore()
    store.fail(verb, denied())
    check_destination(store)
    assert store.objects == {}


class _Framing(MemoryStore):
    """Keeps an upload's framing as data, as a few servers do."""

    def put(self, key: str, body: bytes) -> None:
        super().put(key, b"40\r\n" + body + b"\r\n0\r\n")


class _Forgetting(MemoryStore):
    def put(self, key: str, body: bytes) -> None:
        """Answers, and stores nothing."""


class _Undeleting(MemoryStore):
    def delete(self, keys: object) -> list[str]:
        assert isinstance(keys, list)
        return keys


@pytest.mark.parametrize("kind", [_Framing, _Forgetting])
def test_a_store_that_changes_what_it_keeps_is_found_out(kind: type[MemoryStore]) -> None:
    store = kind()
    problem = check_destination(store)
    assert problem is not None
    assert (problem.kind, "read back" in problem.message) == ("conflict", True)
    assert store.objects == {}


def test_a_store_that_keeps_everything_is_a_problem_for_compaction() -> None:
    problem = check_destination(_Undeleting())
    assert problem is not None
    assert (problem.kind, "s3:DeleteObject" in problem.hint) == ("auth", True)


def test_an_unexpected_failure_is_a_problem_too_and_quotes_nothing() -> None:
    class Broken(MemoryStore):
        def put(self, key: str, body: bytes) -> None:
            raise RuntimeError("transcript text")

    problem = check_destination(Broken())
    assert problem is not None
    assert (problem.kind, "transcript" in problem.message) == ("bug", False)


def test_a_folder_that_cannot_be_made_is_a_problem(tmp_path: Path) -> None:
    store = open_store(Destination(url=str(tmp_path / "no" / "mirror")), default_dir=tmp_path)
    problem = check_destination(store)
    assert problem is not None
    assert problem.kind == "notFound"


def test_boto3_is_not_imported_for_local_folders() -> None:
    script = (
        "import sys; from pathlib import Path; from session_mirror.bucket.destination import open_store;"
        "from session_mirror.protocol.mirror import Destination;"
        "open_store(Destination(), default_dir=Path('/x'));"
        "print([name for name in ('boto3', 'botocore') if name in sys.modules]);"
        "open_store(Destination(url='s3://bucket/p'), default_dir=Path('/x'));"
        "print([name for name in ('boto3', 'botocore.session') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert shown.split("\n")[:2] == ["[]", "[]"]
