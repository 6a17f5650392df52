"""A store that fails at random, the same way for the same seed: a wrapper around any other store.

What happens to a request depends on the seed, the verb, the key and how often that key was asked before, and on nothing
else: threads may come in any order.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from session_mirror.bucket.store import ObjectMissing, Source, Store, StoredObject
from support.memory_store import Verb, denied, offline, throttled

Fault = Literal[
    "before",  # fails, and nothing was done
    "lost",  # done, but the answer never comes
    "throttled",  # refused, with the wish to wait
    "slow",  # answered late
    "short",  # a body that lacks its end
    "wrong size",  # a size that is not the object's
    "stale",  # the listing of an earlier moment
    "undeleted",  # one key of several is not deleted
    "missing",  # an object that is there is not found
    "denied",
]
FAULTS: Mapping[Verb, tuple[Fault, ...]] = {
    "list": ("before", "throttled", "slow", "stale", "denied"),
    "put": ("before", "lost", "throttled", "slow", "denied"),
    "get": ("before", "throttled", "slow", "short", "missing", "denied"),
    "size": ("before", "throttled", "slow", "wrong size", "missing", "denied"),
    "delete": ("before", "lost", "throttled", "slow", "undeleted", "denied"),
    "compose": ("before", "lost", "throttled", "slow", "denied"),
}
Rates = Mapping[tuple[Verb, Fault], float]


def evenly(rate: float, *only: Fault) -> Rates:
    """Every verb fails at this rate, in each of the ways it can, or in those of them that are named."""
    chosen = {verb: [fault for fault in faults if not only or fault in only] for verb, faults in FAULTS.items()}
    return {(verb, fault): rate / len(faults) for verb, faults in chosen.items() for fault in faults}


class FaultyStore:
    """Thread-safe. `counts` tells what it did; `retry_after_s` is what a throttled request is asked to wait."""

    def __init__(
        self, store: Store, rates: Rates, *, seed: int, retry_after_s: float | None = 0.05, slow_s: float = 0.05
    ) -> None:
        impossible = [(verb, fault) for verb, fault in rates if fault not in FAULTS[verb]]
        assert not impossible, f"no store fails like this: {impossible}"
        self._store = store
        self._rates = dict(rates)
        self._seed = seed
        self._retry_after_s = retry_after_s
        self._slow_s = slow_s
        self._lock = threading.Lock()
        self._asked: Counter[tuple[Verb, str]] = Counter()
        self._earlier: dict[str, list[StoredObject]] = {}
        self.counts: Counter[tuple[Verb, Fault]] = Counter()

    @property
    def label(self) -> str:
        return self._store.label

    @property
    def url(self) -> str:
        return self._store.url

    def heal(self) -> None:
        """From now on nothing fails."""
        with self._lock:
            self._rates = {}

    def list(self, prefix: str) -> Iterator[StoredObject]:
        fault = self._strike("list", prefix)
        found = list(self._store.list(prefix))
        with self._lock:
            earlier = self._earlier.get(prefix, [])
            self._earlier[prefix] = found
        yield from earlier if fault == "stale" else found

    def put(self, key: str, body: bytes) -> None:
        fault = self._strike("put", key)
        self._store.put(key, body)
        if fault == "lost":
            raise offline()

    def put_stream(self, key: str, chunks: Iterable[bytes], size: int) -> None:
        fault = self._strike("put", key)
        self._store.put_stream(key, chunks, size)
        if fault == "lost":
            raise offline()

    @property
    def composes_from(self) -> int | None:
        return self._store.composes_from

    def compose(self, key: str, sources: Sequence[Source]) -> bool:
        fault = self._strike("compose", key)
        done = self._store.compose(key, sources)
        if fault == "lost":
            raise offline()
        return done

    def give_up(self, prefix: str, is_stale: Callable[[str, int], bool]) -> None:
        self._store.give_up(prefix, is_stale)

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        fault = self._strike("get", key)
        body = self._store.get(key, start, length)
        if fault == "missing":
            raise ObjectMissing(key)
        return body[: len(body) // 2] if fault == "short" else body

    def size(self, key: str) -> int | None:
        fault = self._strike("size", key)
        size = self._store.size(key)
        if fault == "missing":
            return None
        return size + 1 if fault == "wrong size" and size is not None else size

    def delete(self, keys: Iterable[str]) -> Sequence[str]:
        waiting = list(keys)
        fault = self._strike("delete", waiting[0]) if waiting else None
        kept = waiting[:1] if fault == "undeleted" else []
        left = [*kept, *self._store.delete(waiting[len(kept) :])]
        if fault == "lost":
            raise offline()
        return left

    def close(self) -> None:
        self._store.close()

    def _strike(self, verb: Verb, key: str) -> Fault | None:
        """Raises what fails the request at once; returns the fault that is to happen later."""
        with self._lock:
            number = self._asked[verb, key]
            self._asked[verb, key] += 1
            fault = self._fate(verb, key, number)
            if fault is None:
                return None
            self.counts[verb, fault] += 1
        if fault == "slow":
            threading.Event().wait(self._slow_s)
        errors = {"before": offline(), "throttled": throttled(self._retry_after_s), "denied": denied()}
        if fault in errors:
            raise errors[fault]
        return fault

    def _fate(self, verb: Verb, key: str, number: int) -> Fault | None:
        drawn = random.Random(f"{self._seed}/{verb}/{key}/{number}").random()
        for fault in FAULTS[verb]:
            drawn -= self._rates.get((verb, fault), 0.0)
            if drawn < 0:
                return fault
        return None
