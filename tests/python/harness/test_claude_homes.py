"""Whose a Claude Code session is: worktrees, moved and copied sessions, dictated and former directories, odd paths."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import unicodedata
from pathlib import Path

import pytest

from session_mirror.harness.claude.paths import config_dirs, encode_path
from session_mirror.harness.claude.worktrees import linked_worktrees
from session_mirror.harness.claude_code import ClaudeCode
from session_mirror.harness.folders import is_within
from session_mirror.source.jsonl import LineSlice, read_lines
from support.transcripts import Transcript, long_line

NAMES = {
    "spaces": "my  project dir",
    "dots": "..a.b..c",
    "underscores": "__a_b__",
    "emoji": "🦀 crab 👩‍💻",
    "CJK": "数据 プロジェクト",
    "Cyrillic": "Привет",
    "decomposed": unicodedata.normalize("NFD", "café é"),
    "line feed": "a\nb\tc",
    "quotes": "a'b\"c`d$e",
    "250 characters": "x" * 100 + "/" + "y" * 100 + "/" + "ü" * 48,
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    path = tmp_path / "work"
    path.mkdir()
    return path


@pytest.fixture
def claude(config: Path, tmp_path: Path) -> ClaudeCode:
    return ClaudeCode(environment={"CLAUDE_CONFIG_DIR": str(config)}, home=tmp_path / "home")


def session_in(cwd: Path | str, config: Path, session_id: str, project: str | None = None) -> Path:
    """Writes a session; `project` is its directory's name where that isn't the usual one."""
    made = Transcript(str(cwd), session_id)
    made.turn()
    path = made.write(config)
    if project is None:
        return path
    place = path.parent.with_name(project) / path.name
    place.parent.mkdir(exist_ok=True)
    return path.rename(place)


def ids(claude: ClaudeCode, *folders: Path) -> list[str]:
    return sorted(session.session_id for session in claude.discover(folders))


@pytest.mark.parametrize("name", NAMES)
def test_sessions_of_folders_with_any_name_are_found(claude: ClaudeCode, config: Path, work: Path, name: str) -> None:
    folder = work / NAMES[name]
    folder.mkdir(parents=True)
    session_in(folder, config, "here")
    session_in(folder / "below", config, "below")
    session_in(work / "other" / NAMES[name], config, "other")
    assert ids(claude, folder) == ["below", "here"]


@pytest.mark.parametrize("spelling", ["by character", "underscores kept", "another hash", "other case"])
def test_directories_spelled_by_other_versions_are_found(
    claude: ClaudeCode, config: Path, work: Path, spelling: str
) -> None:
    folder = work / "🦀_a" / ("d" * 200)
    usual = encode_path(str(folder))
    project = {
        "by character": usual.replace("---a", "--a"),
        "underscores kept": usual.replace("---a", "--_a"),
        "another hash": usual[:201] + "zzzz",
        "other case": usual.upper(),
    }[spelling]
    assert project != usual
    session_in(folder, config, "one", project)
    assert ids(claude, folder) == ["one"]


@pytest.mark.parametrize("project", ["session", "-session", "a--b", "-home-somebody-else"])
def test_a_dictated_directory_is_searched_whatever_it_looks_like(
    claude: ClaudeCode, config: Path, work: Path, project: str
) -> None:
    folder = work / "app"
    session_in(folder, config, "ours", project)
    session_in(work / "other", config, "theirs", project)
    assert ids(claude, folder) == ["ours"]
    session_in(folder, config, "later", project)
    assert ids(claude, folder) == ["later", "ours"]


def test_a_directory_that_is_dictated_while_empty_is_searched_later(
    claude: ClaudeCode, config: Path, work: Path
) -> None:
    directory = config / "projects" / "-odd"
    directory.mkdir(parents=True)
    then = time.time() - 60
    os.utime(directory, (then, then))
    assert ids(claude, work / "app") == []
    made = Transcript(str(work / "app"), "one")
    made.metadata("mode", mode="normal")
    path = directory / "one.jsonl"
    path.write_bytes(made.data())
    os.utime(directory, (then, then + 1))
    assert ids(claude, work / "app") == []
    made.prompt("hello")
    path.write_bytes(made.data())
    os.utime(directory, (then, then + 1))
    assert ids(claude, work / "app") == ["one"]


def test_another_projects_directory_is_listed_once_and_one_session_of_it_opened(
    claude: ClaudeCode, config: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        session_in(work / "other", config, f"other{number}")
    opened: list[Path] = []

    def read(path: Path, cursor: int, cap: int) -> LineSlice:
        opened.append(path)
        return read_lines(path, cursor, cap)

    monkeypatch.setattr("session_mirror.harness.claude.origins.read_lines", read)
    listed: list[str] = []
    real_scan = os.scandir

    def scan(path: str | os.PathLike[str]) -> object:
        listed.append(Path(path).name)
        return real_scan(path)

    monkeypatch.setattr(os, "scandir", scan)
    for _ in range(3):
        assert ids(claude, work / "app") == []
    assert len(opened) == 1
    assert listed.count(encode_path(str(work / "other"))) == 1


def test_the_last_relocation_says_where_a_session_is_at_home(claude: ClaudeCode, config: Path, work: Path) -> None:
    old, new, newest = work / "old", work / "new", work / "newest"
    made = Transcript(str(old), "moved")
    made.turn()
    made.metadata("relocated", relocatedCwd=str(new))
    path = made.write(config)
    moved = path.parent.with_name(encode_path(str(new))) / path.name
    moved.parent.mkdir()
    path.rename(moved)
    assert ids(claude, new) == ["moved"]
    assert ids(claude, old) == []
    (found,) = claude.discover([work])
    assert found.cwd == str(new)
    with moved.open("ab") as file:
        made.lines.clear()
        made.raw(long_line(300_000).rstrip(b"\n"))
        made.metadata("relocated", relocatedCwd=str(newest))
        made.turn()
        file.write(made.data())
    assert ids(claude, new) == ["moved"], "nobody else would look where the file lies"
    gone_on = path.parent.with_name(encode_path(str(newest))) / path.name
    gone_on.parent.mkdir()
    moved.rename(gone_on)
    assert ids(claude, new) == []
    (found,) = claude.discover([work])
    assert found.cwd == str(newest)


def test_a_copy_with_a_long_history_is_at_home_where_it_goes_on(claude: ClaudeCode, config: Path, work: Path) -> None:
    made = Transcript(str(work / "new"), "fork")
    made.cwd = str(work / "old")
    for _ in range(500):
        made.turn()
    path = made.write(config)
    assert ids(claude, work / "new") == []
    made.cwd = str(work / "new")
    made.prompt("go on")
    assert made.write(config) == path
    assert ids(claude, work / "new") == ["fork"]
    assert ids(ClaudeCode([config], environment={}, home=work), work / "new") == ["fork"]


def test_records_that_only_mention_a_relocation_move_nothing(claude: ClaudeCode, config: Path, work: Path) -> None:
    made = Transcript("/elsewhere", "one")
    made.turn()
    made.metadata("relocated", relocatedCwd=str(work))
    made.system("relocated", relocatedCwd="/nowhere")
    made.result("t", '{"type":"relocated","relocatedCwd":"/nowhere"}')
    path = made.write(config)
    place = path.parent.with_name(encode_path(str(work))) / path.name
    place.parent.mkdir()
    path.rename(place)
    assert ids(claude, work) == ["one"]


def test_a_torn_end_is_read_once(claude: ClaudeCode, config: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Transcript(str(work), "torn")
    made.turn()
    path = made.write(config)
    path.write_bytes(made.data() + b'{"type":"relocated","relocatedCwd":"/else')
    assert ids(claude, work) == ["torn"]
    monkeypatch.setattr("session_mirror.harness.claude.origins.open_source", lambda _: pytest.fail("opened again"))
    assert ids(claude, work) == ["torn"]


@pytest.mark.parametrize("record_type", ["system", "attachment", "progress"])
def test_without_a_message_there_is_no_session(claude: ClaudeCode, config: Path, work: Path, record_type: str) -> None:
    made = Transcript(str(work), "new")
    made.metadata("mode", mode="normal")
    made.enveloped(record_type, subtype="x", attachment={"type": "hook_success"})
    made.write(config)
    assert ids(claude, work) == []
    made.prompt("hello")
    made.write(config)
    assert ids(claude, work) == ["new"]


def test_former_directories_that_a_project_names_are_its_own(claude: ClaudeCode, config: Path, work: Path) -> None:
    folder, former = work / "app", Path("/gone/app")
    ours = session_in(folder, config, "now").parent
    before = session_in(former, config, "before").parent
    session_in("/third", config, "stranger", before.name)
    outside = session_in("/fourth", work / "other-config", "outside").parent
    (ours / ".session-aliases").write_text(f"{before}\n\n{outside}\nrelative\n/\n")
    assert ids(claude, folder) == ["before", "now"]
    assert ids(claude, work) == ["now"]


@pytest.fixture
def repository(work: Path) -> Path:
    git = shutil.which("git")
    assert git is not None, "these tests make worktrees with git"
    place = work / "repo"

    def run(*command: str) -> None:
        identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": os.devnull}
        identity |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b", "PATH": os.environ["PATH"]}
        subprocess.run([git, *command], check=True, capture_output=True, env=identity)

    run("init", "-q", str(place))
    run("-C", str(place), "commit", "-q", "--allow-empty", "-m", "first")
    for name in ("wt one", "wt-two"):
        run("-C", str(place), "worktree", "add", "-q", "--detach", str(work / name))
    return place


def test_sessions_of_linked_worktrees_are_the_repositorys(
    claude: ClaudeCode, config: Path, work: Path, repository: Path
) -> None:
    session_in(repository, config, "main")
    session_in(work / "wt one", config, "one")
    session_in(work / "wt-two" / "src", config, "two")
    session_in(work / "unrelated", config, "unrelated")
    assert ids(claude, repository) == ["main", "one", "two"]
    assert ids(claude, work / "wt-two") == ["two"]
    shutil.rmtree(work / "wt one")
    assert ids(claude, repository) == ["main", "one", "two"]


def test_a_folder_in_a_repository_has_its_counterparts_in_the_worktrees(work: Path, repository: Path) -> None:
    below = repository / "src" / "deep"
    assert sorted(linked_worktrees(below)) == [work / "wt one" / "src" / "deep", work / "wt-two" / "src" / "deep"]
    assert linked_worktrees(work / "wt-two" / "src") == []
    assert linked_worktrees(work) == []


def test_a_worktree_noted_by_a_relative_path_is_found(work: Path, repository: Path) -> None:
    note = repository / ".git" / "worktrees" / "wt-two" / "gitdir"
    note.write_text(os.path.relpath(work / "wt-two" / ".git", note.parent) + "\n")
    assert work / "wt-two" in linked_worktrees(repository)


def test_a_repository_cannot_claim_directories_that_do_not_point_back(work: Path, repository: Path) -> None:
    victim = work / "victim"
    (victim / ".git").mkdir(parents=True)
    plain = work / "plain"
    plain.mkdir()
    names = ("a", "b", "c", "d", "e")
    notes = (str(victim / ".git"), str(plain / ".git"), str(work), "\0", "x" * 5000)
    for name, note in zip(names, notes, strict=True):
        (repository / ".git" / "worktrees" / name).mkdir()
        (repository / ".git" / "worktrees" / name / "gitdir").write_text(note)
    assert sorted(linked_worktrees(repository)) == [work / "wt one", work / "wt-two"]


def test_a_worktree_at_an_impossible_path_stops_nothing(claude: ClaudeCode, config: Path, repository: Path) -> None:
    session_in(repository, config, "main")
    note = repository / ".git" / "worktrees" / "wt-two" / "gitdir"
    for path in ("/" + "x" * 5000, "/" + "x/" * 3000, "/\udcff"):
        note.write_bytes(os.fsencode(path) + b"/.git")
        assert ids(claude, repository) == ["main"]


@pytest.mark.parametrize("place", ["app/.git", "app/.git/worktrees/x/gitdir", ".session-aliases"])
def test_a_pipe_in_place_of_a_note_stops_nothing(claude: ClaudeCode, config: Path, work: Path, place: str) -> None:
    project = session_in(work / "app", config, "one").parent
    pipe = (project if place == ".session-aliases" else work) / place
    pipe.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(pipe)
    assert ids(claude, work / "app") == ["one"]


def test_the_roots_unicode_is_composed_as_the_agent_does() -> None:
    decomposed, composed = (unicodedata.normalize(form, "/home/ada/é") for form in ("NFD", "NFC"))
    found = config_dirs({"CLAUDE_CONFIG_DIR": decomposed}, Path("/home/ada"))
    assert found == [Path(composed), Path(decomposed)]


def test_on_windows_neither_case_nor_the_drives_letter_counts() -> None:
    assert is_within("/C/Users/Ada/App/src", "/c/users/ada/app", case_insensitive=True)
    assert encode_path("C:\\Users\\Ada").lower() == encode_path("c:\\users\\ada")
