"""What a call does to a file and what its result shows of one, by the arguments that agents' tools take."""

from __future__ import annotations

import re
from typing import Final

import attrs

from session_mirror.harness.json_values import as_list, as_object, as_text, parse_object
from session_mirror.harness.told_files import ToldFile
from session_mirror.protocol.replay import ReplayEvent
from session_mirror.replay.file_text import FileText, Replacement
from session_mirror.replay.patches import FilePatch, Hunk, parse_patch

_CONTENTS: Final = ("content", "file_text", "text")
_OLD: Final = ("old_string", "old_str", "oldText", "oldString", "old_text")
_NEW: Final = ("new_string", "new_str", "newText", "newString", "new_text")
_EVERYWHERE: Final = ("replace_all", "replaceAll", "allow_multiple")
_COUNT: Final = "expected_replacements"
"""How often a text has to be there, for all of them to be replaced; some agents say it this way."""
_PARTLY: Final = ("offset", "limit", "start_line", "end_line", "view_range", "pages")
_NUMBERED: Final = re.compile(r"^ *(\d+)(?:→|\t|\|)(.*)$")
_REMINDER: Final = re.compile(r"\n+<system-reminder>.*\Z", re.DOTALL)
_CUT: Final = re.compile(r"truncated|more lines in file|\[Showing lines", re.IGNORECASE)
_NOTE_CHARS: Final = 400
"""A note that something was cut stands this near to the text's beginning or end."""


@attrs.frozen
class Change:
    """What an edit or a write does: all of a text, replacements, hunks, or an end. One of them is not None."""

    written: str | None = None
    edits: tuple[Replacement, ...] | None = None
    hunks: tuple[Hunk, ...] | None = None
    is_new: bool = False
    """There was no such file before."""

    def expect(self, text: FileText) -> None:
        """Notes what the change tells of the text before it."""
        if self.is_new:
            text.is_whole("")
        if self.edits is not None:
            text.expect(self.edits)
        if self.hunks is not None:
            text.expect_hunks(self.hunks)

    def apply(self, text: FileText) -> None:
        """Makes the change."""
        if self.written is not None:
            text.is_whole(self.written)
        if self.edits is not None:
            text.replace(self.edits)
        if self.hunks is not None:
            text.patch(self.hunks)

    @property
    def mark(self) -> str:
        """The first text that it puts into the file; may be empty."""
        if self.edits:
            return next((edit.new for edit in self.edits if edit.new), "")
        if self.hunks:
            return next(("\n".join(hunk.new) for hunk in self.hunks if hunk.new != hunk.old), "")
        return self.written or ""


def change_of(event: ReplayEvent, path: str) -> Change | None:
    """What an edit or a write does to the file of a path, as it stands in the call; None where it isn't understood."""
    body = event.text.value
    fields = parse_object(body.encode("utf-8", "replace")) if event.format == "json" else {}
    patch = next((as_text(fields[key]) for key in ("patch", "input") if as_text(fields.get(key))), "")
    patch = patch or _patch_of_command(fields)
    if not fields or patch:
        return _patched(parse_patch(patch or body), path)
    edits = [_replacement(as_object(each)) for each in as_list(fields.get("edits"))] or [_replacement(fields)]
    known = [edit for edit in edits if edit is not None]
    if known and len(known) == len(edits):
        return Change(edits=tuple(known))
    content = next((fields[key] for key in _CONTENTS if isinstance(fields.get(key), str)), None)
    return None if content is None else Change(written=as_text(content))


def _patch_of_command(fields: dict[str, object]) -> str:
    """The command that a patch was given to; empty without one."""
    given = fields.get("cmd") or fields.get("command")
    command = "\n".join(map(as_text, given)) if isinstance(given, list) else as_text(given)
    return command if "*** Begin Patch" in command else ""


def note_read(text: FileText, call: ReplayEvent, result: ReplayEvent, told: ToldFile) -> None:
    """Takes what a reading call showed of a file."""
    if told.content is not None:
        if told.is_whole:
            text.is_whole(told.content)
        else:
            text.has_piece(told.content, told.start)
        return
    asked = parse_object(call.text.value.encode("utf-8", "replace"))
    shown = _REMINDER.sub("", result.text.value)
    answer = parse_object(shown.encode("utf-8", "replace")) if shown.startswith("{") else {}
    inner = answer.get("content")
    shown = inner if isinstance(inner, str) else shown
    numbered = [_NUMBERED.match(line) for line in shown.removesuffix("\n").split("\n")]
    lines = [match for match in numbered if match]
    if lines and len(lines) * 2 > len(numbered):
        content = "".join(f"{match[2]}\n" for match in lines)
        total = answer.get("total_lines")
        if total == len(lines) and int(lines[0][1]) == 1:
            text.is_whole(content)
        else:
            text.has_piece(content, int(lines[0][1]))
    elif any(key in asked for key in _PARTLY) or _CUT.search(shown[:_NOTE_CHARS] + shown[-_NOTE_CHARS:]):
        start = asked.get("offset")
        text.has_piece(shown, start if isinstance(start, int) and start > 0 else None)
    else:
        text.is_whole(shown)


def _replacement(fields: dict[str, object]) -> Replacement | None:
    old = next((fields[key] for key in _OLD if isinstance(fields.get(key), str)), None)
    new = next((fields[key] for key in _NEW if isinstance(fields.get(key), str)), None)
    if not isinstance(old, str) or not isinstance(new, str):
        return None
    count = fields.get(_COUNT)
    everywhere = any(fields.get(key) is True for key in _EVERYWHERE) or (isinstance(count, int) and count > 1)
    return Replacement(old, new, everywhere=everywhere)


def _patched(files: list[FilePatch], path: str) -> Change | None:
    mine = [each for each in files if each.path == path]
    if not mine:
        return None
    last = mine[-1]
    if last.verb == "delete":
        return Change(written="")
    if last.verb == "add":
        return Change(written="".join(f"{line}\n" for hunk in last.hunks for line in hunk.new), is_new=True)
    return Change(hunks=tuple(hunk for each in mine for hunk in each.hunks if each.verb == "update"))
