"""Looking for words in a session: a stretch of it for a short time, to be asked for again until all was searched."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Final, Protocol

import attrs

from session_mirror.protocol.search import ReplaySearchParams, ReplaySearchResult, SearchHit, SearchPlace
from session_mirror.replay.contents import Contents
from session_mirror.replay.filtering import shown_positions
from session_mirror.replay.passages import Passage, Passages
from session_mirror.replay.plain_search import PlainSearch, Spans
from session_mirror.replay.regex_search import RegexError, RegexSearch
from session_mirror.replay.sieve import Sieve

SEARCHED_S: Final = 0.3
MOST_HITS: Final = 500
_MOST_QUERY_CHARS: Final = 1000
_BATCH_CHARS: Final = 1 << 18
_BATCH_PASSAGES: Final = 256


class _Finder(Protocol):
    def find(self, passages: Sequence[Passage], limit: int) -> list[Spans]: ...


def search(
    contents: Contents, asked: ReplaySearchParams, *, budget_s: float = SEARCHED_S, most_hits: int = MOST_HITS
) -> ReplaySearchResult:
    """Hits from a place on, found in about so long; what is asked for is a plain text or a regular expression.

    Raises:
        MirrorError: the source cannot be read.
    """
    if not 0 < len(asked.query) <= _MOST_QUERY_CHARS:
        return _refused(asked, "There is nothing to look for." if not asked.query else "This is too long to look for.")
    until = time.monotonic() + budget_s
    shown = None if asked.filter is None else shown_positions(contents, asked.filter)
    sieve = None if asked.is_regex else Sieve(asked.query, match_case=asked.match_case)
    passages = Passages(contents, asked.start, sieve, shown, budget_s)
    hits: list[SearchHit] = []
    try:
        with _finder(asked) as finder:
            for each in _batches(passages):
                batch = _behind(hits, each)
                hits += _hits(batch, finder.find(batch, most_hits - len(hits)))
                if len(hits) >= most_hits:
                    last = hits[-1]
                    rest = SearchPlace(index=last.index, field=last.field, offset=last.start + last.length)
                    return ReplaySearchResult(hits=tuple(hits), next=rest, is_complete=False)
                if time.monotonic() >= until:
                    break
    except RegexError as problem:
        return _refused(asked, str(problem))
    return ReplaySearchResult(hits=tuple(hits), next=passages.next, is_complete=passages.is_at_end)


def _finder(asked: ReplaySearchParams) -> AbstractContextManager[_Finder]:
    if asked.is_regex:
        return RegexSearch(asked.query, match_case=asked.match_case)
    return nullcontext(PlainSearch(asked.query, match_case=asked.match_case))


def _batches(passages: Passages) -> Iterator[list[Passage]]:
    batch: list[Passage] = []
    chars = 0
    for passage in passages:
        if batch and (batch[-1].index, batch[-1].field) == (passage.index, passage.field):
            yield batch
            batch, chars = [], 0
        batch.append(passage)
        chars += len(passage.text)
        if chars >= _BATCH_CHARS or len(batch) >= _BATCH_PASSAGES:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch


def _behind(hits: Sequence[SearchHit], batch: list[Passage]) -> list[Passage]:
    """The batch; where it goes on with the last hit's text, only from that hit's end on."""
    first = batch[0]
    if not hits or (hits[-1].index, hits[-1].field) != (first.index, first.field):
        return batch
    end = hits[-1].start + hits[-1].length
    return [attrs.evolve(first, begin=max(first.begin, end - first.base)), *batch[1:]]


def _hits(batch: Sequence[Passage], found: Sequence[Spans]) -> Iterator[SearchHit]:
    for passage, spans in zip(batch, found, strict=False):
        for begin, length in spans:
            yield SearchHit(index=passage.index, field=passage.field, start=passage.base + begin, length=length)


def _refused(asked: ReplaySearchParams, problem: str) -> ReplaySearchResult:
    return ReplaySearchResult(hits=(), next=asked.start, is_complete=True, problem=problem)
