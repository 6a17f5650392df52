"""Which events of a record a filter shows: told from the events themselves, a result's tool and file from its call."""

from __future__ import annotations

from typing import Final

from session_mirror.protocol.replay import ReplayEvent, ToolCall
from session_mirror.protocol.search import ReplayFilter
from session_mirror.replay.contents import Contents

_KEPT_CALLS: Final = 256


class EventFilter:
    """For one filter and the session as it is now. Sub-agents are whole records: that isn't asked here."""

    def __init__(self, contents: Contents, wanted: ReplayFilter) -> None:
        """Reads nothing yet."""
        self._contents = contents
        self._wanted = wanted
        self._hidden = frozenset(wanted.hidden_kinds)
        self._tools = frozenset(wanted.tools)
        self._calls: dict[str, ToolCall | None] = {}  # longest known first

    def shows(self, event: ReplayEvent) -> bool:
        """Whether every condition lets it pass.

        Raises:
            MirrorError: the call that it answers cannot be read.
        """
        if event.kind in self._hidden:
            return False
        if self._wanted.errors_only and not event.is_error and event.kind != "error":
            return False
        return self._is_of_tools(event) and self._is_of_file(event)

    def shows_any(self, line: int) -> bool:
        """Whether it shows an event of a line of the stream.

        Raises:
            MirrorError: the line cannot be read.
        """
        if self._contents.lines.is_long(line):
            # Shown as it stands in the session, for what the index knows of it.
            return True
        return any(map(self.shows, self._contents.events_of(line)))

    def _is_of_tools(self, event: ReplayEvent) -> bool:
        if not self._tools:
            return True
        told = event.tool
        if told is None:
            return False
        call = self._call_of(event)
        return told.name in self._tools or (call is not None and call.name in self._tools)

    def _is_of_file(self, event: ReplayEvent) -> bool:
        if self._wanted.path is None:
            return True
        call = self._call_of(event)
        return call is not None and self._wanted.path in call.paths

    def _call_of(self, event: ReplayEvent) -> ToolCall | None:
        """The call that an event is, or answers."""
        if event.tool is None or event.kind != "toolResult":
            return event.tool
        call_id = event.tool.call_id
        if call_id not in self._calls:
            self._calls[call_id] = self._read_call(call_id)
            while len(self._calls) > _KEPT_CALLS:
                del self._calls[next(iter(self._calls))]
        return self._calls[call_id]

    def _read_call(self, call_id: str) -> ToolCall | None:
        line = self._contents.index.call_of(call_id) if call_id else None
        if line is None or line >= self._contents.count:
            return None
        tools = (each.tool for each in self._contents.events_of(line) if each.kind != "toolResult")
        return next((tool for tool in tools if tool is not None and tool.call_id == call_id), None)
