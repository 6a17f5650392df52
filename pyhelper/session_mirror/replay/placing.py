"""Where a record stands in the stream and in the agent's file, and where a line of the stream is shown."""

from __future__ import annotations

from session_mirror.errors import MirrorError
from session_mirror.protocol.files import ReplayPlaceResult
from session_mirror.replay.contents import Contents
from session_mirror.replay.source import ByteSource


def place_of(contents: Contents, source: ByteSource, index: int | None, line: int | None) -> ReplayPlaceResult:
    """The place of the record at `index`, or, where that is None, of a line; both count from 0.

    Raises:
        MirrorError: there is none.
    """
    line = contents.places.line_at(index) if index is not None else line or 0
    if not 0 <= line < len(contents.lines):
        raise MirrorError(
            f"The session has no line {line + 1}.",
            kind="notFound",
            hint="It may have been shortened, or begun anew, since.",
        )
    is_file = source.origin == "disk"
    own = line - contents.lines.at_or_after(source.own_start)
    return ReplayPlaceResult(
        index=contents.places.position_of(line),
        line=line,
        transcript=source.label if is_file else None,
        transcript_line=own if is_file and own >= 0 else None,
    )
