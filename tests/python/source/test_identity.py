"""Whether a tail may go on: the bytes before the position decide, nothing else."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.source import identity
from session_mirror.source.identity import Fingerprint, compare

CONTENT = b"".join(b'{"line":%d}\n' % number for number in range(2000))
CURSOR = len(CONTENT) - 100


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "s.jsonl"
    path.write_bytes(CONTENT)
    return path


def test_a_file_that_only_grew_is_the_same(source: Path) -> None:
    before = Fingerprint.of(source, CURSOR)
    with source.open("ab") as file:
        file.write(b"more\n")
    assert compare(source, before, CURSOR) == "same"


def test_bytes_after_the_position_do_not_matter(source: Path) -> None:
    before = Fingerprint.of(source, CURSOR)
    source.write_bytes(CONTENT[:CURSOR] + b"other\n")
    assert compare(source, before, CURSOR) == "same"


def test_the_same_bytes_under_a_new_inode_and_path_are_the_same(source: Path, tmp_path: Path) -> None:
    before = Fingerprint.of(source, CURSOR)
    packed = gzip.compress(source.read_bytes())
    source.unlink()
    elsewhere = tmp_path / "archive" / "s.jsonl"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(gzip.decompress(packed))
    assert compare(elsewhere, before, CURSOR) == "same"


@pytest.mark.parametrize("position", [0, 4095, CURSOR - 4096, CURSOR - 1])
def test_another_byte_in_the_head_or_before_the_position_is_a_change(source: Path, position: int) -> None:
    before = Fingerprint.of(source, CURSOR)
    content = bytearray(CONTENT)
    content[position] ^= 1
    source.write_bytes(content)
    assert compare(source, before, CURSOR) == "changed"


@pytest.mark.parametrize("size", [0, 10, 4096, CURSOR - 1])
def test_a_prefix_of_what_was_there_is_shorter(source: Path, size: int) -> None:
    before = Fingerprint.of(source, CURSOR)
    source.write_bytes(CONTENT[:size])
    assert compare(source, before, CURSOR) == "shorter"


def test_a_shorter_file_with_another_head_is_a_change(source: Path) -> None:
    before = Fingerprint.of(source, CURSOR)
    source.write_bytes(b"x" * 4096)
    assert compare(source, before, CURSOR) == "changed"


def test_a_shorter_file_can_be_judged_by_an_earlier_fingerprint(source: Path) -> None:
    early = Fingerprint.of(source, 5000)
    source.write_bytes(CONTENT[:6000])
    assert compare(source, early, 5000) == "same"


def test_a_file_that_is_gone_or_unreadable_is_told_apart(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Fingerprint.of(source, CURSOR)

    def deny(path: Path) -> object:
        raise PermissionError(13, "denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(identity, "open_source", deny)
        assert compare(source, before, CURSOR) == "unreadable"
    source.unlink()
    assert compare(source, before, CURSOR) == "missing"
    source.mkdir()
    assert compare(source, before, CURSOR) == "unreadable"


def test_a_position_past_the_end_has_no_fingerprint(source: Path) -> None:
    with pytest.raises(ValueError, match="ends before"):
        Fingerprint.of(source, len(CONTENT) + 1)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"head":1}', "null", "7"])
def test_other_json_is_no_fingerprint(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Fingerprint.from_json(text)


@given(st.binary(max_size=9000), st.binary(max_size=40), st.data())
def test_a_fingerprint_survives_json_and_holds_for_its_own_file(
    content: bytes, appended: bytes, data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "s"
        path.write_bytes(content)
        cursor = data.draw(st.integers(0, len(content)))
        fingerprint = Fingerprint.from_json(Fingerprint.of(path, cursor).to_json())
        assert fingerprint == Fingerprint.of(path, cursor)
        with path.open("ab") as file:
            file.write(appended)
        copy = path.with_name("copy")
        shutil.copy(path, copy)
        assert compare(copy, fingerprint, cursor) == "same"
