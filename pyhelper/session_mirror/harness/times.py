"""Moments as transcripts spell them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND: Final = timedelta(milliseconds=1)
_LATEST_MS: Final = 253_402_300_800_000
"""The year 10000: later numbers are no times."""
_SECONDS_LIMIT: Final = 10_000_000_000
"""A numeric timestamp below this is in seconds, else in milliseconds."""


def time_ms(value: object) -> int | None:
    """Unix epoch milliseconds of an ISO 8601 text or a number; None for anything else."""
    if isinstance(value, str):
        try:
            time = datetime.fromisoformat(value.strip().replace("Z", "+00:00").replace("z", "+00:00"))
            time = time if time.tzinfo else time.replace(tzinfo=timezone.utc)
            return (time - _EPOCH) // _MILLISECOND
        except (ValueError, OverflowError):
            return None
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < _LATEST_MS:
        return int(value * 1000 if value < _SECONDS_LIMIT else value)
    return None
