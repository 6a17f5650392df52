"""What an agent notes of a file beside a tool's result, for itself: more exact than what it shows to its model."""

from __future__ import annotations

import attrs

from session_mirror.harness.json_values import as_object, parse_object


@attrs.frozen
class ToldFile:
    """As far as it was noted: what was read and from which line (from 1), and all of the text before a change."""

    content: str | None = None
    start: int | None = None
    is_whole: bool = False
    before: str | None = None
    is_new: bool = False
    """There was no such file before."""


def told_file(line: bytes) -> ToldFile:
    """The notes on the file of a line with one tool's result: only Claude Code makes some (`toolUseResult`)."""
    if b'"toolUseResult"' not in line:
        return ToldFile()
    told = as_object(parse_object(line).get("toolUseResult"))
    file = as_object(told.get("file"))
    content, start = file.get("content"), file.get("startLine")
    before = told.get("originalFile", told.get("originalFileContents"))
    return ToldFile(
        content=content if isinstance(content, str) else None,
        start=start if isinstance(start, int) else None,
        is_whole=start == 1 and file.get("numLines") == file.get("totalLines") and file.get("numLines") is not None,
        before=before if isinstance(before, str) else None,
        is_new=told.get("type") == "create",
    )
