"""Codex's files: where its rollouts lie, and what their names say.

`sessions/YYYY/MM/DD/rollout-<local time>-<thread id>.jsonl` while a thread is in use, `archived_sessions/` once it is
put away, and `.zst` after either when it was compressed. Reverting a thread begins another rollout,
`rollout-<local time>-<thread id>_<rollout id>.jsonl`, which goes on from a place in the one before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import attrs

ACTIVE: Final = "sessions"
ARCHIVED: Final = "archived_sessions"
BEGINNING: Final = "rollout-"
_TIME: Final = r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d"
_NAME: Final = re.compile(
    rf"(?P<name>rollout-(?P<began>{_TIME})-(?P<thread>[0-9A-Za-z-]+)(?:_(?P<revert>[0-9A-Za-z-]+))?\.jsonl)(?P<zst>\.zst)?"
)
_BEGAN: Final = re.compile(rf"rollout-({_TIME})")


@attrs.frozen
class Rollout:
    """One file of a thread."""

    path: str
    name: str
    """The file's name without `.zst`: the same wherever the file is moved to."""
    thread_id: str
    began: str
    """In local time, as its name spells it: later ones sort behind earlier ones."""
    revert_id: str
    is_compressed: bool
    is_archived: bool

    @property
    def rollout_id(self) -> str:
        """What other rollouts call it that go on from a place in it."""
        return self.revert_id or self.thread_id

    @property
    def rank(self) -> tuple[str, str, bool, bool]:
        """Of several rollouts of one thread the highest is the thread as it is now.

        That is the newest; of one rollout in two forms, the plain one, and the one in use.
        """
        return self.began, self.revert_id, not self.is_compressed, not self.is_archived


def homes(environment: Mapping[str, str], home: Path, extra: Iterable[Path] = ()) -> list[Path]:
    """Codex's own folders: CODEX_HOME, else the usual one, and then the extra ones."""
    own = environment.get("CODEX_HOME")
    return list(dict.fromkeys([Path(own) if own else home / ".codex", *extra]))


def parse_rollout(path: str, name: str, *, is_archived: bool) -> Rollout | None:
    """What the name of the file at a path says; None for the name of anything else."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    return Rollout(
        path=path,
        name=found["name"],
        thread_id=found["thread"],
        began=found["began"],
        revert_id=found["revert"] or "",
        is_compressed=found["zst"] is not None,
        is_archived=is_archived,
    )


def began(name: str) -> str:
    """When a file that looks like a rollout was begun, by its name; empty where that doesn't tell."""
    found = _BEGAN.match(name)
    return found[1] if found else ""
