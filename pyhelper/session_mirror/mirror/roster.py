"""The followed sessions: found on disk, looked at for changes, dropped when they are gone. It has no thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import attrs

from session_mirror.harness.base import FoundSession
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.followed import Followed, session_name
from session_mirror.mirror.session import SessionMirror
from session_mirror.protocol.mirror import Problem
from session_mirror.protocol.sessions import SessionKey, SessionSummary

ACTIVE_MS = 600_000
"""Sessions changed within ten minutes are looked at in every sweep, and keep their lock."""


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


class Roster:
    """Calls `mark(item, backlog)` for every session that may have something to flush."""

    def __init__(self, deps: Deps, scope: Scope, mark: Callable[[Followed, bool], None]) -> None:
        self._deps = deps
        self._scope = scope
        self._mark = mark
        self._items: dict[str, Followed] = {}

    def __iter__(self) -> Iterator[Followed]:
        return iter(tuple(self._items.values()))

    def get(self, name: str) -> Followed | None:
        return self._items.get(name)

    def discover(self) -> None:
        """Looks for sessions in all harnesses; what is new or changed is marked, what is gone noted."""
        stopped = self._deps.journal.stopped()
        seen = set()
        for found in self._found():
            name = session_name(found.harness, found.session_id)
            seen.add(name)
            item = self._items.get(name)
            if item is None:
                self._items[name] = item = self._begin(found)
                self._note_stop(item, stopped)
                if not self._is_done(item):
                    self._mark(item, not item.is_live(self._deps.now_ms()))
                continue
            self._note_stop(item, stopped)
            if item.found != found or item.status == "gone":
                self._found_again(item, found)
        for item in self:
            if item.name not in seen:
                item.status = "gone"

    def problem(self) -> Problem | None:
        """What the last look around could not read."""
        harnesses = (self._deps.harnesses[name] for name in self._scope.harnesses)
        return next((problem for harness in harnesses for problem in harness.problems()), None)

    def look_at_paths(self, paths: Iterable[Path]) -> bool:
        """Looks at the sessions behind changed paths; returns whether a path may belong to a session not known yet."""
        by_path = {item.found.path: item for item in self}
        strangers = False
        for path in paths:
            item = by_path.get(path)
            strangers = item is None or not self.look_at(item) or strangers
        return strangers

    def sweep(self, *, everything: bool) -> bool:
        """Looks at active sessions, or at all; returns whether any source has vanished."""
        now_ms = self._deps.now_ms()
        stopped = self._deps.journal.stopped()
        vanished = False
        for item in self:
            self._note_stop(item, stopped)
            active = now_ms - item.found.modified_ms < ACTIVE_MS
            if everything or active or item.status in ("elsewhere", "waiting"):
                vanished = not self.look_at(item) or vanished
        return vanished

    def look_at(self, item: Followed) -> bool:
        """One stat of the source; False when it isn't there."""
        try:
            stat = item.found.path.stat()
        except OSError:
            return item.status == "gone"
        modified_ms = stat.st_mtime_ns // 1_000_000
        if (stat.st_size, modified_ms) != (item.found.size, item.found.modified_ms):
            self._found_again(item, attrs.evolve(item.found, size=stat.st_size, modified_ms=modified_ms))
        elif item.status == "elsewhere":
            self._mark(item, False)  # noqa: FBT003  not backlog
        return True

    def idle_owned(self) -> list[Followed]:
        """Sessions whose lock is held though nothing has happened for long."""
        now_ms = self._deps.now_ms()
        return [
            item
            for item in self
            if item.mirror.owned and not item.is_behind and now_ms - item.found.modified_ms >= ACTIVE_MS
        ]

    def reload(self, item: Followed) -> None:
        """Reads again what others may have changed in the journal."""
        self._note_stop(item, self._deps.journal.stopped())
        item.stream = item.mirror.position()
        if item.stream is not None:
            item.part_count = self._deps.journal.part_count(item.stream.key)

    def changes(self) -> tuple[tuple[SessionSummary, ...], tuple[SessionKey, ...]]:
        """Rows that look different from last time, and those that went without ever having been mirrored."""
        now_ms = self._deps.now_ms()
        changed, removed = [], []
        for item in self:
            if item.status == "gone" and not item.cursor:
                removed.append(SessionKey(harness=item.found.harness, session_id=item.found.session_id))
                del self._items[item.name]
                continue
            summary = item.summary(now_ms, self._deps.machine.name)
            if summary != item.shown:
                item.shown = summary
                changed.append(summary)
        return tuple(changed), tuple(removed)

    def rows(self) -> tuple[SessionSummary, ...]:
        """All rows as last shown, newest first."""
        shown = [item.shown for item in self if item.shown is not None]
        return tuple(sorted(shown, key=lambda row: -row.modified_at_ms))

    def _note_stop(self, item: Followed, stopped: frozenset[tuple[str, str]]) -> None:
        was, item.stopped = item.stopped, (item.found.harness, item.found.session_id) in stopped
        if was and not item.stopped:
            self._mark(item, False)  # noqa: FBT003  not backlog

    def _found(self) -> Iterator[FoundSession]:
        wanted = self._scope.sessions
        for name in self._scope.harnesses:
            for found in self._deps.harnesses[name].discover(self._scope.folders):
                if not wanted or (found.harness, found.session_id) in wanted:
                    yield found

    def _begin(self, found: FoundSession) -> Followed:
        mirror = SessionMirror(self._deps, found)
        stream = mirror.position()
        unchanged = stream is not None and stream.state.source_cursor == found.size
        title = stream.state.title if unchanged and stream else self._deps.title(found)
        item = Followed(found=found, mirror=mirror, title=title, stream=stream)
        if stream is not None:
            item.part_count = self._deps.journal.part_count(stream.key)
        return item

    def _is_done(self, item: Followed) -> bool:
        """Whether, by the journal, all of the source as it is now was mirrored: then nobody is asked anything."""
        state = item.stream.state if item.stream else None
        return (
            state is not None
            and state.intent is None
            and state.meta_is_current
            and state.source_cursor == item.found.size
            and item.found.modified_ms <= (state.uploaded_at_ms or 0)
        )

    def _found_again(self, item: Followed, found: FoundSession) -> None:
        item.found = item.mirror.found = found
        if item.status == "gone":
            item.status = "current"
        if item.is_behind and item.behind_since_ms is None:
            item.behind_since_ms = self._deps.now_ms()
        self._mark(item, False)  # noqa: FBT003  not backlog
