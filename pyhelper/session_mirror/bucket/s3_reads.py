"""Whole objects with one signed GET over pooled connections: less than half of what a boto3 call costs the processor.

Small parts are read by the thousand, and then our processor is what takes the time. Whatever is not a plain success is
left to boto3, which knows about redirects, retries and refusals.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from session_mirror import __version__
from session_mirror.bucket.s3_place import S3Place

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from botocore.session import Session
    from mypy_boto3_s3 import S3Client

CONNECTIONS = 32
_TIMEOUT_S = 20
_NOT_LIKE_THIS = {301, 307, 400, 401, 403, 405}
_AGENT = f"session-mirror/{__version__}"


class QuickReads:
    """Thread-safe. Signs with the same keys, and goes the same way, as the client it stands beside."""

    def __init__(self, place: S3Place, client: S3Client, session: Session, credentials: Credentials) -> None:
        self._credentials = credentials
        self._region = client.meta.region_name
        probe = client.generate_presigned_url("get_object", Params={"Bucket": place.bucket, "Key": "probe"})
        url = urlsplit(probe)
        self._root = f"{url.scheme}://{url.netloc}{url.path.removesuffix('probe')}{quote(place.key_prefix, safe='/~')}"
        # A path, too; the stubs know only the switch.
        authorities: Any = session.get_config_variable("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE") or True
        self._http = URLLib3Session(
            verify=authorities,
            proxies=get_environ_proxies(self._root),
            timeout=_TIMEOUT_S,
            max_pool_connections=CONNECTIONS,
        )
        self._works = True

    def get(self, key: str) -> bytes | None:
        """The object of this key, relative to the project; None when boto3 should be asked instead."""
        if not self._works:
            return None
        request = AWSRequest("GET", self._root + quote(key, safe="/~"), headers={"User-Agent": _AGENT})
        try:
            S3SigV4Auth(self._credentials.get_frozen_credentials(), "s3", self._region).add_auth(request)
            answer = self._http.send(request.prepare())
            body: bytes = answer.content
        except (BotoCoreError, HTTPError, OSError):
            return None
        if answer.status_code in _NOT_LIKE_THIS:
            self._works = False
        whole = answer.headers.get("Content-Length", "") == str(len(body))
        # A sign-in page of the network has no ETag.
        return body if answer.status_code == 200 and whole and answer.headers.get("ETag") else None

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()
