"""Follows a folder as the editor and the command line do, counting requests: `following.py FOLDER URL INTERVAL_S`.

Answers each line on standard input with its health and its requests as a line of JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, cast

import attrs

from session_mirror.bucket.store import Store
from session_mirror.graph import build_deps
from session_mirror.mirror.follower import Follower
from session_mirror.mirror.roster import Scope
from session_mirror.protocol.mirror import Destination, Health
from session_mirror.protocol.sessions import SessionKey, SessionSummary


class CountingStore:
    """Passes everything on to a store, and counts: calls, whatever pages or retries they cost, and bytes of parts."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.requests = 0
        self.put_bytes = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if not callable(found):
            return found

        def counted(*arguments: Any, **named: Any) -> Any:
            self.requests += name != "close"
            return found(*arguments, **named)

        return counted

    def put(self, key: str, body: bytes) -> None:
        self.requests += 1
        self._store.put(key, body)
        if "/part-" in key:
            self.put_bytes += len(body)


class Deaf:
    """Listens to nothing."""

    def sessions_changed(self, changed: tuple[SessionSummary, ...], removed: tuple[SessionKey, ...]) -> None:
        """See `Listener`."""

    def health_changed(self, health: Health) -> None:
        """See `Listener`."""


def main(folder: str, url: str, interval_s: str) -> None:
    deps = build_deps(Destination(url=url))
    store = CountingStore(deps.store)
    deps = attrs.evolve(deps, store=cast("Store", store))
    scope = Scope(folders=(Path(folder),), harnesses=tuple(deps.harnesses))
    follower = Follower(deps, scope, Deaf(), interval_s=float(interval_s))
    follower.start()
    for _ in sys.stdin:
        health = attrs.asdict(follower.health())
        figures = {name: value for name, value in health.items() if isinstance(value, int)}
        counts = {"requests": store.requests, "mirrored_bytes": store.put_bytes}
        print(json.dumps({**figures, **counts}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
