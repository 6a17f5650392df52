"""Collects the events of one record."""

from __future__ import annotations

from typing import Literal

import attrs

from session_mirror.harness.json_values import displayable, pretty_json
from session_mirror.protocol.replay import EventKind, ReplayEvent, TextSlice, ToolCall


class Drafts:
    """Events in order, each with its `field` number and its whole text."""

    def __init__(self) -> None:
        self._events: list[ReplayEvent] = []

    def add(
        self,
        kind: EventKind,
        text: str,
        text_format: Literal["markdown", "plain", "json"] = "plain",
        *,
        tool: ToolCall | None = None,
        is_error: bool = False,
        label: str = "",
        images: int = 0,
        attachment: str | None = None,
    ) -> None:
        """Appends an event; text and label may hold anything."""
        shown = displayable(text)
        self._events.append(
            ReplayEvent(
                kind=kind,
                field=len(self._events),
                text=TextSlice(value=shown, total_chars=len(shown)),
                format=text_format,
                tool=tool,
                is_error=is_error,
                label=displayable(label),
                images=images,
                attachment=attachment,
            )
        )

    def add_json(
        self, kind: EventKind, value: object, *, tool: ToolCall | None = None, is_error: bool = False, label: str = ""
    ) -> None:
        """Appends an event whose text is a value as readable JSON.

        Raises:
            RecursionError: the value is nested too deeply to be written.
        """
        self.add(kind, pretty_json(value), "json", tool=tool, is_error=is_error, label=label)

    def add_images(self, count: int) -> None:
        """Counts images to the last prompt; they are one by themselves where nothing was typed."""
        for position in reversed(range(len(self._events))):
            if self._events[position].kind == "prompt":
                self._events[position] = attrs.evolve(self._events[position], images=count)
                return
        self.add("prompt", "", images=count)

    def events(self) -> tuple[ReplayEvent, ...]:
        """All of them."""
        return tuple(self._events)
