"""A session whose tools left long outputs beside its transcript."""

from __future__ import annotations

import os
from pathlib import Path

import attrs

from session_mirror.errors import MirrorError
from session_mirror.harness.base import Attachment
from session_mirror.mirror.work import flush_once
from support.engine import HARNESS, World

PREFIX = f"sessions/{HARNESS}/s1/tool-results/"


@attrs.define
class Results:
    """A world with such a session."""

    world: World
    written: int = 0

    @property
    def folder(self) -> Path:
        return self.world.home / "s1" / "tool-results"

    def write(self, name: str, data: bytes, *, age_s: float = 60) -> None:
        """As a tool does, so long ago."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(data)
        self.written += 1
        at_ns = self.world.clock.now_ms * 10**6 - round(age_s * 10**9) + self.written
        os.utime(self.folder / name, ns=(at_ns, at_ns))
        self.find()

    def overwrite_in_silence(self, name: str, data: bytes) -> None:
        """So that neither size nor date tell."""
        before = (self.folder / name).stat()
        (self.folder / name).write_bytes(data)
        os.utime(self.folder / name, ns=(before.st_mtime_ns, before.st_mtime_ns))

    def find(self) -> None:
        """As discovery does."""
        files = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
        found = attrs.evolve(self.world.found(), attachments=tuple(map(_attachment, files)))
        self.world.mirror.found = found

    def mirror(self, *, last: bool = False) -> None:
        """Flushes until nothing is left to do now."""
        while True:
            done = flush_once(self.world.mirror_deps, self.world.mirror, "s1", last=last)
            if done.problem is not None:
                raise MirrorError(done.problem.message, kind=done.problem.kind, hint="")
            if not done.outcome.more:
                return

    def restart(self) -> None:
        self.world.restart()
        self.find()

    def stored(self) -> dict[str, bytes]:
        return {key[len(PREFIX) :]: body for key, body in self.world.store.objects.items() if key.startswith(PREFIX)}


def _attachment(path: Path) -> Attachment:
    status = path.stat()
    return Attachment(path.name, path, status.st_size, status.st_mtime_ns)
