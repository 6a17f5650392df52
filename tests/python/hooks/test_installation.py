"""Installing and removing on a disk: links, modes, byte order marks, and people who write at the same time."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import attrs
import pytest

from session_mirror.errors import MirrorError
from session_mirror.hooks.agents import AGENTS, CLAUDE_CODE, CODEX
from session_mirror.hooks.configuration import read_configuration
from session_mirror.hooks.installation import (
    Change,
    Target,
    follow_program,
    install,
    standing,
    targets,
    uninstall,
)
from session_mirror.hooks.script import script_path
from session_mirror.hooks.settings_file import SettingsFile
from session_mirror.protocol.mirror import Credentials, Destination

THEIRS = """{
    "env": {"A": "1"},
  "hooks": {"SessionEnd": [ {"hooks": [{"type": "command", "command": "say bye"}]} ]}
}"""


@attrs.frozen
class Desk:
    """A user's home with one agent, and the state directory."""

    root: Path

    @property
    def state(self) -> Path:
        return self.root / "it's state"

    @property
    def target(self) -> Target:
        return Target(CLAUDE_CODE, self.root / ".claude")

    @property
    def settings(self) -> Path:
        return self.target.path

    def write(self, data: bytes) -> None:
        self.settings.parent.mkdir(exist_ok=True)
        self.settings.write_bytes(data)

    def install(self, *, program: tuple[str, ...] = ("/usr/bin/python3", "-m", "x")) -> Change:
        destination = Destination(url="s3://b/p", credentials=Credentials(access_key_id="id", secret_access_key="no"))
        ((_, change),) = install(self.state, [self.target], destination=destination, redact=True, program=program)
        return change

    def remove(self) -> Change:
        ((_, change),) = uninstall(self.state, [self.target])
        return change


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b"{ }",
        b"{\n}\n",
        b"",
        b" \n",
        b'\xef\xbb\xbf{"a":1}',
        THEIRS.encode(),
        b'{"hooks": {"SessionStart": []}}',
    ],
)
def test_installing_and_removing_leaves_the_file_as_it_was(desk: Desk, data: bytes) -> None:
    desk.write(data)
    desk.settings.chmod(0o640)
    assert desk.install() == "installed"
    assert standing(desk.state, desk.target).state == "installed"
    assert desk.settings.read_bytes().startswith(b"\xef\xbb\xbf") == data.startswith(b"\xef\xbb\xbf")
    assert desk.settings.stat().st_mode & 0o777 == 0o640
    assert desk.remove() == "removed"
    assert desk.settings.read_bytes() == data
    assert standing(desk.state, desk.target).state == "notInstalled"
    assert sorted(path.name for path in desk.settings.parent.iterdir()) == ["settings.json"]


def test_a_second_installation_changes_nothing(desk: Desk) -> None:
    desk.write(THEIRS.encode())
    desk.install()
    before = desk.settings.read_bytes(), desk.settings.stat().st_ino
    assert desk.install() == "unchanged"
    assert (desk.settings.read_bytes(), desk.settings.stat().st_ino) == before
    desk.remove()
    assert desk.settings.read_text() == THEIRS


def test_a_file_that_we_made_goes_with_us_unless_somebody_uses_it(desk: Desk) -> None:
    desk.install()
    desk.remove()
    assert not desk.settings.exists()
    desk.install()
    told = json.loads(desk.settings.read_bytes())
    desk.write(json.dumps({**told, "model": "x"}).encode())
    assert desk.remove() == "removed"
    assert json.loads(desk.settings.read_bytes()) == {"model": "x"}


def test_a_file_that_somebody_changed_meanwhile_loses_only_what_is_ours(desk: Desk) -> None:
    desk.write(THEIRS.encode())
    desk.install()
    desk.write(desk.settings.read_bytes().replace(b'"A": "1"', b'"A": "22"'))
    assert desk.remove() == "removed"
    assert json.loads(desk.settings.read_bytes()) == json.loads(THEIRS.replace('"1"', '"22"'))


def test_a_link_is_written_through(desk: Desk) -> None:
    dotfiles = desk.root / "dotfiles"
    dotfiles.mkdir()
    (dotfiles / "claude.json").write_text(THEIRS)
    desk.settings.parent.mkdir()
    desk.settings.symlink_to("../dotfiles/claude.json")
    desk.install()
    assert desk.settings.is_symlink()
    assert "session-mirror-hook" in (dotfiles / "claude.json").read_text()
    desk.remove()
    assert desk.settings.is_symlink()
    assert (dotfiles / "claude.json").read_text() == THEIRS


@pytest.mark.parametrize("data", [b'{"a": 1,}', b'{"hooks": 1}', b"\xff\xfe{\0}\0"])
def test_a_file_that_cannot_be_understood_is_refused_and_not_touched(desk: Desk, data: bytes) -> None:
    desk.write(data)
    for change in (desk.install, desk.remove):
        with pytest.raises(MirrorError) as refused:
            change()
        assert "left as it is" in refused.value.message or "left as it was" in refused.value.message
        assert refused.value.hint
    assert desk.settings.read_bytes() == data
    assert standing(desk.state, desk.target).state == "unusable"


def test_a_write_protected_file_is_refused_and_not_touched(desk: Desk) -> None:
    desk.write(THEIRS.encode())
    desk.settings.chmod(0o444)
    with pytest.raises(MirrorError, match="write-protected"):
        desk.install()
    assert desk.settings.read_text() == THEIRS


def test_what_somebody_writes_in_that_very_moment_is_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write(b'{"a": 1}')
    write = SettingsFile.write

    def late(file: SettingsFile, data: bytes) -> bool:
        if file.path == desk.settings and b'"b"' not in (file.data or b""):
            desk.write(b'{"a": 1, "b": 2}')
        return write(file, data)

    monkeypatch.setattr(SettingsFile, "write", late)
    assert desk.install() == "installed"
    assert json.loads(desk.settings.read_bytes())["b"] == 2
    assert desk.remove() == "removed"
    assert desk.settings.read_bytes() == b'{"a": 1, "b": 2}'


def test_an_installation_from_elsewhere_is_updated_in_place(desk: Desk) -> None:
    desk.write(THEIRS.encode())
    elsewhere = Desk(desk.root / "elsewhere")
    install(elsewhere.state, [desk.target], destination=Destination(), redact=True, program=("/gone", "x.py"))
    assert standing(desk.state, desk.target).state == "outdated"
    told = json.loads(desk.settings.read_bytes())
    told["hooks"]["SessionEnd"].append({"hooks": [{"type": "command", "command": "last"}]})
    desk.write(json.dumps(told).encode())
    assert desk.install() == "updated"
    now = json.loads(desk.settings.read_bytes())["hooks"]["SessionEnd"]
    assert [str(desk.state) in json.dumps(group).replace("'\\\"'\\\"'", "'") for group in now] == [False, True, False]
    assert standing(desk.state, desk.target).state == "installed"


def test_what_is_kept_is_private_and_holds_no_keys(desk: Desk) -> None:
    desk.install()
    kept = [path for path in (desk.state / "hooks").iterdir() if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    assert all(b"secret" not in path.read_bytes() and b'"no"' not in path.read_bytes() for path in kept)


def test_the_last_removal_takes_the_script_and_the_choice_along(desk: Desk) -> None:
    codex = Target(CODEX, desk.root / ".codex")
    install(desk.state, [desk.target, codex], destination=Destination(), redact=False, program=("/usr/bin/python3",))
    uninstall(desk.state, [codex])
    assert read_configuration(desk.state) is not None
    assert script_path(desk.state).exists()
    desk.remove()
    assert read_configuration(desk.state) is None
    assert not any((desk.state / "hooks").iterdir())


def test_homes_are_those_of_the_environment_and_those_installed_before(desk: Desk) -> None:
    work = desk.root / "work"
    (found,) = targets(desk.state, ["claude-code"], [], {"CLAUDE_CONFIG_DIR": str(work)})
    assert found.path == work / "settings.json"
    install(desk.state, [found], destination=Destination(), redact=True, program=("/usr/bin/python3",))
    usual, before = targets(desk.state, ["claude-code"], [], {})
    assert (usual.home, before.home) == (Path.home() / ".claude", work)
    assert [target.agent for target in targets(desk.state, list(AGENTS), [], {})] == [CLAUDE_CODE, CODEX, CLAUDE_CODE]


def test_hooks_follow_the_program_that_was_updated(desk: Desk) -> None:
    old, new = desk.root / "old.py", desk.root / "new.py"
    old.touch()
    new.touch()
    python = os.path.realpath("/bin/sh")
    desk.install(program=(python, str(old)))
    follow_program(desk.state, (python, str(new)))
    assert str(old) in script_path(desk.state).read_text(), "it is there, and no older"
    old.unlink()
    follow_program(desk.state, (python, str(new)))
    assert str(new) in script_path(desk.state).read_text()
    assert standing(desk.state, desk.target).state == "installed"
    desk.remove()
    follow_program(desk.state, (python, str(new)))
    assert not script_path(desk.state).exists()


def test_status_tells_what_keeps_hooks_from_running(desk: Desk) -> None:
    desk.write(b'{"disableAllHooks": true}')
    desk.install()
    assert "disableAllHooks" in standing(desk.state, desk.target).obstacle


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python has no reader for TOML yet: status then tells nothing")
def test_status_tells_what_keeps_hooks_from_running_in_codex(desk: Desk) -> None:
    codex = Target(CODEX, desk.root / ".codex")
    install(desk.state, [codex], destination=Destination(), redact=True, program=("/usr/bin/python3",))
    (codex.home / "config.toml").write_text("[features]\nhooks = false\n")
    assert "config.toml" in standing(desk.state, codex).obstacle
    (codex.home / "config.toml").write_text("")
    assert "review" in standing(desk.state, codex).obstacle
    verdicts = "".join(
        f'[hooks.state."{codex.path}:{event}:0:0"]\ntrusted_hash = "sha256:0"\n'
        for event in ("session_start", "session_end")
    )
    (codex.home / "config.toml").write_text(verdicts)
    assert standing(desk.state, codex).obstacle == ""
