"""Lines that stand in a rollout twice, under one ordinal."""

from __future__ import annotations

import re
from array import array
from typing import Final

_TIME: Final = re.compile(rb'\{"timestamp":"[^"]*",')


class Ordinals:
    """Mutable; fed line by line. Eight bytes for each line are kept."""

    def __init__(self) -> None:
        self._first: int | None = None
        self._digests = array("q")

    def is_repeated(self, record: dict[str, object], line: bytes) -> bool:
        """Whether a line was there before, but for its time; another line under the same ordinal is not."""
        ordinal = record.get("ordinal")
        if type(ordinal) is not int:
            return False
        if self._first is None:
            self._first = ordinal
        place = ordinal - self._first
        if place == len(self._digests):
            self._digests.append(_digest(line))
            return False
        if place > len(self._digests):
            # A gap: what follows is looked at from here on.
            self._first = ordinal
            self._digests = array("q", [_digest(line)])
            return False
        return place >= 0 and self._digests[place] == _digest(line)


def _digest(line: bytes) -> int:
    time = _TIME.match(line)
    return hash(line[time.end() :] if time else line)
