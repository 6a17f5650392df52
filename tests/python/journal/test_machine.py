"""A machine keeps its name for itself."""

import socket
from pathlib import Path

import pytest

from session_mirror.journal.machine import this_machine


def test_a_machine_is_the_same_from_its_very_first_use_on(tmp_path: Path) -> None:
    state = tmp_path / "not" / "there" / "yet"
    assert this_machine(state) == this_machine(state)


def test_two_hosts_that_share_a_home_are_two_machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "one")
    one = this_machine(tmp_path)
    monkeypatch.setattr(socket, "gethostname", lambda: "two")
    two = this_machine(tmp_path)
    assert (one.name, two.name) == ("one", "two")
    assert one.id != two.id


def test_a_machine_that_can_keep_nothing_still_has_a_steady_id(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    state = tmp_path / "file" / "state"
    assert this_machine(state) == this_machine(state)
