"""What one LIST tells of all sessions: each stream's objects, and which streams belong to one session."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from session_mirror.bucket.cover import Cover, resolve
from session_mirror.bucket.line_index import is_index
from session_mirror.bucket.meta import ReadMeta
from session_mirror.bucket.names import META_NAME, own_id, session_prefix, split_generation, split_session_key
from session_mirror.bucket.store import StoredObject


@attrs.frozen
class Shelf:
    """One generation's objects as listed. `session_id` is the bucket's, generation suffix included."""

    harness: str
    session_id: str
    cover: Cover
    meta: StoredObject | None
    changed_ms: int

    @property
    def prefix(self) -> str:
        """The key prefix of its objects."""
        return session_prefix(self.harness, self.session_id)

    @property
    def base(self) -> str:
        """The session's id, shared by its generations."""
        return split_generation(self.session_id)[0]

    @property
    def generation(self) -> int:
        return split_generation(self.session_id)[1]

    @property
    def exact_id(self) -> str:
        """Means this generation and no later one, wherever users give ids."""
        return f"{self.base}~g{self.generation}"


def shelves(objects: Iterable[StoredObject]) -> list[Shelf]:
    """A listing of `sessions/`, grouped by session and generation; objects of another shape are ignored."""
    groups: dict[tuple[str, str], list[StoredObject]] = {}
    for stored in objects:
        pieces = split_session_key(stored.key)
        if pieces is not None:
            groups.setdefault(pieces[:2], []).append(stored)
    return [
        Shelf(
            harness=harness,
            session_id=session_id,
            cover=resolve(group),
            meta=next((stored for stored in group if stored.key.endswith("/" + META_NAME)), None),
            changed_ms=max((stored.modified_ms for stored in group if not _is_index(stored)), default=0),
        )
        for (harness, session_id), group in groups.items()
    ]


def _is_index(stored: StoredObject) -> bool:
    """It is made when nothing happens any more."""
    return is_index(stored.key.rpartition("/")[2])


def by_session(found: Iterable[Shelf]) -> dict[tuple[str, str], list[Shelf]]:
    """Each session's generations, oldest first, by harness and id."""
    sessions: dict[tuple[str, str], list[Shelf]] = {}
    for shelf in sorted(found, key=lambda shelf: shelf.generation):
        sessions.setdefault((shelf.harness, shelf.base), []).append(shelf)
    return sessions


def shared_id(base: str, meta: ReadMeta) -> str | None:
    """The session that a machine mirrors under a name of its own, because another one holds the plain name."""
    for ending in (own_id("", meta.machine), f"~{meta.machine}") if meta.machine else ():
        plain = base.removesuffix(ending)
        # A sub-agent's id begins with its parent's, and its host may be called anything.
        if plain and plain not in (base, meta.parent):
            return plain
    return None
