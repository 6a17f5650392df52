"""In which order a stream's lines are shown.

File order is right for most lines. A line that says again what an earlier one said (the same record, written once more)
is shown once: at the first one's place, with the last one's content. A line whose parent comes later in the file is
shown after it. Times are never looked at: they invert.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

import attrs

from session_mirror.harness.compact import LineSet, NumberByText, count_on, looked_up


def _numbers(order: Iterable[int] | None) -> array[int] | None:
    return order if order is None or isinstance(order, array) else array("I", order)


def _lines(folded: AbstractSet[int]) -> LineSet:
    return folded if isinstance(folded, LineSet) else LineSet(folded)


@attrs.frozen
class Arrangement:
    """A permutation of a stream's first lines, by number from 0; the lines after them are in their own order.

    `order` is None where all are. `folded` lines show nothing by themselves, wherever they stand.
    """

    order: array[int] | None = attrs.field(default=None, converter=_numbers)
    folded: LineSet = attrs.field(factory=LineSet, converter=_lines)
    copied: range = range(0)
    """Lines of another session that this one began with; what they cost was counted there."""
    taken_back: Sequence[range] = ()
    """Lines that were shown and paid for, but that the conversation went on without."""
    positions: array[int] | None = attrs.field(default=None, eq=False)
    """The same the other way round, where it is known already: by line, its place in `order`."""


class Arranger:
    """Collects, line by line, who says whose words again and who comes after whom."""

    def __init__(self) -> None:
        self._count = 0
        self._first = NumberByText()
        """By identity: the line where it stood first."""
        self._swapped = array("I")
        """By line: the one that is shown in its stead, which goes for both. As far as there are such lines."""
        self._folded = LineSet()
        self._waiting: dict[str, list[int]] = {}
        """By a parent that was not met yet: the lines that have to come after it."""
        self._descent = _Descent()
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
            self._tell_again(first, line)
            return True
        children = self._waiting.pop(identity, None)
        if children is not None:
            self._descent.add(line, children)
            self._known = None
        return False

    def fold(self, line: int) -> None:
        """A line turned out to say nothing of its own."""
        self._folded.add(line)
        self._known = None

    def first(self, identity: str) -> int | None:
        """The line that said first what is known by this; None where none did."""
        return self._first.get(identity)

    def newest(self, identity: str) -> int | None:
        """The line that said last what is known by this; None where none did."""
        first = self._first.get(identity)
        return first if first is None or first >= len(self._swapped) else self._swapped[first]

    def arrangement(self) -> Arrangement:
        """Of the lines so far; costs nothing where the newest changed nothing."""
        if self._known is None:
            order = positions = self._order()
            if self._descent:
                positions = None
            self._known = Arrangement(order, LineSet(marks=self._folded.below(self._count)), positions=positions)
        return self._known

    def _tell_again(self, first: int, line: int) -> None:
        swapped = self._swapped
        count_on(swapped, line + 1)
        before = swapped[first]
        self.fold(before)
        swapped[before] = before
        swapped[first], swapped[line] = line, first

    def _order(self) -> array[int] | None:
        """Every line once."""
        if not self._swapped and not self._descent:
            return None
        swapped = self._swapped[:]
        count_on(swapped, self._count)
        return looked_up(swapped, self._descent.order(self._count)) if self._descent else swapped


class _Descent:
    """Puts lines behind those that they wait for. Whoever waits for a line waits for a later one, so nobody waits for
    ever, and of the others the order is that of the file."""

    def __init__(self) -> None:
        self._children: dict[int, list[int]] = {}
        """By a line: those that come after it, although they stand before it."""
        self._late = LineSet()
        self._order = array("I")
        self._changed_from = 0
        """What is in order before this line, and whatever came after such lines, stays there."""

    def __bool__(self) -> bool:
        return bool(self._children)

    def add(self, line: int, children: list[int]) -> None:
        """These lines, none of which waited for another one, come after a line that is later than they."""
        self._children[line] = children
        for child in children:
            self._late.add(child)
        self._changed_from = min(self._changed_from, children[0])

    def order(self, count: int) -> array[int]:
        """Of so many lines; theirs before any of them waited, but for what changed since."""
        order = self._order
        del order[self._place(self._changed_from) :]
        for line in range(self._changed_from, count):
            if line in self._late:
                continue
            due = [line]
            while due:
                following = due.pop()
                order.append(following)
                due += reversed(self._children.get(following, ()))
        self._changed_from = count
        return order

    def _place(self, line: int) -> int:
        """Where a line stands that came after nobody when the order was made, or where it will.

        Lines that wait move towards the end only, so it is not behind its place in the file, and mostly near it.
        """
        end, width = line + 1, 16
        while end and line < len(self._order):
            begin = max(0, end - width)
            try:
                return self._order.index(line, begin, end)
            except ValueError:
                end, width = begin, 2 * width
        return len(self._order)
