"""Are a session's attachments in the bucket, and are they what their files say? Reads everything, changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Final

import attrs

from session_mirror.bucket.attachments import Versions, list_attachments, stem_of
from session_mirror.bucket.meta import ReadMeta
from session_mirror.bucket.store import ObjectMissing, Store, StoredObject
from session_mirror.harness.base import Attachment
from session_mirror.journal.records import AttachmentEntry, StreamKey
from session_mirror.mirror.deps import Deps
from session_mirror.redaction.pieces import redact_pieces
from session_mirror.redaction.rules import ALL_RULES, RuleSet
from session_mirror.source.opening import open_plain, read_chunks

_BLOCK_BYTES: Final = 8 << 20


@attrs.frozen
class AttachmentsFound:
    """`count` of those in the bucket; `problem`: the first thing that is wrong, in words."""

    count: int = 0
    problem: str | None = None


def verify_attachments(
    deps: Deps, key: StreamKey, meta: ReadMeta, *, cancelled: Callable[[], bool]
) -> AttachmentsFound | None:
    """What is known to have been put is there, whole, and as redacting its file gives it where that is still as it was;
    None when cancelled.

    Raises:
        MirrorError: the store failed.
        OSError: a file is here and cannot be read.
    """
    known = deps.journal.attachments(key)
    listed = list_attachments(deps.store, key.harness, key.session_id)
    files = {each.name: each for each in _files(deps, key, meta)} if known else {}
    for name, entry in known.items():
        if cancelled():
            return None
        versions = listed.get(stem_of(name), {})
        problem = _problem(deps.store, name, entry, versions, files.get(name)) if entry.is_stored else None
        if problem is not None:
            return AttachmentsFound(len(listed), problem)
    return AttachmentsFound(len(listed))


def _files(deps: Deps, key: StreamKey, meta: ReadMeta) -> tuple[Attachment, ...]:
    """As they are on this machine, which may not be the one that mirrored them."""
    harness = deps.harnesses.get(key.harness)
    if harness is None or not meta.cwd or meta.machine_id not in (None, deps.machine.id):
        return ()
    found = harness.discover((Path(meta.cwd),))
    return next((each.attachments for each in found if each.session_id == key.session_id), ())


def _problem(
    store: Store, name: str, entry: AttachmentEntry, versions: Versions, file: Attachment | None
) -> str | None:
    stored = versions.get(entry.version)
    digest = stored and _digest_of(store, stored)
    if digest is None:
        return f"The long output {name!a} is not in the bucket any more. Parts of the session were deleted."
    if digest != entry.stored_sha256:
        return f"The long output {name!a} is not what was uploaded of it."
    # One that changed since is put again in a moment.
    is_as_it_was = file is not None and (file.size, file.modified_ns) == (entry.source_bytes, entry.source_modified_ns)
    if file is not None and is_as_it_was and not _gives(file, digest):
        return f"The long output {name!a} differs from its file."
    return None


def _digest_of(store: Store, stored: StoredObject) -> str | None:
    digest = hashlib.sha256()
    try:
        for start in range(0, stored.size, _BLOCK_BYTES):
            digest.update(store.get(stored.key, start, _BLOCK_BYTES))
    except ObjectMissing:
        return None
    return digest.hexdigest()


def _gives(file: Attachment, digest: str) -> bool:
    """Whether redacting the file gives those bytes, under any rules that we know; True if it went meanwhile."""
    try:
        with open_plain(file.path) as opened:
            return any(_redacted_digest(opened, rules) == digest for rules in ALL_RULES)
    except FileNotFoundError:
        return True


def _redacted_digest(file: FileIO, rules: RuleSet) -> str:
    digest = hashlib.sha256()
    for piece in redact_pieces(read_chunks(file), rules):
        digest.update(piece.data)
    return digest.hexdigest()
