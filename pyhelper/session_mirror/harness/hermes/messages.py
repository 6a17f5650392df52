"""What a message row of Hermes holds, whatever version or writer it is of."""

from __future__ import annotations

import json
from typing import Final

import attrs

from session_mirror.harness.images import ImageSource, images_in
from session_mirror.harness.json_values import as_list, as_object, as_text, parse_line

_SENTINEL: Final = "\0json:"
_SUMMARIES: Final = ("[CONTEXT COMPACTION", "[CONTEXT SUMMARY]:", "[PRIOR CONTEXT")
"""How the text begins that takes the place of what was said before."""
_IMAGES: Final = frozenset({"image", "image_url", "input_image"})

Message = dict[str, object]


@attrs.frozen
class Content:
    """What was said, and shown."""

    text: str
    images: tuple[ImageSource, ...] = ()


def content_of(message: Message) -> Content:
    """What was said; parts that are JSON in a marked string, or were decoded by who wrote the line."""
    value = message.get("content")
    if isinstance(value, str) and value.startswith(_SENTINEL):
        value = _decoded(value[len(_SENTINEL) :], value)
    if isinstance(value, (str, type(None))):
        return Content(value or "")
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        return Content(json.dumps(value))
    texts = []
    for part in value:
        fields = as_object(part)
        if as_text(fields.get("type")) not in _IMAGES:
            texts.append(as_text(part) or as_text(fields.get("text")) or json.dumps(part))
    return Content("\n".join(texts), tuple(images_in(value, _IMAGES)))


def calls_of(message: Message) -> list[Message]:
    """The calls in it; they come as JSON in a string, or decoded."""
    value = message.get("tool_calls")
    return [as_object(call) for call in as_list(_decoded(value, None) if isinstance(value, str) else value)]


def thought_of(message: Message) -> str:
    """The model's reasoning, which several columns repeat."""
    details = message.get("reasoning_details")
    parts = as_list(_decoded(details, None) if isinstance(details, str) else details)
    told = "\n\n".join(filter(None, (as_text(as_object(part).get("text")) for part in parts)))
    return as_text(message.get("reasoning")) or as_text(message.get("reasoning_content")) or told


def is_summary(message: Message) -> bool:
    """Whether it takes the place of what was said before."""
    return bool(message.get("_compressed_summary")) or content_of(message).text.startswith(_SUMMARIES)


def is_archived(message: Message) -> bool:
    """Whether the conversation was compacted since: the model doesn't see it any more, people do."""
    return message.get("active") in (0, False) and bool(message.get("compacted"))


def is_taken_back(message: Message) -> bool:
    """Whether it was undone: nobody sees it any more."""
    return message.get("active") in (0, False) and not message.get("compacted")


def _decoded(text: str, otherwise: object) -> object:
    try:
        return parse_line(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        return otherwise
