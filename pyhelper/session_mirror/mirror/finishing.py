"""A session's last flushes, when its follower ends."""

from __future__ import annotations

import time
from concurrent.futures import Future, wait

from session_mirror.mirror.deps import Deps
from session_mirror.mirror.followed import Followed
from session_mirror.mirror.session import PART_BYTES
from session_mirror.mirror.work import flush_once


def finish(deps: Deps, item: Followed, under_way: Future[None] | None, deadline: float, *, ended: bool) -> bool:
    """Flushes at most about a part, after the flush that may be under way, and gives the lock back.

    Returns whether nothing was left over; out of time, only the lock is given back.
    """
    if under_way is not None and wait([under_way], timeout=max(0.0, deadline - time.monotonic())).not_done:
        under_way.add_done_callback(lambda _: item.mirror.release())
        return False
    done = item.is_over
    given = 0
    while not done and given < PART_BYTES and time.monotonic() < deadline:
        result = flush_once(deps, item.mirror, item.name, ended=ended, last=True)
        if result.problem is not None:
            break
        done = not result.outcome.more
        given += result.outcome.source_bytes
        item.attachments_left = result.attachments_left
    item.mirror.release()
    return done
