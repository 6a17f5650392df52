"""Hermes Agent: rows of `state.db` in its home and in each profile's, exported as change logs of our own.

A sub-agent's session is one of its own, with its parent's id beside it. A conversation that Hermes continued in another
session keeps both.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock

from session_mirror.journal.state_dir import state_dir
from session_mirror.protocol.mirror import Problem
from session_mirror.source.changelog.places import EXPORTS

from .base import Account, FoundSession, ReadRecord
from .folders import Folders
from .hermes.account import HermesAccount
from .hermes.discovery import HARNESS, Profile
from .hermes.homes import DATABASE, LEGACY, homes, profiles
from .hermes.records import read_record
from .hermes.titles import TitleScan
from .json_values import one_line
from .listing import Listing
from .plain import PlainFiles
from .problems import unreadable
from .titles import TITLE_LENGTH, Titles, title_of_lines


class Hermes(PlainFiles):
    """The harness; see `harness.base.Harness` for what each method promises."""

    name = HARNESS
    label = "Hermes"

    def __init__(
        self,
        extra_homes: Sequence[Path] = (),
        *,
        environment: Mapping[str, str] | None = None,
        home: Path | None = None,
        state: Path | None = None,
    ) -> None:
        """`extra_homes` are searched beside HERMES_HOME, or the usual place; `state` is our own directory."""
        variables = os.environ if environment is None else environment
        self._homes = homes(variables, home or Path.home(), extra_homes)
        self._state = state or state_dir()
        self._profiles: dict[Path, Profile] = {}
        self._by_path: dict[Path, tuple[Profile, str]] = {}
        self._listing = Listing()
        self._titles = Titles(TitleScan)
        self._lock = Lock()

    def roots(self) -> Sequence[Path]:
        """Where transcripts appear: our exports, and those of Hermes' own. A home holds far more than that."""
        return [self._state / EXPORTS / HARNESS, *(place / LEGACY for place in self._homes)]

    def has_news(self) -> bool:
        """Whether a database changed, or appeared."""
        with self._lock:
            strangers = (place / DATABASE for place in self._homes if place not in self._profiles)
            return any(database.exists() for database in strangers) or any(
                profile.has_news() for profile in self._profiles.values()
            )

    def discover(self, folders: Sequence[Path]) -> list[FoundSession]:
        """Sessions that ran in one of the folders or below, each once."""
        with self._lock:
            self._listing = Listing()
            wanted = Folders(folders)
            found: dict[str, FoundSession] = {}
            for place in profiles(self._homes, self._listing):
                profile = self._profile(place)
                for session in profile.find(wanted, self._listing) if profile else ():
                    if found.setdefault(session.session_id, session) is session and profile:
                        self._by_path[session.path] = (profile, session.session_id)
            return sorted(found.values(), key=lambda session: session.session_id)

    def problems(self) -> Sequence[Problem]:
        """What the last `discover` could not read or write, or found and did not understand."""
        with self._lock:
            of_profiles = (problem for profile in self._profiles.values() for problem in profile.problems())
            return [*unreadable(self.label, self._listing), *of_profiles]

    def title(self, path: Path) -> str:
        """The one that Hermes gave the session, else what it began with."""
        with self._lock:
            profile, session_id = self._by_path.get(path, (None, ""))
            given = profile.title(session_id) if profile else ""
        return one_line(given, TITLE_LENGTH) or self._titles.of(path)

    def title_of_lines(self, lines: Sequence[bytes]) -> str:
        """The same of the lines that are at hand."""
        return title_of_lines(TitleScan(), lines)

    def read_record(self, line: bytes) -> ReadRecord:
        """One line as events."""
        return read_record(line)

    def account(self) -> Account:
        """Rows by their last word, copies once, tokens as Hermes counted them."""
        return HermesAccount()

    def _profile(self, place: Path) -> Profile | None:
        """None where there are no sessions."""
        if place not in self._profiles and any((place / name).exists() for name in (DATABASE, LEGACY)):
            self._profiles[place] = Profile(place, self._state)
        return self._profiles.get(place)
