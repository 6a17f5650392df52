"""Verifying one session for the editor, whose row tells the outcome from then on."""

from __future__ import annotations

from collections.abc import Callable

from session_mirror.bucket.lookup import find_one
from session_mirror.bucket.names import split_generation
from session_mirror.errors import MirrorError
from session_mirror.mirror.stream import bucket_id
from session_mirror.protocol.sessions import VerifyParams, VerifyResult
from session_mirror.server.mirroring import Running
from session_mirror.verification.verify import Progress, verify_and_note


def verify_session(
    running: Running, params: VerifyParams, *, progress: Progress, cancelled: Callable[[], bool]
) -> VerifyResult | None:
    """Verifies the stream that an id means; None when cancelled.

    Raises:
        MirrorError: no such session, or the store, the journal or the transcript cannot be read.
    """
    deps = running.require_destination()
    stored = find_one(deps.store, (params.harness,), bucket_id(deps, params.harness, params.session_id))
    try:
        verdict = verify_and_note(deps, stored, progress=progress, cancelled=cancelled)
    except OSError as error:
        raise MirrorError(
            f"The transcript cannot be read: {error.strerror or type(error).__name__}.",
            kind="source",
            hint="Check the file's permissions.",
        ) from error
    if verdict is None:
        return None
    running.follower.refresh(params.harness, split_generation(params.session_id)[0])
    return VerifyResult(
        ok=verdict.ok,
        problem=verdict.problem,
        words=verdict.words if verdict.ok else "",
        part_count=verdict.part_count,
        stream_bytes=verdict.stream_bytes,
        line_count=verdict.line_count,
        compared=verdict.compared.result if verdict.compared else None,
    )
