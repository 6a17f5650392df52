"""A boto3 client set up for one project: the one place that imports boto3."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from io import BytesIO
from typing import TYPE_CHECKING, Literal

from session_mirror import __version__
from session_mirror.bucket.s3_place import S3Place, is_amazon

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_s3 import S3Client

_THREADS = 16
_CONNECT_S = 5
_READ_S = 30
_EXPECT_FROM_BYTES = 1 << 20


def build_client(place: S3Place) -> S3Client:
    """A client for the place; see `connect`."""
    return connect(place)[0]


def connect(place: S3Place) -> tuple[S3Client, Session]:
    """A client for the place, and the session that knows its keys; costs about 0.3 s the first time, for the import.

    It tries each call twice at most: waiting belongs to the caller, where it can be seen and cancelled.

    Raises:
        BotoCoreError: the profile or the configuration files cannot be used.
    """
    import boto3  # noqa: PLC0415  slow to import, and not needed for local folders
    import botocore.session  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    from session_mirror.bucket.s3_sockets import be_patient  # noqa: PLC0415

    be_patient()
    core = botocore.session.Session(profile=place.profile)
    keys = place.credentials
    session = boto3.session.Session(
        botocore_session=core,
        aws_access_key_id=keys.access_key_id if keys else None,
        aws_secret_access_key=keys.secret_access_key if keys else None,
        aws_session_token=keys.session_token if keys else None,
    )
    region = place.region or session.region_name or "us-east-1"
    config = Config(
        connect_timeout=_CONNECT_S,
        read_timeout=_READ_S,
        retries={"mode": "standard", "total_max_attempts": 2},
        max_pool_connections=_THREADS,
        tcp_keepalive=True,
        user_agent_extra=f"session-mirror/{__version__}",
    )
    client = session.client("s3", region_name=region, endpoint_url=place.endpoint_url, config=config)
    if not is_amazon(client.meta.endpoint_url):  # by our place, the environment, or the AWS configuration file
        client.close()
        # Many other stores know neither virtual hosts nor checksum trailers; some keep a trailer's framing as data.
        compatible = Config(
            s3={"addressing_style": _addressing_style(core.get_scoped_config())},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        client = session.client(
            "s3", region_name=region, endpoint_url=place.endpoint_url, config=config.merge(compatible)
        )
        client.meta.events.register_last("before-call.s3.HeadBucket", _give_the_region_up)
    client.meta.events.register_last("before-call.s3", _spare_a_round_trip)
    return client, core


def _addressing_style(configured: Mapping[str, object]) -> Literal["path", "virtual"]:
    """`path`, unless the user's AWS configuration asks for virtual hosts, as a few stores demand."""
    s3 = configured.get("s3")
    return "virtual" if isinstance(s3, Mapping) and s3.get("addressing_style") == "virtual" else "path"


def _give_the_region_up(**_: object) -> None:
    """Stops boto3 from asking a store that redirects everything for the bucket's region, and being redirected, forever.

    We never ask for a bucket's head ourselves.
    """
    from botocore.exceptions import InvalidRegionError  # noqa: PLC0415

    raise InvalidRegionError(region_name="unknown")


def _spare_a_round_trip(params: Mapping[str, object], **_: object) -> None:
    """Sends small bodies at once; large ones still ask first, so that a refusal is read and not a broken pipe."""
    headers, body = params.get("headers"), params.get("body")
    if isinstance(headers, MutableMapping) and isinstance(body, BytesIO) and len(body.getbuffer()) < _EXPECT_FROM_BYTES:
        headers.pop("Expect", None)
