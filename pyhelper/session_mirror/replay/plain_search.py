"""Finding words as they stand, which takes time in proportion to the text and no more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from session_mirror.replay.passages import Passage

Spans = list[tuple[int, int]]
"""Begin and length in a passage's text."""
_STEP_CHARS: Final = 1 << 18
"""Other threads get their turn after so much text."""


class PlainSearch:
    """For one query of at least one character."""

    def __init__(self, query: str, *, match_case: bool) -> None:
        flags = 0 if match_case else re.IGNORECASE
        self._query = query
        self._match_case = match_case
        self._pattern = re.compile(re.escape(query), flags)
        escaped = json.dumps(query, ensure_ascii=False)[1:-1]
        self._most_chars = max(len(query), len(escaped))
        # In JSON that is shown taken apart, the reader sees what an escape means.
        either = re.compile(f"{re.escape(query)}|{re.escape(escaped)}", flags)
        self._in_json = self._pattern if escaped == query else either

    def find(self, passages: Sequence[Passage], limit: int) -> list[Spans]:
        """The hits in each passage, until there are `limit` of them."""
        found: list[Spans] = []
        for passage in passages:
            if limit <= 0:
                break
            found.append(list(islice(self._spans(passage), limit)))
            limit -= len(found[-1])
        return found

    def _spans(self, passage: Passage) -> Iterator[tuple[int, int]]:
        pattern = self._in_json if passage.is_json else self._pattern
        if pattern is self._pattern and self._query.isascii() and passage.text.isascii():
            yield from self._ascii_spans(passage)
            return
        at = passage.begin
        while at < passage.end:
            step = min(passage.end, at + _STEP_CHARS)
            match = pattern.search(passage.text, at, step + self._most_chars)
            if match is None or match.start() >= step:
                at = step
            else:
                yield match.start(), match.end() - match.start()
                at = match.end()

    def _ascii_spans(self, passage: Passage) -> Iterator[tuple[int, int]]:
        text, query = passage.text, self._query
        if not self._match_case:
            text, query = text.lower(), query.lower()
        at = text.find(query, passage.begin)
        while 0 <= at < passage.end:
            yield at, len(query)
            at = text.find(query, at + len(query))
