"""Where the lines of a stream end, as an object beside its parts: `lines-<end>-<digest>.idx`.

It is a cache that anybody may lose, and nobody may trust: whoever reads by it compares what comes with it. The name
tells how much of the stream it covers and what it holds, so no key ever has two contents. The lengths of the lines are
stored byte by byte, all lowest ones first: the higher ones are alike, and take next to no room when compressed.
"""

from __future__ import annotations

import hashlib
import re
import struct
import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import accumulate
from typing import Final

import attrs

from session_mirror.bucket.store import StoredObject

MAX_LINES: Final = 1 << 24
"""Of a stream with more lines there is no index: it would take too much memory to read one that lies."""
MAX_BYTES: Final = 64 << 20
_MAGIC: Final = b"SMLI"
_VERSION: Final = 1
_HEADER: Final = struct.Struct("<4sBBxxQQ")  # magic, version, bytes of a length, the stream's end, number of lines
_NAME: Final = re.compile(r"lines-(?P<end>[0-9a-f]{16})-(?P<digest>[0-9a-f]{16})\.idx")
_ITEM_BYTES: Final = 8


@attrs.frozen
class ListedIndex:
    """An index as a listing shows it: it covers the stream's bytes `[0, end)`."""

    end: int
    key: str
    size: int


def index_name(end: int, body: bytes) -> str:
    """The object name of an index with these bytes."""
    return f"lines-{end:016x}-{_digest(body)}.idx"


def is_index(name: str) -> bool:
    """Whether an object's name is an index's."""
    return _NAME.fullmatch(name) is not None


def listed_indexes(objects: Iterable[StoredObject]) -> tuple[ListedIndex, ...]:
    """The indexes among a session's objects, the one that covers most last."""
    found = ((_NAME.fullmatch(stored.key.rpartition("/")[2]), stored) for stored in objects)
    told = (ListedIndex(int(name["end"], 16), stored.key, stored.size) for name, stored in found if name)
    return tuple(sorted(told, key=lambda each: (each.end, each.key)))


def newest_index(indexes: Iterable[ListedIndex], end: int) -> ListedIndex | None:
    """The one that covers most of a stream with this end; what covers more belongs to a stream that isn't there."""
    usable = [each for each in indexes if each.end <= end and each.size <= MAX_BYTES]
    return usable[-1] if usable else None


def encode_index(lengths: Sequence[int]) -> bytes:
    """The object for lines of these lengths in bytes, line feeds included.

    Raises:
        ValueError: a line is empty, or there are too many.
    """
    if len(lengths) > MAX_LINES or min(lengths, default=1) < 1:
        raise ValueError("these are no lines of a stream, or too many")
    width = max(1, (max(lengths, default=1).bit_length() + 7) // 8)
    items = _little_endian(array("Q", lengths)).tobytes()
    planes = b"".join(items[plane::_ITEM_BYTES] for plane in range(width))
    return _HEADER.pack(_MAGIC, _VERSION, width, sum(lengths), len(lengths)) + zlib.compress(planes)


def decode_index(name: str, body: bytes) -> array[int] | None:
    """The offsets just after each line; None for an object that is not what its name says, or makes no sense."""
    named = _NAME.fullmatch(name)
    if named is None or named["digest"] != _digest(body) or len(body) < _HEADER.size:
        return None
    magic, version, width, end, count = _HEADER.unpack_from(body)
    known = (magic, version) == (_MAGIC, _VERSION) and 1 <= width <= _ITEM_BYTES and count <= MAX_LINES
    if not known or end != int(named["end"], 16):
        return None
    planes = _decompressed(body[_HEADER.size :], count * width)
    if planes is None:
        return None
    items = bytearray(_ITEM_BYTES * count)
    for plane in range(width):
        items[plane::_ITEM_BYTES] = planes[plane * count : (plane + 1) * count]
    lengths = array("Q")
    lengths.frombytes(items)
    return _ends(_little_endian(lengths), end)


def line_lengths(body: bytes) -> list[int]:
    """How long each line is, its line feed included; what follows the last line feed is none."""
    lengths = list(map(len, BytesIO(body)))
    return lengths if not body or body.endswith(b"\n") else lengths[:-1]


def _ends(lengths: array[int], end: int) -> array[int] | None:
    try:
        ends = array("Q", accumulate(lengths))
    except OverflowError:
        return None
    return ends if (ends[-1] if ends else 0) == end and 0 not in lengths else None


def _decompressed(body: bytes, size: int) -> bytes | None:
    unpacking = zlib.decompressobj()
    try:
        planes = unpacking.decompress(body, size + 1)  # no more is unpacked than was announced
    except zlib.error:
        return None
    return planes if len(planes) == size and unpacking.eof and not unpacking.unused_data else None


def _little_endian(items: array[int]) -> array[int]:
    if sys.byteorder == "big":
        items.byteswap()
    return items


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]
