"""Whole objects are read the quick way where it works, and as boto3 reads them where it doesn't."""

from __future__ import annotations

import pytest

from session_mirror.bucket.s3 import S3Store
from session_mirror.bucket.store import ObjectMissing
from session_mirror.errors import MirrorError
from support.s3_stub import Reply, S3Stub, refusal

KEY = "sessions/claude-code/a b~ž/part-00001-00000001.jsonl"
FOUND = Reply(200, b"body\n", {"ETag": '"1"'})


def test_a_whole_object_takes_one_signed_request(stub: S3Stub, stubbed: S3Store) -> None:
    stub.answers(FOUND)
    assert stubbed.get(KEY) == b"body\n"
    (asked,) = stub.asked
    assert (asked.method, asked.path) == (
        "GET",
        "/bucket/project/sessions/claude-code/a%20b~%C5%BE/part-00001-00000001.jsonl",
    )
    assert asked.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=STUBKEYID/")
    assert "session-mirror/" in asked.headers["user-agent"]


@pytest.mark.parametrize(
    "refused",
    [
        refusal(503, "SlowDown"),
        refusal(403, "AccessDenied"),
        Reply(200, b"body\n", {"ETag": '"1"'}, announced=9, ending="closed"),
        Reply(200, b"<html>sign in</html>"),
    ],
    ids=["busy", "denied", "cut short", "a sign-in page"],
)
def test_what_is_no_plain_success_is_asked_again_in_the_ordinary_way(
    stub: S3Stub, stubbed: S3Store, refused: Reply
) -> None:
    stub.answers(refused, FOUND)
    assert stubbed.get(KEY) == b"body\n"
    assert len(stub.asked) == 2


def test_a_store_that_denies_the_quick_way_is_not_asked_that_way_again(stub: S3Stub, stubbed: S3Store) -> None:
    stub.answers(refusal(403, "SignatureDoesNotMatch"), FOUND)
    assert [stubbed.get(KEY) for _ in range(3)] == [b"body\n"] * 3
    assert len(stub.asked) == 4


def test_a_missing_object_and_a_sign_in_page_are_told_as_ever(stub: S3Stub, stubbed: S3Store) -> None:
    stub.answers(refusal(404, "NoSuchKey"))
    with pytest.raises(ObjectMissing):
        stubbed.get(KEY)
    stub.answers(Reply(200, b"<html>sign in</html>"))
    with pytest.raises(MirrorError) as caught:
        stubbed.get(KEY)
    assert caught.value.kind == "network"
