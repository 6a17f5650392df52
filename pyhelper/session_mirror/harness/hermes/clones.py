"""Which rows only repeat others, because Hermes compacted the conversation.

Compaction archives every row in the model's sight, and inserts a summary between copies of the first few and the last
few of them, with new ids and mostly with new times; results of calls are shortened on the way. People typed such things
once. But they may also type "go on" twice, so rows that say the same are the same only if something else speaks for it:
the same time, the id of a call, a moment in which nobody types, or the place beside a summary.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .words import Word

_INSTANT_S: Final = 20e-6
"""Rows inserted together are dated a microsecond apart."""
_MOST_KEPT: Final = 2000
"""So many rows beside a summary are compared."""


def clones(words: Sequence[Word]) -> set[int]:
    """Lines of rows that say what an earlier one says; `words` are those of visible rows, in their order."""
    beside = _beside_summaries(words)
    archived: set[bytes] = set()
    dated: set[tuple[bytes, object]] = set()
    folded = set()
    for at, word in enumerate(words):
        said_then = word.timestamp is not None and (word.identity, word.timestamp) in dated
        called = word.is_of_call and word.identity in archived
        if said_then or called or (word.likeness in archived and (at in beside or _is_instant(words, at))):
            folded.add(word.line)
        if word.is_archived:
            archived |= {word.identity, word.likeness}
        dated.add((word.identity, word.timestamp))
    return folded


def _is_instant(words: Sequence[Word], at: int) -> bool:
    """Whether a row was inserted in one go with the one before it or after it."""
    return any(
        isinstance(here := words[at].timestamp, (int, float))
        and isinstance(there := words[other].timestamp, (int, float))
        and abs(here - there) < _INSTANT_S
        for other in (at - 1, at + 1)
        if 0 <= other < len(words)
    )


def _beside_summaries(words: Sequence[Word]) -> set[int]:
    """Positions of rows that repeat, just before a summary, how the conversation began, or, just after it, its end.

    Nothing is said of summaries whose neighbours' times tell.
    """
    found: set[int] = set()
    for at, word in enumerate(words):
        if not word.is_summary or _is_instant(words, at):
            continue
        head = _longest_head(words, at)
        found.update(range(at - head, at))
        found.update(range(at + 1, at + 1 + _longest_tail(words, at, at - head)))
    return found


def _longest_head(words: Sequence[Word], summary: int) -> int:
    for length in range(min(summary // 2, _MOST_KEPT), 0, -1):
        if _same(words, 0, summary - length, length):
            return length
    return 0


def _longest_tail(words: Sequence[Word], summary: int, end: int) -> int:
    """`end`: where what was there before the compaction ends."""
    for length in range(min(end, len(words) - summary - 1, _MOST_KEPT), 0, -1):
        if _same(words, end - length, summary + 1, length):
            return length
    return 0


def _same(words: Sequence[Word], one: int, other: int, length: int) -> bool:
    return all(
        words[one + step].likeness == words[other + step].likeness and words[one + step].is_archived
        for step in range(length)
    )
