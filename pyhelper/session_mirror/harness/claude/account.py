"""What a stream of Claude Code adds up to, and in which order its lines are shown."""

from __future__ import annotations

from collections.abc import Mapping

from session_mirror.harness.arrangement import Arrangement, Arranger
from session_mirror.harness.base import Glance
from session_mirror.harness.compact import NumberByText
from session_mirror.harness.json_values import as_text
from session_mirror.harness.tally import EVERY_TURN, Spent, Tally
from session_mirror.harness.times import time_ms
from session_mirror.protocol.statistics import Statistics

from .chains import Chains
from .outline import Outline, Shown, Sketch
from .records import read_into
from .responses import Responses


class ClaudeAccount:
    """One pass; see `harness.base.Account` for what each method promises.

    A record that is written again under its uuid, as some builds do after a compaction, counts once. A tool call counts
    once whatever the records that repeat it. Turns begin at what a person typed: not at what is injected, and not at
    the task of a side chain within a session, which another agent wrote.
    """

    def __init__(self) -> None:
        self._arranger = Arranger()
        self._tally = Tally()
        self._responses = Responses(self._tally)
        self._calls = NumberByText()
        self._chains = Chains()
        self._is_side_chain: bool | None = None
        """Whether the stream is a sub-agent's own: then the task that it was given begins a turn."""

    def feed(self, line: bytes) -> Glance:
        """Takes the next line."""
        outline = Outline()
        record, unknown = read_into(line, outline)
        shown = [Shown("opaque")] if unknown else outline.shown
        uuid, parent = as_text(record.get("uuid")), as_text(record.get("parentUuid"))
        number, is_sidechain = len(self._arranger), record.get("isSidechain") is True
        before = self._before(uuid, parent) if is_sidechain and not self._is_side_chain else None
        again = self._arranger.add(uuid or None, parent or None)
        at_ms = time_ms(record.get("timestamp"))
        self._tally.line(at_ms, bookkeeping=again or not shown)
        if record.get("type") == "assistant":
            # Also of a record that was there before: the later one knows the larger figures.
            self._responses.take(record, line)
        if not again:
            if self._is_side_chain is None and "isSidechain" in record:
                self._is_side_chain = is_sidechain
            self._count(shown, at_ms, is_aside=is_sidechain and not self._is_side_chain)
        is_nested = is_sidechain and not self._is_side_chain
        chain = self._chains.add(number, before) if is_nested else 0
        return Sketch(at_ms, is_sidechain, shown, {} if unknown else outline.images(), chain)

    def arrangement(self) -> Arrangement:
        """Children after their parents, repeated records at the first one's place."""
        return self._arranger.arrangement()

    def statistics(self, turns: slice = EVERY_TURN) -> Statistics:
        """Counts and tokens."""
        return self._tally.statistics(turns)

    def turn_count(self) -> int:
        """By prompts."""
        return self._tally.turn_count()

    def responses(self) -> Mapping[str, Spent]:
        """Costs by message id, which forks and other copies share with their originals."""
        return self._tally.responses()

    def _before(self, uuid: str, parent: str) -> int | None:
        """The line that said the same, else the one that it follows."""
        said = self._arranger.newest(uuid)
        return said if said is not None else self._arranger.newest(parent)

    def _count(self, shown: list[Shown], at_ms: int | None, *, is_aside: bool) -> None:
        for event in shown:
            if event.kind == "prompt" and not is_aside:
                self._tally.prompt(event.text, at_ms)
            self._tally.event(event.kind, is_error=event.is_error)
            if event.tool is not None and event.kind in ("toolCall", "subAgent"):
                self._count_call(event.tool.call_id, event.tool.name)

    def _count_call(self, call_id: str, name: str) -> None:
        if call_id in self._calls:
            return
        if call_id:
            self._calls[call_id] = 0
        self._tally.tool(name)
