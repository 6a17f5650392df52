"""What a session adds up to: counts, tools, models, and tokens, for the whole and for each turn."""

from __future__ import annotations

import attrs


@attrs.frozen(kw_only=True)
class Tokens:
    """Tokens as the model's provider counted them, the same way for all agents.

    `input` is without what came from or went to the cache, `output` includes `reasoning`.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    reasoning: int = 0
    total: int = 0
    """All of the above but `reasoning`."""


@attrs.frozen(kw_only=True)
class Turn:
    """From one prompt to the next. What comes before the first prompt is a turn with an empty one.

    Times are Unix epoch milliseconds, by the records themselves.
    """

    line: int
    """Where the turn begins: the line's number in the stream, from 0."""
    prompt: str
    """At most 200 characters, on one line."""
    began_at_ms: int | None
    ended_at_ms: int | None
    tokens: Tokens
    tool_calls: int
    errors: int


@attrs.frozen(kw_only=True)
class Statistics:
    """Of one stream; copies of lines count once."""

    lines: int
    events: dict[str, int]
    """How many of each kind, as replay shows them."""
    bookkeeping: int
    """Lines that only keep the agent's own books, or say again what another line says."""
    tools: dict[str, int]
    """Calls by the tool's name."""
    models: dict[str, Tokens]
    tokens: Tokens
    turns: tuple[Turn, ...]
    first_at_ms: int | None
    last_at_ms: int | None
