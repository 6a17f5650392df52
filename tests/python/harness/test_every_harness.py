"""What holds for every agent: nothing on a disk, and nothing in a line, makes reading fail, and no line gets lost."""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.harness.base import Harness
from session_mirror.harness.registry import REGISTRY, get_harness
from support.damage import WRONG, paths, shapes, swollen, torn, wrong_in_every_field
from support.odd_lines import odd_lines
from support.promises import check_account, check_counts, check_record
from support.scenes import CWD, MOVED, SCENES, at_home, stream_lines

FOLDERS = [Path(CWD), Path(MOVED)]
every_harness = pytest.mark.parametrize("name", REGISTRY)


@attrs.frozen
class Seen:
    """The lines of a harness's scenes, and what they are made of."""

    streams: tuple[tuple[bytes, ...], ...]
    keys: tuple[str, ...]
    texts: tuple[str, ...]

    @property
    def shapes(self) -> list[bytes]:
        return shapes([line for stream in self.streams for line in stream])


@cache
def seen(name: str) -> Seen:
    streams = []
    with TemporaryDirectory() as scratch, pytest.MonkeyPatch.context() as monkeypatch:
        for scene, write in SCENES[name].items():
            home = Path(scratch, scene)
            write(home)
            found = at_home(name, home, monkeypatch).discover(FOLDERS)
            streams += [tuple(stream_lines(session.path)) for session in found]
    values = [json.loads(line) for line in shapes([line for stream in streams for line in stream])]
    steps = {step for value in values for path in paths(value) for step in path}
    texts = {text for value in values for text in _texts(value) if len(text) < 60}
    return Seen(tuple(streams), tuple(sorted(step for step in steps if isinstance(step, str))), tuple(sorted(texts)))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def json_lines(name: str, count: int) -> Iterator[bytes]:
    """Anything that is JSON, made of the words the agent uses; the same each time."""
    chance = random.Random(5)
    keys, texts = seen(name).keys, seen(name).texts

    def value(depth: int) -> object:
        kind = chance.random()
        if depth and kind < 0.5:
            return {chance.choice(keys): value(depth - 1) for _ in range(chance.randrange(7))}
        if depth and kind < 0.6:
            return [value(depth - 1) for _ in range(chance.randrange(4))]
        return chance.choice(texts if kind < 0.9 else WRONG)

    for _ in range(count):
        yield json.dumps({"type": chance.choice(texts), **{chance.choice(keys): value(4) for _ in range(8)}}).encode()


@every_harness
def test_no_bytes_make_reading_fail(name: str) -> None:
    harness = get_harness(name)

    @given(st.binary(max_size=300))
    def read(line: bytes) -> None:
        check_record(harness.read_record(line))

    read()


@every_harness
def test_no_json_makes_reading_or_adding_up_fail(name: str) -> None:
    harness = get_harness(name)
    lines = list(json_lines(name, 300))
    for line in lines:
        check_record(harness.read_record(line))
    for start in range(0, len(lines), 30):
        check_account(harness, lines[start : start + 30])


@every_harness
def test_wrong_types_in_every_field_make_nothing_fail(name: str) -> None:
    harness = get_harness(name)
    for shape in seen(name).shapes:
        damaged = list(wrong_in_every_field(shape))
        for line in damaged:
            check_record(harness.read_record(line))
        check_account(harness, damaged[::5])


@every_harness
def test_torn_lines_make_nothing_fail(name: str) -> None:
    harness = get_harness(name)
    for shape in seen(name).shapes:
        damaged = list(torn(shape))
        for line in damaged:
            check_record(harness.read_record(line))
        check_account(harness, damaged[::5])


@every_harness
def test_odd_and_endless_lines_make_nothing_fail(name: str) -> None:
    harness = get_harness(name)
    long = [swollen(shape, 5_000_000) for shape in sorted(seen(name).shapes, key=len)[-2:]]
    for line in [*odd_lines().values(), *long]:
        check_record(harness.read_record(line))
        check_account(harness, [line, line])


@every_harness
def test_every_line_of_a_session_is_accounted_for_whatever_happened_to_the_file(name: str) -> None:
    harness = get_harness(name)
    chance = random.Random(7)
    for stream in seen(name).streams:
        check_counts(harness, stream)
        check_counts(harness, stream[: len(stream) // 2])
        check_counts(harness, [*stream, *odd_lines().values()])
        check_account(harness, [*stream, *stream])
        check_account(harness, stream[::-1])
        check_account(harness, [line[: chance.randrange(len(line) + 1)] for line in stream])
        check_account(harness, chance.sample(stream, len(stream)))


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


REPLACEMENTS: dict[str, Callable[[Path], object]] = {
    "nothing": lambda _: None,
    "garbage": lambda path: path.write_bytes(random.Random(3).randbytes(5000)),
    "garbage lines": lambda path: path.write_bytes(b'\n\x00\n{"\n[]\n7\n'),
    "emptiness": lambda path: path.write_bytes(b""),
    "a directory": Path.mkdir,
    "a pipe": _fifo,
    "a link to itself": _loop,
    "a link to nowhere": lambda path: path.symlink_to("nowhere"),
    "a link to its directory": lambda path: path.symlink_to("."),
}


def survives(harness: Harness) -> None:
    """Looks around, twice: what was understood once may be remembered."""
    for _ in range(2):
        for found in harness.discover(FOLDERS):
            assert harness.title(found.path)
        for problem in harness.problems():
            assert problem.message
        harness.has_news()
        harness.drives()
        harness.roots()


@every_harness
@pytest.mark.skipif(sys.platform == "win32", reason="has no pipes, and links need a privilege")
@pytest.mark.parametrize("replacement", REPLACEMENTS)
def test_nothing_in_place_of_a_file_makes_looking_for_sessions_fail_or_hang(
    name: str, replacement: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for scene, write in SCENES[name].items():
        original = tmp_path / scene
        write(original)
        files = [path.relative_to(original) for path in sorted(original.rglob("*")) if path.is_file()]
        for number, file in enumerate(files):
            home = tmp_path / f"{scene} {number}"
            shutil.copytree(original, home)
            known = at_home(name, home, monkeypatch)
            known.discover(FOLDERS)
            (home / file).unlink()
            REPLACEMENTS[replacement](home / file)
            survives(known)
            survives(at_home(name, home, monkeypatch))


@every_harness
@pytest.mark.skipif(sys.platform == "win32", reason="has no pipes, and links need a privilege")
def test_nothing_beside_a_file_makes_looking_for_sessions_fail_or_hang(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for scene, write in SCENES[name].items():
        home = tmp_path / scene
        write(home)
        before = {found.session_id for found in at_home(name, home, monkeypatch).discover(FOLDERS)}
        for file in [path for path in sorted(home.rglob("*")) if path.is_file() and "state/" not in str(path)]:
            for number, place in enumerate(REPLACEMENTS.values()):
                place(file.with_name(f"{number}-{file.name}"))
            place_odd_name(file)
        harness = at_home(name, home, monkeypatch)
        survives(harness)
        assert before <= {found.session_id for found in harness.discover(FOLDERS)}


def place_odd_name(file: Path) -> None:
    """A file whose name is no text, where the file system takes it."""
    try:
        Path(os.fsdecode(os.fsencode(file) + b"\xff\xfe")).write_bytes(b"{}\n")
    except OSError:
        assert sys.platform == "darwin", "whose file systems take names that are text only"
