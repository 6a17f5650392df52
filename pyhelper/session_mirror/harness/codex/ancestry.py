"""Which lines of a rollout are copies of another thread's.

Forks and sub-agents may begin with all or some of their parent's lines, with new times on them. The thread's own lines
begin where a record names the thread, or a turn that is younger than the thread is; the ids of both are UUIDs of
version 7, which sort by when they were made. Before that, a record that names another thread, an older turn, or an
ordinal below the one that the thread's own history starts with is a copy, and so is what follows it. Without any such
sign nothing is taken for a copy.
"""

from __future__ import annotations

import re
from typing import Final

from session_mirror.harness.json_values import as_object, as_text
from session_mirror.harness.times import time_ms

from .metas import reference

_BY_TIME: Final = re.compile(r"([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_NAMING: Final = frozenset({"thread_settings_applied", "item_completed"})
_STARTING: Final = frozenset({"task_started", "turn_started"})
_PAUSE_MS: Final = 1_000
"""Copies are written in one go. In files too old for ids, a turn that begins later than this is the thread's own."""
_Fields = dict[str, object]


class Ancestry:
    """Mutable; fed line by line."""

    def __init__(self, meta: _Fields | None = None) -> None:
        """`meta` is the thread's own `session_meta`, where that isn't among the records."""
        self._thread = ""
        self._met_meta = False
        self._is_child = False
        self._starts_at: int | None = None
        self._is_own = False
        self._is_copy = False
        self._last_ms: int | None = None
        if meta is not None:
            self._begin(meta)

    def is_copy(self, record: _Fields, payload: _Fields) -> bool:
        """Whether the next record is another thread's."""
        is_meta = record.get("type") == "session_meta"
        if is_meta and not self._met_meta:
            self._begin(payload)
            return False
        moment = time_ms(record.get("timestamp"))
        if not self._is_own:
            found = self._judge(record, payload, moment)
            if found is not None:
                self._is_copy, self._is_own = found, not found
        self._last_ms = moment if moment is not None else self._last_ms
        return self._is_copy

    def goes_on(self, record: _Fields, payload: _Fields) -> bool:
        """Whether all so far was the beginning of a fork, which goes on with this record in a rollout of its own."""
        if record.get("type") != "session_meta" or not self._met_meta or reference(payload) is None:
            return False
        is_fork = as_text(payload.get("id")) != self._thread
        self._begin(payload)
        return is_fork

    def _begin(self, meta: _Fields) -> None:
        self._met_meta = True
        self._thread = as_text(meta.get("id"))
        spawned = bool(as_text(meta.get("parent_thread_id"))) or "subagent" in as_object(meta.get("source"))
        self._is_child = spawned or bool(as_text(meta.get("forked_from_id")))
        start = meta.get("subagent_history_start_ordinal")
        self._starts_at = start if type(start) is int else None
        self._is_own = self._is_copy = False

    def _judge(self, record: _Fields, payload: _Fields, moment: int | None) -> bool | None:
        """Whether this record tells that it is a copy, or that it is none; None where it doesn't tell."""
        kind = record.get("type")
        if kind == "session_meta":
            return True if as_text(payload.get("id")) != self._thread else None
        named = _named_thread(kind, payload)
        if named:
            return named != self._thread if self._is_child or self._is_copy else False
        turn = _turn_of(payload)
        if (younger := _is_younger(turn, self._thread)) is not None:
            return not younger if self._is_child or self._is_copy else False
        ordinal = record.get("ordinal")
        if self._starts_at is not None and type(ordinal) is int:
            return ordinal < self._starts_at
        begins = kind == "turn_context" or as_text(payload.get("type")) in _STARTING
        if begins and self._is_copy and moment is not None and self._last_ms is not None:
            return None if moment - self._last_ms <= _PAUSE_MS else False
        return None


def _named_thread(kind: object, payload: _Fields) -> str:
    if kind == "token_usage_record" or (kind == "event_msg" and as_text(payload.get("type")) in _NAMING):
        return as_text(payload.get("thread_id"))
    return ""


def _turn_of(payload: _Fields) -> str:
    passed = as_object(payload.get("internal_chat_message_metadata_passthrough"))
    return as_text(payload.get("turn_id")) or as_text(passed.get("turn_id"))


def _is_younger(turn: str, thread: str) -> bool | None:
    """Whether a turn began after its thread did; None where their ids don't tell."""
    one, other = _BY_TIME.fullmatch(turn), _BY_TIME.fullmatch(thread)
    if one is None or other is None:
        return None
    return (one[1] + one[2]).lower() >= (other[1] + other[2]).lower()
