"""Reading whole lines from a file that others write."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.source import jsonl
from session_mirror.source.identity import Fingerprint
from session_mirror.source.jsonl import read_lines

MIB = 1024 * 1024
file_bytes = st.lists(
    st.sampled_from([b"\n", b"\r", b"a", b"\xff", b"\x00", b"{}\n", "\u2028\x85".encode(), b"long" * 9])
)


def read_all(path: Path, cursor: int, cap: int) -> list[bytes]:
    """All slices until nothing is left, each checked for what a slice promises."""
    slices: list[bytes] = []
    while True:
        piece = read_lines(path, cursor, cap)
        assert (piece.start, piece.end) == (cursor, cursor + len(piece.data))
        if not piece.data:
            assert not piece.more
            return slices
        assert piece.data.endswith(b"\n")
        assert len(piece.data) <= cap or piece.data.count(b"\n") == 1
        assert piece.more == (b"\n" in path.read_bytes()[piece.end :])
        assert piece.fingerprint == Fingerprint.of(path, piece.end)
        slices.append(piece.data)
        cursor = piece.end


@given(st.lists(file_bytes.map(b"".join), max_size=6), st.integers(1, 40))
def test_slices_of_a_growing_file_spell_its_complete_lines(appends: list[bytes], cap: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "s.jsonl"
        path.touch()
        seen = b""
        for appended in appends:
            with path.open("ab") as file:
                file.write(appended)
            seen += b"".join(read_all(path, len(seen), cap))
            content = path.read_bytes()
            assert seen == content[: content.rfind(b"\n") + 1]


def test_an_unfinished_line_is_left_until_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b'{"a":1}\n{"b":')
    first = read_lines(path, 0, MIB)
    assert first.data == b'{"a":1}\n'
    assert not first.more
    assert first.file_size == 13
    with path.open("ab") as file:
        file.write(b"2}\n")
    assert read_lines(path, first.end, MIB).data == b'{"b":2}\n'


def test_a_line_longer_than_the_cap_comes_whole_and_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    long = b'"' + b"x" * (5 * MIB) + b'"\n'
    path.write_bytes(long + b"{}\n")
    piece = read_lines(path, 0, 1000)
    assert piece.data == long
    assert piece.more
    assert read_lines(path, piece.end, 1000).data == b"{}\n"


def test_an_unfinished_line_longer_than_the_cap_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"x" * (3 * MIB))
    assert read_lines(path, 0, 1000).data == b""
    assert not read_lines(path, 0, 1000).more


def test_a_shortened_file_gives_nothing_and_its_size(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"{}\n")
    piece = read_lines(path, 100, MIB)
    assert piece.data == b""
    assert piece.file_size == 3
    assert piece.fingerprint is None


def test_an_empty_file_gives_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.touch()
    piece = read_lines(path, 0, MIB)
    assert (piece.data, piece.more, piece.file_size) == (b"", False, 0)


@pytest.mark.parametrize("meanwhile", [b"", b"{}\n", b"[1]\n[2]\n[3]\n"])
def test_bytes_of_a_file_written_anew_during_the_read_are_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: bytes
) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"{1}\n{2}\n{3}\n")
    settle = jsonl._settled

    def rewrite_first(*arguments: object, **options: object) -> object:
        path.write_bytes(meanwhile)
        return settle(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(jsonl, "_settled", rewrite_first)
    piece = read_lines(path, 0, MIB)
    assert piece.data == b""
    assert piece.file_size == len(meanwhile)


def test_no_handle_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"{}\n")
    kept = read_lines(path, 0, MIB)
    assert kept.data
    assert path not in {link.readlink() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "folder.jsonl").mkdir()
    for name in ("pipe.jsonl", "folder.jsonl", "missing.jsonl"):
        with pytest.raises(OSError, match=r"."):
            read_lines(tmp_path / name, 0, MIB)
