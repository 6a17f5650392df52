"""One pass over a rollout: which lines repeat others, which are another thread's, and what all adds up to."""

from __future__ import annotations

from array import array
from collections.abc import Mapping

import attrs

from session_mirror.harness.arrangement import Arrangement, Arranger
from session_mirror.harness.base import Glance, ReadRecord
from session_mirror.harness.tally import EVERY_TURN, Spent, Tally
from session_mirror.protocol.statistics import Statistics

from .ancestry import Ancestry
from .echoes import Echoes
from .ordinals import Ordinals
from .records import payload_of, read_line
from .spending import Spending


class CodexAccount:
    """See `harness.base.Account` for what each method promises."""

    def __init__(self) -> None:
        self._arranger = Arranger()
        self._tally = Tally()
        self._spending = Spending(self._tally)
        self._ancestry = Ancestry()
        self._echoes = Echoes()
        self._ordinals = Ordinals()
        self._model = ""
        self._copied_to = 0
        self._turns = array("I")
        """The lines where those turns begin that were not taken back."""
        self._taken_back: list[range] = []
        self._known: tuple[Arrangement | None, tuple[int, int], Arrangement] = None, (0, 0), Arrangement()

    def feed(self, line: bytes) -> Glance:
        """Takes the next line."""
        record, read = read_line(line)
        payload = payload_of(record)
        number = len(self._arranger)
        is_repeated = self._ordinals.is_repeated(record, line)
        if self._ancestry.goes_on(record, payload):
            self._spending.forget()
            self._copied_to = number
        if self._ancestry.is_copy(record, payload):
            self._copied_to = number + 1
        is_folded = is_repeated or self._echoes.is_echo(record, payload, is_shown=bool(read.events))
        self._arranger.add(folded=is_folded)
        self._tally.line(read.time_ms, bookkeeping=is_folded or not read.events)
        self._model = read.model or self._model
        if not is_folded:
            self._count(read, number)
        if not is_repeated:
            self._spending.take(record, payload, self._model, is_copy=self._copied_to > number)
            self._take_back(record, payload, number)
        # What repeats another line is no second call, and no later result.
        return attrs.evolve(read, events=(), images={}) if is_folded else read

    def arrangement(self) -> Arrangement:
        """The file's own order."""
        arranged, marks = self._arranger.arrangement(), (self._copied_to, len(self._taken_back))
        if arranged is not self._known[0] or marks != self._known[1]:
            told = attrs.evolve(arranged, copied=range(self._copied_to), taken_back=tuple(self._taken_back))
            self._known = arranged, marks, told
        return self._known[2]

    def responses(self) -> Mapping[str, Spent]:
        """Of the thread itself, not of what it was forked from."""
        return self._tally.responses()

    def statistics(self, turns: slice = EVERY_TURN) -> Statistics:
        """Copies of another thread's lines cost nothing; turns that were taken back did cost."""
        return self._tally.statistics(turns)

    def turn_count(self) -> int:
        """By prompts."""
        return self._tally.turn_count()

    def _count(self, read: ReadRecord, number: int) -> None:
        prompted = False
        for event in read.events:
            if event.kind == "prompt" and not prompted:
                prompted = True
                self._turns.append(number)
                self._tally.prompt(event.text.value, read.time_ms)
            self._tally.event(event.kind, is_error=event.is_error)
            if event.tool is not None and event.kind in {"toolCall", "subAgent"}:
                self._tally.tool(event.tool.name)

    def _take_back(self, record: dict[str, object], payload: dict[str, object], number: int) -> None:
        count = payload.get("num_turns")
        if record.get("type") != "event_msg" or payload.get("type") != "thread_rolled_back" or type(count) is not int:
            return
        if count > 0 and self._turns:
            first = self._turns[-count] if count <= len(self._turns) else self._turns[0]
            del self._turns[-count:]
            self._taken_back.append(range(first, number))
