"""What goes wrong between us and an S3-compatible store is told apart, explained, and gives nothing away."""

from __future__ import annotations

import socket
import traceback
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

import attrs
import pytest

from session_mirror.bucket.destination import open_store
from session_mirror.bucket.s3 import S3Store
from session_mirror.bucket.s3_place import S3Place
from session_mirror.bucket.store import ObjectMissing
from session_mirror.errors import MirrorError
from session_mirror.protocol.mirror import Credentials, ErrorKind
from support.s3_stub import KEYS, STORED, Ending, Reply, S3Stub, refusal
from support.servers import S3Server

KEY = "sessions/claude-code/abc/part-00001-00000001.jsonl"


def failure_of_put(store: S3Store) -> MirrorError:
    with pytest.raises(MirrorError) as caught:
        store.put(KEY, b"body\n")
    return caught.value


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (403, "AccessDenied", ("auth", "s3:PutObject")),
        (403, "InvalidAccessKeyId", ("auth", "access key")),
        (403, "SignatureDoesNotMatch", ("auth", "access key")),
        (403, "RequestTimeTooSkewed", ("auth", "clock")),
        (400, "ExpiredToken", ("auth", "Sign in again")),
        (401, "Whatever", ("auth", "s3:PutObject")),
        (404, "NoSuchBucket", ("notFound", "Create the bucket")),
        (404, "", ("notFound", "Create the bucket")),
        (301, "PermanentRedirect", ("notFound", "region")),
        (307, "", ("notFound", "https")),
        (503, "SlowDown", ("throttled", "slows down")),
        (429, "TooManyRequests", ("throttled", "slows down")),
        (500, "InternalError", ("network", "tries again")),
        (502, "", ("network", "tries again")),
        (400, "RequestTimeout", ("network", "tries again")),
        (400, "BadDigest", ("network", "tries again")),
        (409, "ConditionalRequestConflict", ("conflict", "tries again")),
        (507, "XMinioStorageFull", ("disk", "quota")),
        (413, "", ("disk", "size")),
        (400, "MalformedXML", ("bug", "S3-compatible")),
        (501, "NotImplemented", ("bug", "S3-compatible")),
    ],
)
def test_a_refusal_has_its_kind_and_a_remedy(
    stub: S3Stub, stubbed: S3Store, status: int, code: str, expected: tuple[ErrorKind, str]
) -> None:
    kind, hint = expected
    stub.answers(refusal(status, code))
    error = failure_of_put(stubbed)
    assert (error.kind, hint in error.hint) == (kind, True), error.hint
    assert "bucket/project" in error.message
    assert str(status) in error.message or kind == "notFound"
    assert len(stub.asked) <= 2


def test_a_missing_object_is_not_a_missing_bucket(stub: S3Stub, stubbed: S3Store) -> None:
    stub.answers(refusal(404, "NoSuchKey"))
    with pytest.raises(ObjectMissing):
        stubbed.get(KEY)
    stub.answers(refusal(404, "NoSuchBucket"))
    with pytest.raises(MirrorError) as caught:
        stubbed.get(KEY)
    assert not isinstance(caught.value, ObjectMissing)
    assert "bucket" in caught.value.message


def test_the_wait_a_store_asks_for_is_passed_on(stub: S3Stub, stubbed: S3Store) -> None:
    stub.answers(refusal(503, "SlowDown", retry_after="7"))
    assert failure_of_put(stubbed).retry_after_s == 7
    in_a_minute = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=60), usegmt=True)
    stub.answers(refusal(503, "SlowDown", retry_after=in_a_minute))
    assert failure_of_put(stubbed).retry_after_s == pytest.approx(60, abs=10)
    for value, seconds in (("99999999", 3600), ("-5", None), ("soon", None)):
        stub.answers(refusal(503, "SlowDown", retry_after=value))
        assert failure_of_put(stubbed).retry_after_s == seconds, value


def test_a_bare_403_with_a_distant_date_means_the_clock(stub: S3Stub, stubbed: S3Store) -> None:
    two_hours_off = format_datetime(datetime.now(timezone.utc) - timedelta(hours=2), usegmt=True)
    stub.answers(Reply(403, headers={"Date": two_hours_off}))
    with pytest.raises(MirrorError) as caught:
        stubbed.size(KEY)
    assert (caught.value.kind, "clock" in caught.value.hint) == ("auth", True)


def test_a_failing_store_is_asked_twice_at_most(stub: S3Stub, stubbed: S3Store) -> None:
    stub.answers(refusal(503, "SlowDown"))
    failure_of_put(stubbed)
    assert len(stub.asked) == 2


def test_a_short_failure_is_not_even_noticed(stub: S3Stub, stubbed: S3Store) -> None:
    stub.answers(refusal(500, "InternalError"), STORED)
    stubbed.put(KEY, b"body\n")
    assert [asked.body for asked in stub.asked] == [b"body\n", b"body\n"]


def test_nobody_listening_is_a_network_problem() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
        store = S3Store(S3Place(bucket="bucket", project="", endpoint_url=endpoint, credentials=KEYS))
        error = failure_of_put(store)
        store.close()
    assert (error.kind, "network" in error.hint) == ("network", True)


@pytest.mark.parametrize("ending", ["closed", "reset"])
def test_a_body_that_stops_early_is_never_taken_for_the_object(stub: S3Stub, stubbed: S3Store, ending: Ending) -> None:
    stub.answers(Reply(200, b"x" * 40, announced=100, ending=ending))
    for length in (None, 100):
        with pytest.raises(MirrorError) as caught:
            stubbed.get(KEY, 0, length)
        assert caught.value.kind == "network"


def test_no_key_and_no_secret_is_ever_in_an_error(stub: S3Stub) -> None:
    secret = Credentials(access_key_id="AKIDSECRET", secret_access_key="SECRETSECRET", session_token="TOKENSECRET")
    store = stub.store(secret)
    replies = [
        refusal(403, "SignatureDoesNotMatch", "SECRETSECRET TOKENSECRET AKIDSECRET"),
        refusal(403, "SECRET SECRET", "SECRET"),
        Reply(200, b"<SECRET"),
    ]
    for reply in replies:
        stub.answers(reply)
        try:
            list(store.list(""))
        except MirrorError as error:
            told = [*traceback.format_exception(error), repr(error), error.hint, repr(error.as_problem())]
            assert "SECRET" not in "".join(told)
        else:
            pytest.fail("the store took it for a listing")
    assert "SECRET" not in repr(store)
    store.close()


def test_without_keys_the_user_is_told_how_to_get_some(stub: S3Stub) -> None:
    store = stub.store(credentials=None)
    error = failure_of_put(store)
    store.close()
    assert (error.kind, "Sign in" in error.hint) == ("auth", True)
    assert stub.asked == []


def test_an_unknown_profile_is_named_as_the_cause() -> None:
    store = S3Store(S3Place(bucket="bucket", project="", profile="nobody"))
    error = failure_of_put(store)
    assert (error.kind, "profile" in error.message) == ("auth", True)


def test_a_real_server_tells_wrong_keys_from_right_ones(rclone_server: S3Server, tmp_path: Path) -> None:
    wrong = Credentials(access_key_id="TESTKEYID", secret_access_key="not-the-secret")
    store = open_store(rclone_server.destination("wrong-keys", wrong), default_dir=tmp_path)
    with pytest.raises(MirrorError) as caught:
        store.put(KEY, b"x")
    store.close()
    assert (caught.value.kind, "access key" in caught.value.hint) == ("auth", True)


@pytest.mark.parametrize("name", ["moto", "ministack", "rclone"])
def test_real_servers_name_a_missing_bucket(request: pytest.FixtureRequest, tmp_path: Path, name: str) -> None:
    server = request.getfixturevalue(f"{name}_server")
    assert isinstance(server, S3Server)
    elsewhere = attrs.evolve(server.destination("project"), url="s3://no-such-bucket/project")
    store = open_store(elsewhere, default_dir=tmp_path)
    for call in (lambda: list(store.list("")), lambda: store.get(KEY), lambda: store.put(KEY, b"x")):
        with pytest.raises(MirrorError) as caught:
            call()
        assert not isinstance(caught.value, ObjectMissing)
        assert (caught.value.kind, "bucket" in caught.value.message) == ("notFound", True)
    store.close()
