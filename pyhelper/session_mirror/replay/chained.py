"""A session whose file holds only its later lines, behind the beginning that lies in other files."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import attrs

from session_mirror.errors import MirrorError
from session_mirror.harness.base import Base, FoundSession
from session_mirror.protocol.replay import ReplayOrigin
from session_mirror.replay.disk import DiskSource
from session_mirror.replay.source import ByteSource, Refresh
from session_mirror.replay.told_lines import ToldLines


def disk_source(found: FoundSession) -> ByteSource:
    """A transcript on disk, with its beginning where that lies elsewhere and is still there.

    Raises:
        MirrorError: of kind `source`: the transcript itself cannot be read.
    """
    own = DiskSource(found.path)
    beginning = _beginning(found.base)
    return ChainedSource(beginning, own) if beginning else own


@attrs.frozen
class _Piece:
    source: ByteSource
    size: int
    """So many bytes of it count, whole lines."""


class ChainedSource:
    """Pieces that stay as they are, and a source behind them that may grow. Thread-safe, as its pieces are."""

    def __init__(self, beginning: Sequence[_Piece], own: ByteSource) -> None:
        self._beginning = tuple(beginning)
        self._offset = sum(piece.size for piece in beginning)
        self._own = own

    @property
    def origin(self) -> ReplayOrigin:
        return self._own.origin

    @property
    def label(self) -> str:
        return self._own.label

    @property
    def own_start(self) -> int:
        return self._offset

    @property
    def size(self) -> int:
        return self._offset + self._own.size

    @property
    def is_arriving(self) -> bool:
        return self._own.is_arriving

    @property
    def missing_bytes(self) -> int:
        return self._own.missing_bytes

    @property
    def modified_ms(self) -> int:
        return self._own.modified_ms

    @property
    def problem(self) -> MirrorError | None:
        return self._own.problem

    @property
    def told_lines(self) -> ToldLines | None:
        return None

    def bring(self, start: int, length: int) -> None:
        """All there is is here."""

    def read(self, start: int, length: int) -> bytes:
        read: list[bytes] = []
        end, begin = start + length, 0
        for piece in self._beginning:
            low, high = max(start, begin), min(end, begin + piece.size)
            if low < high:
                read.append(piece.source.read(low - begin, high - low))
            begin += piece.size
        if end > begin:
            low = max(start, begin)
            read.append(self._own.read(low - begin, end - low))
        return b"".join(read)

    def refresh(self) -> Refresh:
        return self._own.refresh()

    def restart(self) -> None:
        self._own.restart()

    def close(self) -> None:
        for piece in self._beginning:
            piece.source.close()
        self._own.close()


def _beginning(base: Base | None) -> list[_Piece]:
    """The first files first; what is gone is left out."""
    if base is None:
        return []
    pieces = _beginning(base.base)
    if base.path is not None:
        with suppress(MirrorError):
            source = DiskSource(base.path)
            pieces.append(_Piece(source, _whole_lines(source, min(base.end, source.size))))
    return pieces


def _whole_lines(source: ByteSource, end: int, step: int = 1 << 20) -> int:
    """The end of the last line that ends at or before an offset."""
    while end > 0:
        start = max(0, end - step)
        cut = source.read(start, end - start).rfind(b"\n") + 1
        if cut:
            return start + cut
        end = start
    return 0
