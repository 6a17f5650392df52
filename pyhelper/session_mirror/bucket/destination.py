"""From a destination as the user wrote it to the store it means."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import attrs

from session_mirror.bucket.local import LocalStore
from session_mirror.bucket.local_path import parse_folder
from session_mirror.bucket.s3_place import parse_place
from session_mirror.bucket.store import Store
from session_mirror.errors import MirrorError
from session_mirror.protocol.mirror import Destination

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # two letters at least: one is a Windows drive
_KNOWN = "Use an absolute folder path, file:///path, or s3://bucket/project."


def open_store(destination: Destination, *, default_dir: Path) -> Store:
    """The store that a destination means; nothing is created and nothing is asked over the network yet.

    An empty URL means `default_dir`, which is made with its parents when first written to; a folder that the user named
    needs a parent that exists, so that a drive which is not there is noticed.

    Raises:
        MirrorError: the destination is malformed or of a kind not supported; its text is never repeated.
    """
    url = destination.url.strip()
    if not url:
        return LocalStore(default_dir, create_parents=True)
    found = _SCHEME.match(url)
    scheme = found[1].lower() if found else "file"
    if scheme not in {"file", "s3", "hf"}:
        raise _refused(scheme)
    if found:
        _check_parts(url)
    if scheme == "hf":
        raise MirrorError(
            "Hugging Face buckets (hf://) are not supported yet.",
            kind="conflict",
            hint="Use the bucket's S3 endpoint with s3://bucket/project, or a local folder, for now.",
        )
    if scheme == "file":
        return LocalStore(Path(parse_folder(url)))
    place = parse_place(attrs.evolve(destination, url=url), os.environ)
    from session_mirror.bucket.s3 import S3Store  # noqa: PLC0415  botocore is for those who use it

    return S3Store(place)


def _check_parts(url: str) -> None:
    try:
        userinfo = "@" in urlsplit(url).netloc
    except ValueError:
        raise MirrorError("The destination is not a valid URL.", kind="conflict", hint=_KNOWN) from None
    if userinfo:
        raise MirrorError(
            "A destination's URL cannot hold a user name, a password or keys.",
            kind="conflict",
            hint="Remove them, replace those keys, and give the new ones to the editor or to the AWS configuration.",
        )


def _refused(scheme: str) -> MirrorError:
    hint = _KNOWN
    if scheme in {"http", "https"}:
        hint = "For an S3-compatible store write s3://bucket/project, and this address as the endpoint."
    return MirrorError("This kind of destination is not supported.", kind="conflict", hint=hint)
