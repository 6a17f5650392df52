"""Discovery of Codex's threads: a folder's own, all of them, each once, wherever and however they lie."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from session_mirror.harness.base import FoundSession
from session_mirror.harness.codex_cli import Codex
from session_mirror.source import zstandard
from session_mirror.source.opening import read_head
from support.codex_home import codex, folder, home, ids, thread_in
from support.compression import compressed
from support.rollouts import Era, Rollout

__all__ = ["codex", "folder", "home"]
"""Fixtures."""

READ_HEAD = "session_mirror.harness.codex.origins.read_head"


@pytest.mark.parametrize("era", ["legacy", "paginated"])
def test_a_folders_thread_is_found_with_its_facts(codex: Codex, home: Path, folder: Path, era: Era) -> None:
    path = thread_in(folder, "one", era).write(home)
    os.utime(path, ns=(0, 1_700_000_000_123_456_789))
    (found,) = codex.discover([folder])
    assert found == FoundSession(
        harness="codex",
        session_id="one",
        path=path,
        cwd=str(folder),
        size=path.stat().st_size,
        modified_ms=1_700_000_000_123,
    )
    assert codex.problems() == []


def test_only_the_directory_that_the_first_line_names_decides(codex: Codex, home: Path, folder: Path) -> None:
    below = thread_in(folder / "packages" / "core", "below")
    below.write(home)
    for name in ("a-b-c", "a_b", "a", ".."):
        thread_in(folder.parent / name, f"not-{name.replace('_', '-').strip('.')}x").write(home)
    moved = thread_in(folder, "moved")
    moved.record("turn_context", cwd="/elsewhere", model="m")
    moved.write(home)
    fork = thread_in(folder, "fork")
    fork.record("session_meta", id="other", cwd="/elsewhere")
    fork.write(home)
    came = thread_in("/elsewhere", "came")
    came.record("session_meta", id="other", cwd=str(folder))
    came.record("turn_context", cwd=str(folder), model="m")
    came.write(home)
    assert ids(codex.discover([folder])) == ["below", "fork", "moved"]


@pytest.mark.parametrize("name", ["with space", "dot.ted_under", "emoji 🐙", "漢字", "x" * 250])
def test_any_folder_name_is_found(codex: Codex, home: Path, tmp_path: Path, name: str) -> None:
    thread_in(tmp_path / name, "one").write(home)
    assert ids(codex.discover([tmp_path / name])) == ["one"]


@pytest.mark.parametrize("place", ["sessions/2026/03/01", "sessions", "archived_sessions", "archived_sessions/2026"])
@pytest.mark.parametrize("suffix", ["", ".zst"])
def test_a_thread_is_found_active_archived_flat_and_compressed(
    codex: Codex, home: Path, folder: Path, place: str, suffix: str
) -> None:
    made = thread_in(folder, "one")
    path = home / place / (made.name + suffix)
    path.parent.mkdir(parents=True)
    path.write_bytes(compressed(made.data()) if suffix else made.data())
    (found,) = codex.discover([folder])
    assert (found.path, found.session_id, found.size) == (path, "one", len(made.data()))


def test_of_a_threads_two_forms_the_plain_one_counts_and_then_the_one_in_use(
    codex: Codex, home: Path, folder: Path
) -> None:
    made = thread_in(folder, "one")
    made.write(home, archived=True, compressed=True)
    for place in (made.write(home, compressed=True), made.write(home, archived=True), made.write(home)):
        (found,) = codex.discover([folder])
        assert found.path == made.path(home)
        assert place.exists()
    made.path(home).unlink()
    assert [session.path for session in codex.discover([folder])] == [made.path(home, archived=True)]
    made.path(home, archived=True).unlink()
    assert [session.path.parent.name for session in codex.discover([folder])] == ["01"]


def test_transcripts_of_the_first_versions_are_told_of_unless_there_are_newer_ones(
    codex: Codex, home: Path, folder: Path
) -> None:
    old = home / "sessions" / "rollout-2025-04-20-0001.json"
    old.parent.mkdir(parents=True)
    old.write_text('{"session": {"id": "x"}, "items": []}')
    assert codex.discover([folder]) == []
    (problem,) = codex.problems()
    assert str(old) in problem.message
    thread_in(folder, "one").write(home)
    assert ids(codex.discover([folder])) == ["one"]
    assert codex.problems() == []


def test_what_is_no_rollout_is_left_out(codex: Codex, home: Path, folder: Path) -> None:
    path = thread_in(folder, "one").write(home)
    content = path.read_bytes()
    for name in ("history.jsonl", "notes.txt", f"{path.name}.tmp"):
        (path.parent / name).write_bytes(content)
    (home / "session_index.jsonl").write_bytes(content)
    (home / "sessions" / "deeper" / "a" / "b" / "c" / "d" / "e").mkdir(parents=True)
    (path.parent / path.name.replace("one", "gone")).symlink_to("nowhere")
    assert ids(codex.discover([folder])) == ["one"]
    assert codex.problems() == []


def test_a_rollout_becomes_a_session_with_its_first_whole_line(codex: Codex, home: Path, folder: Path) -> None:
    made = Rollout(str(folder), "new")
    path = made.write(home)
    for size in (0, 4096, len(made.lines[0]) - 1):
        path.write_bytes(made.data()[:size])
        assert codex.discover([folder]) == []
        assert codex.problems() == []
    made.write(home)
    assert ids(codex.discover([folder])) == ["new"]


def test_a_first_line_of_two_megabytes_is_read(codex: Codex, home: Path, folder: Path) -> None:
    Rollout(str(folder), "plain", instructions="x" * 2_000_000).write(home)
    Rollout(str(folder), "packed", instructions="x" * 2_000_000).write(home, compressed=True)
    assert ids(codex.discover([folder])) == ["packed", "plain"]


def test_looking_again_opens_no_file_even_when_it_was_moved_archived_or_compressed(
    codex: Codex, home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = thread_in(folder, "ours")
    theirs = thread_in("/other", "theirs")
    for made in (ours, theirs):
        made.write(home)
    broken = home / "sessions" / Rollout(thread_id="broken").name
    broken.write_bytes(b"no json\n")
    codex.discover([folder])
    reads: list[Path] = []

    def read(path: Path, length: int) -> bytes:
        reads.append(path)
        return read_head(path, length)

    monkeypatch.setattr(READ_HEAD, read)
    for made in (ours, theirs):
        made.path(home).unlink()
        made.write(home, archived=True, compressed=True)
    (found,) = codex.discover([folder])
    assert found.size == len(ours.data())
    assert reads == []


def test_a_compressed_thread_of_another_folder_is_never_decompressed(
    codex: Codex, home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread_in("/other", "theirs").write(home, compressed=True)
    thread_in(folder, "ours").write(home, compressed=True)

    def refuse() -> None:
        raise AssertionError("decompressed")

    monkeypatch.setattr("session_mirror.source.compressed.find_decoder", refuse)
    assert ids(codex.discover([folder])) == ["ours"]


def test_several_homes_are_searched_without_doubles(folder: Path, tmp_path: Path) -> None:
    home, extra = tmp_path / "home", tmp_path / "extra"
    thread_in(folder, "usual").write(home / ".codex")
    thread_in(folder, "extra").write(extra)
    thread_in(folder, "unasked").write(tmp_path / "elsewhere")
    (tmp_path / "again").symlink_to(extra)
    codex = Codex([extra, tmp_path / "again"], environment={}, home=home)
    assert ids(codex.discover([folder])) == ["extra", "usual"]
    assert home / ".codex" / "archived_sessions" in codex.roots()


def test_without_any_rollouts_there_are_no_sessions_and_no_problems(codex: Codex, folder: Path) -> None:
    assert codex.discover([folder]) == []
    assert codex.problems() == []


def test_hostile_first_lines_raise_nothing(
    codex: Codex, home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    directories: list[object] = ["\0", "", 7, None, "relative", ".", "/" + "x" * 9000, "\ud800", ["/a"], {}]
    for number, cwd in enumerate(directories):
        Rollout(cwd, f"hostile-{number}").write(home)
    for number, line in enumerate([b'{"type":"session_meta"}', b'{"type":"session_meta","payload":[]}', b"[" * 9999]):
        path = Rollout(thread_id=f"line-{number}").path(home)
        path.write_bytes(line + b"\n")
    thread_in(folder, "fine").write(home)
    assert ids(codex.discover([folder])) == ["fine"]


def test_a_newest_rollout_that_is_not_understood_is_told_with_its_version_and_an_old_one_is_not(
    codex: Codex, home: Path, folder: Path
) -> None:
    thread_in(folder, "one").write(home)
    Rollout(None, "old", began="2025-01-01T00-00-00").write(home)
    assert ids(codex.discover([folder])) == ["one"]
    assert codex.problems() == []
    Rollout(None, "new", began="2026-12-01T00-00-00").write(home)
    (home / "sessions" / "rollout-2026-12-02T00-00-00-newer.jsonl.xz").touch()
    assert ids(codex.discover([folder])) == ["one"]
    (problem,) = codex.problems()
    assert "rollout-2026-12-02T00-00-00-newer.jsonl.xz and 1 more" in problem.message
    (home / "sessions" / "rollout-2026-12-02T00-00-00-newer.jsonl.xz").unlink()
    codex.discover([folder])
    (problem,) = codex.problems()
    assert "0.999.0" in problem.message
    Rollout(str(folder), "newest", began="2026-12-03T00-00-00").write(home)
    codex.discover([folder])
    assert codex.problems() == []


def test_without_a_decoder_plain_threads_are_found_and_the_remedy_is_told_until_there_is_one(
    codex: Codex, home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread_in(folder, "plain").write(home)
    for number in range(3):
        thread_in(folder, f"packed-{number}").write(home, compressed=True)
    with monkeypatch.context() as patch:
        patch.setattr(zstandard, "_LIBRARIES", ())
        patch.setattr(shutil, "which", lambda _: None)
        assert ids(codex.discover([folder])) == ["plain"]
        (problem,) = codex.problems()
        assert "zstd" in problem.hint
    assert ids(codex.discover([folder])) == ["packed-0", "packed-1", "packed-2", "plain"]
    assert codex.problems() == []


def test_what_cannot_be_read_is_left_out_and_reported(
    codex: Codex, home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread_in(folder, "fine").write(home)
    denied = thread_in(folder, "denied").write(home)
    sealed = home / "sessions" / "2024"
    sealed.mkdir()
    real_scan = os.scandir

    def scan(path: str | os.PathLike[str]) -> object:
        if Path(path) == sealed:
            raise PermissionError(13, "Permission denied", str(path))
        return real_scan(path)

    def read(path: Path, length: int) -> bytes:
        if path == denied:
            raise PermissionError(13, "Permission denied", str(path))
        return read_head(path, length)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scan)
        patch.setattr(READ_HEAD, read)
        assert ids(codex.discover([folder])) == ["fine"]
        messages = [problem.message for problem in codex.problems()]
        assert len(messages) == 2
        assert all(any(str(path) in message for message in messages) for path in (denied, sealed))
    assert ids(codex.discover([folder])) == ["denied", "fine"]
    assert codex.problems() == []
