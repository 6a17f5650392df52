"""From a parsed line to the record that crosses the wire: cut to a size that is computed, not hoped for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

import attrs

from session_mirror.harness.base import ReadRecord
from session_mirror.protocol.replay import ReplayEvent, ReplayRecord, TextSlice, ToolCall
from session_mirror.replay.images import TOLD_BYTES, told_images
from session_mirror.replay.raw_line import RawLine
from session_mirror.replay.texts import json_bytes, scrub

TEXT_CHARS = 16 << 10
"""A text's first so many code points are sent with its record; `replay/text` has the rest."""
_FEWEST_CHARS = 256
_NAME_CHARS = 256
_TARGET_CHARS = 1024
_MOST_PATHS = 8
# Keys, punctuation, flags and numbers of one record, and of one event with its tool.
_RECORD_BYTES = 256
_EVENT_BYTES = 320


def cut_record(index: int, raw_bytes: int, record: ReadRecord, budget: int) -> tuple[ReplayRecord, int]:
    """The record with its texts cut, and an upper bound of its JSON's size, which is at most `budget` (16 KiB or more).

    When many texts together are too large each is cut shorter; when events are too many, an opaque one tells so.
    """
    chars = TEXT_CHARS
    images = told_images(record.images)
    events: Sequence[ReplayEvent] = record.events
    if images:
        events = [attrs.evolve(event, told_images=images.get(event.field, ())) for event in events]
    while True:
        sized = [(event, _event_bytes(event)) for event in (_cut(event, chars) for event in events)]
        total = sum(size for _, size in sized)
        if total <= budget - _RECORD_BYTES - _NAME_CHARS * 6 or chars <= _FEWEST_CHARS:
            break
        chars //= 4
    model = None if record.model is None else scrub(record.model[:_NAME_CHARS])
    head = _RECORD_BYTES + json_bytes(model or "")
    shown = [event for event, _ in sized]
    if head + total > budget:
        shown, total = _first_events(sized, budget - head)
    cut = ReplayRecord(
        index=index,
        time_ms=record.time_ms,
        model=model,
        is_sidechain=record.is_sidechain,
        raw_bytes=raw_bytes,
        events=tuple(shown),
    )
    return cut, head + total


def long_record(raw: RawLine) -> ReadRecord:
    """A line too long to be parsed: an opaque event with its beginning."""
    event = ReplayEvent(
        kind="opaque",
        field=0,
        text=TextSlice(value=raw.text(0, TEXT_CHARS), total_chars=raw.total_chars),
        format="plain",
        label="very long line",
    )
    return ReadRecord(time_ms=None, model=None, is_sidechain=False, events=(event,))


def _first_events(sized: list[tuple[ReplayEvent, int]], budget: int) -> tuple[list[ReplayEvent], int]:
    budget -= 2 * _EVENT_BYTES  # for the event that tells of the rest
    total = 0

    def fits(item: tuple[ReplayEvent, int]) -> bool:
        nonlocal total
        if total + item[1] > budget:
            return False
        total += item[1]
        return True

    events = [event for event, _ in takewhile(fits, sized)]
    note = f"{len(sized) - len(events)} more events are in the raw line."
    rest = ReplayEvent(
        kind="opaque",
        field=len(events),
        text=TextSlice(value=note, total_chars=len(note)),
        format="plain",
        label="more events",
    )
    return [*events, rest], total + _event_bytes(rest)


def _cut(event: ReplayEvent, chars: int) -> ReplayEvent:
    if _is_fit(event, chars):
        return event
    tool = event.tool and ToolCall(
        call_id=scrub(event.tool.call_id[:_NAME_CHARS]),
        name=scrub(event.tool.name[:_NAME_CHARS]),
        target=scrub(event.tool.target[:_TARGET_CHARS]),
        action=event.tool.action,
        paths=tuple(scrub(path[:_TARGET_CHARS]) for path in event.tool.paths[:_MOST_PATHS]),
    )
    text = TextSlice(
        value=scrub(event.text.value[:chars]), total_chars=max(event.text.total_chars, len(event.text.value))
    )
    # A name that would have to be changed names no file any more.
    name = event.attachment and scrub(event.attachment[:_NAME_CHARS])
    attachment = name if name == event.attachment else None
    return attrs.evolve(event, text=text, tool=tool, label=scrub(event.label[:_NAME_CHARS]), attachment=attachment)


def _is_fit(event: ReplayEvent, chars: int) -> bool:
    """Whether there is nothing to be cut, and surely no lone surrogate: so it is with most events."""
    text, label, tool = event.text.value, event.label, event.tool
    if event.attachment is not None or len(text) > chars or len(label) > _NAME_CHARS:
        return False
    if not text.isascii() or not label.isascii() or event.text.total_chars < len(text):
        return False
    return tool is None or (
        len(tool.call_id) <= _NAME_CHARS
        and len(tool.name) <= _NAME_CHARS
        and len(tool.target) <= _TARGET_CHARS
        and len(tool.paths) <= _MOST_PATHS
        and all(len(path) <= _TARGET_CHARS and path.isascii() for path in tool.paths)
        and (tool.call_id + tool.name + tool.target).isascii()
    )


def _event_bytes(event: ReplayEvent) -> int:
    size = _EVENT_BYTES + json_bytes(event.text.value) + json_bytes(event.label) + json_bytes(event.attachment or "")
    size += TOLD_BYTES * len(event.told_images)
    if event.tool is not None:
        size += sum(json_bytes(path) + 4 for path in event.tool.paths)
        size += json_bytes(event.tool.call_id) + json_bytes(event.tool.name) + json_bytes(event.tool.target)
    return size
