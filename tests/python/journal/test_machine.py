"""A machine keeps its identity without keeping anything."""

from pathlib import Path

from session_mirror.journal.machine import this_machine


def test_a_machine_is_the_same_at_every_call() -> None:
    assert this_machine() == this_machine()


def test_two_hosts_of_one_image_are_two_machines(tmp_path: Path) -> None:
    (tmp_path / "machine-id").write_text("0123456789abcdef0123456789abcdef\n")
    one = this_machine(id_files=[tmp_path / "machine-id"], host_name=lambda: "one")
    two = this_machine(id_files=[tmp_path / "machine-id"], host_name=lambda: "two")
    assert (one.name, two.name) == ("one", "two")
    assert one.id != two.id


def test_two_hosts_of_one_name_are_two_machines(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"id-{number}").write_text(f"{number}" * 32)
    one, two = (this_machine(id_files=[tmp_path / f"id-{n}"], host_name=lambda: "laptop") for n in (1, 2))
    assert one.id != two.id


def test_the_systems_own_id_is_not_told_to_anyone(tmp_path: Path) -> None:
    (tmp_path / "machine-id").write_text("0123456789abcdef0123456789abcdef\n")
    assert "0123456789abcdef" not in this_machine(id_files=[tmp_path / "machine-id"]).id


def test_a_host_without_an_id_or_a_name_has_an_identity_all_the_same(tmp_path: Path) -> None:
    nobody = this_machine(id_files=[tmp_path / "missing"], host_name=lambda: "")
    assert nobody.name == "unknown"
    assert nobody == this_machine(id_files=[tmp_path / "missing"], host_name=lambda: "")
