"""What a session's sidecar tells, for `meta.json`: a small JSON object beside a sub-agent's transcript."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Final

import attrs

from session_mirror.harness.base import FoundSession
from session_mirror.journal.records import StreamState
from session_mirror.redaction.rules import RuleSet
from session_mirror.source.opening import open_plain, read_at

LARGEST_BYTES: Final = 64 << 10
"""A larger one is left out."""

Stamp = tuple[int, int]


def sidecar_stamp(found: FoundSession) -> Stamp | None:
    """Size and mtime of the sidecar: one stat, and none for a session without one."""
    if found.sidecar is not None:
        with suppress(OSError):
            status = found.sidecar.lstat()
            return status.st_size, status.st_mtime_ns
    return None


def with_sidecar(found: FoundSession, state: StreamState, rules: RuleSet) -> StreamState:
    """The state with what the sidecar tells now, and `meta.json` behind if that is news.

    One that is gone, or torn, or not an object, changes nothing: the agent is about to replace it, or to go.
    """
    stamp = sidecar_stamp(found)
    if found.sidecar is None or stamp is None or stamp == state.sidecar_stamp:
        return state
    text = _read(found.sidecar, rules)
    is_news = text is not None and text != state.sidecar
    return attrs.evolve(
        state,
        sidecar=text if is_news else state.sidecar,
        sidecar_stamp=stamp,
        meta_is_current=state.meta_is_current and not is_news,
    )


def _read(path: Path, rules: RuleSet) -> str | None:
    """The redacted object in few characters; None when there is none to read."""
    try:
        with open_plain(path) as file:
            body = read_at(file, 0, LARGEST_BYTES + 1)
        # A readable file becomes one line, as the rules expect, and stays JSON.
        line = json.dumps(json.loads(body), separators=(",", ":")).encode("ascii")
        record = json.loads(rules.redact(line).data)
    except (OSError, ValueError, RecursionError):
        return None
    text = json.dumps(record, separators=(",", ":"))
    return text if isinstance(record, dict) and len(body) <= LARGEST_BYTES >= len(text) else None
