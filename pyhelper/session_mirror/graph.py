"""Builds what a process needs: the one place that knows which parts make a mirror."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from session_mirror.bucket.destination import open_store
from session_mirror.harness.registry import REGISTRY, get_harness
from session_mirror.journal.journal import Journal
from session_mirror.journal.machine import this_machine
from session_mirror.journal.state_dir import default_mirror_dir, state_dir
from session_mirror.mirror.deps import Deps
from session_mirror.protocol.mirror import Destination
from session_mirror.redaction.rules import OFF, TOKEN_SHAPES


def build_deps(
    destination: Destination, *, redact: bool = True, homes: Mapping[str, Sequence[Path]] | None = None
) -> Deps:
    """The object graph for one destination. `homes`: by harness, folders to search beside the usual ones.

    Raises:
        MirrorError: the destination's URL or credentials cannot be understood.
    """
    state = state_dir()
    store = open_store(destination, default_dir=default_mirror_dir(state))
    return Deps(
        store=store,
        journal=Journal(state),
        state=state,
        machine=this_machine(),
        harnesses={name: get_harness(name, (homes or {}).get(name, ())) for name in REGISTRY},
        rules=TOKEN_SHAPES if redact else OFF,
    )
