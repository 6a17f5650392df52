"""What an agent gets by itself that writes plain files, each line a record, and drives nobody else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

from session_mirror.harness.arrangement import Arrangement, Arranger
from session_mirror.harness.base import Account, Glance, ReadRecord
from session_mirror.harness.tally import EVERY_TURN, Spent, Tally
from session_mirror.protocol.statistics import Statistics


class PlainAccount:
    """File order, no copies, no tokens; see `harness.base.Account` for what each method promises."""

    def __init__(self, read_record: Callable[[bytes], ReadRecord]) -> None:
        self._read_record = read_record
        self._tally = Tally()
        self._arranger = Arranger()

    def feed(self, line: bytes) -> Glance:
        """Takes the next line."""
        record = self._read_record(line)
        self._arranger.add()
        self._tally.line(record.time_ms, bookkeeping=not record.events)
        for event in record.events:
            if event.kind == "prompt":
                self._tally.prompt(event.text.value, record.time_ms)
            self._tally.event(event.kind, is_error=event.is_error)
            if event.kind == "toolCall" and event.tool is not None:
                self._tally.tool(event.tool.name)
        return record

    def arrangement(self) -> Arrangement:
        """The file's own order."""
        return self._arranger.arrangement()

    def statistics(self, turns: slice = EVERY_TURN) -> Statistics:
        """Counts."""
        return self._tally.statistics(turns)

    def turn_count(self) -> int:
        """By prompts."""
        return self._tally.turn_count()

    def responses(self) -> Mapping[str, Spent]:
        """None are known."""
        return self._tally.responses()


class PlainFiles(ABC):
    """The answers of most agents; see `harness.base.Harness`. Inherited by those, which replace what differs."""

    def has_news(self) -> bool:
        """Never: the files' directories tell."""
        return False

    def drives(self) -> Mapping[tuple[str, str], str]:
        """None."""
        return {}

    @abstractmethod
    def read_record(self, line: bytes) -> ReadRecord:
        """One line as events."""

    def account(self) -> Account:
        """Counts of events, in file order."""
        return PlainAccount(self.read_record)
