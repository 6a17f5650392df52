"""The account of a log: its lines tell messages, tell them again, and take them back."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence

import attrs

from session_mirror.harness.arrangement import Arrangement, Arranger
from session_mirror.harness.base import Glance, ReadRecord
from session_mirror.harness.compact import NumberByText
from session_mirror.harness.ledger import Ledger
from session_mirror.harness.recount import Columns, Sums, first_prompt
from session_mirror.harness.tally import EVERY_TURN, Spent
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
        self._messages = _Messages()
        self._columns = Columns()
        self._spent = Ledger()
        self._spent_at = array("I")
        """By response: the line where it was told first."""
        self._sums: tuple[int, Sums] | None = None

    def feed(self, line: bytes) -> Glance:
        """Takes the next line."""
        understood = self._understand(line)
        number, identity, read = len(self._columns), understood.identity, understood.read
        self._arranger.add(identity or None)
        if identity:
            self._messages.tell(identity, number)
        for taken_back in self._messages.take_back(understood.takes_back):
            self._arranger.fold(taken_back)
        self._columns.add(read, first_prompt(read) or None)
        if understood.tokens is not None:
            self._spent.take(identity, 0, read.model or "", understood.tokens)
            if self._spent.told_count > len(self._spent_at):
                self._spent_at.append(number)
        return read

    def arrangement(self) -> Arrangement:
        """Each message where it stood first; what was taken back is folded."""
        return self._arranger.arrangement()

    def statistics(self, turns: slice = EVERY_TURN) -> Statistics:
        """Of the messages as they were told last. What was taken back was spent all the same."""
        return self._summed().statistics(self._spent.models(), self._spent_in, turns)

    def turn_count(self) -> int:
        """By the prompts that were not taken back."""
        return self._summed().turn_count(self._spent_in)

    def responses(self) -> Mapping[str, Spent]:
        """By the identities of their messages."""
        return self._spent

    def _summed(self) -> Sums:
        if self._sums is None or self._sums[0] != len(self._columns):
            sums = self._columns.sums(None, self._arranger.arrangement().folded)
            self._sums = len(self._columns), sums
        return self._sums[1]

    def _spent_in(self, _turn: int, lines: range) -> Tokens:
        begin, end = (bisect_left(self._spent_at, line) for line in (lines.start, lines.stop))
        return self._spent.between(begin, end)


class _Messages:
    """Those that were not taken back, in the order in which they were told first."""

    def __init__(self) -> None:
        self._numbers = NumberByText()
        """By identity: the message's, which only ever grow."""
        self._told = 0
        self._left = array("I")
        """The numbers of those that were not taken back."""
        self._lines = array("I")
        """Of each of those: the line that told it last."""

    def tell(self, identity: str, line: int) -> None:
        """A line that tells a message."""
        place = self._place(identity)
        if place is not None:
            self._lines[place] = line
            return
        self._numbers[identity] = self._told
        self._left.append(self._told)
        self._lines.append(line)
        self._told += 1

    def take_back(self, identity: str) -> Sequence[int]:
        """The lines of a message and of those after it, which are forgotten; none where it isn't there."""
        place = self._place(identity)
        if place is None:
            return ()
        lines = self._lines[place:]
        del self._lines[place:], self._left[place:]
        return lines

    def _place(self, identity: str) -> int | None:
        number = self._numbers.get(identity)
        if number is None:
            return None
        place = bisect_left(self._left, number)
        return place if place < len(self._left) and self._left[place] == number else None
