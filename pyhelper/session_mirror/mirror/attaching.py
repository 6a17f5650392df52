"""Mirroring a session's attachments: each content of each file once, redacted, one PUT.

The journal tells what was put, by size and date first and by hash where these differ. An intent comes before each PUT,
so a key never gets two contents; without a journal one LIST, and the bytes of what seems the same, tell as much.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from io import FileIO
from typing import Final

import attrs

from session_mirror.bucket.attachments import Versions, attachments_prefix, list_attachments, object_name, stem_of
from session_mirror.bucket.store import ObjectMissing
from session_mirror.errors import MirrorError
from session_mirror.failpoints import failpoint
from session_mirror.harness.base import Attachment, FoundSession
from session_mirror.journal.records import AttachmentEntry, StreamKey
from session_mirror.mirror.deps import Deps
from session_mirror.redaction.pieces import redact_pieces
from session_mirror.redaction.rules import RuleSet
from session_mirror.source.opening import open_plain, read_chunks

SETTLE_MS: Final = 2_000
"""A file written to so lately is not complete perhaps; doubled for each content that it had before."""
_MOST_DOUBLINGS: Final = 8
WHOLE_BYTES: Final = 8 << 20
"""Up to this size a file is read once and put from memory; a larger one is read twice, and put in pieces."""


@attrs.frozen
class Attached:
    """What is left to put after a try. `due_ms`: in how many milliseconds to try again, None when nothing is left."""

    left: int = 0
    due_ms: int | None = None


def unmirrored(found: FoundSession, known: Mapping[str, AttachmentEntry]) -> list[Attachment]:
    """The attachments that are not in the bucket as they are now, by their sizes and dates."""
    return [each for each in found.attachments if not _is_current(each, known.get(each.name))]


class Attaching:
    """One session's attachments, while its lock is held. Used by one thread at a time."""

    def __init__(self, deps: Deps) -> None:
        """Touches neither disk nor network."""
        self._deps = deps
        self._known: dict[str, AttachmentEntry] | None = None
        self._listed: dict[str, Versions] | None = None
        self._vanished: set[Attachment] = set()
        self._unreadable: dict[Attachment, OSError] = {}

    def forget(self) -> None:
        """Others may have written since: journal and bucket are asked again."""
        self._known = self._listed = None
        self._vanished.clear()

    def is_due(self, key: StreamKey, found: FoundSession) -> bool:
        """Whether there is anything to put, now or later."""
        return bool(found.attachments and self._waiting(key, found))

    def put_next(self, key: StreamKey, found: FoundSession, *, at_once: bool = False) -> Attached:
        """Puts at most one attachment. `at_once`: whatever was written a moment ago as well.

        Raises:
            MirrorError: the store or the journal failed, or all that is left cannot be read.
        """
        waiting = self._waiting(key, found)
        readable = [each for each in waiting if each not in self._unreadable]
        if waiting and not readable:
            raise _unreadable(self._unreadable.popitem()[1])
        due = {each: 0 if at_once else self._settles_in_ms(key, each) for each in readable}
        for each in sorted(readable, key=lambda each: due[each])[:1]:
            if due[each] == 0:
                self._try(key, each)
                left = len(self._waiting(key, found))
                return Attached(left=left, due_ms=0 if left else None)
        return Attached(left=len(waiting), due_ms=min(due.values(), default=None))

    def _waiting(self, key: StreamKey, found: FoundSession) -> list[Attachment]:
        return [each for each in unmirrored(found, self._entries(key)) if each not in self._vanished]

    def _entries(self, key: StreamKey) -> dict[str, AttachmentEntry]:
        if self._known is None:
            self._known = self._deps.journal.attachments(key)
        return self._known

    def _settles_in_ms(self, key: StreamKey, attachment: Attachment) -> int:
        """A date in the future is one of another clock: then nobody knows."""
        known = self._entries(key).get(attachment.name)
        wait_ms = SETTLE_MS << min(known.version if known else 0, _MOST_DOUBLINGS)
        age_ms = self._deps.now_ms() - attachment.modified_ns // 1_000_000
        return wait_ms - age_ms if 0 <= age_ms < wait_ms else 0

    def _try(self, key: StreamKey, attachment: Attachment) -> None:
        try:
            with open_plain(attachment.path) as file:
                self._put(key, attachment, file)
        except FileNotFoundError:
            self._vanished.add(attachment)
        except OSError as error:
            self._unreadable[attachment] = error

    def _put(self, key: StreamKey, attachment: Attachment, file: FileIO) -> None:
        rules = self._deps.rules
        made = _made_of(file, rules)
        entry = AttachmentEntry(
            version=1,
            source_bytes=attachment.size,
            source_modified_ns=attachment.modified_ns,
            source_sha256=made.source_sha256,
            stored_bytes=made.size,
            stored_sha256=made.sha256,
            rules=rules.id,
            is_stored=True,
        )
        known = self._entries(key).get(attachment.name)
        if known is not None and known.is_stored and known.source_sha256 == made.source_sha256:
            # Only its date changed; it stays as it was put, under the rules of then.
            touched = attrs.evolve(known, source_bytes=attachment.size, source_modified_ns=attachment.modified_ns)
            self._save(key, attachment.name, touched)
            return
        listed = self._versions(key, attachment.name)
        known = self._entries(key).get(attachment.name)
        if known is not None and known.is_stored and known.stored_sha256 == made.sha256:
            self._save(key, attachment.name, attrs.evolve(entry, version=known.version))
            return
        newest = max(listed, default=0)
        # The listing is as old as this process: what was put since is only in the journal.
        may_hold = newest > 0 and (known is None or newest >= known.version)
        if may_hold and self._holds(key, attachment.name, listed, newest, made):
            self._save(key, attachment.name, attrs.evolve(entry, version=newest))
            return
        is_repeated = known is not None and known.stored_sha256 == made.sha256 and known.version not in listed
        version = known.version if known and is_repeated else max(newest, known.version if known else 0) + 1
        entry = attrs.evolve(entry, version=version)
        self._save(key, attachment.name, attrs.evolve(entry, is_stored=False))
        failpoint("attach.after_intent")
        try:
            made.put(self._deps, self._key(key, attachment.name, version), file, rules)
        except BaseException:
            self.forget()
            raise
        failpoint("attach.put_acked")
        self._save(key, attachment.name, entry)
        failpoint("attach.after_commit")

    def _versions(self, key: StreamKey, name: str) -> Versions:
        """What the bucket held when it was first asked; what is missing there counts as never stored."""
        if self._listed is None:
            self._listed = list_attachments(self._deps.store, key.harness, key.session_id)
            self._known = {
                told: attrs.evolve(entry, is_stored=entry.version in self._listed.get(stem_of(told), {}))
                if entry.is_stored
                else entry
                for told, entry in self._entries(key).items()
            }
        return self._listed.get(stem_of(name), {})

    def _holds(self, key: StreamKey, name: str, listed: Versions, version: int, made: _Made) -> bool:
        """Whether a version in the bucket is what was made of the file just now."""
        if listed[version].size != made.size:
            return False
        digest = hashlib.sha256()
        where = self._key(key, name, version)
        try:
            for start in range(0, made.size, WHOLE_BYTES):
                digest.update(self._deps.store.get(where, start, WHOLE_BYTES))
        except ObjectMissing:
            return False
        return digest.hexdigest() == made.sha256

    def _key(self, key: StreamKey, name: str, version: int) -> str:
        return attachments_prefix(key.harness, key.session_id) + object_name(name, version)

    def _save(self, key: StreamKey, name: str, entry: AttachmentEntry) -> None:
        self._deps.journal.save_attachment(key, name, entry)
        self._entries(key)[name] = entry


@attrs.frozen
class _Made:
    """What redacting a file gives; `body` only of one that is not large."""

    source_sha256: str
    sha256: str
    size: int
    body: bytes | None

    def put(self, deps: Deps, where: str, file: FileIO, rules: RuleSet) -> None:
        """Stores it under a key, if the file still gives it."""
        if self.body is not None:
            deps.store.put(where, self.body)
        else:
            try:
                deps.store.put_stream(where, self._again(file, rules), self.size)
            except ValueError as error:
                raise _changed() from error

    def _again(self, file: FileIO, rules: RuleSet) -> Iterator[bytes]:
        """The same bytes once more; the last of them come only when all were the same."""
        digest = hashlib.sha256()
        held = b""
        for piece in redact_pieces(read_chunks(file), rules):
            if held:
                yield held
            digest.update(piece.data)
            held = piece.data
        if digest.hexdigest() != self.sha256:
            raise _changed()
        yield held


def _made_of(file: FileIO, rules: RuleSet) -> _Made:
    source, stored = hashlib.sha256(), hashlib.sha256()
    size = 0
    body: list[bytes] | None = []
    for piece in redact_pieces(_hashed(read_chunks(file), source), rules):
        stored.update(piece.data)
        size += len(piece.data)
        body = None if body is None or size > WHOLE_BYTES else [*body, piece.data]
    return _Made(source.hexdigest(), stored.hexdigest(), size, None if body is None else b"".join(body))


def _hashed(chunks: Iterable[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk


def _is_current(attachment: Attachment, entry: AttachmentEntry | None) -> bool:
    seen = (attachment.size, attachment.modified_ns)
    return entry is not None and entry.is_stored and (entry.source_bytes, entry.source_modified_ns) == seen


def _changed() -> MirrorError:
    return MirrorError(
        "A tool's output changed while it was read.", kind="source", hint="It is mirrored once it stays as it is."
    )


def _unreadable(error: OSError) -> MirrorError:
    return MirrorError(
        f"A tool's output beside the transcript cannot be read: {error.strerror or type(error).__name__}.",
        kind="source",
        hint="Check the permissions of the session's tool-results folder; the transcript itself is mirrored.",
    )
