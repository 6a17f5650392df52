"""Reading whole lines from a transcript that is being written.

A reader meets half-written lines, so nothing after the last line feed is ever taken. Only byte 0x0A separates lines:
the other separators that Unicode knows occur inside JSON strings.
"""

from __future__ import annotations

import os
from io import FileIO
from pathlib import Path
from typing import Final

import attrs

from .identity import BLOCK_BYTES, Fingerprint, Stamp
from .opening import open_source, read_at

_BLOCK_BYTES: Final = 1024 * 1024


@attrs.frozen(kw_only=True)
class LineSlice:
    """Whole lines `[start, end)` of a file, and the file's state right after they were read."""

    data: bytes
    """Empty, or ends with a line feed."""
    start: int
    end: int
    more: bool
    """Another whole line was waiting after `end`."""
    file_size: int
    """Less than `start` when the file has been shortened; larger than `end` when a line is unfinished, or `more`."""
    fingerprint: Fingerprint | None
    """At `end`, of the very file that `data` was read from; None when that file ends before."""
    stamp: Stamp
    """Of that file, before it was read."""


def read_lines(path: Path, cursor: int, cap: int) -> LineSlice:
    """Reads on from `cursor`, where a line begins.

    At most `cap` bytes, unless a single line is longer: then that line, whole. Nothing while a line is unfinished, and
    nothing when the file was shortened or written anew meanwhile.

    Raises:
        OSError: the file is missing or unreadable.
    """
    with open_source(path) as file:
        stamp = Stamp.of_open(file)
        size = stamp.size
        data = read_at(file, cursor, min(cap, size - cursor))
        searched = cursor + len(data)
        whole = data[: data.rfind(b"\n") + 1]
        if data and not whole and (line_end := _next_line_end(file, searched, size)):
            whole = data + read_at(file, searched, line_end - searched)
            searched = line_end
        more = bool(whole) and _next_line_end(file, searched, size) is not None
        return _settled(file, whole, cursor, stamp, more=more)


def _next_line_end(file: FileIO, start: int, size: int) -> int | None:
    """Where the first line that ends at or after `start` ends, its line feed included; None without one."""
    while start < size and (block := read_at(file, start, min(_BLOCK_BYTES, size - start))):
        cut = block.find(b"\n") + 1
        if cut:
            return start + cut
        start += len(block)
    return None


def _settled(file: FileIO, whole: bytes, cursor: int, stamp: Stamp, *, more: bool) -> LineSlice:
    """The slice, or an empty one if the file doesn't hold those bytes any more."""
    end = cursor + len(whole)
    last = whole[-BLOCK_BYTES:]
    fingerprint = None
    try:
        fingerprint = Fingerprint.of_open(file, end)
        intact = read_at(file, end - len(last), len(last)) == last and (not whole or whole.endswith(b"\n"))
    except ValueError:
        intact = False
    if not intact:
        fingerprint, whole, more = None, b"", False
    size = os.fstat(file.fileno()).st_size
    return LineSlice(
        data=whole,
        start=cursor,
        end=cursor + len(whole),
        more=more,
        file_size=size,
        fingerprint=fingerprint,
        stamp=stamp,
    )
