"""Discovery: a folder's own sessions, all of them, and nobody else's."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from session_mirror.harness.base import FoundSession
from session_mirror.harness.claude.paths import encode_path
from session_mirror.harness.claude_code import ClaudeCode
from session_mirror.source.jsonl import LineSlice, read_lines
from support.transcripts import Transcript, every_record_type, long_line

READ_LINES = "session_mirror.harness.claude.origins.read_lines"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "work" / "a-b"
    path.mkdir(parents=True)
    return path


@pytest.fixture
def claude(config: Path, tmp_path: Path) -> ClaudeCode:
    return ClaudeCode(environment={"CLAUDE_CONFIG_DIR": str(config)}, home=tmp_path / "home")


def session_in(cwd: Path | str, config: Path, session_id: str) -> Path:
    made = Transcript(str(cwd), session_id)
    made.turn()
    return made.write(config)


def ids(found: list[FoundSession]) -> list[str]:
    return sorted(session.session_id for session in found)


def test_a_folders_session_is_found_with_its_facts(claude: ClaudeCode, config: Path, folder: Path) -> None:
    path = session_in(folder, config, "one")
    os.utime(path, ns=(0, 1_700_000_000_123_456_789))
    (found,) = claude.discover([folder])
    assert found == FoundSession(
        harness="claude-code",
        session_id="one",
        path=path,
        cwd=str(folder),
        size=path.stat().st_size,
        modified_ms=1_700_000_000_123,
    )


def test_sessions_of_folders_below_are_found_too(claude: ClaudeCode, config: Path, folder: Path) -> None:
    session_in(folder / "packages" / "core", config, "below")
    assert ids(claude.discover([folder])) == ["below"]


def test_another_project_with_the_same_directory_name_is_left_alone(
    claude: ClaudeCode, config: Path, folder: Path
) -> None:
    ours = session_in(folder, config, "ours")
    theirs = session_in(str(folder).replace("a-b", "a_b"), config, "theirs")
    assert ours.parent == theirs.parent
    assert ids(claude.discover([folder])) == ["ours"]


@pytest.mark.parametrize("other", ["a-b-c", "a-bc", "a", "."])
def test_siblings_and_parents_are_left_alone(claude: ClaudeCode, config: Path, folder: Path, other: str) -> None:
    session_in(os.path.normpath(folder.parent / other), config, "other")
    assert claude.discover([folder]) == []


def test_the_first_directory_in_the_records_decides(claude: ClaudeCode, config: Path, folder: Path) -> None:
    made = Transcript(str(folder), "moved")
    made.metadata("mode", mode="normal")
    made.prompt("cd elsewhere")
    made.cwd = "/somewhere/else"
    made.prompt("now here")
    made.write(config)
    assert ids(claude.discover([folder])) == ["moved"]
    assert claude.discover([Path("/somewhere/else")]) == []


def test_a_copy_of_another_directorys_session_is_at_home_where_it_went_on(
    claude: ClaudeCode, config: Path, folder: Path
) -> None:
    made = Transcript(str(folder), "fork")
    made.prompt("from elsewhere", cwd="/somewhere/else")
    made.prompt("now here")
    made.write(config)
    made = Transcript(str(folder), "stray")
    made.prompt("from elsewhere", cwd="/somewhere/else")
    made.write(config)
    assert [(found.session_id, found.cwd) for found in claude.discover([folder])] == [("fork", str(folder))]


def test_a_directory_named_in_a_tool_call_does_not_decide(claude: ClaudeCode, config: Path, folder: Path) -> None:
    made = Transcript(str(folder), "one")
    made.assistant({"type": "tool_use", "id": "t", "name": "Run", "input": {"cwd": "/other"}}, cwd=None)
    made.prompt("hello")
    made.write(config)
    assert ids(claude.discover([folder])) == ["one"]


def test_a_folder_that_is_a_link_means_what_it_links_to(
    claude: ClaudeCode, config: Path, folder: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder)
    session_in(folder, config, "real")
    assert ids(claude.discover([link])) == ["real"]


def test_what_is_no_session_is_left_out(claude: ClaudeCode, config: Path, folder: Path) -> None:
    path = session_in(folder, config, "one")
    content = path.read_bytes()
    for name in ("notes.txt", ".jsonl", "one.jsonl.bak"):
        (path.parent / name).write_bytes(content)
    (path.parent / "one" / "subagents" / "workflows" / "run").mkdir(parents=True)
    (path.parent / "one" / "subagents" / "workflows" / "run" / "journal.jsonl").write_bytes(content)
    (path.parent / "one" / "subagents" / "notes.jsonl").write_bytes(content)
    (path.parent / "memory" / "subagents").mkdir(parents=True)
    (path.parent / "memory" / "subagents" / "agent-1.jsonl").write_bytes(content)
    (path.parent / "folder.jsonl").mkdir()
    (path.parent / "empty.jsonl").touch()
    os.mkfifo(path.parent / "pipe.jsonl")
    (path.parent / "dangling.jsonl").symlink_to("nowhere")
    (path.parent.parent / "stray.jsonl").write_bytes(content)
    assert ids(claude.discover([folder])) == ["one"]


def test_a_file_of_metadata_becomes_a_session_with_its_first_record(
    claude: ClaudeCode, config: Path, folder: Path
) -> None:
    made = Transcript(str(folder), "new")
    made.metadata("permission-mode", permissionMode="default")
    path = made.write(config)
    assert claude.discover([folder]) == []
    made.prompt("hello")
    path.write_bytes(made.data()[:-20])
    assert claude.discover([folder]) == []
    made.write(config)
    assert ids(claude.discover([folder])) == ["new"]


def test_a_directory_told_only_after_a_line_of_20_megabytes_is_found(
    claude: ClaudeCode, config: Path, folder: Path
) -> None:
    made = Transcript(str(folder), "long")
    made.raw(b'{"type":"queue-operation","content":"' + b"x" * 20_000_000 + b'"}')
    made.prompt("hello")
    made.write(config)
    made = Transcript(str(folder), "longer")
    made.prompt("x" * 20_000_000)
    made.write(config)
    assert ids(claude.discover([folder])) == ["long", "longer"]


def test_looking_again_reads_no_file_again(
    claude: ClaudeCode, config: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = session_in(folder, config, "one")
    (path.parent / "meta.jsonl").write_bytes(b'{"type":"mode"}\n')
    claude.discover([folder])
    reads: list[Path] = []

    def read(path: Path, cursor: int, cap: int) -> LineSlice:
        reads.append(path)
        return read_lines(path, cursor, cap)

    monkeypatch.setattr(READ_LINES, read)
    with path.open("ab") as file:
        file.write(long_line(10))
    (found,) = claude.discover([folder])
    assert found.size == path.stat().st_size
    assert reads == []


def test_a_file_replaced_by_another_projects_is_not_ours_any_more(
    claude: ClaudeCode, config: Path, folder: Path
) -> None:
    path = session_in(folder, config, "one")
    assert ids(claude.discover([folder])) == ["one"]
    made = Transcript("/other", "one")
    made.prompt("hi")
    made.turn()
    made.turn()
    other = path.with_suffix(".new")
    other.write_bytes(made.data())
    other.rename(path)
    assert claude.discover([folder]) == []


def test_one_session_in_two_directories_is_given_once_the_newest_then_the_longest(
    claude: ClaudeCode, config: Path, folder: Path
) -> None:
    here = session_in(folder, config, "one")
    moved = here.parent.with_name(here.parent.name + "-moved") / here.name
    moved.parent.mkdir()
    moved.write_bytes(here.read_bytes() + long_line(10))
    for newer, older in ((here, moved), (moved, here)):
        os.utime(newer, (200, 200))
        os.utime(older, (100, 100))
        assert [found.path for found in claude.discover([folder])] == [newer]
    os.utime(here, (200, 200))
    assert [found.path for found in claude.discover([folder])] == [moved]


def test_several_folders_and_roots_are_searched_and_overlap_without_doubles(folder: Path, tmp_path: Path) -> None:
    home, extra = tmp_path / "home", tmp_path / "extra"
    session_in(folder, home / ".claude", "usual")
    session_in(folder / "sub", home / ".config" / "claude", "xdg")
    session_in(tmp_path / "second", extra, "extra")
    session_in(folder, tmp_path / "elsewhere", "unasked")
    (tmp_path / "again").symlink_to(extra)
    claude = ClaudeCode([extra, tmp_path / "again"], environment={}, home=home)
    found = claude.discover([folder, folder / "sub", tmp_path / "second"])
    assert ids(found) == ["extra", "usual", "xdg"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_folder_is_found_however_its_name_composes_unicode(
    claude: ClaudeCode, config: Path, tmp_path: Path, form: str
) -> None:
    composed = tmp_path / unicodedata.normalize("NFC", "café")
    session_in(unicodedata.normalize(form, str(composed)), config, "one")  # type: ignore[arg-type]
    assert ids(claude.discover([composed])) == ["one"]


@pytest.mark.parametrize("rename", [lambda name: name.replace("a-b", "a_b"), lambda _: "session"])
def test_directories_of_old_versions_and_dictated_names_are_searched(
    claude: ClaudeCode, config: Path, tmp_path: Path, rename: Callable[[str], str]
) -> None:
    folder = tmp_path / "a_b"
    path = session_in(folder, config, "one")
    path.parent.rename(path.parent.with_name(rename(path.parent.name)))
    assert ids(claude.discover([folder])) == ["one"]


def test_very_long_paths_are_found_whatever_the_hash(claude: ClaudeCode, config: Path, tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["d" * 100] * 3)
    path = session_in(folder, config, "one")
    path.parent.rename(path.parent.with_name(encode_path(str(folder))[:200] + "-other"))
    session_in(folder.with_name("e" * 100), config, "sibling")
    assert ids(claude.discover([folder])) == ["one"]


def test_without_any_transcripts_there_are_no_sessions_and_no_problems(claude: ClaudeCode, folder: Path) -> None:
    assert claude.discover([folder]) == []
    assert claude.problems() == []


def test_hostile_directories_in_records_raise_nothing(claude: ClaudeCode, config: Path, folder: Path) -> None:
    for number, cwd in enumerate(["\0", "", 7, None, "relative", "/" + "x" * 9000, "\ud800", ["/a"]]):
        made = Transcript(str(folder), str(number))
        made.raw(b'{"type":"user","cwd":%s}' % json.dumps(cwd).encode())
        made.write(config)
    assert claude.discover([folder]) == []


def test_what_cannot_be_read_is_left_out_and_reported(
    claude: ClaudeCode, config: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_in(folder, config, "fine")
    denied = session_in(folder, config, "denied")
    sealed = session_in(folder / "sealed", config, "hidden").parent
    real_scan = os.scandir

    def scan(path: str | os.PathLike[str]) -> object:
        if Path(path) == sealed:
            raise PermissionError(13, "Permission denied", str(path))
        return real_scan(path)

    def read(path: Path, cursor: int, cap: int) -> LineSlice:
        if path == denied:
            raise PermissionError(13, "Permission denied", str(path))
        return read_lines(path, cursor, cap)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scan)
        patch.setattr(READ_LINES, read)
        assert ids(claude.discover([folder])) == ["fine"]
        messages = [problem.message for problem in claude.problems()]
        assert len(messages) == 2
        assert all(any(str(path) in message for message in messages) for path in (denied, sealed))
    assert ids(claude.discover([folder])) == ["denied", "fine", "hidden"]
    assert claude.problems() == []


def test_every_known_record_type_together_is_a_session(claude: ClaudeCode, config: Path, folder: Path) -> None:
    made = every_record_type(str(folder), "all")
    made.metadata("relocated", relocatedCwd=str(folder))
    made.write(config)
    assert ids(claude.discover([folder])) == ["all"]


@pytest.mark.parametrize(
    ("line", "version"),
    [
        (b'{"kind":"turn","version":"9.1.0","where":"/w"}', ", written by Claude Code 9.1.0"),
        (b'{"type":"user","message":{"content":"x"},"version":"9.2.0"}', ", written by Claude Code 9.2.0"),
        (b"something else", ""),
    ],
)
def test_a_new_transcript_that_is_not_understood_is_told_with_its_version(
    claude: ClaudeCode, config: Path, folder: Path, line: bytes, version: str
) -> None:
    path = session_in(folder, config, "one")
    os.utime(path, (100, 100))
    strange = path.with_name("strange.jsonl")
    strange.write_bytes(line + b"\n")
    assert ids(claude.discover([folder])) == ["one"]
    (problem,) = claude.problems()
    assert problem.message == f"Claude Code's newest transcripts are not understood: {strange}{version}."
    os.utime(strange, (50, 50))
    claude.discover([folder])
    assert claude.problems() == []


def test_metadata_and_files_still_empty_are_no_problem(claude: ClaudeCode, config: Path, folder: Path) -> None:
    made = Transcript(str(folder), "new")
    made.metadata("mode", mode="normal")
    made.record("never-seen-before")
    path = made.write(config)
    path.with_name("empty.jsonl").touch()
    path.with_name("torn.jsonl").write_bytes(b'{"type":"us')
    claude.discover([folder])
    assert claude.problems() == []
