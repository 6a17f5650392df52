"""Two machines and one session: a shared home, a restored copy. One writes at a time, and the other can tell.

`meta.json` names the writer. Whoever wants to go on with another machine's stream waits until that one has been silent
for three minutes, writes its own name, waits a moment, and looks again: of two that do so at once, one finds the
other's name. Whoever was silent for long itself looks before it writes, and so does, each time, who has nothing in the
bucket yet that tells of it.
"""

from __future__ import annotations

from typing import Final

from session_mirror.bucket.meta import ReadMeta, claimed_meta, parse_meta
from session_mirror.bucket.names import META_NAME
from session_mirror.bucket.store import ObjectMissing
from session_mirror.errors import MirrorError
from session_mirror.failpoints import failpoint
from session_mirror.journal.records import StreamKey
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.projection import stream_prefix

OTHER_MACHINE_MS: Final = 3 * 60 * 1000
"""A session another machine wrote to this recently is left alone."""
LEASE_MS: Final = 2 * 60 * 1000
"""After this long without a word from us, others may soon think us gone: look before writing."""
CLAIM_S: Final = 2.0
"""How long after writing our name we look whether it stands."""
_ENDED_SLACK_MS: Final = 10_000


class WrittenElsewhere(MirrorError):  # noqa: N818  a state, not a fault
    """Another machine writes this session into the same bucket."""

    def __init__(self, machine: str) -> None:
        """`machine`: its name."""
        super().__init__(
            f"Mirrored by {machine}.",
            kind="conflict",
            hint="Nothing to do: this machine takes over three minutes after the other one stops.",
            retry_after_s=OTHER_MACHINE_MS / 3000,
        )
        self.machine = machine


class TakingOver(WrittenElsewhere):
    """We just wrote our name; the next try goes on, unless another machine did the same."""

    def __init__(self, machine: str) -> None:
        """`machine`: whose session it was."""
        super().__init__(machine)
        self.retry_after_s = CLAIM_S


def leave_alone_if_elsewhere(deps: Deps, meta: ReadMeta, touched_ms: int) -> None:
    """Nothing, unless another machine is at it. `touched_ms`: when the stream's newest part was stored.

    Raises:
        WrittenElsewhere: it is.
    """
    if not is_foreign(deps, meta):
        return
    claimed_ms = meta.claimed_at_ms or 0
    newest_ms = max(meta.last_uploaded_at_ms or 0, touched_ms, claimed_ms)
    ended_ms = meta.ended_at_ms
    if ended_ms is not None and newest_ms <= ended_ms + _ENDED_SLACK_MS:
        return
    if newest_ms > deps.now_ms() - OTHER_MACHINE_MS:
        raise WrittenElsewhere(meta.machine or "another machine")


def is_foreign(deps: Deps, meta: ReadMeta) -> bool:
    """Whether another machine wrote this `meta.json`."""
    return meta.machine_id not in (None, deps.machine.id)


def take_over(deps: Deps, key: StreamKey) -> None:
    """Writes our name into another machine's stream.

    Raises:
        TakingOver: done; try again after `CLAIM_S`.
        MirrorError: the store failed.
    """
    name = stream_prefix(key) + META_NAME
    try:
        body = deps.store.get(name)
    except ObjectMissing:
        return
    failpoint("takeover.before_put")
    deps.store.put(name, claimed_meta(body, deps.machine.id, deps.machine.name, deps.now_iso()))
    failpoint("takeover.after_put")
    raise TakingOver(parse_meta(body).machine or "another machine")
