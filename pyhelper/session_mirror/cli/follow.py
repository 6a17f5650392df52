"""Following from a terminal: one line for each upload, problems as they come and go."""

from __future__ import annotations

import click

from session_mirror.cli.common import counted, size_text
from session_mirror.cli.progress import Progress
from session_mirror.cli.stopping import Stopping, end_now, leave
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.follower import Follower
from session_mirror.mirror.roster import Scope
from session_mirror.protocol.mirror import Health
from session_mirror.protocol.sessions import SessionKey, SessionSummary

_TICK_S = 0.5


class _Printer:
    """Prints what changed; called from the follower's thread."""

    def __init__(self) -> None:
        self._streams: dict[tuple[str, str], int] = {}
        self._problem = ""
        self._hint = ""
        self._progress = Progress()

    def sessions_changed(self, changed: tuple[SessionSummary, ...], removed: tuple[SessionKey, ...]) -> None:
        del removed
        self._progress.clear()
        for row in changed:
            key = (row.harness, row.session_id)
            before = self._streams.get(key)
            self._streams[key] = row.stream_bytes
            if before is not None and row.stream_bytes > before:
                parts = counted(row.part_count, "part")
                more = size_text(row.stream_bytes - before)
                click.echo(f"{row.harness}/{row.session_id}: +{more}, {size_text(row.stream_bytes)} in {parts}")
            elif before is None and row.state == "elsewhere":
                click.echo(f"{row.harness}/{row.session_id}: mirrored by another process.", err=True)

    def health_changed(self, health: Health) -> None:
        problem = f"{health.problem.message} {health.problem.hint}" if health.problem else ""
        if problem != self._problem:
            self._progress.clear()
            click.echo(problem or "Working again.", err=True)
            self._problem = problem
        if health.watching_hint != self._hint:
            self._progress.clear()
            click.echo(health.watching_hint or "Changes are told by events again.", err=True)
            self._hint = health.watching_hint
        self._progress.show(health.caught_up_bytes, health.lag_bytes)

    def end(self) -> None:
        """Nothing is told any more."""
        self._progress.clear()


def follow(deps: Deps, scope: Scope, interval_s: float, stopping: Stopping) -> None:
    """Mirrors until `stopping` is set, then uploads what is pending, but no backlog, and stamps the end.

    Exits with 1 when something was left over; it is still in the source.
    """
    printer = _Printer()
    follower = Follower(deps, scope, printer, interval_s=interval_s)
    follower.start()
    click.echo(f"Mirroring to {deps.store.label} (Ctrl-C ends).", err=True)
    while not stopping.wait(_TICK_S):
        pass
    try:
        done = follower.stop(timeout_s=stopping.grace_s, ended=True)
    except KeyboardInterrupt:
        done = False
    printer.end()
    if not done:
        end_now(1)
    if follower.is_compacting:
        leave(0)  # dying amid a compaction is safe, and everything is uploaded
