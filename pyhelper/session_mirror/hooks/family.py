"""A harness that finds one session only, with its sub-agents: what a hook told of, and no more."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from session_mirror.harness.base import FoundSession, Harness
from session_mirror.hooks.told import Told


def family_of(told: Told, harness: Harness) -> Harness:
    """The harness, narrowed to the session; in all else as it is."""
    return cast("Harness", _Family(told, harness))


class _Family:
    def __init__(self, told: Told, harness: Harness) -> None:
        self._told = told
        self._harness = harness

    def __getattr__(self, name: str) -> object:
        return getattr(self._harness, name)

    def discover(self, folders: Sequence[Path]) -> list[FoundSession]:
        """Looks in the folders, and everywhere only for a transcript that is there and not of these folders: an agent
        may be told from another folder to go on with a session."""
        found = self._related(folders)
        if not found and self._transcript_exists():
            found = self._related([Path(Path(self._told.cwd).anchor)])
        return found

    def _related(self, folders: Sequence[Path]) -> list[FoundSession]:
        everything = self._harness.discover(folders)
        family = {self._told.session_id}
        size = 0
        while size != len(family):
            size = len(family)
            family |= {session.session_id for session in everything if session.parent_id in family}
        if not any(session.session_id == self._told.session_id for session in everything):
            return []
        return [session for session in everything if session.session_id in family]

    def _transcript_exists(self) -> bool:
        """Only where this agent's transcripts lie, and only this session's."""
        path = self._told.transcript
        if self._told.session_id not in Path(path).name:
            return False
        real = Path(os.path.realpath(path))
        roots = [Path(os.path.realpath(root)) for root in self._harness.roots()]
        return any(real.is_relative_to(root) for root in roots) and real.is_file()
