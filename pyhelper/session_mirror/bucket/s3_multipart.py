"""Objects built from pieces in an S3-compatible bucket: sent by us, or copied by the store from other objects.

Nothing can be seen of an upload before its last request. Until then it takes space that no listing shows, so whatever
fails gives it up, and what a killed process left is found by `give_up`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

import attrs
from botocore.exceptions import ClientError

from session_mirror.bucket.s3_errors import not_s3, status_of, translated
from session_mirror.bucket.s3_place import S3Place
from session_mirror.bucket.store import ObjectMissing, Source, SourceChanged
from session_mirror.errors import MirrorError
from session_mirror.failpoints import failpoint

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, UploadPartCopyRequestTypeDef

PIECE_BYTES = 16 << 20
"""What is sent at once; a few of these are in memory."""
COPIED_BYTES = 5 << 20
"""S3 takes no smaller piece, except as the last one."""
_MOST_PIECES = 10_000
_LARGEST_COPY = 5 << 30
_SENDERS = 3
_COPIERS = 8


class _Unable(Exception):  # noqa: N818  a property of the store
    """The store does not copy, or not like this."""


@attrs.frozen
class _Upload:
    key: str
    """Relative to the project."""
    full_key: str
    id: str


class Multipart:
    """Uploads in pieces to one project. `composes` turns False when the store shows that it cannot copy."""

    def __init__(self, place: S3Place, connect: Callable[[], S3Client]) -> None:
        self._place = place
        self._connect = connect
        self._states_tags = True
        self.composes = True

    def send(self, key: str, content_type: str, chunks: Iterable[bytes], size: int) -> None:
        """Stores the chunks as one object of `size` bytes.

        Raises:
            ValueError: the chunks are not of that size together.
        """
        with self._begun(key, content_type) as upload:
            jobs = (partial(self._send, upload, body) for body in _blocks(chunks, size))
            self._finish(upload, _in_parallel(jobs, _SENDERS), size)

    def compose(self, key: str, content_type: str, sources: Sequence[Source]) -> bool:
        """Stores the sources' bytes as one object, copied by the store; False when it cannot."""
        if not (self.composes and _can_be_copied(sources)):
            return False
        size = sum(source.size for source in sources)
        try:
            with self._begun(key, content_type) as upload:
                jobs = (partial(self._copy, upload, source) for source in sources)
                tags = _in_parallel(jobs, _COPIERS)
                self._check_sizes(upload, sources)
                self._finish(upload, tags, size)
        except (_Unable, MirrorError) as error:
            if isinstance(error, MirrorError) and error.kind not in ("bug", "auth"):
                raise
            # What we may not copy, we may still be able to read; then that is what fails.
            self.composes = isinstance(error, MirrorError) and error.kind == "auth"
            return False
        return True

    def give_up(self, prefix: str, is_stale: Callable[[str, int], bool]) -> None:
        """Ends unfinished uploads of keys below `prefix` for which `is_stale(key, started_ms)` holds."""
        root = self._place.key_prefix
        with translated(self._place):
            pages = self._connect().get_paginator("list_multipart_uploads")
            found = [
                (upload.get("Key", ""), upload.get("UploadId", ""), int(upload["Initiated"].timestamp() * 1000))
                for page in pages.paginate(Bucket=self._place.bucket, Prefix=root + prefix)
                for upload in page.get("Uploads", ())
                if "Initiated" in upload
            ]
        for full_key, upload_id, started_ms in found:
            key = full_key.removeprefix(root)
            if full_key.startswith(root + prefix) and is_stale(key, started_ms):
                self._abort(_Upload(key, full_key, upload_id))

    @contextmanager
    def _begun(self, key: str, content_type: str) -> Iterator[_Upload]:
        full_key = self._place.key_prefix + key
        with translated(self._place):
            answer = self._connect().create_multipart_upload(
                Bucket=self._place.bucket, Key=full_key, ContentType=content_type
            )
        if not answer.get("UploadId"):
            raise not_s3(self._place, "an upload in pieces was answered without an id")
        upload = _Upload(key, full_key, answer["UploadId"])
        try:
            failpoint("upload.after_begin")
            yield upload
        except BaseException:
            with suppress(MirrorError):
                self._abort(upload)
            raise

    def _send(self, upload: _Upload, body: bytes, number: int) -> str:
        with self._asking(upload):
            answer = self._connect().upload_part(
                Bucket=self._place.bucket, Key=upload.full_key, UploadId=upload.id, PartNumber=number, Body=body
            )
        if not answer.get("ETag"):
            raise not_s3(self._place, "a piece of an upload was answered without an ETag")
        return answer["ETag"]

    def _copy(self, upload: _Upload, source: Source, number: int) -> str:
        full_key, tag = self._place.key_prefix + source.key, source.tag.strip('"')
        request: UploadPartCopyRequestTypeDef = {
            "Bucket": self._place.bucket,
            "Key": upload.full_key,
            "UploadId": upload.id,
            "PartNumber": number,
            "CopySource": {"Bucket": self._place.bucket, "Key": full_key},
        }
        if tag and self._states_tags:
            request["CopySourceIfMatch"] = tag
        try:
            with self._asking(upload, source.key):
                answer = self._connect().upload_part_copy(**request)
        except ObjectMissing:
            raise SourceChanged(upload.key) from None
        except _Refused:
            if self._tag_of(full_key) != tag:
                raise SourceChanged(upload.key) from None
            self._states_tags = False  # it understands the condition, and not our way to write it
            return self._copy(upload, attrs.evolve(source, tag=""), number)
        copied = answer.get("CopyPartResult", {}).get("ETag")
        if not copied:
            raise _Unable
        return copied

    def _check_sizes(self, upload: _Upload, sources: Sequence[Source]) -> None:
        """What was copied is of the size that was listed: a part's name and size say which bytes it holds."""
        with self._asking(upload):
            pages = self._connect().get_paginator("list_parts")
            sizes = {
                piece.get("PartNumber", 0): piece.get("Size", -1)
                for page in pages.paginate(Bucket=self._place.bucket, Key=upload.full_key, UploadId=upload.id)
                for piece in page.get("Parts", ())
            }
        if sizes != {number: source.size for number, source in enumerate(sources, 1)}:
            raise SourceChanged(upload.key)

    def _finish(self, upload: _Upload, tags: Sequence[str], size: int) -> None:
        failpoint("upload.before_finish")
        pieces: list[CompletedPartTypeDef] = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]
        try:
            with self._asking(upload):
                self._connect().complete_multipart_upload(
                    Bucket=self._place.bucket,
                    Key=upload.full_key,
                    UploadId=upload.id,
                    MultipartUpload={"Parts": pieces},
                )
        except MirrorError:
            if self._size_of(upload.full_key) != size:  # else only the answer was lost
                raise

    def _abort(self, upload: _Upload) -> None:
        with suppress(SourceChanged), self._asking(upload):
            self._connect().abort_multipart_upload(Bucket=self._place.bucket, Key=upload.full_key, UploadId=upload.id)

    def _size_of(self, full_key: str) -> int | None:
        with suppress(ObjectMissing), translated(self._place, full_key):
            return self._connect().head_object(Bucket=self._place.bucket, Key=full_key).get("ContentLength")
        return None

    def _tag_of(self, full_key: str) -> str | None:
        with suppress(ObjectMissing), translated(self._place, full_key):
            return self._connect().head_object(Bucket=self._place.bucket, Key=full_key).get("ETag", "").strip('"')
        return None

    @contextmanager
    def _asking(self, upload: _Upload, source: str | None = None) -> Iterator[None]:
        """Tells an upload that somebody else ended, and a condition that failed, from other refusals."""
        with translated(self._place, source):
            try:
                yield
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") == "NoSuchUpload":
                    raise SourceChanged(upload.key) from None
                if source is not None and status_of(error) == 412:
                    raise _Refused from None
                raise


class _Refused(Exception):  # noqa: N818  an answer, told from others
    """A condition was not met."""


def _can_be_copied(sources: Sequence[Source]) -> bool:
    return (
        1 < len(sources) <= _MOST_PIECES
        and all(COPIED_BYTES <= source.size <= _LARGEST_COPY for source in sources[:-1])
        and 0 < sources[-1].size <= _LARGEST_COPY
    )


def _blocks(chunks: Iterable[bytes], size: int) -> Generator[bytes, None, None]:
    """The same bytes in pieces for upload.

    Raises:
        ValueError: they are not of that size together.
    """
    step = max(PIECE_BYTES, -(-size // _MOST_PIECES))
    waiting = bytearray()
    sent = 0
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= step:
            yield bytes(memoryview(waiting)[:step])
            del waiting[:step]
            sent += step
    if sent + len(waiting) != size:
        raise ValueError(f"{sent + len(waiting)} bytes came instead of {size}")
    if waiting:
        yield bytes(waiting)


def _in_parallel(jobs: Iterator[Callable[[int], str]], at_once: int) -> list[str]:
    """Calls each job with its number, from 1, so many at a time; what they return, in order."""
    results: list[str] = []
    under_way: deque[Future[str]] = deque()

    def take_one() -> None:
        results.append(under_way.popleft().result())
        failpoint("upload.after_piece")

    with ThreadPoolExecutor(at_once, thread_name_prefix="upload") as pool:
        try:
            for number, job in enumerate(jobs, 1):
                under_way.append(pool.submit(job, number))
                if len(under_way) >= at_once:
                    take_one()
            while under_way:
                take_one()
        finally:
            for future in under_way:
                future.cancel()
    return results
