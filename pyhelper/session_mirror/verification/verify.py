"""Is a mirrored session whole, and is it what its transcript says? Reads everything, changes nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import attrs

from session_mirror.bucket.cover import Cover
from session_mirror.bucket.listing import list_whole
from session_mirror.bucket.lookup import Stored, newest_stored
from session_mirror.bucket.meta import ReadMeta, parse_meta
from session_mirror.bucket.names import META_NAME, split_generation
from session_mirror.bucket.reader import ReadCancelled, StreamGap, StreamReader
from session_mirror.bucket.store import ObjectMissing
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.indexing import key_of, learn_lines
from session_mirror.protocol.sessions import Verified
from session_mirror.verification.against_source import Compared, compare_with_source
from session_mirror.verification.attachments import AttachmentsFound, verify_attachments
from session_mirror.verification.stream_buffer import StreamBuffer

_BLOCK_BYTES: Final = 4 << 20

Progress = Callable[[int, int], None]
"""Told the stream bytes verified so far, and those to verify in all."""


@attrs.frozen(kw_only=True)
class Verdict:
    """What was found of one stream. `session_id` is the bucket's, generation suffix included.

    `problem`: the first thing that is wrong, in words; None when nothing is. `compared`: against the transcript; None
    when there is none on this machine, or it belongs to a later generation.
    """

    harness: str
    session_id: str
    part_count: int
    stream_bytes: int
    line_count: int
    compared: Compared | None
    problem: str | None
    at_ms: int
    attachment_count: int = 0
    """Files beside the stream, verified as well."""
    lengths: Sequence[int] = attrs.field(default=(), repr=False, eq=False)
    """Of the stream's lines in bytes, line feeds included."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.problem is None

    @property
    def words(self) -> str:
        """What was found, in a few words: of a stream with nothing wrong."""
        count = self.attachment_count
        return self._stream_words + (f", with {count} long output{'' if count == 1 else 's'}" if count else "")

    @property
    def _stream_words(self) -> str:
        if self.compared is None:
            return "whole"
        if self.compared.result == "behind":
            return f"equal to its transcript, {self.compared.waiting_bytes} bytes of which are still to be mirrored"
        if self.compared.result == "ahead":
            return "holds all of its transcript, and what the agent has removed from it"
        return "equal to its transcript"


def verify_and_note(
    deps: Deps, stored: Stored, *, progress: Progress | None = None, cancelled: Callable[[], bool] = lambda: False
) -> Verdict | None:
    """The same as `verify`, remembered in the journal for whoever lists the session.

    Raises:
        MirrorError: the store or the journal failed.
        OSError: the transcript is here and cannot be read.
    """
    verdict = verify(deps, stored, progress=progress, cancelled=cancelled)
    if verdict is not None:
        note = Verified(at_ms=verdict.at_ms, problem=verdict.problem)
        deps.journal.set_verified(deps.store.url, stored.harness, stored.session_id, note)
        if verdict.ok:
            learn_lines(deps, stored, verdict.lengths)
    return verdict


def verify(
    deps: Deps, stored: Stored, *, progress: Progress | None = None, cancelled: Callable[[], bool] = lambda: False
) -> Verdict | None:
    """Reads the whole stream, and its transcript where it is here; None when cancelled.

    Raises:
        MirrorError: the store failed.
        OSError: the transcript is here and cannot be read.
    """
    meta = _meta(deps, stored)
    # Asked before the listing: what is uploaded meanwhile need not be in it.
    acknowledged = _acknowledged(deps, stored, meta)
    cover = list_whole(deps.store, stored.prefix).cover
    reader = StreamReader(deps.store, stored.prefix, wait=lambda pause: _wait(pause, cancelled))
    is_newest = newest_stored(deps.store, stored.harness, split_generation(stored.session_id)[0]) == stored
    compared = gap = None
    with closing(reader.read()) as chunks:
        stream = StreamBuffer(_counted(chunks, cover.end, progress), _part_ends(cover))
        try:
            path = _source_of(deps, stored, meta) if is_newest else None
            if path is not None:
                compared = compare_with_source(stream, path, deps.rules_named(meta.rules), cancelled=cancelled)
            while stream.peek(_BLOCK_BYTES):
                stream.take(_BLOCK_BYTES)
        except StreamGap as error:
            gap = error
        except ReadCancelled:
            return None
    # They belong to the session: the newest of its generations speaks for them.
    attachments = _attachments(deps, stored, meta, cancelled) if is_newest else AttachmentsFound()
    if attachments is None or cancelled():
        return None
    wrong = gap.message if gap else _problem(stream, compared, path, cover, acknowledged)
    return Verdict(
        harness=stored.harness,
        session_id=stored.session_id,
        part_count=cover.part_count,
        stream_bytes=stream.position,
        line_count=stream.lines,
        compared=compared,
        problem=wrong or attachments.problem,
        at_ms=deps.now_ms(),
        attachment_count=attachments.count,
        lengths=stream.lengths,
    )


def _attachments(deps: Deps, stored: Stored, meta: ReadMeta, cancelled: Callable[[], bool]) -> AttachmentsFound | None:
    return verify_attachments(deps, key_of(deps, stored), meta, cancelled=cancelled)


def _meta(deps: Deps, stored: Stored) -> ReadMeta:
    try:
        return parse_meta(deps.store.get(stored.prefix + META_NAME))
    except ObjectMissing:
        return ReadMeta()


def _source_of(deps: Deps, stored: Stored, meta: ReadMeta) -> Path | None:
    """The transcript on this machine that the stream is made of; older generations have none any more."""
    base, _ = split_generation(stored.session_id)
    if meta.machine_id not in (None, deps.machine.id):
        return None
    told = meta.change_log or meta.source_path
    if told and Path(told).is_file():
        return Path(told)
    harness = deps.harnesses.get(stored.harness)
    if harness is None or not meta.cwd:
        return None
    return next((found.path for found in harness.discover((Path(meta.cwd),)) if found.session_id == base), None)


def _acknowledged(deps: Deps, stored: Stored, meta: ReadMeta) -> int:
    """Bytes of the stream that were once known to be in the bucket."""
    state = deps.journal.state(key_of(deps, stored))
    return max(meta.uploaded_bytes, state.stream_end if state else 0)


def _part_ends(cover: Cover) -> list[int]:
    """Where lines must end; another tool may have cut its parts anywhere."""
    return [piece.end for piece in cover.slices] if cover.layout == "offsets" else []


def _problem(
    stream: StreamBuffer, compared: Compared | None, path: Path | None, cover: Cover, acknowledged: int
) -> str | None:
    if compared is not None and compared.result == "different":
        part = next((piece.part for piece in cover.slices if piece.end > compared.stream_at), None)
        where = f" in {part.key.rsplit('/', 1)[-1]}" if part else ""
        return (
            f"It differs from its transcript from byte {compared.stream_at}{where} on; there it is line {compared.line}"
            f" of {path}. Mirror it again: a transcript that was rewritten begins a new generation."
        )
    if stream.position < acknowledged and cover.layout == "offsets":
        return f"It ends at byte {stream.position}; {acknowledged} bytes had been uploaded. Parts were deleted."
    if stream.torn_at is not None:
        return f"A part ends at byte {stream.torn_at}, in the middle of a line."
    return None


def _counted(chunks: Iterator[bytes], total: int, progress: Progress | None) -> Iterator[bytes]:
    done = 0
    for chunk in chunks:
        done += len(chunk)
        if progress is not None:
            progress(done, max(done, total))
        yield chunk


def _wait(pause_s: float, cancelled: Callable[[], bool]) -> bool:
    return cancelled() or (pause_s > 0 and threading.Event().wait(pause_s)) or cancelled()
