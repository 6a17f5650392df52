"""Looking for words in a session: a stretch of it for a short time, to be asked for again until all was searched."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Final, Protocol

import attrs

from session_mirror.protocol.search import ReplaySearchParams, ReplaySearchResult, SearchHit, SearchPlace
from session_mirror.replay.contents import Contents
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
    sieve = None if asked.is_regex else Sieve(asked.query, match_case=asked.match_case)
    passages = Passages(contents, asked.start, sieve, asked.filter, budget_s)
    hits: list[SearchHit] = []
    try:
        with _finder(asked) as finder:
            for each in _batches(passages):
                batch = _goes_on(hits, each)
                hits += _hits(batch, finder.find(batch, most_hits - len(hits)))
                if len(hits) >= most_hits:
                    return _result(hits, passages, _behind(hits[-1]), is_complete=False)
                if time.monotonic() >= until:
                    break
    except RegexError as problem:
        return _refused(asked, str(problem))
    return _result(hits, passages, passages.next, is_complete=passages.is_at_end)


def _finder(asked: ReplaySearchParams) -> AbstractContextManager[_Finder]:
    if asked.is_regex:
        return RegexSearch(asked.query, match_case=asked.match_case)
    return nullcontext(PlainSearch(asked.query, match_case=asked.match_case))


def _batches(passages: Passages) -> Iterator[list[Passage]]:
    batch: list[Passage] = []
    chars = 0
    for passage in passages:
        if batch and batch[-1].whole == passage.whole:
            yield batch
            batch, chars = [], 0
        batch.append(passage)
        chars += len(passage.text)
        if chars >= _BATCH_CHARS or len(batch) >= _BATCH_PASSAGES:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch


def _behind(hit: SearchHit) -> SearchPlace:
    return SearchPlace(index=hit.index, field=hit.field, offset=hit.start + hit.length, in_output=hit.in_output)


def _goes_on(hits: Sequence[SearchHit], batch: list[Passage]) -> list[Passage]:
    """The batch; where it goes on with the last hit's text, only from that hit's end on."""
    first = batch[0]
    if not hits or (hits[-1].index, hits[-1].field, hits[-1].in_output) != first.whole:
        return batch
    end = _behind(hits[-1]).offset
    return [attrs.evolve(first, begin=max(first.begin, end - first.base)), *batch[1:]]


def _hits(batch: Sequence[Passage], found: Sequence[Spans]) -> Iterator[SearchHit]:
    for passage, spans in zip(batch, found, strict=False):
        for begin, length in spans:
            index, field, in_output = passage.whole
            yield SearchHit(index=index, field=field, start=passage.base + begin, length=length, in_output=in_output)


def _result(
    hits: Sequence[SearchHit], passages: Passages, place: SearchPlace, *, is_complete: bool
) -> ReplaySearchResult:
    unsearched = passages.unsearched_before(place)
    return ReplaySearchResult(hits=tuple(hits), next=place, is_complete=is_complete, unsearched=unsearched)


def _refused(asked: ReplaySearchParams, problem: str) -> ReplaySearchResult:
    return ReplaySearchResult(hits=(), next=asked.start, is_complete=True, problem=problem)
