"""Which sub-agent a record is of, where old versions wrote several of them in the midst of a session."""

from __future__ import annotations

from array import array


class Chains:
    """Whoever follows a record is of the same chain; who follows nobody begins one. Four bytes a line, up to the last
    one that is of any."""

    def __init__(self) -> None:
        self._by_line = array("I")
        self._count = 0

    def add(self, line: int, after: int | None) -> int:
        """The chain of a line, from 1; `after`: the line that it follows, or says again."""
        chain = 0 if after is None or after >= len(self._by_line) else self._by_line[after]
        if not chain:
            self._count += 1
            chain = self._count
        self._by_line.extend([0] * (line + 1 - len(self._by_line)))
        self._by_line[line] = chain
        return chain
