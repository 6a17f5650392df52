"""A bucket whose processes die in the middle of a request, which then lands later, several times, or never."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import attrs

from session_mirror.bucket.store import ObjectMissing, Source, SourceChanged, StoredObject
from support.parts import listed


class Died(BaseException):
    """The end of a process; nothing in the product may catch it."""


@attrs.frozen
class Request:
    """A PUT, or without a body a DELETE, on the wire."""

    key: str
    body: bytes | None


class Bucket:
    """What is stored, and what dead processes left on the wire. `changed` is called after every single change."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.objects: dict[str, bytes] = {}
        self.late: list[Request] = []
        self._changed = changed

    def land(self, request: Request) -> None:
        """Carries a request out."""
        if request.body is None:
            self.objects.pop(request.key, None)
        else:
            self.objects[request.key] = request.body
        self._changed()


class Connection:
    """One process's store. It dies at its `dies_at`th write: that one, and what was sent with it, stays on the wire."""

    label = "bucket"
    url = "memory://bucket"

    def __init__(self, bucket: Bucket, dies_at: int | None = None, composes_from: int | None = None) -> None:
        self._bucket = bucket
        self.composes_from = composes_from
        self._writes_left = dies_at

    def list(self, prefix: str) -> Iterator[StoredObject]:
        return iter([found for found in listed(self._bucket.objects) if found.key.startswith(prefix)])

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        if key not in self._bucket.objects:
            raise ObjectMissing(key)
        body = self._bucket.objects[key]
        return body[start:] if length is None else body[start : start + length]

    def size(self, key: str) -> int | None:
        body = self._bucket.objects.get(key)
        return None if body is None else len(body)

    def put(self, key: str, body: bytes) -> None:
        """Fails the test if the key holds other bytes."""
        assert self._bucket.objects.get(key, body) == body, f"{key} would get a second content"
        self._send([Request(key, body)])

    def put_stream(self, key: str, chunks: Iterable[bytes], size: int) -> None:
        """A multipart upload lands by its last request; a process that dies before it leaves nothing that counts."""
        body = b"".join(chunks)
        assert len(body) == size
        self.put(key, body)

    def compose(self, key: str, sources: Sequence[Source]) -> bool:
        """The bytes are those of the moment they were copied, whenever the last request lands."""
        if self.composes_from is None or any(source.size < self.composes_from for source in sources[:-1]):
            return False
        bodies = [self._bucket.objects.get(source.key, b"") for source in sources]
        if any(len(body) != source.size for body, source in zip(bodies, sources, strict=True)):
            raise SourceChanged(key)
        self.put(key, b"".join(bodies))
        return True

    def give_up(self, prefix: str, is_stale: Callable[[str, int], bool]) -> None:
        """Uploads that were given up never land: nothing to model."""

    def delete(self, keys: Iterable[str]) -> Sequence[str]:
        self._send([Request(key, None) for key in keys])
        return []

    def close(self) -> None:
        pass

    def _send(self, requests: Sequence[Request]) -> None:
        for done, request in enumerate(requests):
            if self._writes_left is not None:
                self._writes_left -= 1
                if self._writes_left <= 0:
                    self._bucket.late += requests[done:]
                    raise Died
            self._bucket.land(request)
