"""Imports point down, heavy libraries are imported late, and files stay small: the shape that keeps the rooms apart."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import session_mirror

PACKAGE = Path(session_mirror.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
EDGE, ENGINE, BASE, PURE = 3, 2, 1, 0
FLOOR = {
    "cli": EDGE,
    "server": EDGE,
    "__main__": EDGE,
    "graph": EDGE,
    "hooks": ENGINE,
    "mirror": ENGINE,
    "compaction": ENGINE,
    "verification": ENGINE,
    "replay": ENGINE,
    "source": BASE,
    "bucket": BASE,
    "journal": BASE,
    "redaction": BASE,
    "harness": BASE,
    "protocol": PURE,
    "errors": PURE,
    "failpoints": PURE,
    "bundled": EDGE,
    "__init__": PURE,
}
LATE = {"boto3", "botocore", "watchfiles", "pygls"}


def room(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(file: Path) -> set[str]:
    """Rooms of this package that a file imports, whether by absolute or by relative import, early or late."""
    rooms = set()
    package = ("session_mirror", *file.relative_to(PACKAGE).parent.parts)
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) + "." if node.level else ""
            names = [base + (node.module or "") + "." + alias.name for alias in node.names]
        for name in names:
            parts = name.replace("..", ".").split(".")
            if parts[0] == "session_mirror" and len(parts) > 1 and parts[1] in FLOOR:
                rooms.add(parts[1])
    return rooms


def test_every_room_has_its_floor() -> None:
    assert {room(file) for file in FILES} <= FLOOR.keys()


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_point_down(file: Path) -> None:
    ours = room(file)
    up = {other for other in imported_rooms(file) if FLOOR[other] > FLOOR[ours]}
    assert not up


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_file_is_one_idea(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 320


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    probe = f"import sys, session_mirror.cli; print(sorted({LATE!r} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True, text=True).stdout
    assert loaded.strip() == "[]"
