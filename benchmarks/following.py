"""Follows a folder as the editor and the command line do, counting requests: `following.py FOLDER URL INTERVAL_S`.

Answers each line on standard input with its health and its requests as a line of JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import attrs

from session_mirror.bucket.store import Store, StoredObject
from session_mirror.graph import build_deps
from session_mirror.mirror.follower import Follower
from session_mirror.mirror.roster import Scope
from session_mirror.protocol.mirror import Destination, Health
from session_mirror.protocol.sessions import SessionKey, SessionSummary


class CountingStore:
    """Passes everything on to a store; `requests` counts calls, whatever pages or retries they cost."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.requests = 0
        self.label = store.label
        self.url = store.url

    def list(self, prefix: str) -> Iterator[StoredObject]:
        self.requests += 1
        return self._store.list(prefix)

    def put(self, key: str, body: bytes) -> None:
        self.requests += 1
        self._store.put(key, body)

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        self.requests += 1
        return self._store.get(key, start, length)

    def size(self, key: str) -> int | None:
        self.requests += 1
        return self._store.size(key)

    def delete(self, keys: Iterable[str]) -> Sequence[str]:
        self.requests += 1
        return self._store.delete(keys)

    def close(self) -> None:
        self._store.close()


class Deaf:
    """Listens to nothing."""

    def sessions_changed(self, changed: tuple[SessionSummary, ...], removed: tuple[SessionKey, ...]) -> None:
        """See `Listener`."""

    def health_changed(self, health: Health) -> None:
        """See `Listener`."""


def main(folder: str, url: str, interval_s: str) -> None:
    deps = build_deps(Destination(url=url))
    store = CountingStore(deps.store)
    deps = attrs.evolve(deps, store=store)
    scope = Scope(folders=(Path(folder),), harnesses=tuple(deps.harnesses))
    follower = Follower(deps, scope, Deaf(), interval_s=float(interval_s))
    follower.start()
    for _ in sys.stdin:
        health = attrs.asdict(follower.health())
        figures = {name: value for name, value in health.items() if isinstance(value, int)}
        print(json.dumps({**figures, "requests": store.requests}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
