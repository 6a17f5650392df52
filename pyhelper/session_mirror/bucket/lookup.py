"""Finding a session in a bucket by the id a user gave: the newest generation is meant, `<id>~g1` is the first."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from session_mirror.bucket.names import (
    SESSIONS,
    generation_id,
    parse_part,
    session_prefix,
    split_generation,
    split_session_key,
)
from session_mirror.bucket.store import Store
from session_mirror.errors import MirrorError


@attrs.frozen
class Stored:
    """A session's stream in the bucket; `session_id` is the bucket's, generation suffix included."""

    harness: str
    session_id: str

    @property
    def prefix(self) -> str:
        """The key prefix of its objects."""
        return session_prefix(self.harness, self.session_id)


def find_stored(store: Store, harnesses: Iterable[str], session_id: str) -> list[Stored]:
    """The stream that an exact id means, for each harness that has one.

    Raises:
        MirrorError: the store cannot be listed.
    """
    found = (newest_stored(store, harness, session_id) for harness in harnesses)
    return [stored for stored in found if stored is not None]


def find_one(store: Store, harnesses: Iterable[str], session_id: str) -> Stored:
    """The stream that an id means, whatever its harness; of several, the one whose harness comes first.

    Raises:
        MirrorError: there is none, or the store cannot be listed.
    """
    for found in find_stored(store, harnesses, session_id):
        return found
    base, _ = split_generation(session_id)
    # Another tool may have written it under a harness that we don't know.
    others = {key[0] for listed in store.list(SESSIONS) if (key := split_session_key(listed.key)) and key[1] == base}
    for found in find_stored(store, sorted(others), session_id):
        return found
    raise MirrorError(
        f"There is no session {session_id} in {store.label}.",
        kind="notFound",
        hint="List the sessions to see which there are.",
    )


def newest_stored(store: Store, harness: str, session_id: str) -> Stored | None:
    """The newest generation of a session, or the one that the id names; None when the bucket has no part of it.

    Raises:
        MirrorError: the store cannot be listed.
    """
    base, number = split_generation(session_id)
    if base != session_id:
        named = Stored(harness, generation_id(base, number))
        return named if _has_parts(store, named) else None
    later = 0
    for listed in store.list(session_prefix(harness, f"{base}~g").rstrip("/")):
        key = split_session_key(listed.key)
        if key is not None and parse_part(key[2]) is not None:
            of_base, generation = split_generation(key[1])
            if of_base == base:
                later = max(later, generation)
    if later > 1:
        return Stored(harness, generation_id(base, later))
    first = Stored(harness, base)
    return first if _has_parts(store, first) else None


def _has_parts(store: Store, stored: Stored) -> bool:
    prefix = stored.prefix
    return any(parse_part(listed.key[len(prefix) :]) is not None for listed in store.list(prefix))
