"""A file as the session saw it: what its reads showed and its changes made of it, up to an event."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import Final, Protocol

import attrs

from session_mirror.harness.base import ReadRecord
from session_mirror.harness.told_files import ToldFile, told_file
from session_mirror.protocol.replay import ReplayEvent
from session_mirror.replay.file_changes import Change, change_of, note_read
from session_mirror.replay.file_text import FileText, KnownText

_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]")


@attrs.frozen
class FileMoment:
    """A file around one call. `number` counts the calls that change it, from 1; 0 before the first."""

    path: str
    before: KnownText
    after: KnownText
    number: int
    mark: str
    """The first text that the call put into it; empty where it put none."""


class History(Protocol):
    """The session, as far as it is needed here."""

    def record(self, line: int) -> ReadRecord:
        """A line's events with their whole texts."""
        ...

    def body(self, line: int) -> bytes:
        """A line itself."""
        ...

    def answer(self, call_id: str) -> int | None:
        """The line of a call's result."""
        ...


def file_moment(history: History, lines: Sequence[int], field: int, path: str, cwd: str | None) -> FileMoment:
    """The file around the call that stands in the last one of the lines, at `field`.

    The others are those with earlier calls on the file, in the order in which they are shown.
    """
    wanted = spelled(path, cwd)
    text, number = FileText(), 0
    before, mark = text.known(), ""
    for each in lines:
        for event in history.record(each).events:
            named = next((other for other in _paths(event) if spelled(other, cwd) == wanted), None)
            if named is not None and (each != lines[-1] or event.field <= field):
                is_target = each == lines[-1] and event.field == field
                change = change_of(event, named)
                number += event.tool is not None and event.tool.action != "read"
                before = _follow(history, event, change, text, must=is_target)
                mark = change.mark if is_target and change else ""
    return FileMoment(path=path, before=before, after=text.known(), number=number, mark=mark)


def spelled(path: str, cwd: str | None) -> str:
    """A path in one spelling, so that two that mean the same file are equal."""
    if _DRIVE.match(path) or _DRIVE.match(cwd or ""):
        path, cwd = path.replace("\\", "/"), (cwd or "").replace("\\", "/")
        if _DRIVE.match(path):
            return posixpath.normpath(path)
    return posixpath.normpath(posixpath.join(cwd or "", path))


def _paths(event: ReplayEvent) -> tuple[str, ...]:
    return event.tool.paths if event.tool is not None and event.kind != "toolResult" else ()


def _follow(history: History, call: ReplayEvent, change: Change | None, text: FileText, *, must: bool) -> KnownText:
    """Takes what a call and its result tell; returns what was known right before. `must`: also of a call that failed,
    to show what it would have done."""
    result, told = _result(history, call)
    failed = result is not None and result.is_error
    if call.tool is not None and call.tool.action == "read":
        known = text.known()
        if result is not None and not failed:
            note_read(text, call, result, told)
        return known
    if told.before is not None:
        text.is_whole(told.before)
    elif told.is_new:
        text.is_whole("")
    elif change is not None and not failed:
        change.expect(text)
    known = text.known()
    if change is not None and (must or not failed):
        change.apply(text)
    elif not failed:
        text.forget()
    return known


def _result(history: History, call: ReplayEvent) -> tuple[ReplayEvent | None, ToldFile]:
    call_id = call.tool.call_id if call.tool else ""
    line = history.answer(call_id) if call_id else None
    if line is None:
        return None, ToldFile()
    results = [event for event in history.record(line).events if event.kind == "toolResult" and event.tool]
    mine = next((event for event in results if event.tool and event.tool.call_id == call_id), None)
    # What is noted beside several results says not of which.
    told = told_file(history.body(line)) if mine is not None and len(results) == 1 else ToldFile()
    return mine, told
