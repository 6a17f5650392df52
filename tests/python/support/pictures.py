"""Images made up for tests: whole PNGs, and of the other formats as much as tells their size."""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Sequence
from struct import pack


def png(width: int, height: int, *, colour: tuple[int, int, int] = (40, 120, 200), animated: bool = False) -> bytes:
    """A picture of one colour; only the smaller ones are worth their time."""
    row = b"\0" + bytes(colour) * width
    control = _chunk(b"acTL", pack(">II", 2, 0)) if animated else b""
    return png_head(width, height) + control + _chunk(b"IDAT", zlib.compress(row * height)) + _chunk(b"IEND", b"")


def png_head(width: int, height: int, *, camera: bytes = b"") -> bytes:
    """A picture's beginning, which may promise any size."""
    head = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return head + (_chunk(b"eXIf", camera) if camera else b"")


def jpeg(width: int, height: int, *, preview: bytes = b"", cameras: Sequence[bytes] = ()) -> bytes:
    """With segments in front of its size: what cameras told, and a preview."""
    segments = b"\xff\xe0" + pack(">H", 16) + b"JFIF\0" + bytes(9)
    for camera in cameras:
        segments += b"\xff\xe1" + pack(">H", 8 + len(camera)) + b"Exif\0\0" + camera
    for start in range(0, len(preview), 60_000):
        piece = preview[start : start + 60_000]
        segments += b"\xff\xe2" + pack(">H", 2 + len(piece)) + piece
    frame = b"\xff\xc2" + pack(">HBHHB", 17, 8, height, width, 3) + bytes(9)
    return b"\xff\xd8" + segments + b"\xff\xff" + frame + b"\xff\xda\0\x02" + b"\xff\xd9"


def camera(*orientations: int, order: str = "<", kind: int = 3, values: int = 1) -> bytes:
    """What a camera tells of a picture: its maker, and how it was held, as often as it likes to."""
    tags = [(0x10F, 2, 4, 0x4141), *((0x112, kind, values, each) for each in orientations)]
    entries = b"".join(pack(order + "HHIHH", *tag, 0) for tag in tags)
    mark = b"II" if order == "<" else b"MM"
    return mark + pack(order + "HIH", 42, 8, len(tags)) + entries + bytes(4)


def gif(width: int, height: int, *, frame: tuple[int, int] | None = None, animated: bool = False) -> bytes:
    """A screen and a first frame on it, which may be larger."""
    loop = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0" if animated else b""
    shown = frame or (width, height)
    head = b"GIF89a" + pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    return head + loop + b"\x21\xf9\x04\0\0\0\0\0" + b"\x2c" + pack("<HHHHB", 0, 0, *shown, 0) + b"\x02\0\x3b"


def webp(width: int, height: int, *, kind: bytes = b"VP8X", animated: bool = False) -> bytes:
    """Of one of the three sorts: `VP8X`, `VP8L` or `VP8 `."""
    if kind == b"VP8X":
        flags = 2 if animated else 0
        body = bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    elif kind == b"VP8L":
        body = b"\x2f" + pack("<I", (width - 1) | (height - 1) << 14)
    else:
        body = b"\0\0\0\x9d\x01\x2a" + pack("<HH", width, height)
    chunk = kind + pack("<I", len(body)) + body
    return b"RIFF" + pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def base64_of(data: bytes) -> str:
    """As transcripts have it."""
    return b64encode(data).decode("ascii")


def data_url(data: bytes, media_type: str = "image/png") -> str:
    """As OpenAI's models get it."""
    return f"data:{media_type};base64,{base64_of(data)}"


def _chunk(kind: bytes, body: bytes) -> bytes:
    return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body))
