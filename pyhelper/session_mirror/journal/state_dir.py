"""Where this host keeps what must outlive windows and editors: the journal, locks, and the default destination."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_state_path

ENVIRONMENT = "SESSION_MIRROR_STATE_DIR"


def state_dir() -> Path:
    """The state directory: `SESSION_MIRROR_STATE_DIR`, else the platform's own place; it need not exist yet."""
    chosen = os.environ.get(ENVIRONMENT)
    return Path(chosen).expanduser().absolute() if chosen else user_state_path("session-mirror", appauthor=False)


def default_mirror_dir(state: Path) -> Path:
    """The local folder that is the destination until the user chooses another."""
    return state / "mirror"


def ensure_private(directory: Path) -> Path:
    """Makes the directory, readable by its owner only, and returns it.

    Raises:
        OSError: it cannot be made.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory
