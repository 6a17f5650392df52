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


@attrs.frozen
class Count:
    """How often something occurred."""

    name: str
    count: int


@attrs.frozen
class ModelTokens:
    """What one model's responses cost."""

    model: str
    tokens: Tokens


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
    events: tuple[Count, ...]
    """By kind, as replay shows them; the most frequent first, as in the next two."""
    bookkeeping: int
    """Lines that only keep the agent's own books, or say again what another line says."""
    tools: tuple[Count, ...]
    """Calls by the tool's name."""
    models: tuple[ModelTokens, ...]
    tokens: Tokens
    turns: tuple[Turn, ...]
    first_at_ms: int | None
    last_at_ms: int | None
