"""Where OpenClaw keeps its state: one directory for each profile, and in it one for each agent.

Configuration may move an agent's session store, which then lies with its transcripts anywhere, and its own directory,
which holds its database.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import attrs

from session_mirror.harness.json_values import as_list, as_object, as_text
from session_mirror.harness.listing import Listing

from .json5 import read_json5

MAIN: Final = "main"
DATABASE: Final = "openclaw-agent.sqlite"
IMPORTED: Final = "session-sqlite-import-archive"
_NAME: Final = ".openclaw"
_OLD_NAMES: Final = (".clawdbot", ".moldbot", ".moltbot")
_PROFILE: Final = re.compile(r"\.openclaw-([A-Za-z0-9][A-Za-z0-9_-]*)")
_CONFIGURATIONS: Final = ("openclaw.json", "clawdbot.json", "moldbot.json", "moltbot.json")
_PLACEHOLDER: Final = "{agentId}"
_LONGEST_CONFIGURATION: Final = 8 << 20


@attrs.frozen
class State:
    """One profile's directory. `profile` is empty for the usual one; `home` is what `~` means to it."""

    path: Path
    home: Path
    profile: str = ""
    configuration: Path | None = None
    """The configuration's file, where the environment names it."""


@attrs.frozen
class Moved:
    """What configuration moves: the session store, as written there, and directories by agent."""

    store: str = ""
    agent_dirs: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class Agent:
    """One agent's directories. The first of each kind is the present one."""

    name: str
    state: State
    sessions: tuple[Path, ...]
    databases: tuple[Path, ...]

    @property
    def imported(self) -> tuple[Path, ...]:
        """Where transcripts go that were read into the database."""
        return tuple(directory.parent / IMPORTED for directory in self.sessions)


def states(environment: Mapping[str, str], home: Path, extra: Iterable[Path] = ()) -> list[State]:
    """All state directories there are, each once; the one that OpenClaw takes here first, even before it exists.

    The environment may name one, and then profiles have no others.
    """
    user_home = _home(environment, home)
    named = _variable(environment, "OPENCLAW_STATE_DIR") or _variable(environment, "CLAWDBOT_STATE_DIR")
    paths = [_expanded(named, user_home)] if named else _usual(user_home)
    found = [_state(path, user_home) for path in (*paths, *extra)]
    if configuration := _variable(environment, "OPENCLAW_CONFIG_PATH"):
        found[0] = attrs.evolve(found[0], configuration=_expanded(configuration, user_home))
    return list({os.path.realpath(state.path): state for state in reversed(found)}.values())[::-1]


def agents(state: State, moved: Moved, listing: Listing) -> Iterator[Agent]:
    """The agents of one state directory."""
    names = {entry.name for entry in listing.entries(state.path / "agents") if listing.is_dir(entry)}
    for name in sorted({*names, *moved.agent_dirs, *([MAIN] if moved.store else [])}):
        own = state.path / "agents" / name
        sessions, databases = [own / "sessions"], [own / "agent" / DATABASE]
        if directory := moved.agent_dirs.get(name):
            databases.insert(0, _expanded(directory, state.home) / DATABASE)
        if moved.store:
            store = _expanded(moved.store.replace(_PLACEHOLDER, name), state.home)
            database = _beside(store)
            if name == MAIN or _PLACEHOLDER in moved.store:
                sessions.insert(0, store.parent)
            else:
                # Files of several agents lie in one folder then; databases are never shared.
                database = database.with_name(f"{database.stem}.{name}{database.suffix}")
            databases.insert(0, database)
        yield Agent(name, state, tuple(dict.fromkeys(sessions)), tuple(dict.fromkeys(databases)))


class Configurations:
    """What configuration moves, read again when a file of it changes. No other key of it is kept."""

    def __init__(self) -> None:
        self._read: dict[Path, tuple[tuple[int, int], Moved]] = {}

    def of(self, state: State) -> Moved:
        """Nothing where there is none, or it can't be read."""
        for path in [state.configuration] if state.configuration else [state.path / name for name in _CONFIGURATIONS]:
            try:
                status = path.stat()
                mark = (status.st_size, status.st_mtime_ns)
                if self._read.get(path, (None,))[0] != mark:
                    self._read[path] = (mark, _read_moved(path, status.st_size))
                return self._read[path][1]
            except OSError:
                continue
        return Moved()


def _read_moved(path: Path, size: int) -> Moved:
    if size > _LONGEST_CONFIGURATION:
        return Moved()
    try:
        return _moved(as_object(read_json5(path.read_bytes().decode("utf-8", "replace"))))
    except ValueError:
        return Moved()


def _moved(configuration: dict[str, object]) -> Moved:
    agents_key = as_object(configuration.get("agents"))
    listed = [(as_text(as_object(entry).get("id")), entry) for entry in as_list(agents_key.get("list"))]
    listed += list(as_object(agents_key.get("entries")).items())
    directories = ((name.strip().lower(), as_text(as_object(entry).get("agentDir")).strip()) for name, entry in listed)
    return Moved(
        store=as_text(as_object(configuration.get("session")).get("store")).strip(),
        agent_dirs={name: directory for name, directory in directories if name and directory},
    )


def _beside(store: Path) -> Path:
    """The database that took a moved store's place."""
    if store.suffix == ".sqlite":
        return store
    if store.name != "sessions.json":
        return store.with_suffix(".sqlite")
    is_usual = store.parent.name == "sessions" and store.parent.parent.parent.name == "agents"
    return store.parent.parent / "agent" / DATABASE if is_usual else store.parent / DATABASE


def _state(path: Path, home: Path) -> State:
    profile = _PROFILE.fullmatch(path.name)
    return State(path, home, profile[1] if profile else "")


def _usual(home: Path) -> list[Path]:
    names = {entry.name for entry in Listing().entries(home)}
    usual = next((name for name in (_NAME, *_OLD_NAMES) if name in names), _NAME)
    return [home / name for name in (usual, *sorted(name for name in names if _PROFILE.fullmatch(name)))]


def _variable(environment: Mapping[str, str], name: str) -> str:
    return environment.get(name, "").strip()


def _home(environment: Mapping[str, str], home: Path) -> Path:
    named = _variable(environment, "OPENCLAW_HOME")
    return _expanded(named, home) if named and named not in ("undefined", "null") else home


def _expanded(path: str, home: Path) -> Path:
    expanded = home / path[1:].lstrip("/\\") if path == "~" or path.startswith(("~/", "~\\")) else Path(path)
    return expanded if expanded.is_absolute() else expanded.absolute()
