"""What looking for an agent's sessions came upon, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from session_mirror.harness.json_values import one_line
from session_mirror.harness.listing import Listing
from session_mirror.protocol.mirror import Problem

_VERSION_LENGTH: Final = 40


def unreadable(label: str, listing: Listing) -> list[Problem]:
    """What a listing could not read; `label` is the name people use for the agent."""
    return [
        Problem(
            kind="source",
            message=f"{label}'s transcripts can't be read: {path} ({reason}).",
            hint="Check that your user may read this path; it is tried again by itself.",
            retryable=True,
        )
        for path, reason in listing.unreadable.items()
    ]


def not_understood(label: str, newest: Path, *, others: int = 0, version: str = "") -> Problem:
    """Sessions that are newer than any which is understood: `newest` and so many more; by which version, if told."""
    more = f" and {others} more" if others else ""
    written = f", written by {label} {one_line(version, _VERSION_LENGTH)}" if version else ""
    return Problem(
        kind="source",
        message=f"{label}'s newest transcripts are not understood: {newest}{more}{written}.",
        hint=f"Update Session Mirror, or {label} if it is old. Nothing that was mirrored is touched.",
        retryable=True,
    )
