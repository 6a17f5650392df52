"""Where in which S3-compatible store a project lies, and how that is written as a URL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, quote, unquote, urlsplit

import attrs

from session_mirror.bucket.keys import is_key
from session_mirror.errors import MirrorError
from session_mirror.protocol.mirror import Credentials, Destination

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}")
_AWS_HOST = re.compile(r"(.+\.)?(amazonaws\.com(\.cn)?|api\.aws)")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HINT = "Write s3://bucket/project, and give the endpoint of a store that is not Amazon's by its own setting."


@attrs.frozen(kw_only=True)
class S3Place:
    """A project in a bucket, and the means to get there. `project` has no slash at its ends and may be empty."""

    bucket: str
    project: str
    endpoint_url: str | None = None
    region: str | None = None
    profile: str | None = None
    credentials: Credentials | None = attrs.field(default=None, repr=False)

    @property
    def label(self) -> str:
        """`bucket/project`."""
        return f"{self.bucket}/{self.project}" if self.project else self.bucket

    @property
    def host(self) -> str:
        """Whose store it is, in words."""
        return (urlsplit(self.endpoint_url).netloc if self.endpoint_url else "") or "Amazon S3"

    @property
    def url(self) -> str:
        """The normalised URL; an endpoint that is not Amazon's is part of what the place is."""
        url = f"s3://{quote(self.label)}"
        if self.endpoint_url is None or is_amazon(self.endpoint_url):
            return url
        return f"{url}?endpoint={quote(self.endpoint_url, safe='/:')}"

    @property
    def key_prefix(self) -> str:
        """What stands before every key of the project."""
        return f"{self.project}/" if self.project else ""


def parse_place(destination: Destination, environ: Mapping[str, str]) -> S3Place:
    """The place an `s3://bucket/project` destination means; `environ` may name its endpoint, as for other AWS tools.

    Raises:
        MirrorError: the URL is malformed. What it holds is not repeated: it may be a secret.
    """
    parts = urlsplit(destination.url)
    bucket, project = unquote(parts.netloc), unquote(parts.path.strip("/"))
    if not _BUCKET.fullmatch(bucket):
        raise MirrorError("The s3:// URL names no valid bucket.", kind="conflict", hint=_HINT)
    if parts.fragment or (project and not is_key(project)):
        raise MirrorError("The project in the s3:// URL cannot be used in keys.", kind="conflict", hint=_HINT)
    endpoint = _endpoint_in(parts.query)
    named = normal_endpoint(destination.endpoint_url) if destination.endpoint_url else None
    if endpoint and named and endpoint != named:
        raise MirrorError("The URL and the endpoint setting name two endpoints.", kind="conflict", hint=_HINT)
    return S3Place(
        bucket=bucket,
        project=project,
        endpoint_url=endpoint or named or _endpoint_of(environ),
        region=destination.region or None,
        profile=destination.profile or None,
        credentials=destination.credentials,
    )


def is_amazon(endpoint_url: str) -> bool:
    """Whether an endpoint is one of Amazon's own, where a bucket's name alone says which bucket it is."""
    return _AWS_HOST.fullmatch(urlsplit(endpoint_url).hostname or "") is not None


def normal_endpoint(url: str) -> str:
    """An endpoint in its one normal form: lower-case host, no default port, no slash at its end.

    Raises:
        MirrorError: it is not an http or https URL, or holds a user name, a query or a fragment.
    """
    try:
        parts = urlsplit(url.strip())
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
    except ValueError:
        scheme, host, port = "", "", None
    if scheme not in _DEFAULT_PORTS or not host or "@" in parts.netloc or parts.query or parts.fragment:
        raise MirrorError(
            "The endpoint must be a plain http:// or https:// address.",
            kind="conflict",
            hint="Write it like https://s3.example.com, without user name or password.",
        )
    shown_host = f"[{host}]" if ":" in host else host
    shown_port = "" if port in {None, _DEFAULT_PORTS[scheme]} else f":{port}"
    return f"{scheme}://{shown_host}{shown_port}{parts.path.rstrip('/')}"


def _endpoint_in(query: str) -> str | None:
    if not query:
        return None
    fields = parse_qs(query, keep_blank_values=True)
    if set(fields) != {"endpoint"} or len(fields["endpoint"]) != 1:
        raise MirrorError("The s3:// URL takes no parameter but endpoint.", kind="conflict", hint=_HINT)
    return normal_endpoint(fields["endpoint"][0])


def _endpoint_of(environ: Mapping[str, str]) -> str | None:
    if environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return None
    url = environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL")
    return normal_endpoint(url) if url else None
