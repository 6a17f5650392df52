"""Finding the sessions of some folders among all that OpenClaw's agents have on this machine, in either era.

A session that is in an agent's database is what the database says. A file of the same session counts beside it only
if it holds something that the database doesn't: then it is a session of its own, until OpenClaw has read it in.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Final

import attrs

from session_mirror.errors import MirrorError
from session_mirror.harness.base import FoundSession
from session_mirror.harness.folders import Folders
from session_mirror.harness.listing import Listing
from session_mirror.harness.problems import not_understood, unreadable
from session_mirror.protocol.mirror import Problem
from session_mirror.source.opening import source_size

from .driven import CODEX, Bindings, thread_beside
from .entries import INDEX, Entry, Index
from .files import File, files_of, ids_at_ends
from .names import unique_id
from .origins import NotUnderstood, Origins
from .places import Agent, Configurations, agents, states
from .store import Store

HARNESS: Final = "openclaw"
LABEL: Final = "OpenClaw"
_STRANDED: Final = ".jsonl"
"""Behind the id of a session whose file holds what the database doesn't."""


@attrs.frozen
class _Known:
    """A session that was found, and what is noted of it."""

    found: FoundSession
    entry: Entry | None
    thread: str = ""
    """The thread of Codex that it drives by OpenClaw's own plugin."""

    @property
    def driven(self) -> frozenset[tuple[str, str]]:
        """Sessions of other agents, by harness and id."""
        noted = self.entry.driven if self.entry else frozenset()
        return noted | {(CODEX, self.thread)} if self.thread else noted


class Discovery:
    """A repeat costs a listing of each folder with transcripts, two stats a database and one a session. Thread-safe."""

    def __init__(self, environment: Mapping[str, str], home: Path, extra: Sequence[Path], own_state: Path) -> None:
        """`own_state` is our own state directory."""
        self._environment = environment
        self._home = home
        self._extra = extra
        self._own_state = own_state
        self._configurations = Configurations()
        self._origins = Origins()
        self._indexes: dict[Path, Index] = {}
        self._stores: dict[Path, Store] = {}
        self._bindings: dict[Path, Bindings] = {}
        self._search = _Search(Folders(()))
        self._driven: dict[tuple[str, str], str] = {}
        self._titles: dict[Path, str] = {}
        self._lock = Lock()

    def find(self, folders: Sequence[Path]) -> list[FoundSession]:
        """Sessions that ran in one of the folders or below it, each once."""
        with self._lock:
            self._search = search = _Search(Folders(folders))
            known: dict[str, _Known] = {}
            for state in states(self._environment, self._home, self._extra):
                for agent in agents(state, self._configurations.of(state), search.listing):
                    for one in self._of_agent(agent, search):
                        known.setdefault(one.found.session_id, one)
            for path in self._stores.keys() - search.databases:
                del self._stores[path]
            self._origins.forget_all_but(search.files)
            self._note(known.values())
            found = (_with_parent(one, search.ids_by_key) for one in known.values())
            return sorted(found, key=lambda session: session.path)

    def problems(self) -> list[Problem]:
        """What the last search could not read, or found and did not understand."""
        with self._lock:
            search = self._search
            found = unreadable(LABEL, search.listing)
            found += [problem for store in self._stores.values() for problem in store.problems()]
            found += search.problems
            if search.stranded:
                found.append(_stranded(search.stranded))
            if strange := search.newest_strange():
                _, path, version = max(strange)
                found.append(not_understood(LABEL, path, others=len(strange) - 1, version=version))
            return found

    def has_news(self) -> bool:
        """Whether a database has something that the last search didn't see."""
        with self._lock:
            return any(store.has_news() for store in self._stores.values())

    def driven(self) -> Mapping[tuple[str, str], str]:
        """As of the last search."""
        with self._lock:
            return dict(self._driven)

    def title_of(self, path: Path) -> str:
        """The name that OpenClaw keeps for the session whose source this is; empty where it has none."""
        return self._titles.get(path, "")

    def _of_agent(self, agent: Agent, search: _Search) -> Iterator[_Known]:
        stores = [store for path in agent.databases if (store := self._store(path, search)) is not None]
        files = files_of(agent, search.listing)
        for store in stores:
            yield from self._in_database(agent, store, search)
        index = self._index_of(agent)
        for session_id, file in files.items():
            search.files.add(file.identity)
            holder = next((store for store in stores if session_id in store.sessions), None)
            name = session_id
            if holder is not None:
                if not self._is_stranded(file, holder, search):
                    continue
                name = session_id + _STRANDED
            found = self._in_file(agent, name, file, search)
            entry = index.get(session_id)
            if entry is not None and entry.key and holder is None:
                search.ids_by_key.setdefault(entry.key, unique_id(session_id, agent.name, agent.state.profile))
            if found is not None:
                yield _Known(found, entry, thread_beside(found.path) if file.has_sidecar else "")

    def _in_database(self, agent: Agent, store: Store, search: _Search) -> Iterator[_Known]:
        wanted = []
        for session_id, stored in sorted(store.look().items(), key=lambda named: named[1].window.updated_ms):
            unique = unique_id(session_id, agent.name, agent.state.profile)
            search.ids_by_key[stored.window.key] = unique
            if isinstance(stored.origin, NotUnderstood):
                search.strange.append((stored.window.updated_ms, store.path, store.version))
                continue
            search.newest_ms = max(search.newest_ms, stored.window.updated_ms)
            if search.wanted.hold(stored.origin.cwd):
                wanted.append((session_id, unique, stored.origin.cwd))
        names = [session_id for session_id, _, _ in wanted]
        store.export(names)
        entries = store.entries(names)
        threads = self._bindings.setdefault(agent.state.path, Bindings(agent.state)).threads()
        for session_id, unique, cwd in wanted:
            export = store.find(session_id)
            if export is not None:
                found = FoundSession(
                    harness=HARNESS,
                    session_id=unique,
                    path=export.path,
                    cwd=cwd,
                    size=export.size,
                    modified_ms=export.modified_ms,
                    database=store.path,
                )
                yield _Known(found, entries.get(session_id), threads.get(session_id, ""))

    def _in_file(self, agent: Agent, name: str, file: File, search: _Search) -> FoundSession | None:
        transcript = file.transcript
        if transcript.is_compressed and search.undecodable:
            return None  # what is missing for one is missing for all
        path = Path(transcript.path)
        try:
            origin = self._origins.of(transcript.path, file.identity)
            if origin is None:
                return None
            if isinstance(origin, NotUnderstood):
                search.strange.append((_modified_ms(path.stat()), path, origin.version))
                return None
            search.understood.append(path)
            if not search.wanted.hold(origin.cwd):
                return None
            status = path.stat()
            return FoundSession(
                harness=HARNESS,
                session_id=unique_id(name, agent.name, agent.state.profile),
                path=path,
                cwd=origin.cwd,
                size=source_size(path, status),
                modified_ms=_modified_ms(status),
            )
        except FileNotFoundError:
            pass  # moved or deleted meanwhile
        except OSError as error:
            search.listing.note(path, error)
        except MirrorError as error:
            search.undecodable = True
            search.problems.append(error.as_problem())
        return None

    def _is_stranded(self, file: File, store: Store, search: _Search) -> bool:
        """Whether a file has entries that the database hasn't got."""
        path = Path(file.transcript.path)
        try:
            status = path.stat()
            state = (file.inode, status.st_size, status.st_mtime_ns)
            if store.contains(file.transcript.session_id, lambda: ids_at_ends(path), state):
                return False
        except (OSError, MirrorError):
            return False
        if not file.transcript.put_away:
            search.stranded.append(path)
        return True

    def _index_of(self, agent: Agent) -> Mapping[str, Entry]:
        found: dict[str, Entry] = {}
        for folder in reversed(agent.sessions):
            path = folder / INDEX
            found.update(self._indexes.setdefault(path, Index(path)).entries())
        return found

    def _store(self, path: Path, search: _Search) -> Store | None:
        try:
            if not os.path.getsize(path):  # noqa: PTH202  no Path is needed
                return None
        except OSError:
            return None
        search.databases.add(path)
        if path not in self._stores:
            self._stores[path] = Store(path, self._own_state, HARNESS)
        return self._stores[path]

    def _note(self, known: Collection[_Known]) -> None:
        self._driven = {driven: one.found.session_id for one in known for driven in one.driven}
        # Others may have looked for sessions of other folders meanwhile.
        self._titles = {**self._titles, **{one.found.path: one.entry.title for one in known if one.entry}}


@attrs.define
class _Search:
    """One look around, and what it came upon."""

    wanted: Folders
    listing: Listing = attrs.field(factory=Listing)
    files: set[tuple[str, int]] = attrs.field(factory=set)
    databases: set[Path] = attrs.field(factory=set)
    ids_by_key: dict[str, str] = attrs.field(factory=dict)
    problems: list[Problem] = attrs.field(factory=list)
    undecodable: bool = False
    strange: list[tuple[int, Path, str]] = attrs.field(factory=list)
    """What is not understood: when it was changed, where it is, by which version."""
    newest_ms: int = 0
    """When a session in a database that is understood was changed last."""
    understood: list[Path] = attrs.field(factory=list)
    stranded: list[Path] = attrs.field(factory=list)
    """Files in use that hold what the database doesn't."""

    def newest_strange(self) -> list[tuple[int, Path, str]]:
        """An odd old file is no news. When nothing newer is understood, the format has changed."""
        if not self.strange:
            return []
        newest_ms = self.newest_ms
        for path in self.understood:
            with suppress(OSError):
                newest_ms = max(newest_ms, _modified_ms(path.stat()))
        return [odd for odd in self.strange if odd[0] >= newest_ms]


def _with_parent(known: _Known, ids_by_key: Mapping[str, str]) -> FoundSession:
    entry = known.entry
    if entry is None or not entry.spawned_by:
        return known.found
    return attrs.evolve(known.found, parent_id=ids_by_key.get(entry.spawned_by), agent=entry.agent)


def _modified_ms(status: os.stat_result) -> int:
    return status.st_mtime_ns // 1_000_000


def _stranded(paths: Sequence[Path]) -> Problem:
    others = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return Problem(
        kind="source",
        message=f"OpenClaw has not moved all of its transcripts into its database: {paths[0]}{others}.",
        hint="They are mirrored beside the sessions in the database; `openclaw doctor` says how to go on.",
        retryable=True,
    )
