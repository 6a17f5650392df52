"""Where change logs lie: `exports/<harness>/<database>/<session>.jsonl` in the state directory."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Final

from session_mirror.bucket.names import encode_id
from session_mirror.journal.locks import SessionLock

EXPORTS: Final = "exports"
_PLAIN: Final = re.compile("[a-z0-9_-][a-z0-9_.~-]{0,199}")
"""Ids that are file names of their own everywhere: short, and no two the same where case doesn't count."""


def exports_of(state: Path, harness: str, database: Path) -> Path:
    """The folder for the sessions of one database, by where the database lies, replaced or not."""
    return state / EXPORTS / harness / _hash(os.path.realpath(database))[:16]


def export_lock(state: Path, harness: str, database: Path) -> SessionLock:
    """The right to write that folder, among all processes of this host."""
    return SessionLock(state, EXPORTS, harness, os.path.realpath(database))


def export_name(session_id: str) -> str:
    """The name of a session's file."""
    if _PLAIN.fullmatch(session_id):
        return f"{session_id}.jsonl"
    return f"{encode_id(session_id)[:100]}~{_hash(session_id)[:16]}.jsonl"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
