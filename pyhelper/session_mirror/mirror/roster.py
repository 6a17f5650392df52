"""The followed sessions: found on disk, looked at for changes, dropped when they are gone. It has no thread.

Work is in proportion to what changes: rows are made again only of sessions that were touched, and only those that are
awake are looked at in every sweep.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import attrs

from session_mirror.errors import MirrorError
from session_mirror.harness.base import FoundSession
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.families import lineage, with_descendants
from session_mirror.mirror.followed import ACTIVE_MS, Followed, session_name
from session_mirror.mirror.session import SessionMirror
from session_mirror.protocol.mirror import Finding
from session_mirror.protocol.sessions import SessionKey, SessionSummary, Verified
from session_mirror.source.opening import source_size


@attrs.frozen(kw_only=True)
class Scope:
    """What to follow. An empty `sessions` means all that ran in the folders."""

    folders: tuple[Path, ...]
    harnesses: tuple[str, ...]
    sessions: frozenset[tuple[str, str]] = frozenset()
    upload: bool = True
    """False: discover and list only."""
    min_bytes: int = 1
    """Leave fewer new bytes than this for later."""
    compact: bool = True
    """Merge small parts of what is mirrored here, without being asked."""


@attrs.frozen
class Changes:
    """What is different since the last time: sessions, rows that look different, and who went unmirrored."""

    touched: tuple[Followed, ...]
    rows: tuple[SessionSummary, ...]
    removed: tuple[SessionKey, ...]


class Roster:
    """Calls `mark(item, backlog)` for every session that may have something to flush.

    Used by one thread, except `rows`.
    """

    def __init__(self, deps: Deps, scope: Scope, mark: Callable[[Followed, bool], None]) -> None:
        self._deps = deps
        self._scope = scope
        self._mark = mark
        self._items: dict[str, Followed] = {}
        self._by_path: dict[Path, Followed] = {}
        self._awake: dict[str, Followed] = {}
        self._touched: dict[str, Followed] = {}
        self._stopped: frozenset[tuple[str, str]] = frozenset()
        self._verified: dict[tuple[str, str], Verified] = {}
        self._drivers: dict[tuple[str, str], str] = {}
        self._shown: dict[str, SessionSummary] = {}
        self._shown_lock = threading.Lock()

    def __iter__(self) -> Iterator[Followed]:
        return iter(tuple(self._items.values()))

    def get(self, name: str) -> Followed | None:
        return self._items.get(name)

    @property
    def awake(self) -> tuple[Followed, ...]:
        """Sessions that changed lately, that this process writes, or that wait for somebody."""
        return tuple(self._awake.values())

    def touch(self, item: Followed) -> None:
        """Its row may look different from now on, and it is worth looking at."""
        self._touched[item.name] = item
        self._awake[item.name] = item

    def discover(self) -> None:
        """Looks for sessions in all harnesses; what is new or changed is marked, what is gone noted."""
        self._note_verdicts()
        seen = set()
        for found in self._found():
            name = session_name(found.harness, found.session_id)
            seen.add(name)
            item = self._items.get(name)
            if item is None:
                self._begin(found)
            elif item.found != found or item.status == "gone":
                self._found_again(item, found)
        for name in self._items.keys() - seen:
            item = self._items[name]
            if item.outlives_its_session:
                self._mark(item, False)  # noqa: FBT003  not backlog
            elif item.status != "gone":
                item.status = "gone"
                self.touch(item)
        self._note_drivers()

    def findings(self) -> tuple[Finding, ...]:
        """What the last look around could not read or did not understand, of all agents."""
        return tuple(
            Finding(harness=name, problem=problem)
            for name in self._scope.harnesses
            for problem in self._deps.harnesses[name].problems()
        )

    def look_at_paths(self, paths: Iterable[Path]) -> bool:
        """Looks at the sessions behind changed paths; returns whether a path may belong to a session not known yet."""
        strangers = False
        for path in paths:
            item = self._by_path.get(path)
            strangers = item is None or not self.look_at(item) or strangers
        return strangers

    def sweep(self, *, everything: bool) -> bool:
        """Looks at sessions that are awake, or at all; returns whether to look for sessions: a source has vanished, or
        an agent's database has news."""
        now_ms = self._deps.now_ms()
        vanished = False
        for item in self if everything else self.awake:
            vanished = not self.look_at(item) or vanished
            if item.is_live(now_ms) != item.shown_live:
                self.touch(item)
            if not self._has_reason_to_wake(item, now_ms):
                self._awake.pop(item.name, None)
            elif everything:
                self._awake[item.name] = item
        return vanished or any(self._deps.harnesses[name].has_news() for name in self._scope.harnesses)

    def look_at(self, item: Followed) -> bool:
        """One stat of the source; False when it isn't there."""
        try:
            stat = item.found.path.stat()
            size = source_size(item.found.path, stat)
        except OSError:
            return item.status == "gone"
        except MirrorError:
            # Compressed, and nothing here can decompress it: a flush says so.
            size = item.found.size
        modified_ms = stat.st_mtime_ns // 1_000_000
        # Whoever sets a file's date back cannot set back when its inode changed.
        touched = item.inode_changed_ns not in (None, stat.st_ctime_ns)
        item.inode_changed_ns = stat.st_ctime_ns
        if touched or (size, modified_ms) != (item.found.size, item.found.modified_ms):
            self._found_again(item, attrs.evolve(item.found, size=size, modified_ms=modified_ms))
        elif item.status == "elsewhere" or item.sidecar_changed():
            self._mark(item, False)  # noqa: FBT003  not backlog
        return True

    def found(self, harness: str, session_id: str) -> FoundSession | None:
        """The session as it was last found, None if it never was; for any thread."""
        item = self._items.get(session_name(harness, session_id))
        return item.found if item else None

    def family(self, harness: str, session_id: str) -> tuple[str, ...]:
        """The ids of a session, of who began it, and so on to the one that a person began; for any thread."""
        return tuple(lineage(session_id, partial(self._parent_of, harness)))

    def conversation(self, item: Followed) -> str:
        """The name of the session that a person began, to whose agents' work this one belongs: of another agent, where
        that one drives it."""
        first = (item.found.harness, self._family(item.found)[-1])
        return session_name(*(self._deps.driver(first) or first))

    def idle_owned(self) -> list[Followed]:
        """Sessions whose lock is held though nothing has happened for long."""
        now_ms = self._deps.now_ms()
        return [item for item in self.awake if item.mirror.owned and item.is_idle(now_ms)]

    def reload(self, item: Followed) -> None:
        """Reads again what others may have changed in the journal."""
        self._note_verdicts()
        item.stream = item.mirror.position()
        if item.stream is not None:
            item.part_count = self._deps.journal.part_count(item.stream.key)
        self.touch(item)

    def clock_jumped(self) -> None:
        """All that depends on the time may look different."""
        now_ms = self._deps.now_ms()
        for item in self:
            item.note_lag(now_ms)
            self.touch(item)

    def changes(self) -> Changes:
        """What was touched since the last time."""
        now_ms = self._deps.now_ms()
        touched, rows, removed = [], [], []
        for item in self._touched.values():
            if item.status == "gone" and not item.cursor:
                removed.append(SessionKey(harness=item.found.harness, session_id=item.found.session_id))
                self._drop(item)
                continue
            touched.append(item)
            item.shown_live = item.is_live(now_ms)
            driven_by = self._drivers.get((item.found.harness, item.found.session_id))
            verified = self._verified.get(item.bucket_name)
            summary = item.summary(now_ms, self._deps.machine.name, verified, driven_by)
            if summary != item.shown:
                item.shown = summary
                rows.append(summary)
        self._touched.clear()
        with self._shown_lock:
            self._shown.update((session_name(row.harness, row.session_id), row) for row in rows)
            for key in removed:
                self._shown.pop(session_name(key.harness, key.session_id), None)
        return Changes(tuple(touched), tuple(rows), tuple(removed))

    def rows(self) -> tuple[SessionSummary, ...]:
        """All rows as last told, newest first; for any thread."""
        with self._shown_lock:
            shown = tuple(self._shown.values())
        return tuple(sorted(shown, key=lambda row: -row.modified_at_ms))

    def note_stops(self) -> None:
        """Takes over, from the journal, which sessions the user stopped; what was resumed is due."""
        before, self._stopped = self._stopped, self._deps.journal.stopped()
        for item in self if self._stopped != before else ():
            stopped = self._is_stopped(item.found)
            if stopped == item.stopped:
                continue
            item.stopped = stopped
            self.touch(item)
            if not stopped:
                self._mark(item, False)  # noqa: FBT003  not backlog

    def _is_stopped(self, found: FoundSession) -> bool:
        """Whether the user stopped it, or the session whose agent began it."""
        return bool(self._stopped) and any((found.harness, each) in self._stopped for each in self._family(found))

    def _family(self, found: FoundSession) -> tuple[str, ...]:
        parents = () if found.parent_id is None else self.family(found.harness, found.parent_id)
        return found.session_id, *parents

    def _parent_of(self, harness: str, session_id: str) -> str | None:
        found = self.found(harness, session_id)
        return found.parent_id if found else None

    def _note_verdicts(self) -> None:
        """Not part of a sweep: what another process verified may be shown a minute later."""
        before, self._verified = self._verified, self._deps.journal.verified(self._deps.store.url)
        if self._verified != before:
            for item in self:
                if self._verified.get(item.bucket_name) != before.get(item.bucket_name):
                    self.touch(item)

    def _note_drivers(self) -> None:
        before, self._drivers = self._drivers, self._deps.drivers()
        for (harness, session_id), _ in before.items() ^ self._drivers.items():
            item = self._items.get(session_name(harness, session_id))
            if item is not None:
                self.touch(item)

    def _found(self) -> Iterator[FoundSession]:
        wanted = self._scope.sessions
        for name in self._scope.harnesses:
            found = self._deps.harnesses[name].discover(self._scope.folders)
            yield from with_descendants(found, wanted) if wanted else found

    def _begin(self, found: FoundSession) -> None:
        mirror = SessionMirror(self._deps, found)
        stream = mirror.position()
        unchanged = stream is not None and stream.state.source_cursor == found.size
        title = stream.state.title if unchanged and stream else self._deps.title(found)
        item = Followed(found=found, mirror=mirror, title=title, stream=stream)
        with suppress(OSError):
            item.inode_changed_ns = found.path.stat().st_ctime_ns
        if stream is not None:
            item.part_count = self._deps.journal.part_count(stream.key)
        item.sidecar_changed()
        item.count_attachments(self._deps.journal)
        item.stopped = self._is_stopped(found)
        now_ms = self._deps.now_ms()
        item.note_lag(now_ms)
        self._items[item.name] = self._by_path[found.path] = item
        self.touch(item)
        if not item.is_done:
            self._mark(item, not item.is_live(now_ms))

    def _drop(self, item: Followed) -> None:
        del self._items[item.name]
        self._awake.pop(item.name, None)
        if self._by_path.get(item.found.path) is item:
            del self._by_path[item.found.path]

    def _has_reason_to_wake(self, item: Followed, now_ms: int) -> bool:
        return (
            item.name in self._touched
            or item.mirror.owned
            or item.status in ("elsewhere", "waiting")
            or item.changed_within(ACTIVE_MS, now_ms)
        )

    def _found_again(self, item: Followed, found: FoundSession) -> None:
        if item.found.path != found.path:
            self._by_path.pop(item.found.path, None)
            self._by_path[found.path] = item
        has_other_attachments = item.found.attachments != found.attachments
        item.found = item.mirror.found = found
        if has_other_attachments:
            item.count_attachments(self._deps.journal)
        if item.status == "gone":
            item.status = "current"
        item.note_lag(self._deps.now_ms())
        self.touch(item)
        self._mark(item, False)  # noqa: FBT003  not backlog
