"""Opening a session for replay, from disk or from the bucket, with what its page shows in its head."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import attrs

from session_mirror.bucket.lookup import Stored
from session_mirror.bucket.meta import ReadMeta, parse_meta
from session_mirror.bucket.names import META_NAME, is_exact
from session_mirror.bucket.reader import Wait
from session_mirror.bucket.store import ObjectMissing, Store
from session_mirror.harness.base import Attachment, FoundSession, Harness
from session_mirror.protocol.replay import ReplayOpenResult
from session_mirror.replay.attachments import Attachments, in_bucket, on_disk
from session_mirror.replay.chained import disk_source
from session_mirror.replay.copying import Progress
from session_mirror.replay.right_of_way import RightOfWay
from session_mirror.replay.session import Replay
from session_mirror.replay.spool import BucketSource
from session_mirror.replay.texts import scrub

_TITLE_LINES = 200
_TITLE_BYTES = 1 << 20


@attrs.frozen
class Opened:
    """A replay, which whoever opened it closes, and the answer for the page."""

    replay: Replay
    answer: ReplayOpenResult
    meta: ReadMeta = attrs.field(factory=ReadMeta)
    """What the bucket tells of it; nothing for a source on disk."""


def open_from_disk(
    replay_id: str,
    found: FoundSession,
    harness: Harness,
    attachments: Callable[[], Iterable[Attachment]] | None = None,
    *,
    way: RightOfWay | None = None,
) -> Opened:
    """Opens a transcript of this machine; `attachments` lists those that it has by now, where it may get more; see
    `Replay` for `way`.

    Raises:
        MirrorError: of kind `source`: it cannot be read.
    """
    told = Attachments(on_disk(attachments or (lambda: found.attachments)))
    replay = Replay(replay_id, disk_source(found), harness, attachments=told, cwd=found.cwd, way=way)
    title = found.agent or harness.title(found.path)
    answer = _answer(replay, title, found.cwd, redacted=False)
    parent_id = found.parent_id and scrub(found.parent_id)
    return Opened(replay, attrs.evolve(answer, harness=harness.name, parent_id=parent_id))


def open_from_bucket(
    replay_id: str,
    store: Store,
    harness: Harness,
    session_id: str,
    *,
    directory: Path | None = None,
    wait: Wait | None = None,
    progress: Progress | None = None,
    way: RightOfWay | None = None,
) -> Opened:
    """Opens a mirrored session; see `BucketSource` and `Replay` for the arguments.

    Raises:
        MirrorError: there is no such session, or it cannot be read.
        ReadCancelled: `wait` reported a cancellation.
    """
    source = BucketSource(store, harness.name, session_id, directory=directory, wait=wait, progress=progress)
    try:
        meta = _read_meta(store, source.stored)
        # A generation that is asked for by its number and was ended stays as it is.
        is_closed = is_exact(session_id) and meta.ended_at_ms is not None
        # A sub-agent's long output lies where its session's does.
        owners = [source.stored.session_id, *filter(None, [meta.parent])]
        attachments = Attachments(in_bucket(store, harness.name, owners, directory))
        replay = Replay(replay_id, source, harness, is_closed=is_closed, attachments=attachments, cwd=meta.cwd, way=way)
    except BaseException:
        source.close()
        raise
    title = meta.title or harness.title_of_lines(replay.first_lines(_TITLE_LINES, _TITLE_BYTES))
    answer = attrs.evolve(
        _answer(replay, title, meta.cwd, redacted=bool(meta.redaction_counts)),
        machine=meta.machine and scrub(meta.machine),
        harness=harness.name,
        parent_id=meta.parent and scrub(meta.parent),
    )
    return Opened(replay, answer, meta)


def _answer(replay: Replay, title: str, cwd: str | None, *, redacted: bool) -> ReplayOpenResult:
    return ReplayOpenResult(
        replay_id=replay.replay_id,
        origin=replay.origin,
        title=scrub(title),
        cwd=None if cwd is None else scrub(cwd),
        record_count=replay.record_count,
        total_bytes=replay.total_bytes,
        is_live=replay.is_live,
        redacted=redacted,
        problem=None if replay.problem is None else replay.problem.as_problem(),
        missing_bytes=replay.missing_bytes,
        analysed_count=replay.analysed_count,
    )


def _read_meta(store: Store, stored: Stored) -> ReadMeta:
    try:
        return parse_meta(store.get(stored.prefix + META_NAME))
    except ObjectMissing:
        return ReadMeta()
