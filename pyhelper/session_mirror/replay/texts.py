"""Texts on their way to the page: without lone surrogates, cut by code points, measured as the JSON they become."""

from __future__ import annotations

import re
from json.encoder import encode_basestring_ascii

PAGE_BYTES = 256 << 10
"""At most this much JSON crosses in one answer."""
ENVELOPE_BYTES = 1024
"""Room kept in an answer for what surrounds its texts."""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def scrub(text: str) -> str:
    """The text with each lone surrogate replaced, since no UTF-8 can carry one."""
    # Most texts are ASCII, which Python knows without looking.
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)


def json_bytes(text: str) -> int:
    """Size of the text as a JSON string with ASCII escapes, quotes included."""
    return len(encode_basestring_ascii(text))


def fit(text: str, budget: int) -> str:
    """The longest handy prefix whose JSON form is at most `budget` bytes (at least 64), never empty for a text."""
    text = text[:budget]
    while (size := json_bytes(text)) > budget:
        text = text[: max(1, len(text) * (budget - 2) // size)]
    return text


def page_of(text: str, offset: int) -> str:
    """One answer's worth of a text from a code point on."""
    return fit(scrub(text[offset : offset + PAGE_BYTES]), PAGE_BYTES - ENVELOPE_BYTES)
