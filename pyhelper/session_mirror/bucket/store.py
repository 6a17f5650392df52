"""The port every kind of storage implements: a few verbs on whole, immutable-by-convention objects.

Keys are relative to the project: `sessions/<harness>/<session>/<name>`. A store never retries by itself for longer than
one call's time limit; waiting and trying again belongs to the engine, where it can be seen and cancelled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

import attrs

from session_mirror.errors import MirrorError


@attrs.frozen
class StoredObject:
    """One object of a listing. `modified_ms` is by the store's clock."""

    key: str
    size: int
    modified_ms: int
    tag: str = ""
    """Changes with the content, as far as the store has such a thing."""


class ObjectMissing(MirrorError):  # noqa: N818  named after the state, as callers read it
    """The key does not exist (any more)."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"No object named {key}.", kind="notFound", hint="It may just have been compacted; list again."
        )
        self.key = key


@attrs.frozen
class Source:
    """An object that goes whole into another one. `tag` as listed, or empty when it isn't known."""

    key: str
    size: int
    tag: str = ""


class SourceChanged(MirrorError):  # noqa: N818  named after the state, as callers read it
    """A source of a composition is not as it was listed, or the upload was given up by somebody else."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"{key} was to be built from objects that have changed.",
            kind="conflict",
            hint="Another compaction may be running; list again.",
        )
        self.key = key


class Store(Protocol):
    """Blocking and thread-safe. Every failure is a `MirrorError` with its kind set."""

    @property
    def label(self) -> str:
        """Short and readable, for people: a folder path or `bucket/project`."""
        ...

    @property
    def url(self) -> str:
        """The destination's URL, normalised; equal for two stores of one place."""
        ...

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Every object below `prefix`, in key order, all pages."""
        ...

    def put(self, key: str, body: bytes) -> None:
        """Stores `body` whole or not at all; returns once it is durable."""
        ...

    def put_stream(self, key: str, chunks: Iterable[bytes], size: int) -> None:
        """Stores the chunks as one object of `size` bytes, whole or not at all, holding a few of them in memory.

        Raises:
            ValueError: the chunks are not of that size together.
        """
        ...

    @property
    def composes_from(self) -> int | None:
        """The least size of an object, in bytes, that `compose` takes anywhere but last; None: this store can't."""
        ...

    def compose(self, key: str, sources: Sequence[Source]) -> bool:
        """Stores the sources' bytes, one after the other, as one object without sending them through us.

        False when the store turns out not to be able to; nothing is stored then.

        Raises:
            SourceChanged: a source is gone or has another size; nothing is stored.
        """
        ...

    def give_up(self, prefix: str, is_stale: Callable[[str, int], bool]) -> None:
        """Frees what interrupted uploads of keys below `prefix` hold, where `is_stale(key, started_ms)` says so."""
        ...

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """Bytes `[start, start + length)` of an object, to its end without `length`.

        Raises:
            ObjectMissing: there is no such key.
        """
        ...

    def size(self, key: str) -> int | None:
        """Size in bytes, or None without such a key."""
        ...

    def delete(self, keys: Iterable[str]) -> Sequence[str]:
        """Deletes what is there, and returns the keys that could not be deleted; a missing key counts as deleted."""
        ...

    def close(self) -> None:
        """Releases sockets; using the store afterwards is an error."""
        ...
