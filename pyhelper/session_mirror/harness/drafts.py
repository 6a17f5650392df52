"""Collects the events of one record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import attrs

from session_mirror.harness.images import ImageSource
from session_mirror.harness.json_values import displayable, pretty_json
from session_mirror.protocol.replay import EventKind, ReplayEvent, TextSlice, ToolCall


class Drafts:
    """Events in order, each with its `field` number, its whole text and its images."""

    def __init__(self) -> None:
        self._events: list[ReplayEvent] = []
        self._images: dict[int, Sequence[ImageSource]] = {}

    def add(
        self,
        kind: EventKind,
        text: str,
        text_format: Literal["markdown", "plain", "json"] = "plain",
        *,
        tool: ToolCall | None = None,
        is_error: bool = False,
        label: str = "",
        images: Sequence[ImageSource] = (),
        attachment: str | None = None,
    ) -> None:
        """Appends an event; text and label may hold anything."""
        shown = displayable(text)
        if images:
            self._images[len(self._events)] = images
        self._events.append(
            ReplayEvent(
                kind=kind,
                field=len(self._events),
                text=TextSlice(value=shown, total_chars=len(shown)),
                format=text_format,
                tool=tool,
                is_error=is_error,
                label=displayable(label),
                images=len(images),
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

    def add_images(self, images: Sequence[ImageSource]) -> None:
        """Gives images to the last prompt; they are one by themselves where nothing was typed."""
        for position in reversed(range(len(self._events))):
            if self._events[position].kind == "prompt":
                self._events[position] = attrs.evolve(self._events[position], images=len(images))
                self._images[position] = images
                return
        self.add("prompt", "", images=images)

    def events(self) -> tuple[ReplayEvent, ...]:
        """All of them."""
        return tuple(self._events)

    def images(self) -> Mapping[int, Sequence[ImageSource]]:
        """The images of those events that have some, by the events' `field`."""
        return self._images
