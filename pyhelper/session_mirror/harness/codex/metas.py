"""What the fields of a `session_meta` say. Any of them may be missing, or of another type than it should be."""

from __future__ import annotations

from typing import Final

import attrs

from session_mirror.harness.json_values import as_object, as_text, one_line

_OWN: Final = "codex"
"""How the names begin under which Codex itself starts threads: its terminal, its editor extensions, its desktop."""
_DRIVERS: Final = {"openclaw": "OpenClaw"}


@attrs.frozen
class Reference:
    """A place in another rollout: after that many bytes of it the thread goes on in its own."""

    rollout_id: str
    end: int


def spawner(meta: dict[str, object]) -> tuple[str, dict[str, object]]:
    """The thread that a sub-agent's `session_meta` names, and what it says of the spawning; empty for any other."""
    kind = as_object(meta.get("source")).get("subagent")
    spawned = as_object(as_object(kind).get("thread_spawn"))
    if isinstance(kind, str):
        spawned = {"agent_role": kind}
    parent = as_text(meta.get("parent_thread_id")) or as_text(spawned.get("parent_thread_id"))
    is_sub_agent = bool(spawned) or meta.get("thread_source") == "subagent"
    return (parent, spawned) if is_sub_agent else ("", {})


def agent_name(meta: dict[str, object]) -> str:
    """What a sub-agent is called, and in brackets its role; empty where neither is told."""
    _, spawned = spawner(meta)
    told = [as_text(meta.get(key)) or as_text(spawned.get(key)) for key in ("agent_nickname", "agent_role")]
    path = as_text(meta.get("agent_path")) or as_text(spawned.get("agent_path"))
    name, role = told[0] or path.rpartition("/")[2], told[1]
    return one_line(f"{name} ({role})" if name and role else name or role, 60)


def reference(meta: dict[str, object]) -> Reference | None:
    """Where in another rollout the thread begins; None where it has all of it in its own."""
    base = as_object(meta.get("history_base"))
    rollout_id, end = as_text(base.get("thread_id")), base.get("end_byte_offset")
    return Reference(rollout_id, end) if rollout_id and type(end) is int and end >= 0 else None


def driver_of(meta: dict[str, object]) -> str:
    """The other tool that started a thread, as people call it; empty for Codex itself."""
    originator = as_text(meta.get("originator"))
    if originator.lower().startswith(_OWN):
        return ""
    return _DRIVERS.get(originator.lower(), one_line(originator, 40))
