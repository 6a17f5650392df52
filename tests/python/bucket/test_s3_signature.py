"""Our signature of a GET is the one that botocore makes, for any key and any kind of credentials."""

from __future__ import annotations

from datetime import datetime, timezone
from unittest import mock
from urllib.parse import quote

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.bucket.s3_signature import signed_headers

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone.utc)
KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\0\n\r"), min_size=1, max_size=40)


@pytest.mark.parametrize("token", [None, "a-session-token"])
@given(key=KEYS)
def test_it_is_the_signature_of_botocore(token: str | None, key: str) -> None:
    credentials = Credentials("AKID", "secret", token)
    host, path = "127.0.0.1:9000", "/bucket/" + quote(key, safe="/~")
    ours = signed_headers(credentials.get_frozen_credentials(), region="eu-west-1", host=host, path=path, now=NOW)
    request = AWSRequest("GET", f"http://{host}{path}")
    with mock.patch("botocore.auth.get_current_datetime", lambda: NOW.replace(tzinfo=None)):
        S3SigV4Auth(credentials, "s3", "eu-west-1").add_auth(request)
    assert ours["authorization"] == request.headers["Authorization"]
    assert ours["x-amz-date"] == request.headers["X-Amz-Date"]
    assert ours.get("x-amz-security-token") == request.headers.get("X-Amz-Security-Token")
