"""Deleting objects that another one replaces."""

from __future__ import annotations

from collections.abc import Sequence

from session_mirror.bucket.store import Store
from session_mirror.failpoints import failpoint

AT_ONCE = 1000
"""As many as one request of any store takes."""
_TRIES = 3


def delete_all(store: Store, keys: Sequence[str]) -> tuple[str, ...]:
    """Deletes all keys, those refused up to three times; returns the ones still there.

    Raises:
        MirrorError: the store failed as a whole; some keys may be gone.
    """
    left: list[str] = []
    for first in range(0, len(keys), AT_ONCE):
        if first:
            failpoint("compact.mid_delete")
        refused: Sequence[str] = keys[first : first + AT_ONCE]
        for _ in range(_TRIES):
            refused = store.delete(refused)
            if not refused:
                break
        left += refused
    return tuple(left)
