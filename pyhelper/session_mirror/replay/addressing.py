"""Calls that speak to a sub-agent begun before: by the id or the name that its beginning was answered with."""

from __future__ import annotations

from typing import Final

from session_mirror.harness.json_values import as_text, parse_object

ADDRESSING: Final = frozenset(
    {
        "close_agent",
        "followup_task",
        "interrupt_agent",
        "resume_agent",
        "send_input",
        "send_message",
        "wait",
        "wait_agent",
    }
)
"""The tools of Codex that do. Others of these names speak to nobody that was begun here."""
_TOLD: Final = ("agent_id", "task_name")
_LONGEST: Final = 1 << 20


def told_names(answer: str) -> set[str]:
    """What the result of beginning a sub-agent says that it is called; empty where it doesn't."""
    told = _object_in(answer)
    return {_last_part(as_text(told.get(key))) for key in _TOLD} - {""}


def named_in(arguments: str) -> set[str]:
    """All that a call's arguments may name: their texts, and those in their lists."""
    texts = (
        text for value in _object_in(arguments).values() for text in (value if isinstance(value, list) else [value])
    )
    return {_last_part(as_text(text)) for text in texts} - {""}


def _object_in(text: str) -> dict[str, object]:
    if len(text) > _LONGEST:
        return {}
    try:
        return parse_object(text.encode("utf-8", "surrogatepass"))
    except RecursionError:
        return {}


def _last_part(name: str) -> str:
    """Agents may be named by a path through those that began them."""
    return name.rpartition("/")[2]
