"""Images in records, in the few shapes that agents write them in. Nothing is ever loaded or opened for them: an image
whose bytes aren't in the record itself is none that can be shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

import attrs

from .json_values import as_object, as_text

Absence = Literal["remote", "file", "missing", "format"]
"""Why a record doesn't hold an image's bytes: they have an address elsewhere; are in a file, here or at the model's
provider; were left out; or are written in another way than base64, as SVG may be."""
_ADDRESSES: Final = ("image_url", "imageUrl", "url", "fileUri", "file_uri")
_FILES: Final = ("path", "file_id", "fileId", "saved_path")
_DATA: Final = "data:"
_LONGEST_HEAD: Final = 1024
"""What stands before the comma of a `data:` URL is a few words."""


@attrs.frozen
class ImageSource:
    """Where an image's bytes are: in `base64`, which may be damaged, or nowhere, and then `absence` says why."""

    base64: str = attrs.field(default="", repr=False)
    absence: Absence | None = None
    media_type: str = ""
    """What the record calls it; anything at all."""

    @property
    def about_bytes(self) -> int:
        """What it holds, told without looking at it: spaces and padding count as well."""
        return len(self.base64) * 3 // 4


def image_in(value: object) -> ImageSource:
    """The image in a block of a message: of Anthropic's form, OpenAI's, Google's or MCP's."""
    fields = as_object(value)
    holders = [fields, *(as_object(fields.get(key)) for key in ("source", "inlineData", "inline_data", "fileData"))]
    for holder in holders:
        if isinstance(holder.get("data"), str):
            return image_of_base64(as_text(holder.get("data")), _media_type(holder))
    for holder in holders:
        for key in _ADDRESSES:
            address = as_text(holder.get(key)) or as_text(as_object(holder.get(key)).get("url"))
            if address:
                return image_at(address, _media_type(holder))
        if any(as_text(holder.get(key)) for key in _FILES):
            return ImageSource(absence="file", media_type=_media_type(holder))
    return ImageSource(absence="missing", media_type=_media_type(fields))


def images_in(blocks: Iterable[object], kinds: Iterable[str] = ("image",)) -> Iterator[ImageSource]:
    """Those of the blocks that are images, by their `type`."""
    wanted = frozenset(kinds)
    return (image_in(block) for block in blocks if as_text(as_object(block).get("type")) in wanted)


def image_of_base64(data: str, media_type: str = "") -> ImageSource:
    """An image by its bytes, which some write as a `data:` URL in this place, too."""
    if data.startswith(_DATA):
        return image_at(data, media_type)
    return _holding(data, media_type)


def image_at(address: str, media_type: str = "") -> ImageSource:
    """An image by its address: a `data:` URL holds it, any other only says where it would be."""
    if address[: len(_DATA)].lower() == _DATA:
        comma = address.find(",", 0, _LONGEST_HEAD)
        head = [word.strip().lower() for word in address[len(_DATA) : max(comma, 0)].split(";")]
        if comma < 0 or head[-1] != "base64":
            return ImageSource(absence="format", media_type=head[0] or media_type)
        return _holding(address[comma + 1 :], head[0] or media_type)
    is_remote = address[:8].lower().startswith(("http:", "https:", "//"))
    return ImageSource(absence="remote" if is_remote else "file", media_type=media_type)


def _holding(data: str, media_type: str) -> ImageSource:
    if not data or data.isspace():
        return ImageSource(absence="missing", media_type=media_type)
    return ImageSource(data, media_type=media_type)


def _media_type(fields: dict[str, object]) -> str:
    return next(filter(None, (as_text(fields.get(key)) for key in ("media_type", "mimeType", "mime_type"))), "")
