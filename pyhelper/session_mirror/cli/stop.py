"""`session-mirror stop`: leave a session alone from now on."""

from __future__ import annotations

import time

import attrs
import click

from session_mirror.bucket.lookup import find_one
from session_mirror.bucket.names import split_generation
from session_mirror.cli.common import destination_option, open_deps, shows_errors
from session_mirror.harness.registry import REGISTRY
from session_mirror.journal.locks import SessionLock
from session_mirror.mirror.deps import Deps
from session_mirror.mirror.families import lineage
from session_mirror.mirror.projection import write_meta

_HAND_OVER_S = 20.0
_LOOK_S = 0.2


@click.command()
@click.argument("session_id")
@destination_option
@shows_errors
def stop(session_id: str, destination: str) -> None:
    """Stop mirroring a session and its sub-agents on this machine, in every window and process, and note the end in its
    meta.json.

    Naming it in `mirror` again lifts the stop.
    """
    deps = open_deps(destination)
    stored = find_one(deps.store, REGISTRY, session_id)
    base, _ = split_generation(stored.session_id)
    deps.journal.set_stopped(stored.harness, base, stopped=True)
    marked = [_mark_ended(deps, stored.harness, each) for each in (base, *_sub_agents(deps, stored.harness, base))]
    click.echo(f"stopped session={base}  meta_marked_ended={all(marked)}")


def _sub_agents(deps: Deps, harness: str, session_id: str) -> list[str]:
    """Those that were mirrored from this machine."""
    mirrored = [row for row in deps.journal.all_latest(deps.store.url) if row[0].harness == harness]
    parents = {key.session_id: state.parent_id for key, state in mirrored}
    return [each for each in parents if each != session_id and session_id in lineage(each, parents.get)]


def _mark_ended(deps: Deps, harness: str, session_id: str) -> bool:
    """Stamps the end, unless the process that mirrors the session does so when it sees the stop."""
    lock = SessionLock(deps.state, deps.store.url, harness, session_id)
    deadline = time.monotonic() + _HAND_OVER_S
    while not lock.acquire():
        if time.monotonic() > deadline:
            click.echo("The process that mirrors it has not let go yet; it will within a minute.", err=True)
            return False
        time.sleep(_LOOK_S)
    try:
        row = deps.journal.latest(deps.store.url, harness, session_id)
        if row is None:
            return False
        key, state = row
        if state.ended_at_ms is None:
            write_meta(deps, key, attrs.evolve(state, ended_at_ms=deps.now_ms()))
        return True
    finally:
        lock.release()
