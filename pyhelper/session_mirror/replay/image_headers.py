"""What the first bytes of a PNG, JPEG, GIF or WebP say. Only these four are known: no format that can hold scripts or
addresses, and none is believed to be what a transcript calls it."""

from __future__ import annotations

from struct import error as struct_error
from struct import unpack_from
from typing import Final, Literal

import attrs

ImageType = Literal["image/png", "image/jpeg", "image/gif", "image/webp"]
_BYTE_ORDERS: Final = {b"II*\0": "<", b"MM\0*": ">"}
_ORIENTATION: Final = 0x112
_SHORT: Final = 3
_TURNING: Final = range(5, 9)
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_GIF: Final = (b"GIF87a", b"GIF89a")
_LOOPS: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers that begin a JPEG's picture: all of their range but tables and an extension nobody uses."""
_CAMERA: Final = 0xE1
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
"""JPEG markers without a length behind them."""


@attrs.frozen
class ImageHeader:
    """Width and height in pixels as it is shown, neither 0: what a camera held upright lies on its side in its file."""

    media_type: ImageType
    width: int
    height: int
    is_animated: bool = False


class HeaderCutError(ValueError):
    """The bytes begin like an image and end before they say its size: more of them may."""


def read_header(head: bytes) -> ImageHeader | None:
    """The header in an image's first bytes; None where they aren't those of an image that can be shown.

    Raises:
        HeaderCutError: more bytes are needed.
    """
    try:
        found = _read(head)
    except (IndexError, struct_error) as error:
        raise HeaderCutError from error
    return found if found is not None and found.width > 0 < found.height else None


def _read(head: bytes) -> ImageHeader | None:
    if head.startswith(_PNG):
        return _read_png(head)
    if head.startswith(_JPEG):
        return _read_jpeg(head)
    if head.startswith(_GIF):
        return _read_gif(head)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _read_webp(head)
    return None


def _read_png(head: bytes) -> ImageHeader | None:
    kind, width, height = unpack_from(">4sII", head, 12)
    if kind != b"IHDR":
        return None
    pixels = head.find(b"IDAT")
    before = head if pixels < 0 else head[:pixels]
    camera = before.find(b"eXIf")
    if camera > 0 and _is_turned(before[camera + 4 :]):
        width, height = height, width
    return ImageHeader("image/png", width, height, is_animated=b"acTL" in before)


def _read_jpeg(head: bytes) -> ImageHeader | None:
    at, camera = 2, b""
    while True:
        if head[at] != 0xFF:
            return None
        marker = head[at + 1]
        if marker == 0xFF:  # padding
            at += 1
        elif marker in _FRAMES:
            height, width = unpack_from(">HH", head, at + 5)
            return ImageHeader("image/jpeg", *((height, width) if _is_turned(camera) else (width, height)))
        elif marker in _ALONE:
            at += 2
        elif marker in (0x00, 0xD9, 0xDA):
            return None
        else:
            end = at + 2 + max(2, unpack_from(">H", head, at + 2)[0])
            if marker == _CAMERA and head[at + 4 : at + 9] == b"Exif\0":
                camera = camera or head[at + 10 : end]
            at = end


def _is_turned(camera: bytes) -> bool:
    """Whether width and height change places, by what a camera told; of several orientations the first counts."""
    order = _BYTE_ORDERS.get(camera[:4])
    if order is None:
        return False
    try:
        (at,) = unpack_from(order + "I", camera, 4)
        (count,) = unpack_from(order + "H", camera, at)
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, values, value = unpack_from(order + "HHIH", camera, entry)
            if (tag, kind, values) == (_ORIENTATION, _SHORT, 1) and 1 <= value <= 8:
                return value in _TURNING
    except struct_error:
        # It ends before its own list does.
        return False
    return False


def _read_gif(head: bytes) -> ImageHeader | None:
    width, height, flags = unpack_from("<HHB", head, 6)
    at = 13 + _colours(flags)
    is_animated = False
    while head[at] == 0x21:
        is_animated = is_animated or head[at + 3 : at + 14] in _LOOPS
        at += 2
        while size := head[at]:
            at += 1 + size
        at += 1
    if head[at] != 0x2C:
        return None
    # A first frame that is larger than the screen makes the picture larger.
    left, top, frame_width, frame_height = unpack_from("<HHHH", head, at + 1)
    return ImageHeader("image/gif", max(width, left + frame_width), max(height, top + frame_height), is_animated)


def _colours(flags: int) -> int:
    """Bytes of the table that follows."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _read_webp(head: bytes) -> ImageHeader | None:
    (kind,) = unpack_from("4s", head, 12)
    if kind == b"VP8X":
        flags = head[20]
        low_width, high_width, low_height, high_height = unpack_from("<HBHB", head, 24)
        width, height = 1 + low_width + (high_width << 16), 1 + low_height + (high_height << 16)
        return ImageHeader("image/webp", width, height, is_animated=bool(flags & 2))
    if kind == b"VP8L":
        (bits,) = unpack_from("<I", head, 21)
        is_known = head[20] == 0x2F
        return ImageHeader("image/webp", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)) if is_known else None
    if kind == b"VP8 ":
        width, height = unpack_from("<HH", head, 26)
        is_known = head[23:26] == b"\x9d\x01\x2a"
        return ImageHeader("image/webp", width & 0x3FFF, height & 0x3FFF) if is_known else None
    return None
