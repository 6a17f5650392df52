"""A thread's title: the name it was given, else what it began with.

The name is the thread's newest line in Codex's own index, what its database knows (`state`), or the last
`thread_name_updated` in the rollout.
"""

from __future__ import annotations

import re
from pathlib import Path
from threading import Lock
from typing import Final

import attrs

from session_mirror.harness.base import Base
from session_mirror.harness.json_values import as_object, as_text, one_line, parse_object
from session_mirror.harness.titles import TITLE_LENGTH
from session_mirror.source.jsonl import read_lines
from session_mirror.source.opening import open_source, read_at

from .ancestry import Ancestry
from .metas import agent_name, spawner
from .records import payload_of
from .screen import typed_in

INDEX: Final = "session_index.jsonl"
_NAMED: Final = b'"thread_name_updated"'
_META: Final = b'"session_meta"'
_TYPED: Final = re.compile(rb'"(?:user|user_message|UserMessage|agent_message)"')
_LONGEST_NOTICE: Final = 256 * 1024
_LONGEST_PROMPT: Final = 16 * 1024 * 1024
_BEGINNING_BYTES: Final = 8 * 1024 * 1024
_INDEX_BYTES: Final = 8 * 1024 * 1024


@attrs.define
class TitleScan:
    """What was found so far. Its memory is bounded, however long the thread."""

    _named: str = ""
    _first_prompt: str = ""
    _agent: str | None = None
    """The nickname of a sub-agent, empty where it has none; None for a thread that a person began."""
    _ancestry: Ancestry | None = None
    """Of a sub-agent: tells its parent's lines from its own."""
    _met_meta: bool = False

    def feed(self, data: bytes) -> None:
        """Takes the next whole lines."""
        if _NAMED in data:
            for line in data.split(b"\n"):
                if _NAMED in line and len(line) <= _LONGEST_NOTICE:
                    self._take_name(parse_object(line))
        if self._first_prompt or (self._met_meta and self._ancestry is None and _TYPED.search(data) is None):
            return
        for line in data.split(b"\n"):
            self._take(line)
            if self._first_prompt:
                break

    def title(self) -> str:
        """The best so far, on one line of at most 200 characters; empty without any."""
        return self._named or self._said(self._first_prompt)

    def _said(self, prompt: str) -> str:
        if self._agent is None or not prompt:
            return prompt
        return one_line(f"{' '.join(filter(None, ('Sub-agent', self._agent)))}: {prompt}", TITLE_LENGTH)

    def _take_name(self, record: dict[str, object]) -> None:
        payload = payload_of(record)
        if payload.get("type") == "thread_name_updated":
            self._named = _titled(payload.get("thread_name")) or self._named

    def _take(self, line: bytes) -> None:
        if not self._met_meta and _META in line:
            self._met_meta = True
            meta = as_object(parse_object(line).get("payload"))
            parent, spawned = spawner(meta)
            if parent or spawned:
                self._agent = agent_name(meta)
                self._ancestry = Ancestry(meta)
        elif len(line) <= _LONGEST_PROMPT and (self._ancestry is not None or _TYPED.search(line) is not None):
            record = parse_object(line)
            payload = payload_of(record)
            if self._ancestry is None or not self._ancestry.is_copy(record, payload):
                self._first_prompt = _titled(typed_in(record, payload))


def title_of_beginning(thread_id: str, base: Base | None) -> str:
    """Of a reverted thread: what the rollouts that it went on from began with; empty where they don't tell.

    Raises:
        OSError: one can't be read.
        MirrorError: one is compressed, and nothing here can decompress it.
    """
    if base is None or base.session_id != thread_id:
        return ""
    title = title_of_beginning(thread_id, base.base)
    if title or base.path is None:
        return title
    scan = TitleScan()
    with open_source(base.path) as file:
        scan.feed(read_at(file, 0, min(base.end, _BEGINNING_BYTES)))
    return scan.title()


class NameIndex:
    """Names by thread from `session_index.jsonl`, read again when it changes. Thread-safe."""

    def __init__(self, path: Path) -> None:
        """The file need not exist; recent versions of Codex don't write it."""
        self._path = path
        self._state: tuple[int, int] | None = None
        self._names: dict[str, str] = {}
        self._lock = Lock()

    def name_of(self, thread_id: str) -> str:
        """Empty where it tells none, or can't be read."""
        with self._lock:
            try:
                status = self._path.stat()
                state = (status.st_size, status.st_mtime_ns)
                if state != self._state:
                    self._names = _names_in(read_lines(self._path, 0, _INDEX_BYTES).data)
                    self._state = state
            except OSError:
                self._state, self._names = None, {}
            return self._names.get(thread_id, "")


def _names_in(data: bytes) -> dict[str, str]:
    records = (parse_object(line) for line in data.split(b"\n") if line)
    named = ((as_text(record.get("id")), _titled(record.get("thread_name"))) for record in records)
    return {thread_id: name for thread_id, name in named if thread_id and name}


def _titled(value: object) -> str:
    return one_line(as_text(value), TITLE_LENGTH)
