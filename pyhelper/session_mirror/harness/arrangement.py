"""In which order a stream's lines are shown.

File order is right for most lines. A line that says again what an earlier one said (the same record, written once more)
is shown once: at the first one's place, with the last one's content. A line whose parent comes later in the file is
shown after it. Times are never looked at: they invert.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import attrs


@attrs.frozen
class Arrangement:
    """A permutation of a stream's lines, by number from 0.

    `order` is None where it is the file's own. `folded` lines show nothing by themselves, wherever they stand.
    """

    order: Sequence[int] | None = None
    folded: AbstractSet[int] = frozenset()


class Arranger:
    """Collects, line by line, who says whose words again and who comes after whom."""

    def __init__(self) -> None:
        self._count = 0
        self._first: dict[str, int] = {}
        """By identity: the line where it stood first."""
        self._newest: dict[int, int] = {}
        """By such a first line: the line that said the same last, where that is another one."""
        self._folded: set[int] = set()
        self._waiting: dict[int, str] = {}
        """Lines that came before their parents, and the parents' identities."""

    def __len__(self) -> int:
        """How many lines there were."""
        return self._count

    def add(self, identity: str | None = None, parent: str | None = None, *, folded: bool = False) -> bool:
        """The next line. `folded`: it says nothing of its own. Returns whether its identity was there before."""
        line = self._count
        self._count += 1
        if folded:
            self._folded.add(line)
        if parent and parent != identity and parent not in self._first:
            self._waiting[line] = parent
        if identity is None:
            return False
        first = self._first.setdefault(identity, line)
        if first == line:
            return False
        self._folded.add(self._newest.get(first, first))
        self._newest[first] = line
        return True

    def fold(self, line: int) -> None:
        """An earlier line turned out to say nothing of its own."""
        self._folded.add(line)

    def arrangement(self) -> Arrangement:
        """Of the lines so far."""
        children = self._children()
        if not self._newest and not children:
            return Arrangement(None, frozenset(self._folded))
        order = self._order(children)
        place = {line: position for position, line in enumerate(order)}
        for first, newest in self._newest.items():
            order[place[first]], order[place[newest]] = newest, first
        return Arrangement(order, frozenset(self._folded))

    def _children(self) -> dict[int, list[int]]:
        """By a parent's line: the lines before it that have to come after it."""
        children: dict[int, list[int]] = {}
        for line, parent in self._waiting.items():
            place = self._first.get(parent)
            if place is not None and place > line:
                children.setdefault(place, []).append(line)
        return children

    def _order(self, children: dict[int, list[int]]) -> list[int]:
        """Every line once. Whoever waits for a line waits for a later one, so nobody waits for ever."""
        late = {line for lines in children.values() for line in lines}
        order: list[int] = []
        for line in range(self._count):
            if line in late:
                continue
            due = [line]
            while due:
                following = due.pop()
                order.append(following)
                due += reversed(children.get(following, ()))
        return order
