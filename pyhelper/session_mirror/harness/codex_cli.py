"""Codex: rollouts in `<CODEX_HOME>/sessions/YYYY/MM/DD` and `archived_sessions`, one thread each.

A sub-agent's rollout is a session of its own, with its parent's id beside it; it is never mixed into the parent's.
A thread that was reverted goes on in a new rollout: the newest is the session, earlier ones stay in the bucket as its
earlier generations.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from session_mirror.errors import MirrorError
from session_mirror.protocol.mirror import Problem

from .base import Account, FoundSession, ReadRecord
from .codex.account import CodexAccount
from .codex.discovery import HARNESS, LABEL, Discovery
from .codex.records import read_record
from .codex.rollouts import ACTIVE, ARCHIVED, homes, parse_rollout
from .codex.state import StateNames
from .codex.titles import INDEX, NameIndex, TitleScan, title_of_beginning
from .openclaw.driven import codex_homes
from .plain import PlainFiles
from .titles import Titles, title_of_lines


class Codex(PlainFiles):
    """The harness; see `harness.base.Harness` for what each method promises."""

    name = HARNESS
    label = LABEL

    def __init__(
        self,
        extra_homes: Sequence[Path] = (),
        *,
        environment: Mapping[str, str] | None = None,
        home: Path | None = None,
    ) -> None:
        """`extra_homes` are searched beside CODEX_HOME, or the usual place without it, and OpenClaw's agents' own."""
        variables = os.environ if environment is None else environment
        own = home or Path.home()
        self._homes = homes(variables, own, [*extra_homes, *codex_homes(variables, own)])
        self._discovery = Discovery(self._homes)
        self._names: list[NameIndex | StateNames] = [NameIndex(place / INDEX) for place in self._homes]
        self._names += [StateNames(place) for place in self._homes]
        self._titles = Titles(TitleScan)
        self._beginnings: dict[Path, str] = {}
        """Titles of reverted threads, by their newest rollout."""

    def roots(self) -> Sequence[Path]:
        """Where rollouts may appear."""
        return [place / tree for place in self._homes for tree in (ACTIVE, ARCHIVED)]

    def discover(self, folders: Sequence[Path]) -> list[FoundSession]:
        """Threads started in one of the folders or below."""
        return self._discovery.find(folders)

    def problems(self) -> Sequence[Problem]:
        """What the last `discover` could not read, or found and did not understand."""
        return self._discovery.problems()

    def title(self, path: Path) -> str:
        """The name the thread was given, else what it began with."""
        rollout = parse_rollout(str(path), path.name, is_archived=False)
        if rollout is None:
            return self._titles.of(path)
        names = (known.name_of(rollout.thread_id) for known in self._names)
        return (
            next(filter(None, names), "") or self._title_of_beginning(rollout.thread_id, path) or self._titles.of(path)
        )

    def _title_of_beginning(self, thread_id: str, path: Path) -> str:
        """A reverted thread keeps its title. What it went on from doesn't change any more."""
        if path not in self._beginnings:
            try:
                title = title_of_beginning(thread_id, self._discovery.begins(path))
            except (OSError, MirrorError):
                return ""
            if not title:
                return ""
            self._beginnings[path] = title
        return self._beginnings[path]

    def title_of_lines(self, lines: Sequence[bytes]) -> str:
        """The same of the lines that are at hand."""
        return title_of_lines(TitleScan(), lines)

    def read_record(self, line: bytes) -> ReadRecord:
        """One line as events."""
        return read_record(line)

    def account(self) -> Account:
        """A new pass over one rollout."""
        return CodexAccount()
