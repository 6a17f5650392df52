"""Finding the threads of some folders among all of Codex's rollouts on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Final

import attrs

from session_mirror.errors import MirrorError
from session_mirror.harness.base import Base, FoundSession
from session_mirror.harness.folders import Folders
from session_mirror.harness.listing import Listing
from session_mirror.harness.problems import not_understood, unreadable
from session_mirror.protocol.mirror import Problem
from session_mirror.source.opening import source_size

from .bases import resolve
from .origins import Origin, Origins
from .rollouts import ACTIVE, ARCHIVED, BEGINNING, Rollout, began, parse_rollout

HARNESS: Final = "codex"
LABEL: Final = "Codex"
_DEEPEST: Final = 4
"""Year, month, day, and one more."""


class Discovery:
    """A repeat costs a listing of the date tree, and a stat per thread of the folders asked for. Thread-safe."""

    def __init__(self, homes: Sequence[Path]) -> None:
        self._homes = homes
        self._origins = Origins()
        self._listing = Listing()
        self._undecodable: MirrorError | None = None
        self._strange: list[tuple[str, Path, str]] = []
        """Files that look like rollouts and aren't understood: when they began, where they are, by which version."""
        self._newest = ""
        self._by_id: dict[str, Rollout] = {}
        self._bases: dict[Path, Base] = {}
        self._lock = Lock()

    def find(self, folders: Sequence[Path]) -> list[FoundSession]:
        """Threads started in one of the folders or below it, each once: by its newest rollout."""
        with self._lock:
            self._listing = Listing()
            self._undecodable = None
            self._strange.clear()
            self._newest = ""
            newest: dict[str, Rollout] = {}
            self._by_id = {}
            names = set()
            for rollout in self._rollouts():
                names.add(rollout.name)
                _keep_higher(newest, rollout.thread_id, rollout)
                _keep_higher(self._by_id, rollout.rollout_id, rollout)
            wanted = Folders(folders)
            found = [
                session for rollout in newest.values() if (session := self._confirmed(rollout, wanted)) is not None
            ]
            self._bases = {session.path: session.base for session in found if session.base is not None}
            self._origins.forget_all_but(names)
            return sorted(found, key=lambda session: session.path)

    def begins(self, path: Path) -> Base | None:
        """What the thread in this rollout begins with, as the last search found it."""
        with self._lock:
            return self._bases.get(path)

    def problems(self) -> list[Problem]:
        """What the last search could not read, or found and did not understand."""
        with self._lock:
            problems = unreadable(LABEL, self._listing)
            if self._undecodable is not None:
                problems.append(self._undecodable.as_problem())
            # An odd old file is no news. When nothing newer is understood, the format has changed.
            strange = [found for found in self._strange if found[0] >= self._newest]
            if strange:
                problems.append(_not_understood(strange))
            return problems

    def _rollouts(self) -> Iterator[Rollout]:
        visited: set[str] = set()
        for home in self._homes:
            for tree in (ACTIVE, ARCHIVED):
                place = os.path.realpath(home / tree)
                if place not in visited:
                    visited.add(place)
                    yield from self._in_directory(home / tree, _DEEPEST, is_archived=tree == ARCHIVED)

    def _in_directory(self, directory: Path, depth: int, *, is_archived: bool) -> Iterator[Rollout]:
        for entry in self._listing.entries(directory):
            if entry.name.startswith(BEGINNING):
                rollout = parse_rollout(entry.path, entry.name, is_archived=is_archived)
                if rollout is not None:
                    yield rollout
                elif not entry.name.endswith(".tmp"):
                    self._strange.append((began(entry.name), Path(entry.path), ""))
            elif depth and self._listing.is_dir(entry):
                yield from self._in_directory(Path(entry.path), depth - 1, is_archived=is_archived)

    def _confirmed(self, rollout: Rollout, wanted: Folders) -> FoundSession | None:
        if rollout.is_compressed and self._undecodable is not None:
            return None  # what is missing for one is missing for all
        try:
            origin = self._understood(rollout)
            if origin is not None and wanted.hold(origin.cwd):
                return self._session(rollout, origin)
        except FileNotFoundError:
            pass  # moved or deleted meanwhile
        except OSError as error:
            self._listing.note(rollout.path, error)
        except MirrorError as error:
            self._undecodable = error
        return None

    def _session(self, rollout: Rollout, origin: Origin) -> FoundSession:
        path = Path(rollout.path)
        status = path.stat()
        return FoundSession(
            harness=HARNESS,
            session_id=rollout.thread_id,
            path=path,
            cwd=origin.cwd,
            size=source_size(path, status),
            modified_ms=status.st_mtime_ns // 1_000_000,
            parent_id=origin.parent_id,
            agent=origin.agent,
            base=resolve(rollout, origin.base, self._by_id, self._origins.of),
            driver=origin.driver,
        )

    def _understood(self, rollout: Rollout) -> Origin | None:
        origin = self._origins.of(rollout)
        if isinstance(origin, Origin):
            self._newest = max(self._newest, rollout.began)
            return origin
        if origin is not None:
            self._strange.append((rollout.began, Path(rollout.path), origin.version))
        return None


def _keep_higher(rollouts: dict[str, Rollout], key: str, rollout: Rollout) -> None:
    known = rollouts.get(key)
    if known is None or known.rank < rollout.rank:
        rollouts[key] = rollout


def _not_understood(strange: Sequence[tuple[str, Path, str]]) -> Problem:
    _, path, version = max(strange)
    problem = not_understood(LABEL, path, others=len(strange) - 1, version=version)
    if path.suffix != ".json":
        return problem
    hint = "The first versions of Codex don't tell in which folder such a transcript was made: it is not mirrored."
    return attrs.evolve(problem, hint=hint)
