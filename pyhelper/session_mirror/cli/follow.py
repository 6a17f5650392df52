"""Following from a terminal: one line for each upload, problems as they come and go."""

from __future__ import annotations

import threading

import click

from session_mirror.cli.common import counted, size_text
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.follower import Follower
from session_mirror.mirror.roster import Scope
from session_mirror.protocol.mirror import Health
from session_mirror.protocol.sessions import SessionKey, SessionSummary

_STOP_TIMEOUT_S = 30.0
_TICK_S = 0.5


class _Printer:
    """Prints what changed; called from the follower's thread."""

    def __init__(self) -> None:
        self._streams: dict[tuple[str, str], int] = {}
        self._problem = ""

    def sessions_changed(self, changed: tuple[SessionSummary, ...], removed: tuple[SessionKey, ...]) -> None:
        del removed
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
            click.echo(problem or "Working again.", err=True)
            self._problem = problem


def follow(deps: Deps, scope: Scope, interval_s: float, stopping: threading.Event) -> None:
    """Mirrors until `stopping` is set, then uploads what is pending and stamps the end.

    Exits with 1 when something could not be uploaded in time; it is still in the source.
    """
    follower = Follower(deps, scope, _Printer(), interval_s=interval_s)
    follower.start()
    click.echo(f"Mirroring to {deps.store.label} (Ctrl-C ends).", err=True)
    while not stopping.wait(_TICK_S):
        pass
    if not follower.stop(timeout_s=_STOP_TIMEOUT_S, ended=True):
        raise click.ClickException(
            "Not everything could be uploaded. It is still in the transcripts: run the same command again."
        )
