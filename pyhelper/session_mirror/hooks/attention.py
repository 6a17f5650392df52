"""When a session that hooks told of is over. Pure."""

from __future__ import annotations

from typing import Final

import attrs

SETTLED_S: Final = 4.0
"""Agents write a last line or two after they told of the end; that is seen within two seconds."""
UNSEEN_S: Final = 30.0
"""After its end a session without a transcript, one in which nobody said anything, is waited for no longer."""
GONE_S: Final = 10.0
"""The agent was killed: nobody tells of the end."""
LONG_S: Final = 12 * 3600.0
"""Nothing is known of the agent."""
HOPELESS_S: Final = 24 * 3600.0
"""The store refused all the time. The lines are still in the transcript."""


@attrs.frozen(kw_only=True)
class Standing:
    """What is known of a session. Times in seconds, up to now."""

    since_told: float
    since_end: float | None
    """None while no end was told."""
    quiet: float | None
    """Since its transcript, or one of its sub-agents', was changed; None before there is one."""
    is_mirrored: bool
    """Whether nothing of it waits to be uploaded here."""
    agent_runs: bool | None
    """None: not known."""


def is_over(session: Standing) -> bool:
    """Whether nothing more is to come of it, and what came is safe."""
    quiet = session.since_told if session.quiet is None else min(session.quiet, session.since_told)
    if not session.is_mirrored:
        return quiet > HOPELESS_S
    if session.since_end is not None:
        limit = UNSEEN_S if session.quiet is None else SETTLED_S
        return min(session.since_end, quiet) >= limit
    if session.agent_runs is None:
        return quiet >= LONG_S
    return not session.agent_runs and quiet >= GONE_S
