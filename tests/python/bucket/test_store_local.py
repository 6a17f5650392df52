"""A folder as a store: private, durable, closed to links, and honest about what its disk says."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from session_mirror.bucket.local import LocalStore
from session_mirror.bucket.store import ObjectMissing
from session_mirror.errors import MirrorError
from session_mirror.protocol.mirror import ErrorKind

FOLDER = "sessions/claude-code/abc"
PART = f"{FOLDER}/part-00001-00000001.jsonl"
TEMP = ".put-0123456789abcdef.tmp"

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes, links and signals")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "mirror"


@pytest.fixture
def store(root: Path) -> LocalStore:
    return LocalStore(root)


def names(store: LocalStore) -> list[str]:
    return [found.key for found in store.list("")]


def test_reading_makes_no_folder(store: LocalStore, root: Path) -> None:
    assert names(store) == []
    assert store.size(PART) is None
    assert store.delete([PART]) == []
    with pytest.raises(ObjectMissing):
        store.get(PART)
    assert not root.exists()


@posix_only
def test_what_it_makes_is_readable_by_its_owner_only(store: LocalStore, root: Path) -> None:
    store.put(PART, b"private\n")
    folders = [root, root / "sessions", root / "sessions/claude-code", root / FOLDER]
    assert [oct(folder.stat().st_mode & 0o777) for folder in folders] == ["0o700"] * 4
    assert oct((root / PART).stat().st_mode & 0o777) == "0o600"


def test_a_named_folder_needs_a_parent_that_exists(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "unplugged" / "mirror")
    for call in (lambda: store.put(PART, b"x"), lambda: names(store), lambda: store.get(PART)):
        with pytest.raises(MirrorError) as caught:
            call()
        assert (caught.value.kind, type(caught.value)) == ("notFound", MirrorError)
        assert str(tmp_path / "unplugged") in caught.value.message
    assert not (tmp_path / "unplugged").exists()


def test_the_default_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "state" / "bucket", create_parents=True)
    assert names(store) == []
    store.put(PART, b"x")
    assert names(store) == [PART]


def test_a_folder_that_disappears_is_an_error_and_no_empty_store(store: LocalStore, root: Path) -> None:
    store.put(PART, b"x")
    root.rename(root.with_name("pulled"))
    for call in (lambda: names(store), lambda: store.put(PART, b"y"), lambda: store.delete([PART])):
        with pytest.raises(MirrorError) as caught:
            call()
        assert (caught.value.kind, "disappeared" in caught.value.message) == ("notFound", True)
    root.with_name("pulled").rename(root)
    assert names(store) == [PART]


def test_a_folder_another_thread_makes_meanwhile_has_not_disappeared(
    store: LocalStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_stat = Path.stat

    def late_stat(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        """Sees no folder yet, and answers after the other thread has put its object."""
        if path != root:
            return real_stat(path, follow_symlinks=follow_symlinks)
        monkeypatch.undo()
        store.put(f"{FOLDER}/part-00001-00000002.jsonl", b"b\n")
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))

    monkeypatch.setattr(Path, "stat", late_stat)
    store.put(PART, b"\n")
    assert len(names(store)) == 2


def test_a_file_where_the_folder_should_be_is_reported(store: LocalStore, root: Path) -> None:
    root.write_bytes(b"")
    for call in (lambda: store.put(PART, b"x"), lambda: names(store)):
        with pytest.raises(MirrorError) as caught:
            call()
        assert caught.value.kind == "conflict"


def test_an_object_cannot_lie_below_another(store: LocalStore) -> None:
    store.put("sessions/x", b"x")
    with pytest.raises(MirrorError) as caught:
        store.put("sessions/x/meta.json", b"{}")
    assert caught.value.kind == "conflict"
    store.put("sessions/y/meta.json", b"{}")
    with pytest.raises(MirrorError) as caught:
        store.put("sessions/y", b"y")
    assert caught.value.kind == "conflict"
    assert names(store) == ["sessions/x", "sessions/y/meta.json"]


@posix_only
def test_links_lead_nowhere(store: LocalStore, root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.jsonl").write_bytes(b"secret")
    store.put(PART, b"x")
    (root / "sessions/linked").symlink_to(outside)
    (root / FOLDER / "linked.jsonl").symlink_to(outside / "secret.jsonl")
    assert names(store) == [PART]
    with pytest.raises(ObjectMissing):
        store.get(f"{FOLDER}/linked.jsonl")
    for call in (
        lambda: store.get("sessions/linked/secret.jsonl"),
        lambda: store.put("sessions/linked/new.jsonl", b"x"),
        lambda: list(store.list("sessions/linked/")),
        lambda: store.delete(["sessions/linked/secret.jsonl"]),
    ):
        with pytest.raises(MirrorError) as caught:
            call()
        assert (caught.value.kind, "link" in caught.value.message) == ("conflict", True)
    store.put(f"{FOLDER}/linked.jsonl", b"mine")
    assert (outside / "secret.jsonl").read_bytes() == b"secret"
    assert [path.name for path in outside.iterdir()] == ["secret.jsonl"]


def test_half_written_files_are_no_objects(store: LocalStore, root: Path) -> None:
    store.put(PART, b"x")
    (root / FOLDER / TEMP).write_bytes(b"half")
    assert names(store) == [PART]
    assert store.size(f"{FOLDER}/{TEMP}") is None
    with pytest.raises(MirrorError):
        store.put(f"{FOLDER}/{TEMP}", b"x")


def test_a_writer_clears_what_dead_writers_left_and_nothing_newer(store: LocalStore, root: Path) -> None:
    folder = root / FOLDER
    folder.mkdir(parents=True)
    old, fresh, other = folder / TEMP, folder / TEMP.replace("0", "1"), folder / "notes.tmp"
    for path in (old, fresh, other):
        path.write_bytes(b"half")
    two_hours_ago = time.time() - 7200
    for path in (old, other):
        os.utime(path, (two_hours_ago, two_hours_ago))
    store.put(PART, b"x")
    assert (old.exists(), fresh.exists(), other.exists()) == (False, True, True)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (errno.ENOSPC, ("disk", "Free some space")),
        (errno.EROFS, ("disk", "writable")),
        (errno.EIO, ("disk", "Check the drive")),
        (errno.EACCES, ("auth", "permission")),
        (errno.EPERM, ("auth", "permission")),
        (errno.ENODEV, ("notFound", "reconnect")),
        (errno.ETIMEDOUT, ("network", "file server")),
        (errno.EMFILE, ("disk", "tries again")),
    ],
)
def test_a_failing_disk_is_explained_and_leaves_no_trace(
    store: LocalStore, root: Path, monkeypatch: pytest.MonkeyPatch, code: int, expected: tuple[ErrorKind, str]
) -> None:
    store.put(PART, b"before")

    def fail(handle: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(MirrorError) as caught:
        store.put(PART, b"after")
    kind, hint = expected
    assert (caught.value.kind, hint in caught.value.hint) == (kind, True)
    assert str(root) in caught.value.message
    assert store.get(PART) == b"before"
    assert [path.name for path in (root / FOLDER).iterdir()] == [Path(PART).name]


def test_windows_locks_are_not_called_a_denial(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(source: Path, target: Path) -> None:
        error = PermissionError(errno.EACCES, "in use")
        error.winerror = 32  # type: ignore[attr-defined,unused-ignore]
        raise error

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(MirrorError) as caught:
        store.put(PART, b"x")
    assert (caught.value.kind, "Another program" in caught.value.message) == ("disk", True)


def test_a_folder_that_cannot_be_read_makes_a_listing_fail(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put(PART, b"x")

    def denied(path: object) -> None:
        raise PermissionError(errno.EACCES, "denied")

    monkeypatch.setattr(os, "scandir", denied)
    with pytest.raises(MirrorError) as caught:
        names(store)
    assert caught.value.kind == "auth"


@posix_only
def test_the_bytes_and_then_their_name_reach_the_disk(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put(PART, b"first")
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def seen_fsync(handle: int) -> None:
        steps.append("folder" if os.path.isdir(f"/dev/fd/{handle}") else "file")  # noqa: PTH112
        fsync(handle)

    def seen_replace(source: Path, target: Path) -> Path:
        steps.append("rename")
        return replace(source, target)

    monkeypatch.setattr(os, "fsync", seen_fsync)
    monkeypatch.setattr(Path, "replace", seen_replace)
    store.put(PART, b"second")
    assert steps == ["file", "rename", "folder"]


@posix_only
def test_a_killed_writer_leaves_whole_objects_only(root: Path) -> None:
    size = 3 << 20
    script = f"""
        import itertools, sys
        from pathlib import Path
        from session_mirror.bucket.local import LocalStore
        store = LocalStore(Path({str(root)!r}))
        for number in itertools.count():
            store.put(f"sessions/claude-code/s/part-{{number % 3:05d}}-00000000.jsonl", b"x" * {size})
            print(number, flush=True)
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        for _ in range(5):
            writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
    found = list(LocalStore(root).list(""))
    assert [each.size for each in found] == [size] * 3
    assert [each.key for each in found] == sorted(each.key for each in found)
