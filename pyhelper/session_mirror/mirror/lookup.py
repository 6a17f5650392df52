"""From an id as a user types it to the stream it means: the newest generation, or the one that `~gN` names."""

from __future__ import annotations

from collections.abc import Iterable

from session_mirror.bucket.names import SESSIONS, encode_id, split_generation
from session_mirror.bucket.store import Store, StoredObject
from session_mirror.errors import MirrorError
from session_mirror.mirror.library import Shelf, shelves


def find_shelf(store: Store, session_id: str, harnesses: tuple[str, ...]) -> Shelf:
    """The stream an id means, whatever its harness.

    Raises:
        MirrorError: no such session, or the store failed.
    """
    base, wanted = split_generation(session_id)
    explicit = base != session_id
    found: list[Shelf] = []
    for harness in harnesses:
        found += _generations(store.list(f"{SESSIONS}{encode_id(harness)}/{encode_id(base)}"), base)
    if not found:
        # Another tool may have written it under a harness we don't know.
        found = _generations(store.list(SESSIONS), base)
    if explicit:
        found = [shelf for shelf in found if split_generation(shelf.session_id)[1] == wanted]
    if not found:
        raise MirrorError(
            f"There is no session {session_id} in {store.label}.",
            kind="notFound",
            hint="`session-mirror list` shows what is there.",
        )
    return max(found, key=lambda shelf: (split_generation(shelf.session_id)[1], shelf.changed_ms))


def _generations(objects: Iterable[StoredObject], base: str) -> list[Shelf]:
    return [shelf for shelf in shelves(objects) if split_generation(shelf.session_id)[0] == base]
