"""What an S3-compatible store's refusal, or the silence instead of it, means to the user.

Only the error's code and the HTTP status are ever quoted: messages of servers may hold keys and signatures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from session_mirror.bucket.s3_place import S3Place
from session_mirror.bucket.store import ObjectMissing
from session_mirror.errors import MirrorError
from session_mirror.protocol.mirror import ErrorKind

_SKEW_ALLOWED_S = 300
_LONGEST_WAIT_S = 3600.0
_CODE = re.compile(r"[A-Za-z0-9._-]{1,64}")

_OFFLINE = "Check the network, the proxy and the endpoint; mirroring goes on when the store answers."
_LATER = "The store has trouble of its own; mirroring tries again."
_RIGHTS = "These keys need s3:ListBucket on the bucket and s3:GetObject, s3:PutObject, s3:DeleteObject on its objects."
_KEYS = "Check the access key and its secret, and that they belong to this endpoint."
_SIGN_IN = "Sign in again (for example with `aws sso login`) or enter new keys; what is waiting is mirrored then."
_NO_KEYS = "Sign in with the AWS tools, choose a profile, or enter the store's keys."
_CLOCK = "Set this computer's clock; stores refuse requests that are more than some minutes off."
_BUCKET = "Create the bucket, or correct its name, the endpoint or the region."
_REGION = (
    "Set the region the bucket is in; for a store that is not Amazon's, check the endpoint too (https?). "
    "A network's sign-in page does this as well."
)
_SLOW = "Mirroring slows down and goes on by itself."
_SPACE = "Raise the store's quota or free some space; what is waiting is mirrored then."
_COMPATIBLE = "Check that the endpoint is an S3-compatible store's; if it is, please report this."
_CONTENTION = "Mirroring tries again."

_Meaning = tuple[ErrorKind, str, str]
_DENIED: _Meaning = ("auth", "access was denied", _RIGHTS)
_WRONG_KEYS: _Meaning = ("auth", "the keys were not accepted", _KEYS)
_EXPIRED: _Meaning = ("auth", "the sign-in has expired", _SIGN_IN)
_SKEWED: _Meaning = ("auth", "this computer's clock is wrong", _CLOCK)
_NO_BUCKET: _Meaning = ("notFound", "there is no such bucket", _BUCKET)
_ELSEWHERE: _Meaning = ("notFound", "the store sends us elsewhere", _REGION)
_BUSY: _Meaning = ("throttled", "the store asks us to slow down", _SLOW)
_TROUBLE: _Meaning = ("network", "the store failed", _LATER)
_DAMAGED: _Meaning = ("network", "data arrived damaged or incomplete", _LATER)
_IS_FULL: _Meaning = ("disk", "the store takes no more data", _SPACE)
_TOO_LARGE: _Meaning = ("disk", "the store refuses an object this large", "Raise the store's limit on object sizes.")
_RACE: _Meaning = ("conflict", "another request got in the way", _CONTENTION)
_ARCHIVED: _Meaning = ("conflict", "the object is archived", "Restore it from the archive tier to read it.")
_NOT_S3: _Meaning = ("network", "the answer is not an S3 store's", "Check the endpoint, and any network sign-in page.")
_NOT_UNDERSTOOD: _Meaning = ("bug", "the request was not understood", _COMPATIBLE)

_BY_CODE: Mapping[str, _Meaning] = {
    **dict.fromkeys(("AccessDenied", "AllAccessDisabled", "AccountProblem", "Forbidden", "Unauthorized"), _DENIED),
    **dict.fromkeys(
        ("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "InvalidSecurity", "NotSignedUp"), _WRONG_KEYS
    ),
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"), _EXPIRED),
    "RequestTimeTooSkewed": _SKEWED,
    "NoSuchBucket": _NO_BUCKET,
    **dict.fromkeys(("PermanentRedirect", "AuthorizationHeaderMalformed", "TemporaryRedirect"), _ELSEWHERE),
    **dict.fromkeys(
        (
            "SlowDown",
            "Throttling",
            "ThrottlingException",
            "TooManyRequests",
            "RequestLimitExceeded",
            "ServiceUnavailable",
        ),
        _BUSY,
    ),
    **dict.fromkeys(("RequestTimeout", "InternalError"), _TROUBLE),
    **dict.fromkeys(("BadDigest", "IncompleteBody", "XAmzContentSHA256Mismatch"), _DAMAGED),
    **dict.fromkeys(("QuotaExceeded", "XMinioStorageFull", "InsufficientCapacity"), _IS_FULL),
    "EntityTooLarge": _TOO_LARGE,
    **dict.fromkeys(("ConditionalRequestConflict", "OperationAborted", "PreconditionFailed"), _RACE),
    "InvalidObjectState": _ARCHIVED,
}
_BY_STATUS: Mapping[int, _Meaning] = {
    301: _ELSEWHERE,
    307: _ELSEWHERE,
    401: _DENIED,
    403: _DENIED,
    404: _NO_BUCKET,
    408: _TROUBLE,
    409: _RACE,
    412: _RACE,
    413: _TOO_LARGE,
    429: _BUSY,
    501: _NOT_UNDERSTOOD,
    503: _BUSY,
    507: _IS_FULL,
    511: _NOT_S3,
}
_UNREACHABLE: _Meaning = ("network", "the store cannot be reached", _OFFLINE)
_SILENT: _Meaning = ("network", "the store did not answer in time", _OFFLINE)
_NO_LOGIN: _Meaning = ("auth", "no usable keys were found", _NO_KEYS)
# By the name of a class, or of the nearest of its bases that is here.
_BY_TYPE: Mapping[str, _Meaning] = {
    "BotoCoreError": ("auth", "the AWS configuration cannot be used", "Check ~/.aws/config and the chosen profile."),
    "ConfigParseError": ("auth", "the AWS configuration cannot be read", "Correct ~/.aws/config."),
    "ProfileNotFound": ("auth", "the AWS profile does not exist", "Choose one that ~/.aws/config names."),
    **dict.fromkeys(("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError"), _NO_LOGIN),
    **dict.fromkeys(("NoAuthTokenError", "MetadataRetrievalError"), _NO_LOGIN),
    **dict.fromkeys(("SSOError", "TokenRetrievalError", "LoginError"), _EXPIRED),
    **dict.fromkeys(("HTTPClientError", "ConnectionError", "OSError"), _UNREACHABLE),
    **dict.fromkeys(("ReadTimeoutError", "ConnectTimeoutError"), _SILENT),
    **dict.fromkeys(("IncompleteReadError", "ResponseStreamingError", "FlexibleChecksumError", "HTTPError"), _DAMAGED),
    "SSLError": (
        "network",
        "the secure connection failed",
        "Check the certificate; set AWS_CA_BUNDLE if it is private.",
    ),
    "ProxyConnectionError": ("network", "the proxy cannot be reached", "Check the proxy settings."),
    "ResponseParserError": _NOT_S3,
    "ParamValidationError": _NOT_UNDERSTOOD,
    "EndpointProviderError": _NO_BUCKET,
    "InvalidRegionError": _ELSEWHERE,
}


@contextmanager
def translated(place: S3Place, key: str | None = None) -> Iterator[None]:
    """Turns what a boto3 call raises into a MirrorError; a missing `key`, the object asked for, into ObjectMissing.

    The cause is left out of tracebacks on purpose: it may quote what the server said.
    """
    try:
        yield
    except ClientError as error:
        raise _of_answer(error, place, key) from None
    except (BotoCoreError, ResponseParserError, HTTPError, OSError) as error:
        names = (base.__name__ for base in type(error).__mro__)
        meaning = next(_BY_TYPE[name] for name in names if name in _BY_TYPE)
        raise _error(meaning, place, type(error).__name__) from None


def status_of(error: ClientError) -> int:
    """The HTTP status of an answer; 0 when the error has none."""
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def damaged(place: S3Place, what: str) -> MirrorError:
    """An answer that says success and is not whole. `what` is our own wording."""
    return _error(_DAMAGED, place, what)


def not_s3(place: S3Place, what: str) -> MirrorError:
    """A success that no S3 store would word like this: a captive portal's page, or another kind of server."""
    return _error(_NOT_S3, place, what)


def _of_answer(error: ClientError, place: S3Place, key: str | None) -> MirrorError:
    code, status = error.response.get("Error", {}).get("Code") or "", status_of(error)  # an empty code comes as None
    if key is not None and status == 404 and code != "NoSuchBucket":
        return ObjectMissing(key)
    headers = {
        name.lower(): value for name, value in error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).items()
    }
    meaning = _BY_CODE.get(code) or _BY_STATUS.get(status) or (_TROUBLE if status >= 500 else _NOT_UNDERSTOOD)
    if meaning in (_DENIED, _WRONG_KEYS) and abs(_seconds_until(headers.get("date")) or 0) > _SKEW_ALLOWED_S:
        meaning = _SKEWED  # some stores say no more than 403 to that, and an answer to HEAD cannot
    shown = code if _CODE.fullmatch(code) and code != str(status) else ""
    detail = " ".join(filter(None, (error.operation_name, shown, str(status or ""))))
    return _error(meaning, place, detail, retry_after_s=_retry_after(headers.get("retry-after")))


def _error(meaning: _Meaning, place: S3Place, detail: str, retry_after_s: float | None = None) -> MirrorError:
    kind, text, hint = meaning
    message = f"{place.label} at {place.host}: {text} ({detail})."
    return MirrorError(message, kind=kind, hint=hint, retry_after_s=retry_after_s)


def _retry_after(value: str | None) -> float | None:
    """Seconds, from either form of a Retry-After header; an hour at most."""
    if value is None:
        return None
    seconds = float(value) if value.strip().isdecimal() else _seconds_until(value)
    return None if seconds is None else min(max(seconds, 0.0), _LONGEST_WAIT_S)


def _seconds_until(http_date: str | None) -> float | None:
    """How far an HTTP date is ahead of this computer's clock; None when it is no date."""
    try:
        date = parsedate_to_datetime(http_date or "")
    except ValueError:
        return None
    return (date.astimezone(timezone.utc) - datetime.now(timezone.utc)).total_seconds()
