"""What counting needs of a record's events. Their texts, which are most of the work, are left out but for prompts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from session_mirror.harness.drafts import Drafts
from session_mirror.harness.images import ImageSource
from session_mirror.harness.json_values import displayable
from session_mirror.protocol.replay import EventKind, ToolCall

_LONGEST_PROMPT: Final = 4096


class Shown(NamedTuple):
    """An event as far as it is counted; `text` is the beginning of a prompt, else empty."""

    kind: EventKind
    text: str = ""
    tool: ToolCall | None = None
    is_error: bool = False


class Sketch(NamedTuple):
    """A record as far as it is counted."""

    time_ms: int | None
    is_sidechain: bool
    events: list[Shown]
    images: Mapping[int, Sequence[ImageSource]]
    chain: int = 0


class Outline(Drafts):
    """Takes the place of the events that replay shows: the same ones in the same order."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Shown] = []

    def add(
        self,
        kind: EventKind,
        text: str,
        *_: object,
        tool: ToolCall | None = None,
        is_error: bool = False,
        images: Sequence[ImageSource] = (),
        **__: object,
    ) -> None:
        """Appends an event."""
        if images:
            self._images[len(self.shown)] = images
        kept = displayable(text[:_LONGEST_PROMPT]) if kind == "prompt" else ""
        self.shown.append(Shown(kind, kept, tool, is_error))

    def add_json(
        self,
        kind: EventKind,
        value: object,  # noqa: ARG002  what isn't written needs no time
        *,
        tool: ToolCall | None = None,
        is_error: bool = False,
        **_: object,
    ) -> None:
        """Appends an event without writing its value."""
        self.shown.append(Shown(kind, "", tool, is_error))

    def add_images(self, images: Sequence[ImageSource]) -> None:
        """They belong to the last prompt, or are one."""
        prompts = [place for place, shown in enumerate(self.shown) if shown.kind == "prompt"]
        if prompts:
            self._images[prompts[-1]] = images
        else:
            self.add("prompt", "", images=images)
