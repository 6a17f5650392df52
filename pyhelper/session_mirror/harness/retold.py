"""The account of a log: its lines tell messages, tell them again, and take them back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from session_mirror.harness.arrangement import Arrangement, Arranger
from session_mirror.harness.base import Glance, ReadRecord
from session_mirror.harness.json_values import one_line
from session_mirror.harness.tally import Spent, Tally
from session_mirror.harness.titles import TITLE_LENGTH
from session_mirror.protocol.replay import ReplayEvent
from session_mirror.protocol.statistics import Statistics, Tokens


@attrs.frozen
class Line:
    """What a line is to the others."""

    read: ReadRecord
    identity: str = ""
    """Of its message; the last line of the same identity is shown, at the first one's place."""
    takes_back: str = ""
    """The message which never was from here on, nor those after it."""
    tokens: Tokens | None = None
    """What the message cost."""


class RetoldAccount:
    """See `harness.base.Account` for what each method promises."""

    def __init__(self, understand: Callable[[bytes], Line]) -> None:
        """`understand` never raises."""
        self._understand = understand
        self._arranger = Arranger()
        self._messages: dict[str, int] = {}
        """By identity, in order: the line that told the message last."""
        self._lines: list[_Kept] = []

    def feed(self, line: bytes) -> Glance:
        """Takes the next line."""
        understood = self._understand(line)
        number, identity = len(self._lines), understood.identity
        self._arranger.add(identity or None)
        if identity:
            self._messages[identity] = number
        if understood.takes_back in self._messages:
            told = list(self._messages)
            for message in told[told.index(understood.takes_back) :]:
                self._arranger.fold(self._messages.pop(message))
        read = understood.read
        kept = tuple(_without_text(event) for event in read.events)
        self._lines.append(_Kept(read.time_ms, identity, read.model or "", understood.tokens, kept))
        return read

    def arrangement(self) -> Arrangement:
        """Each message where it stood first; what was taken back is folded."""
        return self._arranger.arrangement()

    def statistics(self) -> Statistics:
        """Of the messages as they were told last. What was taken back was spent all the same."""
        return self._tally().statistics()

    def responses(self) -> Mapping[str, Spent]:
        """By the identities of their messages."""
        return self._tally().responses()

    def _tally(self) -> Tally:
        tally, folded = Tally(), self._arranger.arrangement().folded
        for number, line in enumerate(self._lines):
            shown = () if number in folded else line.events
            tally.line(line.time_ms, bookkeeping=not shown)
            for event in shown:
                if event.prompt:
                    tally.prompt(event.prompt, line.time_ms)
                tally.event(event.kind, is_error=event.is_error)
                if event.tool:
                    tally.tool(event.tool)
            if line.tokens is not None:
                tally.spent(line.identity, line.model, line.tokens)
        return tally


@attrs.frozen
class _Event:
    kind: str
    is_error: bool
    tool: str
    prompt: str


@attrs.frozen
class _Kept:
    time_ms: int | None
    identity: str
    model: str
    tokens: Tokens | None
    events: tuple[_Event, ...]


def _without_text(event: ReplayEvent) -> _Event:
    tool = event.tool.name if event.tool is not None and event.kind in {"toolCall", "subAgent"} else ""
    prompt = one_line(event.text.value, TITLE_LENGTH) if event.kind == "prompt" else ""
    return _Event(event.kind, event.is_error, tool, prompt)
