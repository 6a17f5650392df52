"""The last flushes of sessions, when their follower ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterable
from concurrent.futures import Future, wait

from session_mirror.mirror.deps import Deps
from session_mirror.mirror.followed import Followed
from session_mirror.mirror.session import PART_BYTES
from session_mirror.mirror.work import flush_once


def unfinished(
    items: Iterable[Followed], flushing: Container[str], is_backlog: Callable[[str], bool]
) -> tuple[list[Followed], list[Followed]]:
    """What is to be brought to its end, and the backlog, which is left where it is.

    Whatever came after the user stopped a session is neither. `flushing`: names of sessions with a flush under way.
    """
    pending: list[Followed] = []
    backlog: list[Followed] = []
    for item in items:
        if item.mirror.owned or item.name in flushing:
            pending.append(item)
        elif item.is_behind and not item.stopped:
            (backlog if is_backlog(item.name) else pending).append(item)
    return pending, backlog


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
