"""Opening a transcript by its path, wherever it came from: the agent is known by its lines, nothing is mirrored.

Of a text that none of the agents wrote the lines are shown as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from session_mirror.errors import MirrorError
from session_mirror.harness.base import FoundSession, Harness
from session_mirror.harness.json_values import as_object, as_text, parse_object
from session_mirror.harness.recognise import recognise
from session_mirror.harness.unknown import Unknown
from session_mirror.replay.disk import DiskSource
from session_mirror.replay.opening import Opened, open_from_disk
from session_mirror.replay.right_of_way import RightOfWay

_TELLING_LINES = 64
_TELLING_BYTES = 4 << 20
_GZIP = b"\x1f\x8b"


def open_any_file(
    replay_id: str, path: Path, harnesses: Mapping[str, Harness], *, way: RightOfWay | None = None
) -> Opened:
    """Opens a file of any of the agents, or any other text; see `Replay` for `way`.

    Raises:
        MirrorError: it is no file, cannot be read, or holds no text.
    """
    if not path.is_absolute() or not path.is_file():
        raise MirrorError("There is no such file.", kind="notFound", hint="It may have been moved or deleted.")
    first = _first_lines(path)
    if not any(line.strip() for line in first) or b"\0" in b"\n".join(first) or first[0].startswith(_GZIP):
        raise MirrorError(
            "This file is empty, or holds no text.",
            kind="notFound",
            hint="Transcripts are lines of text, as agents write them, or those compressed with zstd.",
        )
    name = recognise(first, harnesses)
    harness: Harness = Unknown() if name is None else harnesses[name]
    status = path.stat()
    found = FoundSession(harness.name, path.name, path, _cwd(first), status.st_size, status.st_mtime_ns // 1_000_000)
    return open_from_disk(replay_id, found, harness, way=way)


def _first_lines(path: Path) -> list[bytes]:
    source = DiskSource(path)
    return source.read(0, min(source.size, _TELLING_BYTES)).split(b"\n")[:_TELLING_LINES]


def _cwd(lines: Sequence[bytes]) -> str:
    """Where the agent ran, by the first line that says so; empty where none does."""
    for line in lines:
        record = parse_object(line)
        told = as_text(record.get("cwd")) or as_text(as_object(record.get("payload")).get("cwd"))
        if told:
            return told
    return ""
