"""Whole objects with one signed GET over pooled connections: a fifth of what a boto3 call costs the processor.

Small parts are read by the thousand, and then our processor is what takes the time. Whatever is not a plain success is
left to boto3, which knows about redirects, retries and refusals; so is everything that goes through a proxy.
"""

from __future__ import annotations

import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import urllib3
from botocore.exceptions import BotoCoreError
from botocore.httpsession import get_cert_path
from botocore.utils import get_environ_proxies

from session_mirror import __version__
from session_mirror.bucket.s3_place import S3Place
from session_mirror.bucket.s3_signature import signed_headers

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from botocore.session import Session
    from mypy_boto3_s3 import S3Client

CONNECTIONS = 32
_CONNECT_S = 5
_READ_S = 20
_NOT_LIKE_THIS = {301, 307, 400, 401, 403, 405}
_AGENT = f"session-mirror/{__version__}"


class QuickReads:
    """Thread-safe. Signs with the same keys, and goes to the same address, as the client it stands beside."""

    def __init__(self, place: S3Place, client: S3Client, session: Session, credentials: Credentials) -> None:
        self._credentials = credentials
        self._region = client.meta.region_name
        probe = client.generate_presigned_url("get_object", Params={"Bucket": place.bucket, "Key": "probe"})
        url = urlsplit(probe)
        self._host = url.netloc
        self._folder = url.path.removesuffix("probe") + quote(place.key_prefix, safe="/~")
        # A path, too; the stubs know only the switch.
        authorities: Any = session.get_config_variable("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE") or True
        self._pools = urllib3.PoolManager(
            maxsize=CONNECTIONS,
            timeout=urllib3.Timeout(connect=_CONNECT_S, read=_READ_S),
            cert_reqs="CERT_REQUIRED",
            ca_certs=get_cert_path(authorities),
        )
        self._pool = self._pools.connection_from_url(f"{url.scheme}://{url.netloc}")
        self._works = not get_environ_proxies(f"{url.scheme}://{url.netloc}")

    def get(self, key: str) -> bytes | None:
        """The object of this key, relative to the project; None when boto3 should be asked instead."""
        if not self._works:
            return None
        path = self._folder + quote(key, safe="/~")
        try:
            keys = self._credentials.get_frozen_credentials()
            now = datetime.now(timezone.utc)
            headers = signed_headers(keys, region=self._region, host=self._host, path=path, now=now)
            answer = self._pool.urlopen(
                "GET", path, headers={**headers, "user-agent": _AGENT}, retries=False, redirect=False
            )
            body = answer.data
        except (BotoCoreError, urllib3.exceptions.HTTPError, OSError):
            return None
        if answer.status in _NOT_LIKE_THIS:
            self._works = False
        whole = answer.headers.get("Content-Length", "") == str(len(body))
        # A sign-in page of the network has no ETag.
        return body if answer.status == 200 and whole and answer.headers.get("ETag") else None

    def close(self) -> None:
        """Closes the connections."""
        self._pools.clear()
