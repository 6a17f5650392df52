"""The port between a replay and the bytes it shows: a file on disk (`disk`), or a stream in a bucket (`spool`)."""

from __future__ import annotations

from typing import Literal, Protocol

from session_mirror.errors import MirrorError
from session_mirror.protocol.replay import ReplayOrigin
from session_mirror.replay.told_lines import ToldLines

Refresh = Literal["same", "grew", "restarted"]


class NotHere(MirrorError):  # noqa: N818  a state, met by fetching
    """Bytes that exist have not come yet; `ByteSource.bring` fetches them."""

    def __init__(self, start: int, length: int) -> None:
        """They are the bytes `[start, start + length)`."""
        super().__init__("This part of the session is still on its way.", kind="source", hint="Try again in a moment.")
        self.start = start
        self.length = length


class ByteSource(Protocol):
    """A growing sequence of bytes with random access. Thread-safe."""

    @property
    def origin(self) -> ReplayOrigin: ...

    @property
    def label(self) -> str:
        """Where the bytes are, for people."""
        ...

    @property
    def own_start(self) -> int:
        """Where the bytes of `label` itself begin, behind those of other files."""
        ...

    @property
    def size(self) -> int:
        """Bytes that can be read, as of the last refresh."""
        ...

    @property
    def is_arriving(self) -> bool:
        """Whether bytes that exist are on their way: `size` grows without a refresh until they are here."""
        ...

    @property
    def missing_bytes(self) -> int:
        """So many are on their way."""
        ...

    @property
    def modified_ms(self) -> int:
        """When it last changed, Unix epoch."""
        ...

    @property
    def problem(self) -> MirrorError | None:
        """Why there may be more than `size` tells; None when all is well."""
        ...

    @property
    def told_lines(self) -> ToldLines | None:
        """Where lines end that are on their way, if that is known; such bytes can be brought before their turn."""
        ...

    def read(self, start: int, length: int) -> bytes:
        """Exactly the bytes `[start, start + length)`.

        Raises:
            NotHere: they exist, and can be brought.
            MirrorError: of kind `source` when they are not there any more.
        """
        ...

    def bring(self, start: int, length: int) -> None:
        """Fetches bytes before their turn, unless their lines turn out not to be what was told.

        Raises:
            MirrorError: they cannot be reached just now; asking again may help.
        """
        ...

    def refresh(self) -> Refresh:
        """Looks for news. `restarted`: other bytes took the place of the known ones; they are served after `restart`.

        Raises:
            MirrorError: the bytes' home cannot be reached.
        """
        ...

    def restart(self) -> None:
        """Serves the bytes that `refresh` reported, from the first on."""
        ...

    def close(self) -> None:
        """Releases everything held; closing twice is fine."""
        ...
