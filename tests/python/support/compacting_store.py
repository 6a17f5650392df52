"""A store where somebody else flushes and compacts between any two of our requests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence

from session_mirror.bucket.cover import Cover, Part, collectable, resolve
from session_mirror.bucket.names import format_part
from session_mirror.bucket.store import Source, StoredObject
from support.memory_store import MemoryStore


class CompactingStore:
    """Before each request it takes one step of its script: `a` appends a part, `m` merges a run, `d` deletes one of
    the merged parts, `.` does nothing. `stream` is what an exact reader must see."""

    def __init__(self, prefix: str, parts: Sequence[bytes], script: str) -> None:
        self.inner = MemoryStore()
        self.stream = b""
        self.composes_from = self.inner.composes_from
        self.label = self.inner.label
        self.url = self.inner.url
        self._prefix = prefix
        self._script = iter(script)
        self._lock = threading.RLock()
        for body in parts:
            self._append(body)

    def step(self) -> None:
        with self._lock:
            verb = next(self._script, ".")
            if verb == "a":
                self._append(b"appended %d\n" % len(self.stream))
            elif verb == "m":
                self._merge()
            elif verb == "d":
                self._delete_one()

    def list(self, prefix: str) -> Iterator[StoredObject]:
        self.step()
        return iter(list(self.inner.list(prefix)))

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        self.step()
        return self.inner.get(key, start, length)

    def size(self, key: str) -> int | None:
        self.step()
        return self.inner.size(key)

    def put(self, key: str, body: bytes) -> None:
        self.inner.put(key, body)

    def put_stream(self, key: str, chunks: Iterable[bytes], size: int) -> None:
        self.inner.put_stream(key, chunks, size)

    def compose(self, key: str, sources: Sequence[Source]) -> bool:
        return self.inner.compose(key, sources)

    def give_up(self, prefix: str, is_stale: Callable[[str, int], bool]) -> None:
        self.inner.give_up(prefix, is_stale)

    def delete(self, keys: Iterable[str]) -> Sequence[str]:
        return self.inner.delete(keys)

    def close(self) -> None:
        self.inner.close()

    def _append(self, body: bytes) -> None:
        seq = resolve(self.inner.list(self._prefix)).next_seq
        self.stream += body
        self.inner.plant(self._prefix + format_part(seq, len(self.stream)), body)

    def _merge(self) -> None:
        run = _longest_ascending_run(resolve(self.inner.list(self._prefix)))
        if len(run) > 1:
            start, end = run[0].start, run[-1].end
            self.inner.plant(self._prefix + format_part(run[0].seq, end), self.stream[start:end])

    def _delete_one(self) -> None:
        pairs = collectable(resolve(self.inner.list(self._prefix)))
        if pairs:
            self.inner.remove(pairs[len(pairs) // 2][0].key)


def _longest_ascending_run(cover: Cover) -> list[Part]:
    runs: list[list[Part]] = [[]]
    for piece in cover.slices:
        if runs[-1] and runs[-1][-1].seq >= piece.part.seq:
            runs.append([])
        runs[-1].append(piece.part)
    return max(runs, key=len)[:6]
