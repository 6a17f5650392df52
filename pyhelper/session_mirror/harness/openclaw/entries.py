"""What OpenClaw notes of each session beside its transcript: names, who spawned it, and which other agents it drove.

In the era of files all of an agent's entries are in `sessions.json`, which is rewritten; in that of databases each is
a row. Either way an entry is the same JSON object, by the session's key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import attrs

from session_mirror.harness.json_values import as_object, as_text, one_line, parse_object
from session_mirror.harness.titles import TITLE_LENGTH

INDEX: Final = "sessions.json"
_LONGEST: Final = 256 << 20
_AGENT_LENGTH: Final = 80
_DRIVEN: Final = {
    "acp:claude": "claude-code",
    "acp:codex": "codex",
    "claude": "claude-code",
    "claude-cli": "claude-code",
    "claude_code": "claude-code",
    "codex": "codex",
    "codex-cli": "codex",
    "gemini-cli": "gemini-cli",
    "google-gemini-cli": "gemini-cli",
}
"""Harnesses by what OpenClaw calls the agents that it drives."""
_NAMES: Final = ("displayName", "label", "subject")


@attrs.frozen
class Entry:
    """One session's."""

    session_id: str
    key: str
    title: str = ""
    spawned_by: str = ""
    """The key of the session whose agent began this one."""
    agent: str = ""
    driven: frozenset[tuple[str, str]] = frozenset()
    """Sessions of other agents that it drove, by harness and id."""


class Index:
    """One `sessions.json`, read again when it changes."""

    def __init__(self, path: Path) -> None:
        """The file need not exist."""
        self._path = path
        self._state: tuple[int, int, int] | None = None
        self._entries: Mapping[str, Entry] = {}

    def entries(self) -> Mapping[str, Entry]:
        """By session id; none where it can't be read, and as before while it is being rewritten."""
        try:
            status = self._path.stat()
            state = (status.st_ino, status.st_size, status.st_mtime_ns)
            if state != self._state:
                self._state = state
                read = parse_object(self._path.read_bytes()) if status.st_size <= _LONGEST else {}
                if read or status.st_size < len("{}") + 1:
                    self._entries = {entry.session_id: entry for entry in _read(read)}
        except OSError:
            self._state, self._entries = None, {}
        return self._entries


def entry_of(key: str, fields: dict[str, object], session_id: str = "") -> Entry:
    """What an entry's object says; `session_id` where the object doesn't tell it."""
    spawned_by = as_text(fields.get("spawnedBy"))
    name = next(filter(str.strip, (as_text(fields.get(name)) for name in _NAMES)), "")
    label = as_text(fields.get("label")) or as_text(fields.get("subagentRole")) or "sub-agent"
    return Entry(
        session_id=session_id or as_text(fields.get("sessionId")),
        key=key,
        title=one_line(name, TITLE_LENGTH),
        spawned_by=spawned_by,
        agent=one_line(label, _AGENT_LENGTH) if spawned_by else "",
        driven=frozenset(_driven(fields)),
    )


def by_key(entries: Iterable[Entry]) -> dict[str, Entry]:
    """The entries by their sessions' keys."""
    return {entry.key: entry for entry in entries}


def _read(index: dict[str, object]) -> Iterator[Entry]:
    for key, fields in index.items():
        entry = entry_of(key, as_object(fields))
        if entry.session_id:
            yield entry


def _driven(fields: dict[str, object]) -> Iterator[tuple[str, str]]:
    bindings = as_object(fields.get("cliSessionBindings"))
    named = {name: as_text(as_object(binding).get("sessionId")) for name, binding in bindings.items()}
    told = [*as_object(fields.get("cliSessionIds")).items(), *named.items()]
    told.append(("claude-cli", fields.get("claudeCliSessionId")))
    acp = as_object(fields.get("acp"))
    told.append((f"acp:{as_text(acp.get('agent'))}", as_object(acp.get("identity")).get("agentSessionId")))
    for name, session_id in told:
        harness = _DRIVEN.get(name.strip().lower())
        if harness and isinstance(session_id, str) and session_id:
            yield harness, session_id
