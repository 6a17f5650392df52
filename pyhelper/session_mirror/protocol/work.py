"""Messages about the work between prompts and replies, which the page folds to one line."""

from __future__ import annotations

import attrs


@attrs.frozen(kw_only=True)
class WorkGroup:
    """What the agent did between a prompt and its last reply to it, or until something that is always shown."""

    first: int
    """The position of its first record, and of its last; what stands between them all belongs to it."""
    last: int
    records: int
    """Of them, those that show something."""
    calls: int
    failed: int
    """Records with something that failed."""
    files: int
    """That its tools read or wrote."""
    changed_files: int
    took_ms: int | None
    """From the prompt to the reply, as far as there are both; None where the times aren't known."""


@attrs.frozen(kw_only=True)
class WorkParams:
    """Asks for the groups, from a number on."""

    replay_id: str
    start: int = 0


@attrs.frozen(kw_only=True)
class WorkResult:
    """In order, some 500 at a time. While the session grows only the last one changes."""

    groups: tuple[WorkGroup, ...]
    group_count: int
    is_complete: bool
    """False while lines have not been looked at."""
