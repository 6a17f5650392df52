"""One piece of work for the pool: flush a session once, write its `meta.json` if due, and say how it went."""

from __future__ import annotations

import logging
from typing import Final

import attrs

from session_mirror.errors import MirrorError, problem_of
from session_mirror.mirror.attaching import Attached
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.machines import WrittenElsewhere
from session_mirror.mirror.session import Outcome, SessionMirror
from session_mirror.mirror.stream import Stream
from session_mirror.protocol.mirror import Problem

log = logging.getLogger(__name__)
STORE_AWAY: Final = frozenset({"network", "auth", "throttled", "notFound", "disk"})
"""Problems that other sessions would have as well."""


@attrs.frozen(kw_only=True)
class Result:
    """`problem` set: the flush failed. `size_read`: the source's size before it was read."""

    name: str
    outcome: Outcome
    size_read: int
    stream: Stream | None
    part_count: int
    meta_due_ms: int | None = None
    problem: Problem | None = None
    retry_after_s: float | None = None
    other_machine: str | None = None
    """Who mirrors it, when another machine does."""
    attachments_left: int = 0
    """How many of its attachments are not in the bucket yet."""


def flush_once(
    deps: Deps, mirror: SessionMirror, name: str, *, min_bytes: int = 1, ended: bool = False, last: bool = False
) -> Result:
    """Never raises: whatever fails is a problem to show and to try again. `last`: nothing waits for a later time."""
    size = mirror.found.size
    outcome = Outcome(status="current")
    try:
        outcome = mirror.flush(min_bytes=min_bytes)
        due = mirror.upkeep(ended=ended and not outcome.more)
        left = Attached() if outcome.more else mirror.attach(at_once=ended or last)
        done = _result(deps, mirror, name=name, outcome=outcome, size=size, due=due)
        return _with_attachments(done, left)
    except WrittenElsewhere as error:
        elsewhere = _result(deps, mirror, name=name, outcome=Outcome(status="elsewhere"), size=size, due=None)
        return attrs.evolve(elsewhere, retry_after_s=error.retry_after_s, other_machine=error.machine)
    except Exception as error:  # noqa: BLE001  a worker must survive whatever a transcript or a store does
        problem = _source_problem(error) if isinstance(error, OSError) else problem_of(error)
        log.warning("flushing %s failed: %s (%s)", name, problem.message, type(error).__name__)
        wait = error.retry_after_s if isinstance(error, MirrorError) else None
        return Result(
            name=name, outcome=outcome, size_read=-1, stream=None, part_count=0, problem=problem, retry_after_s=wait
        )


def _with_attachments(done: Result, left: Attached) -> Result:
    """The result of a flush, with those of its attachments that are still to come."""
    due = [due for due in (done.meta_due_ms, left.due_ms) if due is not None]
    outcome = attrs.evolve(done.outcome, more=done.outcome.more or left.due_ms == 0)
    return attrs.evolve(done, outcome=outcome, meta_due_ms=min(due, default=None), attachments_left=left.left)


def _result(deps: Deps, mirror: SessionMirror, *, name: str, outcome: Outcome, size: int, due: int | None) -> Result:
    stream = mirror.position()
    count = deps.journal.part_count(stream.key) if stream else 0
    return Result(name=name, outcome=outcome, size_read=size, stream=stream, part_count=count, meta_due_ms=due)


def _source_problem(error: OSError) -> Problem:
    return Problem(
        kind="source",
        message=f"The transcript cannot be read: {error.strerror or type(error).__name__}.",
        hint="Check the file's permissions; mirroring goes on by itself once it can be read.",
        retryable=True,
    )
