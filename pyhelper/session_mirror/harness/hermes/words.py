"""The last word of each row, as short as it can be kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Final

import attrs

from session_mirror.harness.base import ReadRecord
from session_mirror.harness.json_values import one_line
from session_mirror.harness.titles import TITLE_LENGTH

from .messages import Message, calls_of, is_archived, is_taken_back

_IDENTITY: Final = ("role", "content", "tool_call_id", "tool_calls", "tool_name")
_CALLS: Final = frozenset({"toolCall", "subAgent"})


@attrs.frozen(kw_only=True)
class Word:
    """What a row says, and in which line; `place` is where the row stands among the others."""

    line: int
    place: int
    identity: bytes
    """The same for rows that say the same."""
    likeness: bytes
    """The same for calls of the same ids, and for their results, however they were shortened; else the identity."""
    timestamp: float | str | None
    is_of_call: bool
    """Whether it is a call or a result, with an id."""
    is_archived: bool
    is_hidden: bool
    is_summary: bool
    time_ms: int | None
    prompt: str | None
    kinds: Sequence[tuple[str, bool]]
    """Kinds of its events, and whether they tell of an error."""
    tools: Sequence[str]


def word_of(row: Message, record: ReadRecord, line: int, place: int) -> Word:
    """Of a message and what is shown of it."""
    identity = _hash([row.get(name) for name in _IDENTITY])
    call_ids = [row["tool_call_id"]] if row.get("tool_call_id") else [call.get("id") for call in calls_of(row)]
    prompts = [event.text.value for event in record.events if event.kind == "prompt"]
    return Word(
        line=line,
        place=place,
        identity=identity,
        likeness=_hash([row.get("role"), call_ids]) if any(call_ids) else identity,
        timestamp=at if isinstance(at := row.get("timestamp"), (int, float, str)) else None,
        is_of_call=any(call_ids),
        is_archived=is_archived(row),
        is_hidden=is_taken_back(row),
        is_summary=any(event.kind == "compaction" for event in record.events),
        time_ms=record.time_ms,
        prompt=one_line(prompts[0], TITLE_LENGTH) if prompts else None,
        kinds=tuple((event.kind, event.is_error) for event in record.events),
        tools=tuple(event.tool.name for event in record.events if event.kind in _CALLS and event.tool),
    )


def _hash(value: object) -> bytes:
    return hashlib.blake2b(json.dumps(value).encode("ascii"), digest_size=12).digest()
