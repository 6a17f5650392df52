"""A session's title: the one Hermes gave it, else what it began with."""

from __future__ import annotations

from typing import Final

import attrs

from session_mirror.harness.json_values import as_object, as_text, one_line, parse_object
from session_mirror.harness.titles import TITLE_LENGTH

from .messages import content_of, is_summary
from .rows import OURS, SESSION

_NAMED: Final = f'"table":"{SESSION}"'.encode()
_USER: Final = b'"user"'
_LONGEST_PROMPT: Final = 16 * 1024 * 1024


@attrs.define
class TitleScan:
    """What was found so far. Its memory is bounded, however long the session."""

    _named: str = ""
    _first_prompt: str = ""

    def feed(self, data: bytes) -> None:
        """Takes the next whole lines."""
        if _NAMED not in data and (self._first_prompt or _USER not in data):
            return
        for line in data.split(b"\n"):
            if _NAMED in line[-1024:]:
                self._take_name(line)
            elif not self._first_prompt and _USER in line and len(line) <= _LONGEST_PROMPT:
                self._take_prompt(line)

    def title(self) -> str:
        """The best so far, on one line of at most 200 characters; empty without any."""
        return self._named or self._first_prompt

    def _take_name(self, line: bytes) -> None:
        row = parse_object(line)
        if as_object(row.get(OURS)).get("table") == SESSION:
            self._named = one_line(as_text(row.get("title")), TITLE_LENGTH) or self._named

    def _take_prompt(self, line: bytes) -> None:
        row = parse_object(line)
        if row.get("role") == "user" and row.get("observed") not in (1, True) and not is_summary(row):
            self._first_prompt = one_line(content_of(row).text, TITLE_LENGTH)
