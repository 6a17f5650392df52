"""The lines of a change log of OpenClaw's database.

A row's line is the event as it stands in the row, byte for byte: what the files of the earlier era held. So a session
that was read into the database goes on as the stream that it was. An event that can't be told from another one, or that
is no line, comes in a wrapper; a row that is gone leaves a tombstone.
"""

from __future__ import annotations

import hashlib
from typing import Final

from session_mirror.harness.json_values import as_text, parse_object
from session_mirror.source.changelog.lines import json_line

WRAPPED: Final = "session_mirror_row"
REMOVED: Final = "session_mirror_removed"
_OURS: Final = (WRAPPED, REMOVED)
_HASHED: Final = "#"
_NUMBERED: Final = "seq:"


def key_of_event(event: bytes) -> str | None:
    """What tells an event from the others; None where it is no JSON object on one line, or bears marks of ours."""
    if b"\n" in event or b"\r" in event:
        return None
    entry = parse_object(event)
    if not entry or as_text(entry.get("type")) in _OURS:
        return None
    return as_text(entry.get("id")) or _HASHED + hashlib.blake2b(event, digest_size=16).hexdigest()


def key_of_number(seq: int) -> str:
    """The key of an event that only its row's number tells from others."""
    return f"{_NUMBERED}{seq}"


def wrapped(seq: int, event: bytes) -> bytes:
    """The line of such an event."""
    return json_line({"type": WRAPPED, "seq": seq, "event": event.decode("utf-8", "surrogateescape")})


def tombstone(key: str) -> bytes:
    """The line that tells that a row is gone."""
    return json_line({"type": REMOVED, "key": key})


def key_of(line: bytes) -> tuple[str, bool] | None:
    """The key in a line of ours, and whether the row was there. Never raises."""
    key = key_of_event(line)
    if key is not None:
        return key, True
    entry = parse_object(line)
    seq = entry.get("seq")
    if entry.get("type") == WRAPPED and isinstance(seq, int):
        return key_of_number(seq), True
    removed = removed_key(entry)
    return (removed, False) if removed else None


def removed_key(entry: dict[str, object]) -> str:
    """The key in a tombstone; empty for any other line."""
    return as_text(entry.get("key")) if entry.get("type") == REMOVED else ""


def unwrapped(entry: dict[str, object]) -> dict[str, object]:
    """The event in a wrapper; any other entry as it is."""
    if entry.get("type") != WRAPPED:
        return entry
    return parse_object(as_text(entry.get("event")).encode("utf-8", "replace"))
