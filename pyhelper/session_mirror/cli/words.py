"""The words for what a session is at: the same as in the editor's tree."""

from __future__ import annotations

from session_mirror.protocol.sessions import SessionSummary


def state_words(row: SessionSummary) -> str:
    """Its state; `only in your bucket` needs to know who wrote it, since another tool's source may still exist."""
    words = {
        "behind": "mirroring",
        "waiting": "waiting for its agent",
        "elsewhere": "mirrored by another window",
        "otherMachine": f"mirrored by {one_line(row.machine or '', 40) or 'another machine'}",
        "error": "problem",
        "bucketOnly": "only in your bucket" if row.machine else "in the bucket",
    }
    return words.get(row.state, row.state)


def one_line(text: str, limit: int) -> str:
    """Text from outside, cut, without what a terminal would obey."""
    return "".join(filter(str.isprintable, " ".join(text.split())))[:limit]
