"""Reading a compaction's record without the history that it keeps, which may be hundreds of megabytes."""

from __future__ import annotations

import re
from json import JSONDecodeError, JSONDecoder
from typing import Final

_LONG: Final = 64 << 10
"""Shorter lines are parsed as any other."""
_MOST_SUMMARY: Final = 1 << 20
_HEAD: Final = re.compile(
    rb'\{"timestamp":"([^"\\]{1,64})",(?:"ordinal":(\d{1,18}),)?"type":"compacted","payload":\{"message":'
)
_DECODER: Final = JSONDecoder()


def summary_of(line: bytes) -> dict[str, object] | None:
    """A long compaction's record with nothing but its summary; None for any other line, which is to be parsed whole."""
    if len(line) < _LONG or not line.endswith(b"}"):
        return None
    head = _HEAD.match(line)
    if head is None:
        return None
    text = line[head.end() : head.end() + _MOST_SUMMARY].decode("utf-8", "replace")
    try:
        message, _ = _DECODER.raw_decode(text)
    except JSONDecodeError:
        return None
    numbered: dict[str, object] = {} if head[2] is None else {"ordinal": int(head[2])}
    return {"timestamp": head[1].decode(), **numbered, "type": "compacted", "payload": {"message": message}}
