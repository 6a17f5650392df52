"""What is remembered of a database between two processes, so that the next one need not read every row again.

Losing it costs that reading, and nothing else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import attrs

from .changes import Mark
from .database import DatabaseStamp, FileStamp

_VERSION: Final = 1


@attrs.frozen(kw_only=True)
class Exported:
    """A session as it was when its log was last brought up to date."""

    mark: Mark
    size: int
    """Of the log, in bytes."""
    is_complete: bool
    """Whether the log told of all rows."""
    read_at: float = float("-inf")
    """When all rows were last read, by the monotonic clock of this process."""
    cost_s: float = float("inf")
    """How long that took."""


def load(file: Path) -> tuple[DatabaseStamp | None, dict[str, Exported]]:
    """The database's stamp when nothing more was to be found, and the sessions; nothing where nothing is readable."""
    try:
        told = json.loads(file.read_bytes())
        if told["version"] != _VERSION:
            return None, {}
        return _stamp(told["stamp"]), {name: _exported(value) for name, value in told["sessions"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None, {}


def save(file: Path, stamp: DatabaseStamp | None, sessions: Mapping[str, Exported]) -> None:
    """Writes it down, if the disk takes it."""
    told = {
        "version": _VERSION,
        "stamp": stamp and stamp.files,
        "sessions": {
            name: [attrs.astuple(known.mark), known.size, known.is_complete] for name, known in sessions.items()
        },
    }
    fresh = file.with_suffix(".new")
    with suppress(OSError):
        fresh.write_text(json.dumps(told, separators=(",", ":")), encoding="ascii")
        os.replace(fresh, file)  # noqa: PTH105  the same in one line


def _stamp(told: object) -> DatabaseStamp | None:
    if not isinstance(told, list):
        return None
    return DatabaseStamp(tuple(None if file is None else _file(file) for file in told))


def _file(told: list[int]) -> FileStamp:
    device, inode, size, modified_ns = map(int, told)
    return device, inode, size, modified_ns


def _exported(told: list[object]) -> Exported:
    fields, size, is_complete = told
    if not isinstance(fields, list) or not isinstance(size, int):
        raise TypeError
    count, newest, steady, around, changed_s = fields
    mark = Mark(int(count), int(newest), tuple(steady), tuple(around), changed_s)
    return Exported(mark=mark, size=size, is_complete=is_complete is True)
