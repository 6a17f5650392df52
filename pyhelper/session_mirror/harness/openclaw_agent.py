"""OpenClaw: transcripts in `<state>/agents/<agent>/sessions` up to 2026.7, since then in each agent's database.

Ids of sessions are unique only within one agent. Here those of the agent `main` in the usual profile stay as they are,
others are `<session>@<agent>`, in another profile `<session>@<agent>@<profile>`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from session_mirror.journal.state_dir import state_dir
from session_mirror.protocol.mirror import Problem

from .base import Account, FoundSession, ReadRecord
from .listing import Listing
from .openclaw.account import Account as OpenClawAccount
from .openclaw.discovery import HARNESS, LABEL, Discovery
from .openclaw.places import Configurations, agents, states
from .openclaw.records import read_record
from .openclaw.titles import TitleScan
from .titles import Titles, title_of_lines


class OpenClaw:
    """The harness; see `harness.base.Harness` for what each method promises."""

    name = HARNESS
    label = LABEL

    def __init__(
        self,
        extra_states: Sequence[Path] = (),
        *,
        environment: Mapping[str, str] | None = None,
        home: Path | None = None,
        state: Path | None = None,
    ) -> None:
        """`extra_states` are searched beside OPENCLAW_STATE_DIR, or the usual places without it.

        `state` is our own state directory, where the change logs are kept.
        """
        self._environment = os.environ if environment is None else environment
        self._home = home or Path.home()
        self._extra_states = extra_states
        self._discovery = Discovery(self._environment, self._home, extra_states, state or state_dir())
        self._titles = Titles(TitleScan)

    def roots(self) -> Sequence[Path]:
        """Where transcripts and databases may appear."""
        listing, configurations = Listing(), Configurations()
        found: list[Path] = []
        for place in states(self._environment, self._home, self._extra_states):
            found.append(place.path / "agents")
            for agent in agents(place, configurations.of(place), listing):
                found += agent.sessions
                found += [database.parent for database in agent.databases]
        outermost = {path: None for path in found if not any(path.is_relative_to(it) for it in found if it != path)}
        return list(outermost)

    def discover(self, folders: Sequence[Path]) -> list[FoundSession]:
        """Sessions that ran in one of the folders or below, in either era; brings their change logs up to date."""
        return self._discovery.find(folders)

    def problems(self) -> Sequence[Problem]:
        """What the last `discover` could not read, or found and did not understand."""
        return self._discovery.problems()

    def has_news(self) -> bool:
        """Whether a database was written to."""
        return self._discovery.has_news()

    def drives(self) -> Mapping[tuple[str, str], str]:
        """Sessions of Claude Code and Codex behind OpenClaw's own."""
        return self._discovery.driven()

    def title(self, path: Path) -> str:
        """The name that OpenClaw keeps for the session, else what it was called last, else what it began with."""
        return self._discovery.title_of(path) or self._titles.of(path)

    def title_of_lines(self, lines: Sequence[bytes]) -> str:
        """The same of the lines that are at hand."""
        return title_of_lines(TitleScan(), lines)

    def read_record(self, line: bytes) -> ReadRecord:
        """One line as events."""
        return read_record(line)

    def account(self) -> Account:
        """A pass that knows the entries' tree."""
        return OpenClawAccount()
