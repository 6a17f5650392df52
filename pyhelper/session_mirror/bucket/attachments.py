"""Where a session's attachments lie: `<session>/tool-results/<name>`, and what a name held later, as `<name>~2`.

They belong to the session, whatever its generation, and are below the prefix of the first one. No name looks like a
part's or like `meta.json`: tools that list a session recursively take the last segment for what it seems to be.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final
from urllib.parse import quote

from session_mirror.bucket.names import META_NAME, session_prefix, split_generation
from session_mirror.bucket.store import Store, StoredObject

_FOLDER: Final = "tool-results/"
_VERSION: Final = re.compile(r"(?P<stem>[^~]+)(?:~(?P<number>[1-9][0-9]{0,8}))?")
_LONGEST_STEM: Final = 200

Versions = dict[int, StoredObject]
"""What one name held, by version: 1, 2, ..."""


def attachments_prefix(harness: str, session_id: str) -> str:
    """The key prefix of a session's attachments; `session_id` with or without generation suffix."""
    return session_prefix(harness, split_generation(session_id)[0]) + _FOLDER


def stem_of(name: str) -> str:
    """A file's name as it begins a key's last segment: all but letters, digits, `_`, `-` and `.` percent-encoded.

    Raises:
        ValueError: the name is empty.
    """
    if not name:
        raise ValueError("an attachment's name cannot be empty")
    stem = quote(name, safe="", errors="surrogatepass").replace("~", "%7E")
    if stem.strip(".") == "":
        stem = stem.replace(".", "%2E")
    elif stem.endswith(".jsonl") or stem == META_NAME:
        stem = "%2E".join(stem.rsplit(".", 1))
    if len(stem) <= _LONGEST_STEM:
        return stem
    return f"{stem[:128]}.{hashlib.sha256(stem.encode('ascii')).hexdigest()[:32]}"


def object_name(name: str, version: int) -> str:
    """The last segment of the key for what a file held as its `version`-th content, from 1."""
    return stem_of(name) if version == 1 else f"{stem_of(name)}~{version}"


def version_of(name: str) -> int:
    """Which version an object's name tells; 0 for a name of another shape."""
    found = _VERSION.fullmatch(name)
    return int(found["number"] or 1) if found else 0


def list_attachments(store: Store, harness: str, session_id: str) -> dict[str, Versions]:
    """What the bucket holds, by stem: one LIST.

    Raises:
        MirrorError: the store cannot be listed.
    """
    prefix = attachments_prefix(harness, session_id)
    found: dict[str, Versions] = {}
    for stored in store.list(prefix):
        shape = _VERSION.fullmatch(stored.key[len(prefix) :])
        if shape is not None and "/" not in shape["stem"]:
            found.setdefault(shape["stem"], {})[int(shape["number"] or 1)] = stored
    return found
