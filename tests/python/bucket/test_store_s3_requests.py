"""What is asked of an S3-compatible store, and which of its answers are believed."""

from __future__ import annotations

import pytest

from session_mirror.bucket.s3 import S3Store
from session_mirror.errors import MirrorError
from support.s3_stub import Reply, S3Stub, refusal

KEY = "sessions/claude-code/abc/part-00001-00000001.jsonl"


def test_a_sign_in_page_is_neither_an_empty_listing_nor_a_stored_object(stub: S3Stub, stubbed: S3Store) -> None:
    stub.answers(Reply(200, b"<html><title>Welcome to the hotel</title></html>", {"Content-Type": "text/html"}))
    for call in (lambda: list(stubbed.list("")), lambda: stubbed.put(KEY, b"body\n")):
        with pytest.raises(MirrorError) as caught:
            call()
        assert (caught.value.kind, "endpoint" in caught.value.hint) == ("network", True)


def test_a_listing_that_breaks_off_is_no_empty_listing(stub: S3Stub, stubbed: S3Store) -> None:
    whole = page("project/a", "project/b").body
    stub.answers(Reply(200, whole[: len(whole) // 2]))
    with pytest.raises(MirrorError) as caught:
        list(stubbed.list(""))
    assert caught.value.kind == "network"


def test_a_store_that_ignores_ranges_is_cut_to_what_was_asked(stub: S3Stub, stubbed: S3Store) -> None:
    stub.answers(Reply(200, b"0123456789", {"ETag": "1"}))
    assert stubbed.get(KEY, 2, 3) == b"234"
    assert stubbed.get(KEY, 7) == b"789"
    assert stubbed.get(KEY, 20, 5) == b""


def test_a_range_is_believed_by_its_header_and_not_by_its_status(stub: S3Stub, stubbed: S3Store) -> None:
    stub.answers(Reply(200, b"234", {"ETag": "1", "Content-Range": "bytes 2-4/10"}))
    assert stubbed.get(KEY, 2, 3) == b"234"
    for header, body in (("bytes 0-2/10", b"012"), ("bytes 2-4/10", b"23"), ("bytes 2-9/10", b"23456789")):
        stub.answers(Reply(206, body, {"ETag": "1", "Content-Range": header}))
        with pytest.raises(MirrorError) as caught:
            stubbed.get(KEY, 2, 3)
        assert caught.value.kind == "network", header


def test_a_size_that_is_not_told_is_not_taken_for_zero(stub: S3Stub, stubbed: S3Store) -> None:
    stub.answers(Reply(200, headers={"Transfer-Encoding": "chunked"}))
    with pytest.raises(MirrorError) as caught:
        stubbed.size(KEY)
    assert caught.value.kind == "network"


def page(*keys: str, token: str = "", truncated: bool = False) -> Reply:
    entries = "".join(
        f"<Contents><Key>{key}</Key><Size>1</Size><LastModified>2026-01-02T03:04:05Z</LastModified></Contents>"
        for key in keys
    )
    more = f"<IsTruncated>{str(truncated).lower()}</IsTruncated>"
    following = f"<NextContinuationToken>{token}</NextContinuationToken>" if token else ""
    return Reply(200, f"<ListBucketResult>{more}{following}{entries}</ListBucketResult>".encode())


def test_pages_are_asked_for_until_the_last(stub: S3Stub, stubbed: S3Store) -> None:
    stub.answers(page("project/a", token="t1", truncated=True), page("project/b"))
    assert [found.key for found in stubbed.list("")] == ["a", "b"]
    assert "continuation-token=t1" in stub.asked[1].path


@pytest.mark.parametrize("token", ["", "same"])
def test_a_listing_that_does_not_go_on_is_an_error_and_no_end(stub: S3Stub, stubbed: S3Store, token: str) -> None:
    stub.answers(page("project/a", token=token, truncated=True))
    with pytest.raises(MirrorError) as caught:
        list(stubbed.list(""))
    assert caught.value.kind == "network"


def test_objects_that_are_no_keys_of_ours_are_left_out_of_a_listing(stub: S3Stub, stubbed: S3Store) -> None:
    stub.answers(page("project/", "project/../x", "project//a", "project/ok", "project/folder/"))
    assert [(found.key, found.modified_ms) for found in stubbed.list("")] == [("ok", 1767323045000)]


def test_keys_a_store_refuses_to_delete_are_returned(stub: S3Stub, stubbed: S3Store) -> None:
    errors = "".join(
        f"<Error><Key>project/{name}</Key><Code>{code}</Code></Error>"
        for name, code in (("b", "AccessDenied"), ("c", "NoSuchKey"))
    )
    stub.answers(Reply(200, f"<DeleteResult>{errors}</DeleteResult>".encode()))
    assert stubbed.delete(["a", "b", "c"]) == ["b"]
    assert len(stub.asked) == 1


def test_more_than_a_thousand_deletes_are_several_requests(stub: S3Stub, stubbed: S3Store) -> None:
    stub.answers(Reply(200, b"<DeleteResult></DeleteResult>"))
    assert stubbed.delete([f"key-{number}" for number in range(2500)]) == []
    assert [asked.body.count(b"<Key>") for asked in stub.asked] == [1000, 1000, 500]


@pytest.mark.parametrize(("status", "code"), [(501, "NotImplemented"), (400, "MissingContentMD5"), (405, "")])
def test_a_store_without_batch_deletes_is_asked_for_each_key(
    stub: S3Stub, stubbed: S3Store, status: int, code: str
) -> None:
    single = [Reply(204), refusal(403, "AccessDenied"), refusal(404, "NoSuchKey"), Reply(204)]
    stub.answers(refusal(status, code), *single)
    assert stubbed.delete(["a", "b", "c"]) == ["b"]
    assert stubbed.delete(["d"]) == []
    assert [asked.method for asked in stub.asked] == ["POST", *["DELETE"] * 4]


def test_an_expired_sign_in_is_not_taken_for_a_missing_batch_delete(stub: S3Stub, stubbed: S3Store) -> None:
    stub.answers(refusal(400, "ExpiredToken"))
    with pytest.raises(MirrorError) as caught:
        stubbed.delete(["a"])
    assert caught.value.kind == "auth"
    assert [asked.method for asked in stub.asked] == ["POST"]


def test_uploads_are_plain_signed_and_typed(stub: S3Stub, stubbed: S3Store) -> None:
    stubbed.put(KEY, b"small\n")
    stubbed.put("sessions/claude-code/abc/meta.json", b"{}")
    first, second = stub.asked
    assert (first.method, first.path, first.body) == ("PUT", f"/bucket/project/{KEY}", b"small\n")
    assert first.headers["content-type"] == "application/x-ndjson"
    assert second.headers["content-type"] == "application/json"
    assert len(first.headers["x-amz-content-sha256"]) == 64
    assert "session-mirror/" in first.headers["user-agent"]
    assert not {"expect", "content-encoding", "x-amz-trailer", "transfer-encoding"} & set(first.headers)


def test_only_a_large_upload_asks_before_it_sends(stub: S3Stub, stubbed: S3Store) -> None:
    stubbed.put(KEY, b"x" * ((1 << 20) - 1))
    stubbed.put(KEY, b"x" * (1 << 20))
    assert ["expect" in asked.headers for asked in stub.asked] == [False, True]
