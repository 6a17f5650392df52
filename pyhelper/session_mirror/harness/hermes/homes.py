"""Where Hermes keeps its databases: a root, and a profile or several below it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from session_mirror.harness.listing import Listing

DATABASE: Final = "state.db"
LEGACY: Final = "sessions"
"""Beside a database: a directory of transcripts from before it, or written when it was replaced under the agent."""
_PROFILES: Final = "profiles"


def homes(
    environment: Mapping[str, str], home: Path, extra: Sequence[Path] = (), *, platform: str = sys.platform
) -> list[Path]:
    """The roots to search, each once. HERMES_HOME may name a profile: its siblings belong to the same root."""
    chosen = environment.get("HERMES_HOME", "").strip()
    first = Path(chosen).expanduser() if chosen else _usual(environment, home, platform)
    if first.parent.name == _PROFILES:
        first = first.parent.parent
    return list(dict.fromkeys((first, *extra)))


def _usual(environment: Mapping[str, str], home: Path, platform: str) -> Path:
    if platform != "win32":
        return home / ".hermes"
    local = environment.get("LOCALAPPDATA", "").strip()
    return (Path(local) if local else home / "AppData" / "Local") / "hermes"


def profiles(roots: Sequence[Path], listing: Listing) -> Iterator[Path]:
    """The directories that may hold a database: each root, then its profiles by name."""
    visited = set()
    for root in roots:
        named = sorted(listing.entries(root / _PROFILES), key=lambda entry: entry.name)
        for place in (root, *(Path(entry.path) for entry in named if listing.is_dir(entry))):
            real = os.path.realpath(place)
            if real not in visited:
                visited.add(real)
                yield place
