"""Where a thread begins that has only its later lines in a rollout of its own.

A reverted thread, and a fork that refers to what it was forked from, go on from a place in another rollout, which may
do so itself, and may be archived or compressed by now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from session_mirror.errors import MirrorError
from session_mirror.harness.base import Base

from .metas import Reference
from .origins import NotUnderstood, Origin
from .rollouts import Rollout

_Ask = Callable[[Rollout], Origin | NotUnderstood | None]


def resolve(of: Rollout, reference: Reference | None, rollouts: Mapping[str, Rollout], ask: _Ask) -> Base | None:
    """The beginning that a rollout refers to, and that one's own; None for a rollout that has all of its thread.

    `rollouts` are all there are, by their ids; `ask` tells what one says of itself.
    """
    chain: list[tuple[Reference, Rollout | None]] = []
    met = {of.rollout_id}
    while reference is not None and reference.rollout_id not in met:
        met.add(reference.rollout_id)
        rollout = rollouts.get(reference.rollout_id)
        chain.append((reference, rollout))
        reference = _reference_of(rollout, ask)
    base: Base | None = None
    for step, rollout in reversed(chain):
        if rollout is None:
            base = Base(session_id=step.rollout_id, path=None, end=step.end)
        else:
            base = Base(session_id=rollout.thread_id, path=Path(rollout.path), end=step.end, base=base)
    return base


def _reference_of(rollout: Rollout | None, ask: _Ask) -> Reference | None:
    if rollout is None:
        return None
    try:
        origin = ask(rollout)
    except (OSError, MirrorError):
        return None  # whoever reads the base will be told
    return origin.base if isinstance(origin, Origin) else None
