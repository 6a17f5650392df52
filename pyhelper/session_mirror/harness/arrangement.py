"""In which order a stream's lines are shown.

File order is right for most lines. A line that says again what an earlier one said (the same record, written once more)
is shown once: at the first one's place, with the last one's content. A line whose parent comes later in the file is
shown after it. Times are never looked at: they invert.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import attrs

from session_mirror.harness.compact import NumberByText


@attrs.frozen
class Arrangement:
    """A permutation of a stream's first lines, by number from 0; the lines after them are in their own order.

    `order` is None where all are. `folded` lines show nothing by themselves, wherever they stand.
    """

    order: Sequence[int] | None = None
    folded: AbstractSet[int] = frozenset()
    copied: range = range(0)
    """Lines of another session that this one began with; what they cost was counted there."""
    taken_back: Sequence[range] = ()
    """Lines that were shown and paid for, but that the conversation went on without."""


class Arranger:
    """Collects, line by line, who says whose words again and who comes after whom."""

    def __init__(self) -> None:
        self._count = 0
        self._first = NumberByText()
        """By identity: the line where it stood first."""
        self._newest: dict[int, int] = {}
        """By such a first line: the line that said the same last, where that is another one."""
        self._folded: set[int] = set()
        self._waiting: dict[str, list[int]] = {}
        """By a parent that was not met yet: the lines that have to come after it."""
        self._children: dict[int, list[int]] = {}
        """The same by the parent's line, once it was met."""
        self._known: Arrangement | None = Arrangement()

    def __len__(self) -> int:
        """How many lines there were."""
        return self._count

    def add(self, identity: str | None = None, parent: str | None = None, *, folded: bool = False) -> bool:
        """The next line. `folded`: it says nothing of its own. Returns whether its identity was there before."""
        line = self._count
        self._count += 1
        if folded:
            self.fold(line)
        if parent and parent != identity and parent not in self._first:
            self._waiting.setdefault(parent, []).append(line)
        if identity is None:
            return False
        first = self._first.setdefault(identity, line)
        if first != line:
            self.fold(self._newest.get(first, first))
            self._newest[first] = line
            return True
        children = self._waiting.pop(identity, None)
        if children is not None:
            self._children[line] = children
            self._known = None
        return False

    def fold(self, line: int) -> None:
        """A line turned out to say nothing of its own."""
        self._folded.add(line)
        self._known = None

    def arrangement(self) -> Arrangement:
        """Of the lines so far; costs nothing where the newest changed nothing."""
        if self._known is None:
            self._known = Arrangement(self._order(), frozenset(self._folded))
        return self._known

    def _order(self) -> list[int] | None:
        """Every line once. Whoever waits for a line waits for a later one, so nobody waits for ever."""
        if not self._newest and not self._children:
            return None
        late = {line for lines in self._children.values() for line in lines}
        order: list[int] = []
        for line in range(self._count):
            if line in late:
                continue
            due = [line]
            while due:
                following = due.pop()
                order.append(following)
                due += reversed(self._children.get(following, ()))
        place = {line: position for position, line in enumerate(order)}
        for first, newest in self._newest.items():
            order[place[first]], order[place[newest]] = newest, first
        return order
