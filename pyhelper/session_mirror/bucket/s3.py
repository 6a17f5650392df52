"""A project in an S3-compatible bucket as a store."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from session_mirror.bucket.keys import check_key, check_prefix, check_range, is_key
from session_mirror.bucket.s3_client import connect
from session_mirror.bucket.s3_errors import damaged, not_s3, status_of, translated
from session_mirror.bucket.s3_multipart import COPIED_BYTES, Multipart
from session_mirror.bucket.s3_place import S3Place
from session_mirror.bucket.s3_reads import QuickReads
from session_mirror.bucket.store import ObjectMissing, Source, StoredObject
from session_mirror.errors import MirrorError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

_DELETES_PER_CALL = 1000
_SINGLE_PUT_BYTES = 64 << 20
"""What is larger is sent in pieces."""
_ABOUT_ONE_KEY = {"auth", "conflict", "bug"}
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(?:\d+|\*)")


class S3Store:
    """Objects below one project of one bucket. The client is made, and boto3 imported, at the first call."""

    def __init__(self, place: S3Place) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._client: S3Client | None = None
        self._reads: QuickReads | None = None
        self._multipart = Multipart(place, self._connect)
        self._deletes_in_batches = True

    def __repr__(self) -> str:
        return f"S3Store({self._place!r})"

    @property
    def label(self) -> str:
        """`bucket/project`."""
        return self._place.label

    @property
    def url(self) -> str:
        """The `s3:` URL, with the endpoint unless it is Amazon's."""
        return self._place.url

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Every object below `prefix`, in key order, all pages; objects that nobody could address are left out."""
        check_prefix(prefix)
        root, bucket = self._place.key_prefix, self._place.bucket
        token = ""
        while True:
            with translated(self._place):
                client = self._connect()
                page = (
                    client.list_objects_v2(Bucket=bucket, Prefix=root + prefix, ContinuationToken=token)
                    if token
                    else client.list_objects_v2(Bucket=bucket, Prefix=root + prefix)
                )
            if "IsTruncated" not in page and "Name" not in page:
                raise not_s3(self._place, "no listing came")
            for entry in page.get("Contents", ()):
                key = entry.get("Key", "").removeprefix(root)
                if is_key(key) and "Size" in entry and "LastModified" in entry:
                    modified_ms = int(entry["LastModified"].timestamp() * 1000)
                    tag = entry.get("ETag", "")
                    yield StoredObject(key=key, size=entry["Size"], modified_ms=modified_ms, tag=tag)
            if not page.get("IsTruncated"):
                return
            following = page.get("NextContinuationToken", "")
            if not following or following == token:
                raise damaged(self._place, "the listing does not go on after a page")
            token = following

    def put(self, key: str, body: bytes) -> None:
        """Stores `body` whole or not at all, in one request."""
        check_key(key)
        with translated(self._place):
            answer = self._connect().put_object(
                Bucket=self._place.bucket, Key=self._full(key), Body=body, ContentType=_content_type(key)
            )
        if not answer.get("ETag"):
            raise not_s3(self._place, "an upload was answered without an ETag")

    def put_stream(self, key: str, chunks: Iterable[bytes], size: int) -> None:
        """Stores the chunks as one object of `size` bytes, whole or not at all; a large one in pieces."""
        check_key(key)
        if size > _SINGLE_PUT_BYTES:
            self._multipart.send(key, _content_type(key), chunks, size)
            return
        body = b"".join(chunks)
        if len(body) != size:
            raise ValueError(f"{len(body)} bytes came instead of {size}")
        self.put(key, body)

    @property
    def composes_from(self) -> int | None:
        """S3's least size of a piece, unless this store has shown that it doesn't copy."""
        return COPIED_BYTES if self._multipart.composes else None

    def compose(self, key: str, sources: Sequence[Source]) -> bool:
        """Stores the sources' bytes as one object, copied by the store; False when it cannot."""
        for name in (key, *(source.key for source in sources)):
            check_key(name)
        return self._multipart.compose(key, _content_type(key), sources)

    def give_up(self, prefix: str, is_stale: Callable[[str, int], bool]) -> None:
        """Ends unfinished uploads of keys below `prefix` for which `is_stale(key, started_ms)` holds."""
        check_prefix(prefix)
        self._multipart.give_up(prefix, is_stale)

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """Bytes `[start, start + length)` of an object, to its end without `length`."""
        check_key(key)
        check_range(start, length)
        if length == 0:
            if self.size(key) is None:
                raise ObjectMissing(key)
            return b""
        with translated(self._place, key):
            if start == 0 and length is None and (whole := self._read_quickly(key)) is not None:
                return whole
            try:
                answer = self._ask(key, start, length)
            except ClientError as error:
                if status_of(error) == 416:  # nothing is stored from `start` on
                    return b""
                raise
            with closing(answer["Body"]) as stream:
                body = stream.read()
        if not answer.get("ETag"):
            raise not_s3(self._place, "an object came without an ETag")
        return self._cut(answer, body, start, length)

    def size(self, key: str) -> int | None:
        """Size in bytes, or None without such a key."""
        check_key(key)
        try:
            with translated(self._place, key):
                head = self._connect().head_object(Bucket=self._place.bucket, Key=self._full(key))
        except ObjectMissing:
            return None
        if "ContentLength" not in head:
            raise damaged(self._place, "no size came")
        if not head.get("ETag"):
            raise not_s3(self._place, "a size came without an ETag")
        return head["ContentLength"]

    def delete(self, keys: Iterable[str]) -> Sequence[str]:
        """Deletes what is there, and returns the keys that the store refused to delete."""
        waiting = list(keys)
        for key in waiting:
            check_key(key)
        left: list[str] = []
        for first in range(0, len(waiting), _DELETES_PER_CALL):
            batch = waiting[first : first + _DELETES_PER_CALL]
            left += self._delete_batch(batch) if self._deletes_in_batches else self._delete_singly(batch)
        return left

    def close(self) -> None:
        """Closes the connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None
            if self._reads is not None:
                self._reads.close()
                self._reads = None

    def _connect(self) -> S3Client:
        with self._lock:
            if self._client is None:
                self._client, session = connect(self._place)
                credentials = session.get_credentials()
                if credentials is not None:
                    self._reads = QuickReads(self._place, self._client, session, credentials)
            return self._client

    def _read_quickly(self, key: str) -> bytes | None:
        self._connect()
        return self._reads.get(key) if self._reads is not None else None

    def _full(self, key: str) -> str:
        return self._place.key_prefix + key

    def _ask(self, key: str, start: int, length: int | None) -> GetObjectOutputTypeDef:
        bucket, full = self._place.bucket, self._full(key)
        if start == 0 and length is None:
            return self._connect().get_object(Bucket=bucket, Key=full)
        end = "" if length is None else start + length - 1
        return self._connect().get_object(Bucket=bucket, Key=full, Range=f"bytes={start}-{end}")

    def _cut(self, answer: GetObjectOutputTypeDef, body: bytes, start: int, length: int | None) -> bytes:
        """What was asked for, out of what came: the range, or the whole object from stores that ignore ranges.

        The status says nothing: one store answers 200 to a range. The Content-Range header decides.
        """
        served = _CONTENT_RANGE.fullmatch(answer.get("ContentRange", ""))
        if served is None:
            return body[start:] if length is None else body[start : start + length]
        first, last = int(served[1]), int(served[2])
        if first != start or len(body) != last - first + 1 or (length is not None and len(body) > length):
            raise damaged(self._place, "another range came than was asked for")
        return body

    def _delete_batch(self, keys: Sequence[str]) -> Sequence[str]:
        """One request for all; from the first time a store does not understand it, one request for each."""
        try:
            with translated(self._place):
                answer = self._connect().delete_objects(
                    Bucket=self._place.bucket,
                    Delete={"Objects": [{"Key": self._full(key)} for key in keys], "Quiet": True},
                )
        except MirrorError as error:
            if error.kind != "bug":
                raise
            self._deletes_in_batches = False
            return self._delete_singly(keys)
        refused = {entry.get("Key") for entry in answer.get("Errors", ()) if entry.get("Code") != "NoSuchKey"}
        return [key for key in keys if self._full(key) in refused]

    def _delete_singly(self, keys: Sequence[str]) -> Sequence[str]:
        return [key for key in keys if not self._delete_one(key)]

    def _delete_one(self, key: str) -> bool:
        try:
            with translated(self._place, key):
                self._connect().delete_object(Bucket=self._place.bucket, Key=self._full(key))
        except ObjectMissing:
            return True
        except MirrorError as error:
            if error.kind not in _ABOUT_ONE_KEY:
                raise
            return False
        return True


def _content_type(key: str) -> str:
    if key.endswith(".jsonl"):
        return "application/x-ndjson"
    return "application/json" if key.endswith(".json") else "application/octet-stream"
