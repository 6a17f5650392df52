"""Answers about files as the session saw them: which calls count, in pages, and without doing it anew for each page."""

from __future__ import annotations

import threading
from collections.abc import Callable

import attrs

from session_mirror.errors import MirrorError
from session_mirror.harness.base import ReadRecord
from session_mirror.protocol.files import ReplayFileParams, ReplayFileResult
from session_mirror.protocol.replay import ReplayEvent
from session_mirror.replay.contents import Contents
from session_mirror.replay.file_changes import change_of
from session_mirror.replay.file_history import FileMoment, file_moment, spelled
from session_mirror.replay.texts import page_of, scrub

MOST_CHARS = 10_000_000
"""Of a longer text the rest is not shown."""
_MARK_CHARS = 2000


@attrs.frozen
class _Session:
    """The lines of one moment, as far as files are told from them."""

    contents: Contents

    def record(self, line: int) -> ReadRecord:
        body = self.body(line)
        return self.contents.harness.read_record(body)

    def body(self, line: int) -> bytes:
        # One too long to be parsed comes empty, and says nothing.
        ((_, _, body),) = self.contents.lines.read(line, line + 1)
        return body

    def answer(self, call_id: str) -> int | None:
        return self.contents.index.answer_of(call_id)


@attrs.frozen
class _Asked:
    line: int
    field: int
    file: int
    looked_at: int
    """More may be known once more lines were looked at."""


class SeenFiles:
    """Keeps what it found last, since a long text is asked for in pages. Thread-safe."""

    def __init__(self, contents: Callable[[], Contents], cwd: str | None) -> None:
        """`contents` gives the session as it is by now; `cwd`: where it ran, for paths that are relative."""
        self._contents = contents
        self._cwd = cwd
        self._lock = threading.Lock()
        self._last: tuple[_Asked, FileMoment] | None = None

    def page(self, asked: ReplayFileParams) -> ReplayFileResult:
        """A file around a call, by its number among the call's paths.

        Raises:
            MirrorError: there is no such call, it is not known yet, or the source cannot be read.
        """
        session = _Session(self._contents())
        call = _call(session, asked.line, asked.field)
        paths = call.tool.paths if call.tool and call.kind != "toolResult" else ()
        if not 0 <= asked.file < len(paths):
            raise MirrorError(
                "This event is not about a file.",
                kind="notFound",
                hint="Only calls that read or change one by its name are.",
            )
        with self._lock:
            found = self._moment(
                session, _Asked(asked.line, asked.field, asked.file, session.contents.analysed), paths[asked.file]
            )
        known = found.before if asked.moment == "before" else found.after
        text = scrub(known.text[:MOST_CHARS])
        offset = max(0, asked.offset)
        return ReplayFileResult(
            path=scrub(found.path),
            offset=offset,
            value=page_of(text, offset),
            total_chars=len(text),
            is_whole=known.is_whole,
            is_cut=len(known.text) > MOST_CHARS,
            edit_number=found.number,
            mark=scrub(found.mark[:_MARK_CHARS]),
            can_compare=change_of(call, paths[asked.file]) is not None,
        )

    def _moment(self, session: _Session, asked: _Asked, path: str) -> FileMoment:
        if self._last is not None and self._last[0] == asked:
            return self._last[1]
        places, wanted = session.contents.places, spelled(path, self._cwd)
        touched = {
            line
            for each in session.contents.index.every_file()
            if spelled(each.path, self._cwd) == wanted
            for line in each.lines
        }
        end = places.position_of(asked.line)
        before = (line for line in touched if places.position_of(line) < end and not places.is_folded(line))
        lines = [*sorted(before, key=places.position_of), asked.line]
        found = file_moment(session, lines, asked.field, path, self._cwd)
        self._last = asked, found
        return found


def _call(session: _Session, line: int, field: int) -> ReplayEvent:
    if line >= session.contents.count:
        raise _missing(line)
    if line >= session.contents.analysed:
        raise MirrorError(
            "This part of the session has not been looked at yet.",
            kind="source",
            hint="Try again in a moment.",
        )
    event = next((event for event in session.record(line).events if event.field == field), None)
    if event is None:
        raise _missing(line)
    return event


def _missing(line: int) -> MirrorError:
    return MirrorError(
        f"There is no such event at line {line + 1}.",
        kind="notFound",
        hint="The session may have changed; reload the replay.",
    )
