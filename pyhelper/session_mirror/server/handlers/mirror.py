"""`sessionMirror/mirror/...` and `sessionMirror/destination/...`: what is mirrored, and where to."""

from __future__ import annotations

from session_mirror.bucket.check import check_destination
from session_mirror.bucket.destination import open_store
from session_mirror.journal.state_dir import default_mirror_dir, state_dir
from session_mirror.protocol.mirror import (
    Destination,
    DestinationCheckParams,
    DestinationCheckResult,
    Health,
    HealthParams,
    MirrorConfigureParams,
    MirrorConfigureResult,
)
from session_mirror.server.handlers.area import Handler
from session_mirror.server.jobs import Jobs
from session_mirror.server.mirroring import Mirroring
from session_mirror.server.wire import WireError


class MirrorArea:
    """Configurations are carried out one after the other, in the order they came."""

    def __init__(self, mirroring: Mirroring, slow: Jobs) -> None:
        self._mirroring = mirroring
        self._slow = slow
        self._configuring = Jobs(1, "configure")

    def handlers(self) -> dict[str, Handler]:
        """By method."""
        return {
            "sessionMirror/mirror/configure": self._configure,
            "sessionMirror/mirror/health": self._health,
            "sessionMirror/destination/check": self._check,
        }

    async def _configure(self, params: MirrorConfigureParams) -> MirrorConfigureResult:
        if params.interval_ms <= 0:
            raise WireError("expected a positive number @ $.intervalMs")
        return await self._configuring.run(lambda: self._mirroring.configure(params))

    async def _health(self, _: HealthParams) -> Health:
        return self._mirroring.health()

    async def _check(self, params: DestinationCheckParams) -> DestinationCheckResult:
        return await self._slow.run(lambda: _check(params.destination))


def _check(destination: Destination) -> DestinationCheckResult:
    store = open_store(destination, default_dir=default_mirror_dir(state_dir()))
    try:
        return DestinationCheckResult(destination_label=store.label, problem=check_destination(store))
    finally:
        store.close()
