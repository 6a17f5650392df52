"""A store in memory that counts what it is asked, and fails or waits when told to."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

import attrs

from session_mirror.bucket.keys import check_key, check_prefix, check_range
from session_mirror.bucket.store import ObjectMissing, Source, SourceChanged, StoredObject
from session_mirror.errors import MirrorError

Verb = Literal["list", "put", "get", "size", "delete", "compose"]
PAGE = 1000


def offline() -> MirrorError:
    """As when the network is gone."""
    return MirrorError("The store cannot be reached.", kind="network", hint="Check the network.")


def denied() -> MirrorError:
    """As when the keys lack a right."""
    return MirrorError("Access was denied.", kind="auth", hint="Check the keys.")


def throttled(retry_after_s: float | None = None) -> MirrorError:
    """As when the store is busy."""
    return MirrorError("Slow down.", kind="throttled", hint="Wait.", retry_after_s=retry_after_s)


@attrs.define
class _Fault:
    verb: Verb
    matching: str
    error: MirrorError
    left: int
    applied: bool


class Hold:
    """Requests that have arrived and wait: neither applied nor answered until released."""

    def __init__(self, verb: Verb, matching: str) -> None:
        self.verb = verb
        self.matching = matching
        self._reached = threading.Event()
        self._released = threading.Event()

    def wait_until_reached(self, timeout_s: float = 10) -> None:
        """Returns once a request waits here; fails after `timeout_s`."""
        assert self._reached.wait(timeout_s), f"no {self.verb} arrived within {timeout_s} s"

    def release(self) -> None:
        """Lets what waits, and what comes later, go on."""
        self._released.set()

    def arrive(self, timeout_s: float = 60) -> None:
        """Called by the store."""
        self._reached.set()
        assert self._released.wait(timeout_s), f"a held {self.verb} was never released"


class MemoryStore:
    """Thread-safe. `requests` counts calls by verb, a listing once for each page; `log` keeps them in order."""

    def __init__(
        self,
        name: str = "memory",
        clock_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        *,
        composes_from: int | None = None,
    ) -> None:
        self._name = name
        self._clock_ms = clock_ms
        self.composes_from = composes_from
        self._lock = threading.Lock()
        self._objects: dict[str, tuple[bytes, int]] = {}
        self._log: list[tuple[Verb, str]] = []
        self._faults: list[_Fault] = []
        self._holds: list[Hold] = []
        self.streamed: list[str] = []
        self.closed = False

    @property
    def label(self) -> str:
        """The name it was given."""
        return self._name

    @property
    def url(self) -> str:
        """Unique as far as the name is."""
        return f"memory://{self._name}"

    @property
    def log(self) -> list[tuple[Verb, str]]:
        """Every request so far: its verb, and its key or prefix."""
        with self._lock:
            return list(self._log)

    @property
    def requests(self) -> Counter[Verb]:
        """How often each verb was asked."""
        return Counter(verb for verb, _ in self.log)

    @property
    def objects(self) -> dict[str, bytes]:
        """What is stored, by key; asking counts as no request."""
        with self._lock:
            return {key: body for key, (body, _) in sorted(self._objects.items())}

    def plant(self, key: str, body: bytes) -> None:
        """Puts an object as another machine would: uncounted, never failing."""
        with self._lock:
            self._objects[key] = (body, self._clock_ms())

    def remove(self, key: str) -> None:
        """Removes an object as another machine would."""
        with self._lock:
            del self._objects[key]

    def fail(
        self, verb: Verb, error: MirrorError, *, times: int = 1, matching: str = "", applied: bool = False
    ) -> None:
        """Makes the next `times` requests whose key holds `matching` fail; `applied`: done, but the answer is lost."""
        with self._lock:
            self._faults.append(_Fault(verb, matching, error, times, applied))

    def heal(self) -> None:
        """Forgets all faults that are still to come."""
        with self._lock:
            self._faults.clear()

    @contextmanager
    def hold(self, verb: Verb, matching: str = "") -> Iterator[Hold]:
        """Makes requests whose key holds `matching` wait; all are released at the end of the block."""
        hold = Hold(verb, matching)
        with self._lock:
            self._holds.append(hold)
        try:
            yield hold
        finally:
            hold.release()
            with self._lock:
                self._holds.remove(hold)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Every object below `prefix`, in key order."""
        check_prefix(prefix)
        lost = self._arrive("list", prefix)
        if lost:
            raise lost
        with self._lock:
            found = sorted((key, *value) for key, value in self._objects.items() if key.startswith(prefix))
        for number, (key, body, modified_ms) in enumerate(found):
            if number and number % PAGE == 0:
                lost = self._arrive("list", prefix)
                if lost:
                    raise lost
            yield StoredObject(key=key, size=len(body), modified_ms=modified_ms)

    def put(self, key: str, body: bytes) -> None:
        """Stores `body`."""
        check_key(key)
        lost = self._arrive("put", key)
        with self._lock:
            self._objects[key] = (bytes(body), self._clock_ms())
        if lost:
            raise lost

    def put_stream(self, key: str, chunks: Iterable[bytes], size: int) -> None:
        """Stores the chunks; counted as a `put`."""
        body = b"".join(chunks)
        if len(body) != size:
            raise ValueError(f"{len(body)} bytes came instead of {size}")
        self.streamed.append(key)
        self.put(key, body)

    def compose(self, key: str, sources: Sequence[Source]) -> bool:
        """Joins objects; one request, whatever their number."""
        check_key(key)
        if self.composes_from is None or any(source.size < self.composes_from for source in sources[:-1]):
            return False
        lost = self._arrive("compose", key)
        with self._lock:
            bodies = [self._objects.get(source.key, (b"", 0))[0] for source in sources]
            if any(len(body) != source.size for body, source in zip(bodies, sources, strict=True)):
                raise SourceChanged(key)
            self._objects[key] = (b"".join(bodies), self._clock_ms())
        if lost:
            raise lost
        return True

    def give_up(self, prefix: str, is_stale: Callable[[str, int], bool]) -> None:
        """Nothing is ever half stored here."""
        check_prefix(prefix)

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """Bytes of an object."""
        check_key(key)
        check_range(start, length)
        lost = self._arrive("get", key)
        if lost:
            raise lost
        with self._lock:
            if key not in self._objects:
                raise ObjectMissing(key)
            body, _ = self._objects[key]
        return body[start:] if length is None else body[start : start + length]

    def size(self, key: str) -> int | None:
        """Size in bytes."""
        check_key(key)
        lost = self._arrive("size", key)
        if lost:
            raise lost
        with self._lock:
            return len(self._objects[key][0]) if key in self._objects else None

    def delete(self, keys: Iterable[str]) -> Sequence[str]:
        """Deletes; one request for each key, and a fault fails the call at that key."""
        for key in keys:
            check_key(key)
            lost = self._arrive("delete", key)
            with self._lock:
                self._objects.pop(key, None)
            if lost:
                raise lost
        return []

    def close(self) -> None:
        """Remembers that it was closed."""
        self.closed = True

    def _arrive(self, verb: Verb, key: str) -> MirrorError | None:
        """Counts a request, waits where held, raises what fails it; returns the error to raise once it is applied."""
        with self._lock:
            self._log.append((verb, key))
            holds = [hold for hold in self._holds if hold.verb == verb and hold.matching in key]
        for hold in holds:
            hold.arrive()
        with self._lock:
            fault = next(
                (each for each in self._faults if each.verb == verb and each.left > 0 and each.matching in key), None
            )
            if fault is None:
                return None
            fault.left -= 1
        if fault.applied:
            return fault.error
        raise fault.error
