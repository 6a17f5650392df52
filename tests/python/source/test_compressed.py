"""Compressed sources read as what they hold, whoever decompresses them."""

from __future__ import annotations

import os
import random
import shutil
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.errors import MirrorError
from session_mirror.source import zstandard
from session_mirror.source.compressed import Copies
from session_mirror.source.identity import Fingerprint, compare
from session_mirror.source.jsonl import read_lines
from session_mirror.source.opening import open_source, read_at, read_head, source_size
from session_mirror.source.zstandard import content_size, find_decoder
from support.compression import LIBRARY, compressed, compressed_without_size

LINES = b"".join(b'{"n":%d,"text":"some words, and some more"}\n' % n for n in range(5000))


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "state"
    path.mkdir()
    monkeypatch.setenv("SESSION_MIRROR_STATE_DIR", str(path))
    return path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "s.jsonl.zst"
    path.write_bytes(compressed(LINES))
    return path


@pytest.fixture(params=["library", "program"])
def decoder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What decompresses."""
    name = str(request.param)
    if name == "program":
        zstd_program(tmp_path, monkeypatch)
        monkeypatch.setattr(zstandard, "_LIBRARIES", ())
    return name


def zstd_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The real one where it is installed, else a stand-in on PATH."""
    real = shutil.which("zstd")
    if real is not None:
        return real
    program = tmp_path / "stand-in" / "zstd"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\n"
        "import importlib, shutil, sys\n"
        f"shutil.copyfileobj(importlib.import_module('{LIBRARY}').open(sys.stdin.buffer), sys.stdout.buffer)\n"
    )
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return str(program)


def without_decoders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zstandard, "_LIBRARIES", ("session_mirror.no_such_library",))
    monkeypatch.setattr(shutil, "which", lambda _: None)


def note_copies(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every decompression from now on."""
    copied: list[Path] = []
    real = zstandard.find_decoder()

    class Noting:
        def head(self, source: object, length: int) -> bytes:
            return real.head(source, length)  # type: ignore[arg-type]

        def copy(self, source: object, target: object) -> None:
            copied.append(Path(str(source)))
            real.copy(source, target)  # type: ignore[arg-type]

    monkeypatch.setattr("session_mirror.source.compressed.find_decoder", Noting)
    return copied


def test_lines_are_read_as_from_the_plain_file(source: Path, decoder: str) -> None:
    plain = source.with_suffix("")
    plain.write_bytes(LINES)
    for position in (0, 4400, len(LINES)):
        cursor = LINES.rfind(b"\n", 0, position) + 1
        from_plain, from_compressed = (read_lines(path, cursor, 9000) for path in (plain, source))
        assert from_compressed.data == from_plain.data
        assert (from_compressed.end, from_compressed.more) == (from_plain.end, from_plain.more)
        assert from_compressed.file_size == len(LINES)


def test_a_position_in_the_plain_file_holds_in_the_compressed_one_and_back(source: Path) -> None:
    plain = source.with_suffix("")
    plain.write_bytes(LINES)
    assert compare(source, Fingerprint.of(plain, 100_000), 100_000) == "same"
    assert compare(plain, Fingerprint.of(source, 100_000), 100_000) == "same"
    source.write_bytes(compressed(LINES[:50_000]))
    assert compare(source, Fingerprint.of(plain, 100_000), 100_000) == "shorter"
    source.write_bytes(compressed(LINES[:90_000] + b"x" + LINES[90_001:]))
    assert compare(source, Fingerprint.of(plain, 90_001), 90_001) == "changed"


def test_several_frames_after_one_another_are_one_source(source: Path, decoder: str) -> None:
    source.write_bytes(compressed(LINES) + compressed_without_size(LINES))
    assert read_lines(source, 0, 10 * len(LINES)).data == LINES * 2


def test_a_file_is_decompressed_once_for_each_of_its_states(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = note_copies(monkeypatch)
    for _ in range(5):
        read_lines(source, 0, 1000)
    assert len(copied) == 1
    source.write_bytes(compressed(LINES * 2))
    assert read_lines(source, len(LINES), 10 * len(LINES)).data == LINES
    assert len(copied) == 2


def test_readers_at_the_same_time_do_not_disturb_each_other(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = note_copies(monkeypatch)

    def read(seed: int) -> bool:
        dice = random.Random(seed)
        with open_source(source) as file:
            starts = [dice.randrange(len(LINES)) for _ in range(200)]
            return all(read_at(file, start, 50) == LINES[start : start + 50] for start in starts)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(8)))
    assert len(copied) == 1


def test_a_reader_goes_on_where_it_stopped(source: Path) -> None:
    with open_source(source) as one, open_source(source) as other:
        assert (one.read(7), other.read(5), one.read(9)) == (LINES[:7], LINES[:5], LINES[7:16])
        assert other.read() == LINES[5:]


def test_the_head_is_read_without_decompressing_the_rest(
    source: Path, decoder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = note_copies(monkeypatch)
    assert read_head(source, 1000) == LINES[:1000]
    assert read_head(source, len(LINES) * 2) == LINES
    assert copied == []


def test_the_size_is_that_of_what_it_holds(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = note_copies(monkeypatch)
    assert source_size(source, source.stat()) == len(LINES)
    assert copied == []
    source.write_bytes(compressed_without_size(LINES))
    assert source_size(source, source.stat()) == len(LINES)
    assert source_size(source, source.stat()) == len(LINES)
    assert len(copied) == 1


@given(st.one_of(st.binary(max_size=600), st.integers(0, 70_000).map(bytes)))
def test_what_a_header_tells_is_true(data: bytes) -> None:
    assert content_size(compressed(data)[:18]) == len(data)
    assert content_size(compressed_without_size(data)[:18]) in (None, len(data))


@given(st.binary(max_size=18))
def test_any_header_is_judged_without_a_failure(header: bytes) -> None:
    content_size(header)
    content_size(b"\x28\xb5\x2f\xfd" + header)


@pytest.mark.parametrize("damage", [lambda data: data[:-20], lambda data: data[:500], lambda _: b"not zstd"])
def test_a_damaged_file_is_unreadable_and_read_again_once_it_is_whole(
    source: Path, decoder: str, damage: Callable[[bytes], bytes]
) -> None:
    whole = source.read_bytes()
    source.write_bytes(damage(whole))
    with pytest.raises(OSError, match="damaged"):
        read_lines(source, 0, 1000)
    assert compare(source, Fingerprint.of(_plain(source), 1000), 1000) == "unreadable"
    source.write_bytes(whole)
    assert read_lines(source, 0, 10 * len(LINES)).data == LINES


def test_without_any_decoder_the_remedy_is_told(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_decoders(monkeypatch)
    for read in (lambda: read_lines(source, 0, 1000), lambda: read_head(source, 10)):
        with pytest.raises(MirrorError) as caught:
            read()
        assert caught.value.kind == "source"
        assert "zstd" in caught.value.hint
    monkeypatch.undo()
    assert read_head(source, 10) == LINES[:10]


def test_a_program_of_the_current_directory_is_never_run(monkeypatch: pytest.MonkeyPatch) -> None:
    without_decoders(monkeypatch)
    monkeypatch.setattr(shutil, "which", lambda _: "./zstd")
    with pytest.raises(MirrorError):
        find_decoder()


def test_the_programs_environment_holds_no_credentials(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = zstd_program(tmp_path, monkeypatch)
    program = tmp_path / "bin" / "zstd"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nenv > {tmp_path}/environment\nexec {real} "$@"\n')
    program.chmod(0o700)
    monkeypatch.setattr(zstandard, "_LIBRARIES", ())
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden")
    assert read_lines(source, 0, 10 * len(LINES)).data == LINES
    assert "hidden" not in (tmp_path / "environment").read_text()


def test_copies_leave_nothing_on_the_disk_for_others(source: Path, state: Path) -> None:
    with open_source(source) as file:
        assert read_at(file, 0, 10) == LINES[:10]
        assert list(state.iterdir()) == []


def test_a_copy_goes_when_nobody_asks_for_it_and_readers_go_on(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = note_copies(monkeypatch)
    copies = Copies(kept_s=0.01)
    with source.open("rb", buffering=0) as raw, copies.open(source, raw) as reader:
        deadline = time.monotonic() + 10
        while copies._copies and time.monotonic() < deadline:
            threading.Event().wait(0.005)
        assert not copies._copies
        assert read_at(reader, 7, 20) == LINES[7:27]
    assert len(copied) == 1


def test_the_time_of_change_is_the_sources(source: Path) -> None:
    os.utime(source, ns=(0, 1_700_000_000_123_456_789))
    with open_source(source) as file:
        assert os.fstat(file.fileno()).st_mtime_ns == 1_700_000_000_123_456_789


def test_the_library_of_this_python_is_preferred() -> None:
    assert LIBRARY in zstandard._LIBRARIES
    assert type(find_decoder()).__name__ == "_Library"


def _plain(source: Path) -> Path:
    path = source.with_suffix("")
    path.write_bytes(LINES)
    return path
