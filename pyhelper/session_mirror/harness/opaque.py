"""A line that is shown as it is, because nothing better is known about it."""

from __future__ import annotations

from session_mirror.harness.json_values import displayable
from session_mirror.protocol.replay import ReplayEvent, TextSlice


def opaque_event(line: bytes, *, is_object: bool, label: str) -> ReplayEvent:
    """The whole line as one event; `is_object`: it is a JSON object."""
    text = displayable(line.decode("utf-8", "replace"))
    return ReplayEvent(
        kind="opaque",
        field=0,
        text=TextSlice(value=text, total_chars=len(text)),
        format="json" if is_object else "plain",
        label=displayable(label),
    )
