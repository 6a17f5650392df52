"""Images of a session for its page: what is known of each without decoding it, and its bytes in pages."""

from __future__ import annotations

import re
import threading
from binascii import a2b_base64
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import attrs

from session_mirror.errors import MirrorError
from session_mirror.harness.images import ImageSource
from session_mirror.protocol.replay import EventImage, ImageProblem, ReplayImageParams, ReplayImageResult
from session_mirror.replay.contents import Contents
from session_mirror.replay.image_headers import HeaderCutError, ImageHeader, ImageType, read_header
from session_mirror.replay.source import NotHere
from session_mirror.replay.texts import ENVELOPE_BYTES, PAGE_BYTES

MOST_BYTES: Final = 20_000_000
MOST_SIDE: Final = 16_384
MOST_PIXELS: Final = 64_000_000
"""What a larger picture takes when it is decoded is no reader's memory to spend."""
MOST_TOLD: Final = 24
"""Of an event with more images the rest is only counted."""
TOLD_BYTES: Final = 192
"""What one image takes as JSON, at most."""
_HEADS: Final = (8 << 10, 128 << 10, 2 << 20)
"""A header mostly is at the very beginning; some have a colour profile or a preview in front of their size."""
_PAGE_CHARS: Final = (PAGE_BYTES - ENVELOPE_BYTES) // 4 * 4
"""So that each page can be decoded by itself."""
_SPACES: Final = " \t\r\n"
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]+\Z")
_MARK: Final = "[REDACTED:"
_NAMED: Final = re.compile(r"image/[a-z0-9][a-z0-9.+-]{0,40}\Z")
_KEPT: Final = 2


def told_images(sources: Mapping[int, Sequence[ImageSource]]) -> dict[int, tuple[EventImage, ...]]:
    """What is told of an event's images, by the event's field."""
    return {field: tuple(map(told_image, images[:MOST_TOLD])) for field, images in sources.items()}


def told_image(source: ImageSource) -> EventImage:
    """What is known of an image by its first bytes; the rest isn't looked at, and may be damaged all the same."""
    size = _decoded_bytes(source.base64)
    found = source.absence or _looked_at(source.base64)
    if not isinstance(found, ImageHeader):
        return EventImage(media_type=_named(source.media_type), size_bytes=size, width=0, height=0, problem=found)
    is_large = max(found.width, found.height) > MOST_SIDE or found.width * found.height > MOST_PIXELS
    return EventImage(
        media_type=found.media_type,
        size_bytes=size,
        width=found.width,
        height=found.height,
        is_animated=found.is_animated,
        problem="tooLarge" if is_large or size > MOST_BYTES else None,
    )


class Images:
    """Keeps what was asked for last, since an image is asked for in pages. Thread-safe."""

    def __init__(self, contents: Callable[[], Contents], bring: Callable[[int, int], None]) -> None:
        """`contents` gives the session as it is by now; `bring` fetches bytes of it that are on their way."""
        self._contents = contents
        self._bring = bring
        self._lock = threading.Lock()
        self._known: dict[tuple[int, int, int], _Image] = {}  # longest unused first

    def page(self, asked: ReplayImageParams) -> ReplayImageResult:
        """An image's base64 from a character on, at most 256 KiB of JSON; from the beginning it is read anew.

        Raises:
            MirrorError: there is no such image, it can't be shown, or the source cannot be read.
        """
        while True:
            try:
                return self._page(asked)
            except NotHere as lacking:
                self._bring(lacking.start, lacking.length)

    def _page(self, asked: ReplayImageParams) -> ReplayImageResult:
        contents = self._contents()
        line, offset = contents.places.line_at(asked.index), max(0, asked.offset)
        place = (line, asked.field, asked.image)
        with self._lock:
            image = self._known.pop(place, None)
        if image is None or not offset:
            image = _read(contents, *place)
        value = image.base64[offset : offset + _PAGE_CHARS]
        if offset + len(value) < len(image.base64):
            self._keep(place, image)
        total_chars = len(image.base64)
        return ReplayImageResult(offset=offset, value=value, total_chars=total_chars, media_type=image.media_type)

    def _keep(self, place: tuple[int, int, int], image: _Image) -> None:
        with self._lock:
            self._known[place] = image
            while len(self._known) > _KEPT:
                del self._known[next(iter(self._known))]


@attrs.frozen
class _Image:
    media_type: ImageType
    base64: str
    """Without spaces, padded."""


def _read(contents: Contents, line: int, field: int, number: int) -> _Image:
    # A line too long to be parsed comes empty, and has no images.
    ((_, _, body),) = contents.lines.read(line, line + 1)
    sources = contents.harness.read_record(body).images.get(field, ()) if body else ()
    if not 0 <= number < len(sources):
        raise MirrorError(
            "There is no such image in this record.",
            kind="notFound",
            hint="The session may have changed; reload the replay.",
        )
    source = sources[number]
    header = None if told_image(source).problem else _looked_at(source.base64)
    base64 = _whole(source.base64)
    if not isinstance(header, ImageHeader) or base64 is None:
        raise MirrorError(
            "This image can't be shown.", kind="source", hint="The raw line has it as it stands in the session."
        )
    return _Image(header.media_type, base64)


def _whole(base64: str) -> str | None:
    """All of it, fit to be decoded; None where something else than base64 is in it."""
    kept = "".join(base64.split()).rstrip("=")
    if not _BASE64.match(kept):
        return None
    # One character alone is no byte: there were more of them, which were cut off.
    kept = kept[:-1] if len(kept) % 4 == 1 else kept
    return kept + "=" * (-len(kept) % 4)


def _looked_at(base64: str) -> ImageHeader | ImageProblem:
    # Looking for one letter first is forty times as fast.
    if _MARK[0] in base64 and _MARK in base64:
        return "redacted"
    for count in _HEADS:
        head = _whole(base64[:count])
        if head is None:
            break
        try:
            return read_header(a2b_base64(head)) or "format"
        except HeaderCutError:
            if count >= len(base64):
                break
    return "damaged"


def _decoded_bytes(base64: str) -> int:
    chars = len(base64) - sum(base64.count(space) for space in _SPACES if space in base64)
    padding = 2 if base64.endswith("==") else 1 if base64.endswith("=") else 0
    return max(0, chars - padding) * 3 // 4


def _named(media_type: str) -> str:
    """What a record calls an image that isn't shown, if that is the name of a kind of images."""
    name = media_type[:64].strip().lower()
    return name if _NAMED.match(name) else ""
