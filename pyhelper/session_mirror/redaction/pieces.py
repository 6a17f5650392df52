"""Redacting a file piece by piece, in bounded memory, however long its lines are.

A piece ends where no secret can: after a byte that no rule's pattern matches, and that begins no escape. So the pieces
give the same bytes as the lines would, wherever they were cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from .rules import Redacted, RuleSet

INSIDE: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.- \t\r\f\v\\"
"""All that patterns match, and the backslash: a piece never ends after one of these..."""
LONGEST: Final = 64 << 20
"""...unless it has this many of them in a row, which no text has."""


def redact_pieces(chunks: Iterable[bytes], rules: RuleSet) -> Iterator[Redacted]:
    """The chunks' bytes, redacted; holds a chunk and what it leaves unfinished, `LONGEST` bytes at most."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        end = len(rest.rstrip(INSIDE)) if len(rest) < LONGEST else len(rest)
        if end:
            yield rules.redact(rest[:end])
            rest = rest[end:]
    if rest:
        yield rules.redact(rest)
