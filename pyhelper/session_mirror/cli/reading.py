"""Opening sessions for commands that read them: a transcript's file, or a session in the bucket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from session_mirror.bucket.lookup import find_one
from session_mirror.errors import MirrorError
from session_mirror.harness.base import FoundSession
from session_mirror.harness.recognise import recognise
from session_mirror.harness.registry import REGISTRY
from session_mirror.mirror.deps import Deps
from session_mirror.replay.opening import open_from_bucket, open_from_disk
from session_mirror.replay.session import Replay
from session_mirror.source.opening import read_head

_HEAD_BYTES = 4 << 20
_HEAD_LINES = 200


@contextmanager
def opened(deps: Deps, session: str, harness: str | None) -> Iterator[Replay]:
    """A session by its id in the bucket, or by the path of its transcript; all its lines were looked at.

    Raises:
        MirrorError: there is none, it can't be read, or nobody knows which agent wrote it.
    """
    path = Path(session)
    replay = _from_file(deps, path, harness) if path.is_file() else _from_bucket(deps, session)
    try:
        replay.analyse()
        yield replay
    finally:
        replay.close()


def found_here(deps: Deps, folder: Path) -> list[FoundSession]:
    """The sessions of all agents that ran in a folder or below, the oldest first."""
    found = [session for harness in deps.harnesses.values() for session in harness.discover([folder])]
    return sorted(found, key=lambda session: session.modified_ms)


def _from_file(deps: Deps, path: Path, harness: str | None) -> Replay:
    name = harness or _recognised(deps, path)
    found = FoundSession(harness=name, session_id=path.stem, path=path, cwd="", size=0, modified_ms=0)
    return open_from_disk("file", found, deps.harnesses[name]).replay


def _recognised(deps: Deps, path: Path) -> str:
    try:
        lines = read_head(path, _HEAD_BYTES).split(b"\n")[:_HEAD_LINES]
    except OSError as error:
        raise MirrorError(
            f"{path} cannot be read: {error.strerror or type(error).__name__}.",
            kind="source",
            hint="Check the file's permissions.",
        ) from error
    name = recognise(lines, deps.harnesses)
    if name is None:
        raise MirrorError(
            f"Nobody knows which coding agent wrote {path}.",
            kind="source",
            hint="Say so with --harness.",
        )
    return name


def _from_bucket(deps: Deps, session_id: str) -> Replay:
    stored = find_one(deps.store, REGISTRY, session_id)
    harness = deps.harnesses.get(stored.harness)
    if harness is None:
        raise MirrorError(
            f"This version cannot read sessions of {stored.harness[:80]!a}.",
            kind="notFound",
            hint="Update Session Mirror.",
        )
    return open_from_bucket("bucket", deps.store, harness, stored.session_id).replay
