"""One session's objects, seen so that its stream is never doubled, and never cut short by a listing's pages."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from session_mirror.bucket.cover import Cover, resolve
from session_mirror.bucket.markers import Marker, is_marker, is_torn, parse_marker, replaced_names
from session_mirror.bucket.store import ObjectMissing, Store, StoredObject

_PAGE = 1000
_TRIES = 4


@attrs.frozen
class Listing:
    """What is there. `replaced` are names of parts that don't count any more, in sessions that another tool wrote."""

    objects: tuple[StoredObject, ...]
    cover: Cover
    markers: tuple[Marker, ...]
    replaced: frozenset[str]


def list_parts(store: Store, prefix: str) -> Iterator[StoredObject]:
    """The objects directly below a session's prefix (spilled tool results lie deeper).

    Raises:
        MirrorError: the store cannot be listed.
    """
    return (stored for stored in store.list(prefix) if "/" not in stored.key[len(prefix) :])


def list_whole(store: Store, prefix: str) -> Listing:
    """A session's parts, with nothing missing at the end that was there when we began.

    Pages are of different moments: a merged part may land on a page that we have behind us, and what it replaced be
    gone from the next. A second listing begins after that, and shows it.

    Raises:
        MirrorError: the store cannot be listed.
    """
    found = list_once(store, prefix)
    for _ in range(_TRIES):
        if len(found.objects) < _PAGE:
            break
        before, found = found, list_once(store, prefix)
        if found.cover.end >= before.cover.end:
            break
    return found


def list_once(store: Store, prefix: str) -> Listing:
    """A session's parts as one listing shows them.

    Raises:
        MirrorError: the store cannot be listed.
    """
    for tries_left in reversed(range(_TRIES)):
        objects = tuple(list_parts(store, prefix))
        sizes = {stored.key[len(prefix) :]: stored.size for stored in objects}
        names = [name for name in sizes if is_marker(name)]
        try:
            markers = tuple(filter(None, (parse_marker(name, store.get(prefix + name)) for name in names)))
        except ObjectMissing:
            if tries_left:
                continue
            raise
        replaced = replaced_names(sizes, markers)
        if not (tries_left and is_torn(sizes, markers, replaced)):
            break
    cover = resolve(objects, replaced=frozenset(prefix + name for name in replaced))
    return Listing(objects, cover, markers, replaced)
