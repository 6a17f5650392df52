"""Whether a destination can be used: a small object's whole life, before the first transcript goes there."""

from __future__ import annotations

import secrets
from contextlib import suppress

from session_mirror.bucket.store import ObjectMissing, Store
from session_mirror.errors import MirrorError, problem_of
from session_mirror.protocol.mirror import Problem

_FOLDER = (
    "sessions-index/"  # beside `sessions/`, which other tools list; not `.json`, which readers of this folder take
)
_SCRATCH_BYTES = 64


def check_destination(store: Store) -> Problem | None:
    """Lists, writes, reads back and deletes one scratch object; the first thing that fails, or None.

    Sends at most five requests and blocks for their time.
    """
    key = f"{_FOLDER}check-{secrets.token_hex(8)}.tmp"
    try:
        _try(store, key)
    except MirrorError as error:
        return error.as_problem()
    except Exception as error:  # noqa: BLE001  a check answers, whatever goes wrong
        return problem_of(error)
    return None


def _try(store: Store, key: str) -> None:
    next(store.list(_FOLDER), None)
    body = secrets.token_bytes(_SCRATCH_BYTES)
    store.put(key, body)
    try:
        _read_back(store, key, body)
    except BaseException:
        with suppress(MirrorError):
            store.delete([key])
        raise
    if store.delete([key]):
        raise MirrorError(
            f"{store.label}: objects can be written but not deleted.",
            kind="auth",
            hint="Compaction replaces small objects by one: allow deleting (s3:DeleteObject). The scratch object "
            f"{key} is left behind.",
        )


def _read_back(store: Store, key: str, body: bytes) -> None:
    try:
        same = store.get(key) == body and store.get(key, 8, 16) == body[8:24]
    except ObjectMissing:
        same = False
    if not same:
        raise MirrorError(
            f"{store.label}: what was written does not read back the same.",
            kind="conflict",
            hint="This store changes or loses objects; choose another, or report this with the store's name.",
        )
