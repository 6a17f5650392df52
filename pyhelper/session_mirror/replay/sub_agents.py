"""The sub-agents of a session: the calls that began them, and what they did where that stands inside the session.

Old versions of Claude Code wrote their records in the session's midst, several of them in turns. Which call began such
a chain of records is told by the task, which both repeat; else by there being only one call without a result. Calls
that speak to a sub-agent later belong to it as well.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

import attrs

from session_mirror.harness.json_values import one_line
from session_mirror.protocol.replay import ReplayEvent
from session_mirror.protocol.search import ReplaySubAgentsResult, SubAgent
from session_mirror.replay.addressing import ADDRESSING, named_in, told_names
from session_mirror.replay.event_index import BIT, EventIndex
from session_mirror.replay.places import Places

_AT_ONCE: Final = 200
_TASK_LENGTH: Final = 200
_MOST: Final = 20_000
"""More than anybody looks through."""
_MOST_UNNAMED: Final = 255


class Session(Protocol):
    """What is asked of a session's `Contents`."""

    @property
    def index(self) -> EventIndex: ...

    @property
    def places(self) -> Places: ...

    @property
    def count(self) -> int: ...

    @property
    def analysed(self) -> int: ...

    def events_of(self, line: int) -> Sequence[ReplayEvent]: ...


@attrs.define
class Known:
    """A sub-agent by its call; one that nobody called by its first record."""

    key: str
    lines: list[int]
    """Those that say the call, which agents may write again, or the first record."""
    name: str
    task: str
    call_id: str = ""
    chains: list[int] = attrs.field(factory=list)
    further: dict[str, int] = attrs.field(factory=dict)
    """Calls that speak to it later, with their lines."""

    @property
    def calls(self) -> list[str]:
        """The call that began it, where one did, and those that speak to it later."""
        return [*filter(None, [self.call_id]), *self.further]


class SubAgents:
    """Those of one session, found line by line as far as it was looked at. Thread-safe."""

    def __init__(self) -> None:
        """Reads nothing yet."""
        self._lock = threading.Lock()
        self._begin(EventIndex())

    def page(self, contents: Session, start: int) -> ReplaySubAgentsResult:
        """Some 200 of them from a number on, in the order in which they began.

        Raises:
            MirrorError: a call cannot be read.
        """
        start = max(0, start)
        with self._lock:
            self._catch_up(contents)
            agents = [_told(each, contents) for each in self._agents[start : start + _AT_ONCE]]
            count = len(self._agents)
        return ReplaySubAgentsResult(
            agents=tuple(agents), agent_count=count, is_complete=contents.analysed == contents.count
        )

    def find(self, contents: Session, key: str) -> Known | None:
        """The one of a key; None where there is none, or none yet.

        Raises:
            MirrorError: a call cannot be read.
        """
        with self._lock:
            self._catch_up(contents)
            return self._by_key.get(key)

    def _begin(self, index: EventIndex) -> None:
        self._index = index
        self._looked = 0
        self._agents: list[Known] = []
        self._by_key: dict[str, Known] = {}
        self._waiting: dict[int, list[Known]] = {}
        """By a task's hash: the calls whose records were not come by."""
        self._by_name: dict[str, Known] = {}
        self._unnamed: list[Known] = []
        """Those of which the answer that names them was not looked at."""

    def _catch_up(self, contents: Session) -> None:
        if contents.index is not self._index:
            self._begin(contents.index)
        for line, chain in _notable_lines(contents, self._looked):
            if chain:
                self._take_chain(contents, line, chain)
            else:
                self._take_calls(contents, line)
            self._looked = line + 1
        self._looked = max(self._looked, contents.analysed)

    def _take_calls(self, contents: Session, line: int) -> None:
        for event in contents.events_of(line):
            if event.kind != "subAgent":
                self._take_further(contents, event, line)
                continue
            call_id, target = (event.tool.call_id, event.tool.target) if event.tool else ("", "")
            key, task = call_id or f"#{line}", event.text.value
            if key in self._by_key:
                self._by_key[key].lines.append(line)
            elif len(self._agents) < _MOST:
                found = Known(key, [line], event.label, one_line(target or task, _TASK_LENGTH), call_id)
                self._add(found)
                self._waiting.setdefault(_hash(task), []).append(found)
                self._unnamed = [*self._unnamed[-_MOST_UNNAMED:], found]

    def _take_further(self, contents: Session, event: ReplayEvent, line: int) -> None:
        tool = event.tool
        if event.kind != "toolCall" or tool is None or tool.name not in ADDRESSING or not tool.call_id:
            return
        begun, self._unnamed = self._unnamed, []
        for agent in begun:
            answer = contents.index.answer_of(agent.call_id) if agent.call_id else None
            if answer is None:
                self._unnamed.append(agent)
            else:
                self._by_name.update(dict.fromkeys(_names_in(contents.events_of(answer), agent.call_id), agent))
        for name in named_in(event.text.value):
            if name in self._by_name:
                self._by_name[name].further.setdefault(tool.call_id, line)

    def _take_chain(self, contents: Session, line: int, chain: int) -> None:
        texts = (event.text.value for event in contents.events_of(line))
        task = next(filter(None, texts), "")
        called = self._caller(contents, task, line)
        if called is not None:
            called.chains.append(chain)
        elif len(self._agents) < _MOST:
            self._add(Known(f"#{line}", [line], "", one_line(task, _TASK_LENGTH), chains=[chain]))

    def _caller(self, contents: Session, task: str, line: int) -> Known | None:
        """Whose records begin at a line; it is not waiting for them any more."""
        same_task = self._waiting.get(_hash(task), [])
        every = (each for some in self._waiting.values() for each in some)
        fitting = same_task[:1] or [each for each in every if _is_running(each, contents, line)]
        if len(fitting) != 1:
            return None
        (called,) = fitting
        for some in self._waiting.values():
            if called in some:
                some.remove(called)
        return called

    def _add(self, found: Known) -> None:
        self._agents.append(found)
        self._by_key.setdefault(found.key, found)


def _notable_lines(contents: Session, start: int) -> Iterator[tuple[int, int]]:
    """The lines with calls that begin sub-agents or may speak to them, and with a chain's first record, each with the
    chain, else 0."""
    index = contents.index
    begins = {line: chain for chain, line in enumerate(index.chain_begins, 1) if start <= line < contents.analysed}
    speaking = {number for name in ADDRESSING if (number := index.tool(name))}
    calls = (
        line
        for line, mask in enumerate(index.masks[start : contents.analysed], start)
        if (mask & BIT["subAgent"] or (speaking and index.tool_of(line) in speaking)) and line not in begins
    )
    for line in sorted([*begins, *calls]):
        yield line, begins.get(line, 0)


def _is_running(agent: Known, contents: Session, line: int) -> bool:
    """Whether it has not answered by a line, as far as that is known."""
    answer = contents.index.answer_of(agent.call_id) if agent.call_id else None
    return answer is None or answer > line


def _names_in(events: Sequence[ReplayEvent], call_id: str) -> set[str]:
    answers = (event for event in events if event.tool is not None and event.tool.call_id == call_id)
    return {name for event in answers for name in told_names(event.text.value)}


def _told(agent: Known, contents: Session) -> SubAgent:
    shown = next((line for line in reversed(agent.lines) if not contents.places.is_folded(line)), agent.lines[0])
    index = contents.places.position_of(shown)
    return SubAgent(key=agent.key, name=agent.name, task=agent.task, index=index, is_inside=bool(agent.chains))


def _hash(task: str) -> int:
    return hash(task.strip())
