"""What a follower tells its listener."""

from __future__ import annotations

from typing import Protocol

from session_mirror.protocol.mirror import Health
from session_mirror.protocol.sessions import SessionKey, SessionSummary


class Listener(Protocol):
    """Called from the follower's thread; must return quickly."""

    def sessions_changed(self, changed: tuple[SessionSummary, ...], removed: tuple[SessionKey, ...]) -> None:
        """These rows look different now."""
        ...

    def health_changed(self, health: Health) -> None:
        """The whole picture looks different now."""
        ...
