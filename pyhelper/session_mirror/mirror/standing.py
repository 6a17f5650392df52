"""How a session's source relates to what was mirrored of it: may reading go on at the cursor?

Head and tail are compared at every look. All bytes before the cursor are compared by their hash whenever the file
system gives reason to, and after every growth as often as it costs no more than a fiftieth of the time.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final, Literal

import attrs

from session_mirror.errors import MirrorError
from session_mirror.journal.records import StreamState
from session_mirror.source.identity import Fingerprint, Stamp, compare
from session_mirror.source.jsonl import LineSlice, read_lines
from session_mirror.source.prefix_hash import PrefixHash

Standing = Literal["same", "shorter", "changed", "gone"]
_COST_SHARE: Final = 50
_CHEAP_S: Final = 0.002
"""What takes no longer, as with a transcript of a megabyte, is never put off."""
_FRESH_S: Final = 2.5
"""A stamp too fresh to prove anything is looked at again after this."""


@attrs.frozen
class Look:
    """`piece`: what is new, for `same` only. `prefix`: of the source up to the piece's beginning."""

    standing: Standing
    piece: LineSlice | None = None
    prefix: PrefixHash | None = None


class Examiner:
    """Remembers how a source looked when its beginning was last known to be the mirrored one."""

    def __init__(self) -> None:
        """Knows nothing: the first look at a source reads its mirrored beginning once."""
        self._prefix: PrefixHash | None = None
        self._stamp: Stamp | None = None
        self._checked_at = float("-inf")
        self._cost_s = 0.0
        self._look_again_at: float | None = None

    def look(self, path: Path, state: StreamState, cap: int) -> Look:
        """Reads on, at most `cap` bytes, and judges afterwards: a source replaced meanwhile shows, whatever was read.

        Raises:
            MirrorError: the source cannot be read.
            OSError: the same.
        """
        try:
            piece = read_lines(path, state.source_cursor, cap)
            if state.fingerprint is None:
                self._vouch(PrefixHash(), piece.stamp)
                return Look("same", piece, self._prefix)
            verdict = compare(path, Fingerprint.from_json(state.fingerprint), state.source_cursor)
            if verdict == "same" and self._is_doubtful(state, piece.stamp) and not self._is_intact(path, state, piece):
                verdict = "changed"
        except FileNotFoundError:
            return Look("gone")
        if verdict == "unreadable":
            raise MirrorError(
                f"The transcript {path} cannot be read.",
                kind="source",
                hint="Check the file's permissions; mirroring goes on by itself once it can be read.",
            )
        if verdict == "same":
            return Look("same", piece, self._prefix)
        return Look("gone" if verdict == "missing" else verdict)

    def committed(self, prefix: PrefixHash) -> None:
        """What `prefix` is of was mirrored, read after the beginning was found to be the same."""
        self._prefix = prefix

    def due_in_s(self) -> float | None:
        """When a look is due though nothing seems to change, because the last ones could not be sure; None: never."""
        return None if self._look_again_at is None else max(0.0, self._look_again_at - time.monotonic())

    def _is_doubtful(self, state: StreamState, stamp: Stamp) -> bool:
        """Whether the beginning has to be read now; postponed if it is too dear for a mere growth."""
        if self._prefix is None or self._stamp is None or self._prefix.length != state.source_cursor:
            return True
        now = time.monotonic()
        if stamp == self._stamp:
            return self._look_again_at is not None and now >= self._look_again_at
        is_cheap = self._cost_s <= _CHEAP_S
        affordable_at = self._checked_at + (0.0 if is_cheap else _COST_SHARE * self._cost_s)
        if not stamp.grew_from(self._stamp) or now >= affordable_at:
            return True
        # The new stamp is not remembered: only an examined beginning may vouch for it.
        self._look_again_at = affordable_at
        return False

    def _is_intact(self, path: Path, state: StreamState, piece: LineSlice) -> bool:
        began = time.monotonic()
        read = PrefixHash.of(path, state.source_cursor)
        self._checked_at = time.monotonic()
        self._cost_s = self._checked_at - began
        if read is None or read.hexdigest() not in self._expected(state, read):
            self._prefix = self._stamp = self._look_again_at = None
            return False
        self._vouch(read, piece.stamp)
        return True

    def _expected(self, state: StreamState, read: PrefixHash) -> tuple[str, ...]:
        """What the beginning was, by the journal; without its word, by our last look; without either, what it is."""
        if state.prefix_hash is not None:
            return (state.prefix_hash,)
        is_known = self._prefix is not None and self._prefix.length == state.source_cursor
        return (self._prefix.hexdigest() if is_known and self._prefix else read.hexdigest(),)

    def _vouch(self, prefix: PrefixHash, stamp: Stamp) -> None:
        self._prefix, self._stamp = prefix, stamp
        self._look_again_at = time.monotonic() + _FRESH_S if stamp.is_fresh(time.time_ns()) else None
