"""Which events of a record a filter shows: told from the events themselves, a result's tool and file from its call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from session_mirror.protocol.replay import ReplayEvent, ToolCall
from session_mirror.protocol.search import ReplayFilter
from session_mirror.replay.contents import Contents

_KEPT_LINES: Final = 256


class EventFilter:
    """For one filter and the session as it is now. Whether a record is a sub-agent's isn't asked here."""

    def __init__(self, contents: Contents, wanted: ReplayFilter) -> None:
        """Reads no more than which sub-agent is meant.

        Raises:
            MirrorError: a call of one cannot be read.
        """
        self._contents = contents
        self._wanted = wanted
        self._hidden = frozenset(wanted.hidden_kinds)
        self._tools = frozenset(wanted.tools)
        self._agent = None if wanted.agent is None else contents.beside.sub_agents.find(contents, wanted.agent)
        self._calls: dict[int, dict[str, ToolCall]] = {}  # by line, longest known first

    def shows(self, event: ReplayEvent, line: int) -> bool:
        """Whether every condition lets an event of a line of the stream pass.

        Raises:
            MirrorError: the call that it answers cannot be read.
        """
        if event.kind in self._hidden:
            return False
        if self._wanted.errors_only and not event.is_error and event.kind != "error":
            return False
        return self._is_of_agent(event, line) and self._is_of_tools(event) and self._is_of_file(event)

    def shows_any(self, line: int) -> bool:
        """Whether it shows an event of a line of the stream.

        Raises:
            MirrorError: the line cannot be read.
        """
        if self._contents.lines.is_long(line):
            # Shown as it stands in the session, for what the index knows of it.
            return True
        events = self._contents.events_of(line)
        self._remember(line, events)
        return any(self.shows(event, line) for event in events)

    def _is_of_agent(self, event: ReplayEvent, line: int) -> bool:
        if self._wanted.agent is None:
            return True
        if self._agent is None:
            return False
        if self._contents.index.chain_of(line) in self._agent.chains or not self._agent.call_id:
            return True
        return event.tool is not None and event.tool.call_id in self._agent.calls

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
        line = self._contents.index.call_of(call_id) if call_id else None
        if line is None or line >= self._contents.count:
            return None
        if line not in self._calls:
            self._remember(line, self._contents.events_of(line))
        return self._calls[line].get(call_id)

    def _remember(self, line: int, events: Sequence[ReplayEvent]) -> None:
        """Results stand near their calls, and several of them may answer those of one line."""
        tools = [event.tool for event in events if event.tool is not None and event.kind != "toolResult"]
        # Of two calls of one name the first counts, as in the index.
        self._calls[line] = {tool.call_id: tool for tool in reversed(tools)}
        while len(self._calls) > _KEPT_LINES:
            del self._calls[next(iter(self._calls))]
