"""Words that stand in the texts of events without being in the transcript."""

from __future__ import annotations

from typing import Final

OWN_WORDS: Final = frozenset(
    ["after", "back", "before", "compacted", "conversation", "infinity", "nan", "taken", "tokens", "turns"],
)
"""In lower case. All other letters of a text are letters of its line, in the same order."""
